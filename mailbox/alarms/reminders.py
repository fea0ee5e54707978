"""The overdue watch: letters that nobody looks at in time are told to those on duty, as numbers and once a day each.

Owns when something is told and to whom. What is urgent waits for nothing; everything else for a school day, the end of
the quiet hours, and for somebody on duty where somebody comes later that day. A letter that is closed to somebody is in
no number that they get. A child who is to be looked after again is told too: a day or three after a case was opened
on every day, as danger knows no calendar, later on school days.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from mailbox.alarms.calling import Staff, may_be_told_of, own_channels, staff_of
from mailbox.alarms.outbox import deliver_on, raise_notice
from mailbox.alarms.times import times_of
from mailbox.alarms.words import write_numbers
from mailbox.errors import Clash, NotKept
from mailbox.office import Office
from mailbox.rules.alarm_times import is_quiet
from mailbox.rules.duty_list import is_duty_ahead, people_on_duty
from mailbox.rules.follow_ups import BY_CLOCK, STEPS
from mailbox.rules.overdue import late_since, opening_on_eve
from mailbox.rules.roles import READERS
from mailbox.rules.school_week import half_day
from mailbox.store.database import Session
from mailbox.store.outbox import channels_of
from mailbox.store.people import all_schools, school_locked
from mailbox.store.queue import QueueColumns
from mailbox.store.reminders import (
    forget_reminders_before,
    has_reminders_before,
    late_threads,
    told_today,
    visits_due,
    waiting_routine,
)
from mailbox.store.tables import Reminder, new_id

URGENT = "urgent"
EVE = "eve"
VISIT = "visit"
_log = logging.getLogger("mailbox.alarms")

# A reader of no name: what is late is late whoever looks.
_NOBODY = ""


@dataclass(frozen=True)
class _Late:
    """One letter and why it is told: the word of its shape, eve for the day before the opening, visit for its case."""

    thread_id: str
    reason: str
    closed: bool


def remind_of_overdue(office: Office) -> int:
    """Tell what became overdue and was not told today; return how many letters that were."""
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session)]
    return sum(_tried(office, school_id) for school_id in schools)


def _tried(office: Office, school_id: str) -> int:
    try:
        return _remind(office, school_id)
    except (NotKept, Clash) as refused:
        # The other schools, the openings and the mails must not wait for this one; it is tried at the next look.
        _log.error("what is overdue was not told", extra={"row_id": school_id, "error_class": type(refused).__name__})
        return 0


def _remind(office: Office, school_id: str) -> int:
    today = office.local_now().date().toordinal()
    with office.database.view() as view:
        if not _untold(office, view.session, school_id) and not has_reminders_before(view.session, school_id, today):
            return 0
    with office.database.work() as work:
        session = work.session
        # Two workers meet here; the later one finds everything told.
        school_locked(session, school_id)
        untold = _untold(office, session, school_id)
        forget_reminders_before(session, school_id, today)
        session.add_all(
            Reminder(id=new_id(), school_id=school_id, thread_id=late.thread_id, day_ordinal=today, reason=late.reason)
            for late in untold
        )
        if untold:
            _tell(office, session, school_id, untold)
        work.commit()
    return len(untold)


def _untold(office: Office, session: Session, school_id: str) -> list[_Late]:
    now, staff = office.local_now(), staff_of(office, session, school_id)
    found = _late(office, session, school_id, staff)
    if not _may_tell_all(office, session, school_id, staff):
        found = [late for late in found if late.reason in _at_any_time(office, session, school_id, staff)]
    told = told_today(session, school_id, now.date().toordinal()) if found else set()
    return [late for late in found if (late.thread_id, late.reason) not in told]


def _may_tell_all(office: Office, session: Session, school_id: str, staff: Staff) -> bool:
    if not staff.calendar.is_school_day(staff.now.date()) or is_quiet(staff.now, times_of(office, session, school_id)):
        return False
    return bool(_on_duty(staff)) or not is_duty_ahead(staff.now, staff.duty)


def _at_any_time(office: Office, session: Session, school_id: str, staff: Staff) -> set[str]:
    """Return what is told although it is no school day, or nobody is on duty yet."""
    at_night = is_quiet(staff.now, times_of(office, session, school_id))
    return {URGENT} if at_night or staff.calendar.is_school_day(staff.now.date()) else {URGENT, VISIT}


def _late(office: Office, session: Session, school_id: str, staff: Staff) -> list[_Late]:
    today = staff.now.date()
    columns = QueueColumns(
        school_id=school_id,
        reader_id=_NOBODY,
        now_seconds=int(office.clock().timestamp()),
        today=today,
        half=half_day(staff.now),
        late_since=late_since(today, staff.calendar),
        is_sqlite=session.get_bind().dialect.name == "sqlite",
    )
    found = [_Late(*row) for row in late_threads(session, columns)]
    steps = STEPS if staff.calendar.is_school_day(today) else BY_CLOCK
    found += [_Late(thread_id, VISIT, closed) for thread_id, closed in visits_due(session, school_id, today, steps)]
    if opening_on_eve(today, staff.calendar):
        found += [_Late(thread_id, EVE, closed) for thread_id, closed in waiting_routine(session, columns)]
    return found


def _on_duty(staff: Staff) -> tuple[str, ...]:
    return people_on_duty(staff.now, staff.duty, staff.calendar.is_school_day)


def _tell(office: Office, session: Session, school_id: str, untold: Sequence[_Late]) -> None:
    """Write one reminder for each channel, with the numbers of what its people may know of."""
    staff = staff_of(office, session, school_id)
    channels = channels_of(session, school_id)
    reading = staff.with_role(*READERS)
    on_duty = _on_duty(staff) or staff.called_first or reading
    numbers: dict[str, Counter[str]] = {}
    for late in untold:
        may_be_told = may_be_told_of(office, session, staff, late.thread_id)
        # Where all on duty are closed out, the readers to whom the child left the letter are told.
        told = [person for person in on_duty if may_be_told(person)] or [one for one in reading if may_be_told(one)]
        reached = own_channels(channels, told)
        if not late.closed and len({channel.person_id for channel in reached}) < len(told):
            reached += [channel for channel in channels if channel.person_id is None]
        for channel in reached:
            numbers.setdefault(channel.id, Counter())[late.reason] += 1
    told_on = [channel for channel in channels if channel.id in numbers]
    if told_on:
        notice = raise_notice(office, session, school_id, "reminder")
        for channel in told_on:
            deliver_on(office, session, notice, [channel], numbers=write_numbers(numbers[channel.id]))
