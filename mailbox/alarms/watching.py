"""What the desk's alarm page shows: which alarms are open, whom they called and call next, and who carries how much.

Hides an alarm whose letter is closed to who looks. Says nothing of a letter, not even which one it is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from mailbox.alarms.calling import Staff, calls_of, may_be_told_of, staff_of
from mailbox.alarms.times import times_of
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.duty_list import DutyList, people_on_duty, present
from mailbox.rules.escalation import Call, next_call
from mailbox.rules.roles import READERS, Act, may
from mailbox.rules.urgent_load import Load, loads
from mailbox.store.database import Session
from mailbox.store.duty import urgent_taken_since
from mailbox.store.outbox import all_calling_alarms, calling_alarms, steps_of
from mailbox.store.tables import Alarm, AlarmStep

# What counts as having taken an urgent letter.
_TAKING = ("thread.claim", "thread.answer")


@dataclass(frozen=True)
class StepLine:
    """One call. ``rung``: duty, next, lead, head, everybody, or reached, which ``by`` said."""

    rung: str
    people: tuple[str, ...]
    at: datetime
    by: str | None


@dataclass(frozen=True)
class OpenAlarm:
    """One open alarm. ``kind``: urgent, closed; times are on the school's wall."""

    id: str
    kind: str
    raised_at: datetime | None
    steps: list[StepLine]
    coming: Call
    coming_at: datetime | None
    held_until: datetime | None


@dataclass(frozen=True)
class DutyNow:
    """Who is on duty now, who is called where nobody is, and the list with its telephones."""

    on_duty: tuple[str, ...]
    called_first: tuple[str, ...]
    duty: DutyList


def open_alarms_for(office: Office, colleague: Colleague) -> list[OpenAlarm]:
    """Return the open alarms this person may know of, the oldest first. Raises NotAllowed."""
    school_id = colleague.school_id
    with office.database.view() as view:
        session = view.session
        require_person(office, session, school_id, colleague.person_id, Act.SEE_ALARMS)
        alarms = _alarms(session, colleague)
        if not alarms:
            return []
        staff = staff_of(office, session, school_id)
        steps = steps_of(session, [alarm.id for alarm in alarms])
        return [
            _shown(office, session, staff, alarm, [step for step in steps if step.alarm_id == alarm.id])
            for alarm in alarms
        ]


def has_open_alarm(office: Office, colleague: Colleague) -> bool:
    """Say whether something rings that this person may know of."""
    with office.database.view() as view:
        return bool(_alarms(view.session, colleague))


def duty_now(office: Office, colleague: Colleague) -> DutyNow:
    """Return who is on duty now. Raises NotAllowed."""
    with office.database.view() as view:
        session = view.session
        require_person(office, session, colleague.school_id, colleague.person_id, Act.SEE_DUTY)
        staff = staff_of(office, session, colleague.school_id)
    on_duty = people_on_duty(staff.now, staff.duty, staff.calendar.is_school_day)
    return DutyNow(on_duty, staff.called_first, staff.duty)


def urgent_loads(office: Office, colleague: Colleague) -> list[Load]:
    """Return who took how many urgent letters today, and who could help. It hides nothing. Raises NotAllowed."""
    midnight = office.local_now().replace(hour=0, minute=0, second=0, microsecond=0)
    with office.database.view() as view:
        session, school_id = view.session, colleague.school_id
        require_person(office, session, school_id, colleague.person_id, Act.SEE_URGENT_LOAD)
        since = int(midnight.timestamp())
        taken = urgent_taken_since(session, school_id, colleague.person_id, since, _TAKING)
        staff = staff_of(office, session, school_id)
        cap = times_of(office, session, school_id).urgent_a_day
    # Deputies of the duty list come first, then the other readers.
    readers = [person for person, role in staff.roles.items() if role in READERS]
    named = [one for turn in staff.duty.turns for one in turn.people if one in readers]
    there = present(dict.fromkeys([*named, *readers]), staff.now.date(), staff.duty.away)
    return loads(taken, cap, [person for person in there if person in readers])


def _alarms(session: Session, colleague: Colleague) -> list[Alarm]:
    # A child names readers, so that only readers can be closed out.
    if may(colleague.role, Act.READ_LETTERS):
        return list(calling_alarms(session, colleague.school_id, colleague.person_id))
    return list(all_calling_alarms(session, colleague.school_id))


def _shown(office: Office, session: Session, staff: Staff, alarm: Alarm, steps: list[AlarmStep]) -> OpenAlarm:
    calls = calls_of(staff, may_be_told_of(office, session, staff, alarm.thread_id))
    told = {step.person_id for step in steps if step.person_id}
    held_until = alarm.held_until if (alarm.held_until or 0) > office.clock().timestamp() else None
    places = sorted({step.place for step in steps})
    return OpenAlarm(
        id=alarm.id,
        kind=alarm.kind,
        raised_at=_moment(office, alarm.raised_at),
        steps=[_line(office, [step for step in steps if step.place == place]) for place in places],
        coming=next_call(calls, told),
        coming_at=_moment(office, alarm.next_step_at),
        held_until=_moment(office, held_until),
    )


def _line(office: Office, steps: list[AlarmStep]) -> StepLine:
    first = steps[0]
    people = tuple(step.person_id for step in steps if step.person_id)
    at = datetime.fromtimestamp(first.happened_at, office.settings.zone)
    return StepLine(first.rung, people, at, first.by_person_id)


def _moment(office: Office, seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, office.settings.zone)
