"""Opening by a reader's hand: by a rule and once, also where the machine was off or two people press."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from mailbox.errors import Clash, InputRefused, NotAllowed
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.openings.ceremony import ceremony_of
from mailbox.openings.opening import open_at_desk, open_what_is_due
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.early_opening import may_open_early
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.sealing.receipt import ReceiptCode
from mailbox.store.database import Database
from mailbox.store.tables import AuditRow, Opening
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.openings.at_opening import bring_lead, go_to, write


def reply_to(school: SchoolAtWork, words: str, *, says: str) -> ReceiptCode:
    thread_id, code = write(school, words)
    answer(school.office, school.counselor, thread_id, says, release_now=False, form_nonce=os.urandom(16))
    return code


def openings(school: SchoolAtWork) -> list[tuple[str, str, bool]]:
    with school.office.database.view() as view:
        rows = view.session.query(Opening).order_by(Opening.due_on, Opening.by_hand.desc())
        return [(f"{row.due_on}", f"{row.opened_on}", row.by_hand) for row in rows]


@pytest.mark.parametrize("local", ["2026-03-02 09:00", "2026-03-05 23:59", "2026-03-06 15:00", "2026-03-07 10:00"])
def test_the_box_is_not_opened_on_another_day_or_after_its_hour(school: SchoolAtWork, local: str) -> None:
    go_to(school, local)
    open_what_is_due(school.office)
    assert not ceremony_of(school.office, school.counselor).may_open_early
    with pytest.raises(InputRefused, match="not_today"):
        open_at_desk(school.office, school.counselor)


def test_on_its_day_it_is_opened_early_once_and_at_its_hour_all_the_same(school: SchoolAtWork) -> None:
    early = reply_to(school, "上午写的", says="先给你")
    go_to(school, "2026-03-06 11:00")
    assert ceremony_of(school.office, school.counselor).may_open_early
    open_at_desk(school.office, school.counselor)
    assert not ceremony_of(school.office, school.counselor).may_open_early
    with pytest.raises(Clash):
        open_at_desk(school.office, school.counselor)
    late = reply_to(school, "中午写的", says="也给你")
    assert [len(collect(school.office, school.school_id, code).replies) for code in (early, late)] == [1, 0]
    go_to(school, "2026-03-06 15:00")
    assert open_what_is_due(school.office) == [school.school_id]
    assert len(collect(school.office, school.school_id, late).replies) == 1
    assert openings(school) == [("2026-03-06", "2026-03-06", True), ("2026-03-06", "2026-03-06", False)]


def test_where_a_holiday_moved_the_opening_the_day_before_is_the_day(school: SchoolAtWork) -> None:
    # Friday, 1 May is a holiday; the box is opened on Thursday.
    calendar, zone = SchoolCalendar(4, 15), school.office.settings.zone
    go_to(school, "2026-04-30 10:00")
    assert may_open_early(calendar, school.office.local_now(), opened_today=False)
    go_to(school, "2026-05-01 10:00")
    assert not may_open_early(calendar, school.office.clock().astimezone(zone), opened_today=False)


def test_who_pressed_stands_in_the_audit(school: SchoolAtWork) -> None:
    go_to(school, "2026-03-06 11:00")
    open_at_desk(school.office, school.counselor)
    with school.office.database.view() as view:
        assert view.session.query(AuditRow).filter_by(act="opening.by_hand").one().person_id == (
            school.counselor.person_id
        )


def test_what_was_missed_while_no_worker_ran_is_made_good_by_hand(school: SchoolAtWork) -> None:
    code = reply_to(school, "星期一写的", says="我在")
    go_to(school, "2026-03-09 07:30")
    assert ceremony_of(school.office, school.counselor).missed == date(2026, 3, 6)
    open_at_desk(school.office, school.counselor)
    assert len(collect(school.office, school.school_id, code).replies) == 1
    shown = ceremony_of(school.office, school.counselor)
    assert shown.missed is None and shown.last is not None
    assert (shown.last.due_on, shown.last.opened_on, shown.last.answers) == (date(2026, 3, 6), date(2026, 3, 9), 1)
    assert open_what_is_due(school.office) == []


@pytest.mark.parametrize("local", ["2026-03-06 11:00", "2026-03-09 07:30"])
def test_two_people_and_a_worker_at_once_open_once(school: SchoolAtWork, local: str) -> None:
    bring_lead(school)
    go_to(school, local)
    readers = [school.counselor, who(school.office, log_in(school.office, "an", PASSPHRASE))]
    databases = [Database(school.office.settings.database_url) for _ in range(3)]

    def press(place: int) -> bool:
        at = replace(school.office, database=databases[place])
        if place == 2:
            return bool(open_what_is_due(at))
        try:
            open_at_desk(at, readers[place])
        except (Clash, InputRefused):
            return False
        return True

    with ThreadPoolExecutor(3) as hands:
        assert sum(hands.map(press, range(3))) == 1
    for database in databases:
        database.close()
    assert len(openings(school)) == 1


def test_only_readers_open_and_see_how_it_stands(school: SchoolAtWork) -> None:
    technician = Colleague(school.technician_id, school.school_id, "technician", "技术老师", school.counselor.private)
    go_to(school, "2026-03-06 11:00")
    for act in (open_at_desk, ceremony_of):
        with pytest.raises(NotAllowed):
            act(school.office, technician)
    assert openings(school) == []


def test_what_leaves_and_what_waits_is_told_by_author_and_by_level(school: SchoolAtWork) -> None:
    reply_to(school, "一", says="给你")
    reply_to(school, "二", says="也给你")
    for words in ("【紧急】三", "【尽快】四", "五", "六"):
        write(school, words, is_read=False)
    shown = ceremony_of(school.office, school.counselor)
    assert [(one.author_id, one.answers, one.holding) for one in shown.leaving] == [(school.counselor.person_id, 2, 0)]
    assert [(level.shape.value, level.total) for level in shown.levels] == [("urgent", 1), ("soon", 1), ("routine", 2)]
    assert shown.coming is not None and shown.coming.date() == date(2026, 3, 6)
