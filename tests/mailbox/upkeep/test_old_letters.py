"""Letters go when their days are over, whole and with the keys of their weeks; what files hold is looked at beside."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date

import pytest

from mailbox.care.cases import close_case, keep_up, open_case
from mailbox.care.reading import case_lines, read_case
from mailbox.errors import NotFound, UnknownCode
from mailbox.letters.answer import answer, claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import approve
from mailbox.people.audit_looks import audit_page
from mailbox.people.login import log_in, who
from mailbox.people.wishes import agree, ask, wish_lines
from mailbox.rules.roles import LEAD
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.tables import AuditRow, ClosedTrace, Note, Reply, Thread, WeekKey, WeekKeyCopy
from mailbox.upkeep.backup_schedule import back_up, remove_old_backups
from mailbox.upkeep.gone import gone_days
from mailbox.upkeep.old_letters import gone_for_good_days, remove_old_letters
from mailbox.upkeep.retention import remove_old_cases
from mailbox.upkeep.soundness import look_at_marks
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork

EVENING = 10


def sent(
    school: SchoolAtWork, words: str = "我想家了", not_for: frozenset[str] = frozenset()
) -> tuple[ReceiptCode, str]:
    posted = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for))
    return posted.code, posted.thread_id


def pass_days(school: SchoolAtWork, days: int) -> None:
    """Let days pass, to the evening of the last one; whatever openings were due take place at once."""
    school.clock.advance(days=days, hours=EVENING if school.office.local_now().hour < EVENING + 5 else 0)
    open_what_is_due(school.office)


def count(school: SchoolAtWork, *tables: type) -> list[int]:
    with school.office.database.view() as view:
        return [view.session.query(table).count() for table in tables]


def test_a_conversation_is_kept_a_year_and_is_then_unknown_to_everybody(school: SchoolAtWork) -> None:
    code, thread_id = sent(school)
    pass_days(school, 365)
    assert remove_old_letters(school.office) == 0
    assert collect(school.office, school.school_id, code).replies == []
    pass_days(school, 1)
    assert remove_old_letters(school.office) == 1
    assert count(school, Thread, Note) == [0, 0]
    with pytest.raises(UnknownCode):
        collect(school.office, school.school_id, code)
    with pytest.raises(NotFound):
        open_thread(school.office, school.counselor, thread_id)
    assert remove_old_letters(school.office) == 0


def test_the_year_begins_with_the_last_message_of_either_side(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    pass_days(school, 200)
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    pass_days(school, 200)
    write_back(school.office, Letter(school.school_id, "kiosk", "还有一件事", os.urandom(16)), thread_id)
    pass_days(school, 365)
    assert remove_old_letters(school.office) == 0
    assert [note.content.text for note in open_thread(school.office, school.counselor, thread_id).notes if note.content]
    pass_days(school, 1)
    assert remove_old_letters(school.office) == 1
    assert count(school, Thread, Note, Reply) == [0, 0, 0]


def test_a_weeks_key_goes_with_the_last_conversation_that_needs_it(school: SchoolAtWork) -> None:
    _, quiet = sent(school)
    _, long = sent(school, "第二封")
    first = week_of(school, quiet)
    assert first == week_of(school, long)
    pass_days(school, 100)
    write_back(school.office, Letter(school.school_id, "kiosk", "还在吗", os.urandom(16)), long)
    pass_days(school, 300)
    assert remove_old_letters(school.office) == 1
    assert first in keys(school)
    pass_days(school, 100)
    assert remove_old_letters(school.office) == 1
    left = keys(school)
    assert first not in left
    with school.office.database.view() as view:
        assert {copy.week_key_id for copy in view.session.query(WeekKeyCopy)} == left
        # What comes now can be kept and read.
        assert view.session.query(WeekKey).filter_by(current=True).count() == 1
    _, fresh = sent(school, "新的一封")
    assert open_thread(school.office, school.counselor, fresh).notes[0].content is not None


def week_of(school: SchoolAtWork, thread_id: str) -> str | None:
    with school.office.database.view() as view:
        return view.session.query(Note).filter_by(thread_id=thread_id, place=1).one().week_key_id


def keys(school: SchoolAtWork) -> set[str]:
    with school.office.database.view() as view:
        return {key.id for key in view.session.query(WeekKey)}


def test_what_went_is_told_in_numbers_and_weeks_and_stands_in_the_audit(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=NONCE)
    sent(school, "只给一部分老师", frozenset({"0" * 32}))
    pass_days(school, 366)
    remove_old_letters(school.office)
    line = gone_days(school.office, school.school_id, 30)[0]
    assert (line.gone_on, line.weeks) == (date(2027, 3, 3), (date(2026, 3, 6),))
    assert {word: number for word, number in line.numbers.items() if number} == {
        "conversations": 1,
        "letters": 1,
        "answers": 1,
    }
    # Whom a child closed out must not learn from a number that there was a letter.
    assert {word: number for word, number in line.closed.items() if number} == {"conversations": 1, "letters": 1}
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]
    assert acts[-2:] == ["letters.forget.2", "weeks.forget.1"]


def test_lessons_are_not_disturbed_unless_it_is_long_overdue(school: SchoolAtWork) -> None:
    sent(school)
    # A Wednesday, ten in the morning.
    school.clock.advance(days=366)
    assert remove_old_letters(school.office) == 0
    school.clock.advance(days=3)
    # A Saturday, and the Friday before it, would be calm; a computer that is on at lessons only must not keep it.
    school.clock.advance(days=2)
    assert school.office.local_now().isoweekday() == 1
    assert remove_old_letters(school.office) == 1


def test_nobody_has_a_thread_forgotten_that_is_not_ours(school: SchoolAtWork, caplog: pytest.LogCaptureFixture) -> None:
    sent(school)
    with school.office.database.work() as work:
        work.session.query(Thread).update({Thread.closed: True})
        work.commit()
    pass_days(school, 366)
    assert remove_old_letters(school.office) == 0
    assert count(school, Thread) == [1]
    assert "not authentic and stays" in caplog.text


def test_a_case_keeps_its_copies_when_the_letter_goes(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    case_id = open_case(school.office, school.counselor, thread_id, ["other"], "")
    pass_days(school, 366)
    assert remove_old_letters(school.office) == 1
    assert [line.id for line in case_lines(school.office, school.counselor)] == [case_id]
    entries = read_case(school.office, school.counselor, case_id).of_kind("letter")
    assert entries[0].said["letter"]["text"] == "我想家了"


def test_a_letter_that_an_open_case_does_not_hold_yet_waits_for_somebody_to_open_it(school: SchoolAtWork) -> None:
    _, thread_id = sent(school)
    open_case(school.office, school.counselor, thread_id, ["other"], "")
    write_back(school.office, Letter(school.school_id, "kiosk", "还有一件事", os.urandom(16)), thread_id)
    pass_days(school, 366)
    assert remove_old_letters(school.office) == 0
    keep_up(school.office, school.counselor, thread_id)
    assert remove_old_letters(school.office) == 1


def test_many_letters_go_in_one_round(school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mailbox.upkeep.old_letters._AT_ONCE", 2)
    for number in range(5):
        sent(school, f"第{number}封")
    pass_days(school, 366)
    assert remove_old_letters(school.office) == 5
    assert queue(school.office, school.counselor) == []


def test_after_the_promised_days_no_backup_holds_a_letter_that_went(school: SchoolAtWork) -> None:
    sent(school)
    written = school.office.local_now().date()
    pass_days(school, 365)
    folder = back_up(school.office).path.parent
    with_letter = set(folder.iterdir())
    school.clock.advance(days=1)
    assert remove_old_letters(school.office) == 1
    back_up(school.office)
    assert with_letter < set(folder.iterdir())
    promised = gone_for_good_days(school.office)
    assert promised == 400
    while (school.office.local_now().date() - written).days < promised:
        school.clock.advance(days=1)
        remove_old_backups(school.office)
    assert with_letter & set(folder.iterdir()) == set()


def test_of_a_closed_letter_that_went_the_audit_tells_nothing_to_whom_it_was_closed(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office, lin = school.office, school.counselor
    person_id, login = second_counselor()
    approve(office, school.school_id, lin.person_id, person_id)
    he = who(office, log_in(office, login, PASSPHRASE))
    closed, opened = (sent(school, not_for=not_for)[1] for not_for in (frozenset({lin.person_id}), frozenset[str]()))
    for thread_id in (closed, opened):
        claim(office, he, thread_id)
        open_thread(office, he, thread_id)
        case_id = open_case(office, he, thread_id, ("bullying",), "问过了")
        close_case(office, he, case_id, "support", "", os.urandom(16))
    ask(office, lin, LEAD, lin.person_id)
    agree(office, he, wish_lines(office, he)[0].id)
    before = lines_about_letters(school, "lin")
    assert before and lines_about_letters(school, "lin") == before
    pass_days(school, 366)
    assert remove_old_letters(office) == 2
    assert lines_about_letters(school, "lin") == before
    pass_days(school, 800)
    assert remove_old_cases(office) == 2
    left = lines_about_letters(school, "lin")
    assert [one for one in left if one != "case.forget"] == before and left.count("case.forget") == 1
    # Who did it still sees what they did.
    assert len([act for act in lines_about_letters(school, "he") if act == "case.open"]) == 2


def test_a_trace_that_somebody_wrote_into_the_database_hides_no_act(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]], caplog: pytest.LogCaptureFixture
) -> None:
    office, lin = school.office, school.counselor
    person_id, login = second_counselor()
    approve(office, school.school_id, lin.person_id, person_id)
    he = who(office, log_in(office, login, PASSPHRASE))
    ask(office, lin, LEAD, lin.person_id)
    agree(office, he, wish_lines(office, he)[0].id)
    _, thread_id = sent(school)
    open_thread(office, he, thread_id)
    before = lines_about_letters(school, "lin")
    assert "thread.read" in before
    with office.database.work() as work:
        work.session.add(ClosedTrace(school_id=school.school_id, subject_id=thread_id, mark=bytes(32)))
        work.commit()
    assert lines_about_letters(school, "lin") == before
    assert "hides nothing" in caplog.text
    assert [table for table, _ in look_at_marks(office).damaged] == ["closed_traces"]


def lines_about_letters(school: SchoolAtWork, login: str) -> list[str]:
    colleague, lines, number = who(school.office, log_in(school.office, login, PASSPHRASE)), list[str](), 1
    while page := audit_page(school.office, colleague, number):
        lines += [line.act for _, of_day in page.days for line in of_day if line.act.startswith(("case.", "thread."))]
        number += 1
        if not page.has_more:
            break
    return sorted(lines)
