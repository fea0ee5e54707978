"""To whom a child writes, what each kind asks, and what is kept of it: in the letter, in the form, in no address."""

from __future__ import annotations

import re

import pytest
from werkzeug.test import TestResponse

from mailbox.letters.content import NoteContent
from mailbox.letters.desk import open_thread, queue
from mailbox.rules.letter_kinds import DETAILS, LetterKind, Mood
from tests.mailbox.kiosk.tablet import HTTPS, Tablet, code_of, field_of, words_in
from tests.support.page_words import words_of_page

KINDS = ("悄悄话", "替同学说", "两地书", "想见老师")
QUESTIONS = {
    LetterKind.WHISPER: (),
    LetterKind.FOR_CLASSMATE: ("是谁？", "现在在哪里？"),
    LetterKind.TO_PARENTS: ("写给谁？", "他们在哪里？"),
    LetterKind.MEET: ("什么时候有空？", "想在哪里见？", "你叫什么？"),
}


def chosen(tablet: Tablet, kind: str) -> TestResponse:
    return tablet.post("/to", kind=kind)


def send(tablet: Tablet, kind: str, words: str = "一封信", **fields: str) -> TestResponse:
    """Send a letter by the form that the chosen kind shows."""
    form = chosen(tablet, kind)
    hidden = {name: field_of(form, name) for name in ("token", "kind")}
    return tablet.post("/write", {**hidden, "words": words, **fields})


def the_letter(tablet: Tablet) -> NoteContent:
    office, counselor = tablet.school.office, tablet.school.counselor
    (row,) = queue(office, counselor)
    content = open_thread(office, counselor, row.id).notes[0].content
    assert content
    return content


def test_the_first_question_is_to_whom_with_a_line_for_each_kind(tablet: Tablet) -> None:
    assert 'href="/to"' in tablet.get("/").text
    page = tablet.get("/to")
    buttons = re.findall(r'<button class="kind" name="kind" value="(\w+)">(.*?)</button>', page.text, re.S)
    assert [name for name, _ in buttons] == list(LetterKind)
    said = [words_of_page(button).split() for _, button in buttons]
    assert tuple(words[0] for words in said) == KINDS
    assert all(len(words) == 2 for words in said)


def test_no_address_tells_which_kind_was_chosen(tablet: Tablet) -> None:
    form = re.findall(r"<form[^>]*>", tablet.get("/to").text)[0]
    assert ('method="post"' in form, 'action="/to"' in form) == (True, True)
    for kind in LetterKind:
        page = chosen(tablet, kind)
        assert (page.status_code, "Set-Cookie" in page.headers) == (200, False)
        # A page loaded anew, or found in the history, begins with the question.
        assert 'data-forget="/to"' in page.text


@pytest.mark.parametrize("kind", LetterKind)
def test_each_kind_asks_its_own_few_questions_and_they_lie_in_the_letter(tablet: Tablet, kind: LetterKind) -> None:
    page = words_of_page(chosen(tablet, kind).text)
    for other, questions in QUESTIONS.items():
        for question in questions:
            assert (question in page) == (other is kind)
    answers = {f"detail_{name}": f"{name}的回答" for name in DETAILS[kind]}
    assert len(code_of(send(tablet, kind, mood="afraid", **answers))) == 6
    content = the_letter(tablet)
    assert (content.kind, content.mood, content.text) == (kind, Mood.AFRAID, "一封信")
    assert dict(content.details) == {name: f"{name}的回答" for name in DETAILS[kind]}


def test_a_letter_home_says_before_writing_who_reads_it_and_who_passes_it_on(tablet: Tablet) -> None:
    said = "老师会先看这封信，再由学校转给他们"
    for kind in LetterKind:
        page = words_of_page(chosen(tablet, kind).text)
        assert (said in page) == (kind is LetterKind.TO_PARENTS)
    page = words_of_page(chosen(tablet, LetterKind.TO_PARENTS).text)
    assert page.index(said) < page.index("写给谁") < page.index("你想对他们说什么")


def test_moods_are_drawn_none_is_chosen_and_one_says_that_it_does_not_know(tablet: Tablet) -> None:
    page = tablet.get("/write").text
    faces = re.findall(r'<label class="button"><input type="radio" name="mood" value="(\w+)"(.*?)>(.*?)</label>', page)
    assert {name for name, _, _ in faces} == set(Mood)
    assert [checked for _, checked, _ in faces] == [""] * len(Mood)
    assert all("<svg" in face for _, _, face in faces)
    assert "不知道" in words_of_page(page)
    tablet.send("一封信")
    assert the_letter(tablet).mood is None


def test_whoever_must_not_see_it_can_be_named_in_every_kind(tablet: Tablet) -> None:
    for kind in LetterKind:
        assert "有没有哪位老师不能看？" in words_of_page(chosen(tablet, kind).text)
        assert "学校里没有人打得开它" in words_of_page(
            send(tablet, kind, not_for=tablet.school.counselor.person_id).text
        )


def test_after_a_refusal_kind_mood_and_answers_are_still_there(tablet: Tablet) -> None:
    answers = {"detail_when": "周三<中午>", "detail_name": "小雨"}
    refused = send(tablet, LetterKind.MEET, "信" * 4_001, mood="worried", today="yes", **answers)
    assert (refused.status_code, field_of(refused, "kind")) == (400, "meet")
    assert 'value="周三&lt;中午&gt;"' in refused.text and 'value="小雨"' in refused.text
    assert re.search(r'value="worried" checked', refused.text)
    assert re.search(r'name="today" value="yes" checked', refused.text)
    hidden = {name: field_of(refused, name) for name in ("token", "kind")}
    tablet.post("/write", {**hidden, "words": "短一点", "mood": "worried", **answers})
    assert (the_letter(tablet).kind, the_letter(tablet).details["when"]) == (LetterKind.MEET, "周三<中午>")


def test_an_answer_that_is_too_long_is_said_and_stays(tablet: Tablet) -> None:
    refused = send(tablet, LetterKind.MEET, "信", detail_name="长" * 201)
    assert "最多两百个字" in words_of_page(refused.text)
    assert (words_in(refused), "长" * 201 in refused.text) == ("信", True)


def test_answers_without_words_are_a_letter(tablet: Tablet) -> None:
    assert send(tablet, LetterKind.MEET, "", detail_when="周三中午").status_code == 200
    assert "信还是空的" in words_of_page(send(tablet, LetterKind.MEET, "", detail_when="  ").text)


def test_what_no_page_offers_counts_as_not_chosen(tablet: Tablet) -> None:
    form = {"token": tablet.token("/write"), "words": "信", "kind": "\x00", "mood": "furious", "today": "maybe"}
    assert tablet.post("/write", form, detail_when="周三").status_code == 200
    content = the_letter(tablet)
    assert (content.kind, content.mood, content.today, dict(content.details)) == (LetterKind.WHISPER, None, False, {})
    assert field_of(chosen(tablet, "nonsense"), "kind") == "whisper"


def test_an_earlier_childs_answers_are_not_shown_to_the_next(tablet: Tablet) -> None:
    form = chosen(tablet, LetterKind.MEET)
    hidden = {name: field_of(form, name) for name in ("token", "kind")}
    tablet.school.clock.advance(seconds=2)
    tablet.get("/clear")
    late = tablet.post("/write", {**hidden, "words": "信" * 4_001, "detail_name": "小雨", "mood": "sad"})
    assert ("小雨" in late.text, 'value="sad" checked' in late.text) == (False, False)
    assert field_of(late, "kind") == "whisper"


def test_the_choice_and_its_form_can_be_had_by_an_enrolled_tablet_only(tablet: Tablet) -> None:
    stranger = Tablet(tablet.client.application.test_client(), tablet.school)
    for page in (stranger.get("/to"), stranger.client.post("/to", base_url=HTTPS, data={"kind": "meet"})):
        assert page.status_code == 404
