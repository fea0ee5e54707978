"""Beside a letter's words on the desk: kind, mood, answers, drawings and voices, the print for the parents."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from werkzeug.test import TestResponse

from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, SentPart, post
from mailbox.people.arrivals import approve
from mailbox.rules.letter_kinds import DETAILS, LetterKind, Mood
from mailbox.store.tables import new_id
from mailbox.upkeep.demo_drawing import house_and_sun
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, another_browser, arrive, logged_in, reading, words_of
from tests.mailbox.media.samples import recording
from triage.protocol import Urgency

PARENTS = {"kind": LetterKind.TO_PARENTS, "details": {"to": "爸爸妈妈", "place": "东莞"}}


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


def arrived(school: SchoolAtWork, words: str = "一封信", **more: object) -> str:
    """Let a letter arrive and return its thread."""
    before = {row.id for row in queue(school.office, school.counselor)}
    post(school.office, Letter(school.school_id, new_id(), words, os.urandom(16), **more))  # type: ignore[arg-type]
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in before)


def drawn_and_said(school: SchoolAtWork, **more: object) -> str:
    parts = (SentPart("drawing", house_and_sun()), SentPart("voice", recording("chromium")))
    return arrived(school, "这是我家", parts=parts, **more)


def page_of(browser: Browser, thread_id: str) -> str:
    return browser.get(f"/desk/letters/{thread_id}").text


def part_addresses(browser: Browser, thread_id: str) -> list[str]:
    return re.findall(r'src="(/desk/letters/\w+/parts/\w+)"', page_of(browser, thread_id))


# --- kinds, moods, answers ------------------------------------------------------------------------


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_shows_its_kind_its_mood_and_every_answer_with_its_question(
    school: SchoolAtWork, browser: Browser, kind: LetterKind
) -> None:
    details = {name: f"<b>{name}</b>的回答" for name in DETAILS[kind]}
    thread_id = arrived(school, kind=kind, mood=Mood.WORRIED, details=details)
    page = page_of(browser, thread_id)
    names = {"whisper": "悄悄话", "for_classmate": "替同学说", "to_parents": "两地书", "meet": "想见老师"}
    assert f'<span class="tag">{names[kind]}</span>' in page
    assert "孩子选的心情：担心" in page
    answers = re.findall(r'<dt>(.*?)</dt><dd dir="auto">(.*?)</dd>', page)
    assert [text for _, text in answers] == [f"&lt;b&gt;{name}&lt;/b&gt;的回答" for name in DETAILS[kind]]
    assert len({label for label, _ in answers}) == len(DETAILS[kind])


def test_what_was_found_in_an_answer_is_marked_there_and_said_to_lie_there(
    school: SchoolAtWork, browser: Browser
) -> None:
    words, who = "我看见了", "石榴同学"
    office = reading(school.office, Urgency.URGENT, [("看见", 1, 3), ("石榴", len(words) + 1, len(words) + 3)])
    details = {"who": who, "place": "石榴树下"}
    post(
        office,
        Letter(school.school_id, new_id(), words, os.urandom(16), kind=LetterKind.FOR_CLASSMATE, details=details),
    )
    page = page_of(browser, queue(office, school.counselor)[0].id)
    assert "我<mark>看见<sup>1</sup></mark>了" in page
    assert '<dd dir="auto"><mark>石榴<sup>2</sup></mark>同学</dd>' in page
    assert '<dd dir="auto">石榴树下</dd>' in page
    assert "<li>看见</li><li>石榴 " in page and words_of(page).count("（在下面的回答里）") == 1


def test_a_letter_without_mood_and_answers_looks_as_ever(school: SchoolAtWork, browser: Browser) -> None:
    page = page_of(browser, arrive(school, "一封信"))
    assert "孩子选的心情" not in page and '<dl class="answers">' not in page and "打印给家长" not in page


def test_the_queue_names_other_kinds_than_whispers_and_can_show_one_kind(
    school: SchoolAtWork, browser: Browser
) -> None:
    for kind in LetterKind:
        arrived(school, "橘子树", kind=kind)
    rows = re.findall(
        r'<span class="row tags">(.*?)</span>\s*<span class="who">', browser.get("/desk/letters/").text, re.S
    )
    assert sorted(words_of(row) for row in rows) == ["", "两地书", "想见老师", "替同学说"]
    for kind in LetterKind:
        page = browser.get(f"/desk/letters/?kind={kind}")
        assert (page.text.count('class="open"'), 'aria-current="true"' in page.text) == (1, True)
        # The number of all that wait stays.
        assert re.search(r'<span class="count">4</span>', page.text)
    assert browser.get("/desk/letters/?kind=橘子树").text.count('class="open"') == 4
    assert "现在没有这样的信" in browser.get("/desk/letters/?tab=answered&kind=meet").text


# --- drawings and voices --------------------------------------------------------------------------


def test_a_drawing_is_shown_veiled_and_a_voice_waits_to_be_played(school: SchoolAtWork, browser: Browser) -> None:
    page = page_of(browser, drawn_and_said(school))
    assert re.search(r'<label class="enclosed drawing"><input type="checkbox".*?<img src="[^"]+" alt="孩子的画"', page)
    assert re.search(r'<audio controls preload="none" src="[^"]+"></audio>', page)
    said = words_of(page)
    assert "孩子的声音，约 2 秒。" in said and "声音能认出是谁" in said
    assert "画和录音电脑没有看，请您看一看、听一听。" in said
    assert "孩子说今天就要有人看" not in said


def test_a_child_that_says_today_is_heard_on_the_page(school: SchoolAtWork, browser: Browser) -> None:
    page = page_of(browser, drawn_and_said(school, today=True))
    assert "孩子说今天就要有人看" in words_of(page) and "已打开，警报已停。" in page


def test_a_part_is_given_for_this_moment_only_under_no_name_and_as_what_it_is(
    school: SchoolAtWork, browser: Browser
) -> None:
    addresses = part_addresses(browser, drawn_and_said(school))
    given = [browser.get(address) for address in addresses]
    assert [answer.mimetype for answer in given] == ["image/png", "audio/mpeg"]
    for answer in given:
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
        assert answer.headers["Content-Disposition"] == "inline"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "ETag" not in answer.headers and "Last-Modified" not in answer.headers
    assert given[0].data.startswith(b"\x89PNG")


def test_a_player_gets_the_piece_it_asks_for(school: SchoolAtWork, browser: Browser) -> None:
    address = part_addresses(browser, drawn_and_said(school))[1]
    whole = browser.get(address).data

    def piece(wanted: str) -> TestResponse:
        return browser.client.get(address, base_url=HTTPS, headers={"Range": wanted})

    first = piece("bytes=0-1")
    assert (first.status_code, first.data) == (206, whole[:2])
    assert first.headers["Content-Range"] == f"bytes 0-1/{len(whole)}"
    assert first.headers["Cache-Control"] == "no-store"
    assert piece("bytes=10-").data == whole[10:]
    assert piece(f"bytes={len(whole)}-").status_code == 416
    assert browser.get(address).headers["Accept-Ranges"] == "bytes"


def test_voices_are_played_on_the_pages_of_letters_and_cases_alone(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    policy = {
        path: browser.get(path).headers["Content-Security-Policy"]
        for path in ("/desk/people/", f"/desk/letters/{thread_id}", "/desk/cases/")
    }
    assert ["media-src 'self'" in said for said in policy.values()] == [False, True, True]
    assert all("unsafe" not in said and "img-src 'self'" in said for said in policy.values())


def test_who_may_not_read_a_letter_gets_nothing_of_it(
    school: SchoolAtWork, browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    thread_id = drawn_and_said(school, not_for_readers=frozenset({person_id}), **PARENTS)
    addresses = [*part_addresses(browser, thread_id), f"/desk/letters/{thread_id}/print"]
    assert [browser.get(address).status_code for address in addresses] == [200, 200, 200]
    barred = another_browser(browser)
    barred.log_in("he")
    technician = another_browser(browser)
    technician.log_in("jishu")
    stranger = another_browser(browser)
    tablet = another_browser(browser)
    tablet.carry("__Host-kiosk", "x")
    for other, status in ((barred, 404), (technician, 403), (stranger, 303), (tablet, 404)):
        assert {other.get(address).status_code for address in addresses} == {status}


def test_a_part_is_not_found_under_another_letter(school: SchoolAtWork, browser: Browser) -> None:
    first, second = drawn_and_said(school), arrive(school, "另一封")
    for address in part_addresses(browser, first):
        assert browser.get(address.replace(first, second)).status_code == 404
    assert browser.get(f"/desk/letters/{second}/parts/{'0' * 32}").status_code == 404


# --- letters to the parents -----------------------------------------------------------------------


def test_the_print_for_the_parents_holds_the_childs_words_and_drawing_and_nothing_of_ours(
    school: SchoolAtWork, browser: Browser
) -> None:
    words = "妈妈，【尽快】<b>回来</b>"
    thread_id = arrived(school, words, parts=(SentPart("drawing", house_and_sun()),), mood=Mood.SAD, **PARENTS)
    page = browser.get(f"/desk/letters/{thread_id}/print")
    said = words_of(page.text.partition("<main")[2])
    assert "妈妈，【尽快】<b>回来</b>" in said and "&lt;b&gt;" in page.text
    assert "爸爸妈妈" in said and "东莞" in said and "青山小学的孩子写的，3月2日周一到。" in said
    assert not any(ours in said for ours in ("尽快 ", "紧急", "难过", "电脑", "级别", "林老师"))
    assert re.search(r'<img class="drawn" src="[^"]+/parts/\w+"', page.text)
    assert "<form" not in page.text and "<script" not in page.text


def test_only_letters_to_the_parents_can_be_printed_and_passed_on(school: SchoolAtWork, browser: Browser) -> None:
    whisper, home = arrive(school, "悄悄话"), arrived(school, "妈妈", **PARENTS)
    assert browser.get(f"/desk/letters/{whisper}/print").status_code == 404
    refused = browser.client.post(
        f"/desk/letters/{whisper}/passed-on",
        base_url=HTTPS,
        data={
            "token": re.findall(
                r'passed-on"><input type="hidden" name="token" value="([^"]+)"', page_of(browser, home)
            )[0]
        },
    )
    assert (refused.status_code, "不是写给家人的" in refused.text) == (400, True)
    assert "passed-on" not in page_of(browser, whisper)


def test_a_letter_home_is_marked_as_passed_on_and_the_mark_can_be_taken_back(
    school: SchoolAtWork, browser: Browser
) -> None:
    thread_id = arrived(school, "妈妈", **PARENTS)
    address = f"/desk/letters/{thread_id}"
    assert "请先想想家里是不是安全" in page_of(browser, thread_id)
    assert browser.send(address, "/passed-on").location == address
    assert "已转给家长 3月2日周一记下的。" in words_of(page_of(browser, thread_id))
    assert "已转给家长" in browser.get("/desk/letters/").text
    browser.send(address, "/passed-on", undo="1")
    assert "已转给家长" not in page_of(browser, thread_id) + browser.get("/desk/letters/").text


def test_everything_beside_the_words_is_said_in_english_too(school: SchoolAtWork, browser: Browser) -> None:
    browser.language = "en"
    thread_id = drawn_and_said(school, today=True, mood=Mood.AFRAID, **PARENTS)
    said = words_of(page_of(browser, thread_id))
    for words in ("A letter home", "Mood the child chose: afraid", "Written to", "must look today", "about 2 seconds"):
        assert words in said
