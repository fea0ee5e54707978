"""先遮住重的内容: each reader's own wish, kept without a script, and never on what is printed for a family."""

from __future__ import annotations

import os

import pytest

from mailbox.care.cases import open_case
from mailbox.errors import NotAllowed
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.people.login import log_in, who
from mailbox.people.own_wishes import cover_hard_words, covers_hard_words
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.tables import AuditRow, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import arrive, logged_in, reading
from triage.protocol import Urgency

WORDS = "橘子树下有人等着打我"
COVER = '<details class="covered">'


def hard(school: SchoolAtWork, kind: LetterKind = LetterKind.WHISPER) -> str:
    office = reading(school.office, Urgency.URGENT, [("说到了挨打", 0, 4)])
    if kind is LetterKind.WHISPER:
        return arrive(school, WORDS, office=office)
    post(office, Letter(school.school_id, new_id(), WORDS, os.urandom(16), kind=kind))
    return queue(office, school.counselor)[0].id


def test_a_reader_who_wants_it_finds_hard_words_covered_and_whole_behind_the_cover(school: SchoolAtWork) -> None:
    letter, plain = f"/desk/letters/{hard(school)}", f"/desk/letters/{arrive(school, '今天的云像一只鸡')}"
    browser = logged_in(school)
    assert COVER not in browser.get(letter).text
    assert browser.send("/desk/account/", "/hard-words", cover="on").status_code == 303
    assert 'name="cover" checked' in browser.get("/desk/account/").text
    page = browser.get(letter).text
    covered = page.split(COVER)[1].split("</details>")[0]
    # What triage found is marked in the words, so they stand in pieces.
    assert "有人等着打我" in covered and "打我" not in page.replace(covered, "")
    assert "说到了挨打" in page.replace(covered, "")
    assert COVER not in browser.get(plain).text
    assert browser.send("/desk/account/", "/hard-words").status_code == 303
    assert COVER not in browser.get(letter).text


def test_a_case_covers_the_letter_too_and_a_report_never_does(school: SchoolAtWork) -> None:
    case = f"/desk/cases/{open_case(school.office, school.counselor, hard(school), ['abuse'], '')}"
    browser = logged_in(school)
    browser.send("/desk/account/", "/hard-words", cover="on")
    assert COVER in browser.get(case).text
    page = browser.get(f"{case}/report").text
    assert COVER not in page and WORDS in page


def test_what_is_printed_for_the_family_is_not_covered(school: SchoolAtWork) -> None:
    thread_id = hard(school, LetterKind.TO_PARENTS)
    browser = logged_in(school)
    browser.send("/desk/account/", "/hard-words", cover="on")
    assert COVER in browser.get(f"/desk/letters/{thread_id}").text
    page = browser.get(f"/desk/letters/{thread_id}/print").text
    assert COVER not in page and WORDS in page


def test_the_wish_is_kept_once_and_only_for_who_reads(school: SchoolAtWork) -> None:
    for wanted in (False, True, True, False):
        cover_hard_words(school.office, school.counselor, wanted=wanted)
        assert covers_hard_words(school.office, school.counselor) is wanted
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]
    assert [act for act in acts if act.startswith("own.")] == ["own.cover", "own.uncover"]
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    with pytest.raises(NotAllowed):
        cover_hard_words(school.office, technician, wanted=True)
    assert "先遮住重的内容" not in logged_in(school, "jishu").get("/desk/account/").text
