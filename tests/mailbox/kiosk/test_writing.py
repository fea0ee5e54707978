"""Writing a letter by the plain form: what is kept, what is refused kindly, and whose words stay on the page."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from urllib.parse import quote

import pytest
from sqlalchemy import text

from mailbox.errors import NotFound
from mailbox.letters.desk import queue
from mailbox.letters.picture_words import PICTURES
from mailbox.people.stations import withdraw
from mailbox.web.forms import MAX_FORM_BYTES
from tests.conftest import SchoolAtWork
from tests.mailbox.kiosk.tablet import HTTPS, Tablet, code_of, field_of, words_in
from tests.support.page_words import words_of_page

on_both_databases = pytest.mark.parametrize("database_kind", ["sqlite", "postgresql"])


@contextmanager
def a_store_without_notes(school: SchoolAtWork) -> Iterator[None]:
    """For a while the database refuses every letter, as it does when the disk is full."""
    engine = school.office.database.engine
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE notes RENAME TO notes_away"))
    yield
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE notes_away RENAME TO notes"))


def test_after_sending_six_pictures_stand_there_in_three_pairs(tablet: Tablet) -> None:
    sent = tablet.send("我想家了")
    words = code_of(sent)
    assert (sent.status_code, len(set(words)), sent.text.count('class="pair"')) == (200, 6, 3)
    assert set(words) <= {picture.word for picture in PICTURES}
    assert tablet.letters() == ["我想家了"]


def test_the_page_after_sending_is_the_same_for_an_urgent_letter_and_a_joke(tablet: Tablet) -> None:
    code = r"<figure.*?</figure>|<!-- *-->"
    pages = [re.sub(code, "", tablet.send(words).text, flags=re.S) for words in ("【紧急】", "哈哈")]
    assert pages[0] == pages[1]


def test_an_empty_letter_is_asked_for_a_little_more(tablet: Tablet) -> None:
    for words in ("", " ", " \r\n\t　"):
        refused = tablet.send(words)
        assert (refused.status_code, "信还是空的" in words_of_page(refused.text)) == (400, True)
    assert tablet.letters() == []


def test_a_letter_of_4001_characters_stays_in_the_form_and_says_by_how_much_it_is_too_long(tablet: Tablet) -> None:
    refused = tablet.send("信" * 4_001)
    assert (refused.status_code, "多了 1 个字" in words_of_page(refused.text)) == (400, True)
    assert words_in(refused) == "信" * 4_001
    assert tablet.letters() == []


def test_a_line_end_counts_as_one_character_although_browsers_send_two(tablet: Tablet) -> None:
    words = "信" * 3_998 + "\n" + "信"
    assert tablet.send(words.replace("\n", "\r\n")).status_code == 200
    assert tablet.letters() == [words]


def test_the_longest_text_a_page_lets_in_is_answered_and_not_cut_off(tablet: Tablet) -> None:
    # The field stops at 20,000 UTF-16 units; each line end is sent as two signs.
    longest = int(re.findall(r'maxlength="(\d+)"', tablet.get("/write").text)[0])
    for sign in ("信", "🙂", "\n"):
        words = "字" + sign * (longest // len(sign.encode("utf-16-le")) * 2 - 1)
        body = quote(words.replace("\n", "\r\n"))
        assert len(body) < MAX_FORM_BYTES
        assert tablet.send_in_bytes(body.encode()).status_code == 400


ANY_WORDS = {
    "html": "<b>粗</b></textarea><script>alert(1)</script>",
    "template": "{{ 7*7 }}{% raw %}${7*7}#{7*7}",
    "null byte": "一\x00二",
    "right to left": "\u202e写反了 שלום مرحبا",
    "emoji": "👨‍👩‍👧‍👦🏳️‍🌈🙂",
    "unbroken": "a" * 4_000,
    "stacked": "哭" + "\u0301" * 3_000,
    "replacement": "\ufffd号",
    "sql": "'; DROP TABLE notes; --",
}


@on_both_databases
def test_any_words_are_words(tablet: Tablet) -> None:
    for words in ANY_WORDS.values():
        sent = tablet.send(words)
        assert (sent.status_code, len(code_of(sent))) == (200, 6), words
    assert sorted(tablet.letters()) == sorted(ANY_WORDS.values())


def test_words_that_come_back_in_the_form_are_text_and_nothing_else(tablet: Tablet) -> None:
    for words in ANY_WORDS.values():
        refused = tablet.post("/write", token="forged", words=words)
        # Jinja writes quotes as numbers, html.escape in hexadecimal.
        assert words_in(refused) == escape(words).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")


def test_bytes_that_are_no_text_do_not_stop_a_letter(tablet: Tablet) -> None:
    # A cut character and a lone surrogate stay as the numbers they were sent by; see docs/decisions/0010.
    for sent, kept in ((b"%E6%88%91%ff%E4", "我%FF%E4"), (b"%ED%A0%80%E6%88%91", "%ED%A0%80我")):
        assert tablet.send_in_bytes(sent).status_code == 200
        assert kept in tablet.letters()


def test_a_body_that_is_no_text_at_all_is_refused_kindly(tablet: Tablet) -> None:
    refused = tablet.post_bytes("/write", "token=x&words=我想家了".encode("gb18030"))
    assert (refused.status_code, "请再写一次" in words_of_page(refused.text)) == (400, True)
    assert tablet.letters() == []


@on_both_databases
def test_null_bytes_break_no_field_and_no_cookie(tablet: Tablet) -> None:
    for name in ("token", "words", "not_for"):
        fields: dict[str, str | list[str]] = {"token": tablet.token("/write"), "words": "信", name: "\x00"}
        assert tablet.post("/write", fields).status_code in (200, 400)
    for name in ("token", "picture", "typed", "open"):
        fields = {"token": tablet.token("/read"), "picture": "1", name: "\x00"}
        assert tablet.post("/read", fields).status_code in (200, 400)
    assert tablet.get("/enroll/%00").status_code == 404


def test_a_form_without_its_fields_is_answered_kindly(tablet: Tablet) -> None:
    token = tablet.token("/write")
    assert "信还是空的" in words_of_page(tablet.post("/write", token=token).text)
    assert "请再写一次" in words_of_page(tablet.post("/write", other="1").text)
    assert tablet.post("/write", words="信").status_code == 400
    assert tablet.letters() == []


def test_of_a_field_that_comes_twice_the_first_counts(tablet: Tablet) -> None:
    token = tablet.token("/write")
    assert tablet.post("/write", {"token": [token, "forged"], "words": ["第一", "第二"]}).status_code == 200
    assert tablet.letters() == ["第一"]


def test_a_body_of_ten_megabytes_gets_a_kind_page(tablet: Tablet) -> None:
    refused = tablet.send("字" * 3_500_000)
    assert (refused.status_code, "请分成两封" in words_of_page(refused.text)) == (413, True)


def test_a_multipart_body_is_refused_before_anything_parses_it(tablet: Tablet) -> None:
    body = {"token": tablet.token("/write"), "words": "信"}
    for path in ("/to", "/read"):
        refused = tablet.client.post(path, base_url=HTTPS, data=body, content_type="multipart/form-data")
        assert (refused.status_code, "回到开头" in words_of_page(refused.text)) == (400, True)
    as_json = tablet.client.post("/write", base_url=HTTPS, data=json.dumps(body), content_type="application/json")
    assert as_json.status_code == 400
    assert tablet.letters() == []


def test_a_forged_form_keeps_the_words_on_the_page_and_nothing_in_the_box(tablet: Tablet) -> None:
    refused = tablet.post("/write", token="forged", words="我写了很久")
    assert (refused.status_code, words_in(refused)) == (400, "我写了很久")
    assert tablet.letters() == []


def test_a_form_of_another_tablet_is_not_taken(tablet: Tablet) -> None:
    token = tablet.another("四年级教室").token("/write")
    assert tablet.post("/write", token=token, words="信").status_code == 400
    assert tablet.letters() == []


def test_a_form_left_open_too_long_is_sent_by_pressing_once_more(tablet: Tablet) -> None:
    token = tablet.token("/write")
    tablet.school.clock.advance(hours=3)
    refused = tablet.post("/write", token=token, words="我写了很久")
    assert (refused.status_code, "字都还在" in words_of_page(refused.text)) == (400, True)
    again = tablet.post("/write", token=field_of(refused, "token"), words=words_in(refused))
    assert (again.status_code, tablet.letters()) == (200, ["我写了很久"])


def test_who_must_not_see_it_is_still_ticked_after_a_refusal(tablet: Tablet) -> None:
    counselor = tablet.school.counselor.person_id
    refused = tablet.send("", not_for=counselor)
    assert f'value="{counselor}" checked' in refused.text


def test_when_every_reader_is_named_the_child_is_told_who_outside_can_be_asked(tablet: Tablet) -> None:
    sent = tablet.send("信", not_for=tablet.school.counselor.person_id)
    assert "学校里没有人打得开它" in words_of_page(sent.text)
    assert "12338" in sent.text
    assert queue(tablet.school.office, tablet.school.counselor) == []


def test_a_nervous_finger_does_not_lose_who_outside_can_be_asked(tablet: Tablet) -> None:
    form = {"token": tablet.token("/write"), "words": "信", "not_for": tablet.school.counselor.person_id}
    first, again = tablet.post("/write", form), tablet.post("/write", form)
    assert ("学校里没有人打得开它" in words_of_page(again.text), code_of(again)) == (True, code_of(first))


@on_both_databases
def test_when_the_store_cannot_keep_it_the_words_are_still_in_the_form(tablet: Tablet) -> None:
    token = tablet.token("/write")
    with a_store_without_notes(tablet.school):
        refused = tablet.post("/write", token=token, words="我写了很久")
        assert (refused.status_code, words_in(refused)) == (503, "我写了很久")
        assert "还没有存好" in words_of_page(refused.text)
    assert tablet.send(words_in(refused)).status_code == 200
    assert tablet.letters() == ["我写了很久"]


def test_a_withdrawn_tablet_takes_no_letter_and_gives_the_words_back(tablet: Tablet) -> None:
    token, station = tablet.token("/write"), tablet.id
    school = tablet.school
    withdraw(school.office, school.school_id, school.counselor.person_id, station)
    assert tablet.get("/write").status_code == 404
    refused = tablet.post("/write", token=token, words="我写了很久")
    assert (refused.status_code, words_in(refused)) == (404, "我写了很久")
    with pytest.raises(NotFound):
        _ = tablet.id
    assert tablet.letters() == []


def test_a_box_that_closed_meanwhile_gives_the_words_back(tablet: Tablet) -> None:
    token = tablet.token("/write")
    with tablet.school.office.database.engine.begin() as connection:
        # Nobody who may read is left; the row is also no longer ours.
        connection.execute(text("UPDATE people SET state = 'left' WHERE role = 'counselor'"))
    refused = tablet.post("/write", token=token, words="我写了很久")
    assert (refused.status_code, words_in(refused)) == (503, "我写了很久")
    assert "可以抄下来" in words_of_page(refused.text)


def test_sending_is_never_limited(tablet: Tablet) -> None:
    """A class of fifty sits down to write at once."""
    assert [tablet.send(f"第{number}封").status_code for number in range(50)] == [200] * 50
    assert len(tablet.letters()) == 50


def test_nothing_of_a_letter_is_in_the_log(tablet: Tablet, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, logger="mailbox"):
        code = code_of(tablet.send("【紧急】橘子树"))
        tablet.send("橘子树" * 2_000)
    assert not any(word in caplog.text for word in ("橘子树", *code))
