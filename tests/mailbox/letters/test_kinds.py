"""Four kinds of letters, moods and answers: sealed with the words, read with them, and never making a letter less."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text as sql
from sqlalchemy import update

from mailbox.errors import InputRefused, NoteRefused, NotFound, TextRefused
from mailbox.letters.content import NoteContent
from mailbox.letters.desk import OpenedThread, open_thread, queue
from mailbox.letters.passing import mark_passed_on, take_back_passed_on
from mailbox.letters.post import post
from mailbox.letters.reply_words import ReplyWords
from mailbox.people.arrivals import approve
from mailbox.people.login import log_in, who
from mailbox.rules.letter_kinds import DETAILS, LetterKind, Mood
from mailbox.sealing.box import BoxAddress, PublicKey, seal
from mailbox.store.people import audit_rows
from mailbox.store.tables import Note, Thread, WeekKey
from tests.conftest import PASSPHRASE, SchoolAtWork, assess_by_mark
from tests.mailbox.letters.test_journey import letter_of
from triage.protocol import Assessment, Reason, Source, Topic, Urgency


def opened(school: SchoolAtWork) -> OpenedThread:
    """Open the only letter that waits."""
    (row,) = queue(school.office, school.counselor)
    return open_thread(school.office, school.counselor, row.id)


def content_of(thread: OpenedThread) -> NoteContent:
    assert thread.notes[0].content
    return thread.notes[0].content


# --- kept as the child gave it --------------------------------------------------------------------


@pytest.mark.parametrize("kind", LetterKind)
def test_kind_mood_and_answers_are_read_as_the_child_gave_them(school: SchoolAtWork, kind: LetterKind) -> None:
    details = {name: f"{name}，橘子树下" for name in DETAILS[kind]}
    post(school.office, letter_of(school, "一封信", kind=kind, mood=Mood.SAD, details=details))
    thread = opened(school)
    content = content_of(thread)
    assert (thread.kind, thread.row.kind, content.mood, dict(content.details)) == (kind, kind, Mood.SAD, details)


@pytest.mark.parametrize("sealed", ["[" * 200_000, '{"text":' * 100_000, "[]", "1"])
def test_what_somebody_else_sealed_is_no_letter_however_deep_it_is_nested(sealed: str) -> None:
    with pytest.raises((TextRefused, ValueError, KeyError, TypeError)):
        NoteContent.from_bytes(sealed.encode())


def test_what_somebody_else_sealed_as_a_reply_is_refused_however_deep_it_is_nested() -> None:
    with pytest.raises(TextRefused):
        ReplyWords.from_bytes(ReplyWords("见面", (), True).to_bytes().split(b"{")[0] + b"[" * 200_000)


def test_a_letter_that_was_sealed_before_there_were_kinds_is_a_whisper() -> None:
    older = {"text": "以前的信", "assessment": assess_by_mark("以前的信").to_dict()}
    content = NoteContent.from_bytes(json.dumps(older).encode())
    assert (content.text, content.kind, content.mood, content.today) == ("以前的信", LetterKind.WHISPER, None, False)
    assert (dict(content.details), content.parts) == ({}, ())


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": 7},
        {"kind": "nonsense"},
        {"mood": "furious"},
        {"details": ["who"]},
        {"parts": [{"id": "x"}]},
        {"parts": ["x"]},
        {"parts": 7},
        {"assessment": None},
    ],
)
def test_what_is_no_letter_is_shown_as_damaged(school: SchoolAtWork, wrong: dict[str, object]) -> None:
    post(school.office, letter_of(school, "一封信"))
    with school.office.database.work() as work:
        note = work.session.query(Note).one()
        week = work.session.get_one(WeekKey, note.week_key_id)
        sound = {"text": "信", "assessment": assess_by_mark("信").to_dict()}
        content = json.dumps(sound | wrong).encode()
        address = BoxAddress("note", note.thread_id, note.id)
        note.box = seal(PublicKey.from_bytes(week.public_key), address, content)
        work.commit()
    thread = opened(school)
    assert (thread.notes[0].problem, thread.kind) == ("damaged", LetterKind.WHISPER)


def test_nothing_but_the_kind_lies_in_the_clear(school: SchoolAtWork, tmp_path: Path) -> None:
    details = {"when": "周三中午橘子树", "name": "小雨点"}
    post(school.office, letter_of(school, "想见您", kind=LetterKind.MEET, mood=Mood.AFRAID, details=details))
    with school.office.database.view() as view:
        assert view.session.execute(sql("SELECT kind FROM threads")).scalars().all() == ["meet"]
    secrets = [text.encode() for text in ("橘子树", "小雨点", "afraid")]
    for path in tmp_path.rglob("*.db*"):
        assert not any(secret in path.read_bytes() for secret in secrets), path.name


def test_answers_alone_are_a_letter_and_nothing_at_all_is_none(school: SchoolAtWork) -> None:
    for details in ({}, {"when": " \n"}):
        with pytest.raises(NoteRefused, match="blank"):
            post(school.office, letter_of(school, " ", kind=LetterKind.MEET, mood=Mood.SAD, details=details))
    post(school.office, letter_of(school, "", kind=LetterKind.MEET, details={"when": "周三中午"}))
    assert content_of(opened(school)).details["when"] == "周三中午"


def test_an_answer_has_200_characters_at_most_and_whole_ones(school: SchoolAtWork) -> None:
    with pytest.raises(NoteRefused, match="detail_too_long"):
        post(school.office, letter_of(school, "信", kind=LetterKind.MEET, details={"name": "长" * 201}))
    with pytest.raises(TextRefused):
        post(school.office, letter_of(school, "信", kind=LetterKind.MEET, details={"name": "\ud83d"}))
    assert queue(school.office, school.counselor) == []


def test_the_same_form_with_another_answer_kind_or_mood_is_another_letter(school: SchoolAtWork) -> None:
    letter = letter_of(school, "一封信", kind=LetterKind.MEET, details={"when": "周三"})
    others = [
        replace(letter, details={"when": "周四"}),
        replace(letter, details={"place": "周三"}),
        replace(letter, kind=LetterKind.WHISPER),
        replace(letter, mood=Mood.HAPPY),
        replace(letter, today=True),
    ]
    codes = {post(school.office, one).code.pictures for one in (letter, letter, *others)}
    assert len(codes) == len(queue(school.office, school.counselor)) == 6


# --- levels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["【紧急】", "【尽快】", "日常"])
def test_no_kind_and_no_mood_changes_a_level_and_triage_sees_neither(school: SchoolAtWork, words: str) -> None:
    seen: list[str] = []

    def listening(text: str, adjustment: object = None) -> Assessment:
        seen.append(text)
        return assess_by_mark(text)

    office = replace(school.office, assess=listening)
    for kind in LetterKind:
        for mood in (None, *Mood):
            post(office, letter_of(school, words, kind=kind, mood=mood))
    assert {row.urgency for row in queue(office, school.counselor)} == {assess_by_mark(words).urgency}
    assert {text.strip() for text in seen} == {words}


def test_what_is_told_in_an_answer_raises_the_letter(school: SchoolAtWork) -> None:
    details = {"who": "同桌", "place": "【紧急】在楼顶"}
    post(school.office, letter_of(school, "有个同学", kind=LetterKind.FOR_CLASSMATE, details=details))
    assert opened(school).row.urgency == Urgency.URGENT


def test_no_answer_makes_the_words_less(school: SchoolAtWork) -> None:
    def softened(text: str, adjustment: object = None) -> Assessment:
        return assess_by_mark("" if "游戏里" in text else text)

    office = replace(school.office, assess=softened)
    details = {"place": "在游戏里"}
    post(office, letter_of(school, "【紧急】", kind=LetterKind.FOR_CLASSMATE, details=details))
    assert opened(school).row.urgency == Urgency.URGENT


def test_reasons_keep_their_places_in_the_words_and_in_the_answers_below_them(school: SchoolAtWork) -> None:
    def finding(text: str, adjustment: object = None) -> Assessment:
        places = [at for at in (text.find("橘子"), text.find("石榴")) if at >= 0]
        reasons = tuple(Reason("所说", 1, at, at + 2, Source.RULE, "U1") for at in places)
        return Assessment(Urgency.URGENT, None, (Topic.OTHER,), reasons)

    details = {"who": "同桌", "place": "石榴树下"}
    office = replace(school.office, assess=finding)
    post(office, letter_of(school, "我看见橘子", kind=LetterKind.FOR_CLASSMATE, details=details))
    content = content_of(opened(school))
    found = [content.as_read[reason.start : reason.end] for reason in content.assessment.reasons]
    assert found == ["橘子", "石榴"]
    assert content.text[content.assessment.reasons[0].start :] == "橘子"


# --- letters to the parents -----------------------------------------------------------------------


def for_parents(school: SchoolAtWork) -> str:
    post(school.office, letter_of(school, "妈妈我想你", kind=LetterKind.TO_PARENTS, details={"to": "妈妈"}))
    return queue(school.office, school.counselor)[0].id


def passed_on(school: SchoolAtWork) -> object:
    return queue(school.office, school.counselor)[0].passed_on


def acts(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return [row.act for row in audit_rows(view.session, school.school_id) if row.act.startswith("thread.pass")]


def test_a_letter_that_went_to_the_parents_is_marked_once_and_the_mark_can_be_taken_back(school: SchoolAtWork) -> None:
    thread_id = for_parents(school)
    mark_passed_on(school.office, school.counselor, thread_id)
    first = passed_on(school)
    school.clock.advance(days=1)
    mark_passed_on(school.office, school.counselor, thread_id)
    assert passed_on(school) == first == school.office.local_now().date().replace(day=2)
    take_back_passed_on(school.office, school.counselor, thread_id)
    assert passed_on(school) is None
    assert acts(school) == ["thread.pass_on", "thread.pass_on.undo"]


def test_no_other_letter_is_passed_on_not_even_when_the_database_says_it_is_for_them(school: SchoolAtWork) -> None:
    """Who can only write the database must not have a whisper carried to the parents."""
    post(school.office, letter_of(school, "不要告诉家里"))
    with school.office.database.work() as work:
        work.session.execute(update(Thread).values(kind="to_parents"))
        work.commit()
    thread = opened(school)
    assert thread.kind is LetterKind.WHISPER
    with pytest.raises(InputRefused):
        mark_passed_on(school.office, school.counselor, thread.row.id)
    assert passed_on(school) is None


def test_who_must_not_see_a_letter_cannot_mark_it(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    barred = who(school.office, log_in(school.office, login, PASSPHRASE))
    letter = letter_of(school, "妈妈", kind=LetterKind.TO_PARENTS, not_for_readers=frozenset({person_id}))
    post(school.office, letter)
    thread_id = queue(school.office, school.counselor)[0].id
    with pytest.raises(NotFound):
        mark_passed_on(school.office, barred, thread_id)
    mark_passed_on(school.office, school.counselor, thread_id)
    assert passed_on(school)


def test_a_kind_that_there_is_not_makes_a_row_damaged_and_hides_nothing(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "一封信"))
    with school.office.database.work() as work:
        work.session.execute(update(Thread).values(kind="nonsense"))
        work.commit()
    thread = opened(school)
    assert (thread.row.damaged, thread.kind, content_of(thread).text) == (True, LetterKind.WHISPER, "一封信")
