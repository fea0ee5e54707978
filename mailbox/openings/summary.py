"""The weekly numbers, counted from clear columns: numbers, never words. For the school's own staff.

A week ends on the weekday of its opening, also where a holiday moved the opening itself.
Hiding small numbers for readers outside is not done here.
A letter that is closed to a reader is in no number of theirs.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.rules.policy import is_raise, lowers_from_urgent
from mailbox.rules.school_week import end_of_week
from mailbox.store.database import Session
from mailbox.store.openings import corrections_between, openings_of, week_numbers
from mailbox.store.tables import Opening, School
from triage.protocol import Urgency

_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekSummary:
    """One week's letters, by what triage said when they came and by what people made of them.

    ``answered``, ``waiting`` and ``pranks`` count this week's letters by how their thread stands now.
    """

    due_on: date
    by_hand: bool
    is_open: bool
    received: int
    urgent: int
    soon: int
    routine: int
    unscreened: int
    read: int
    answered: int
    waiting: int
    pranks: int
    replies: int
    collected: int
    holding: int
    raised_by_people: int
    lowered_by_people: int
    eased_by_people: int


def week_summaries(office: Office, colleague: Colleague, weeks: int = 4) -> list[WeekSummary]:
    """Return the running week and the ``weeks`` before it, newest first, as this reader sees them. Raises NotFound."""
    school_id = colleague.school_id
    with office.database.view() as view:
        school = view.session.get(School, school_id)
        if school is None:
            raise NotFound("school")
        newest = end_of_week(office.local_now(), school.opening_weekday, school.opening_hour)
        days = [newest - step * _WEEK for step in range(weeks + 1)]
        openings = list(openings_of(view.session, school_id, days[-1] - _WEEK))
        # A week that ended before the school had its box is not a week without letters.
        return [_week(view.session, colleague, day, openings) for day in days if day >= school.created_on]


def _week(session: Session, colleague: Colleague, day: date, openings: list[Opening]) -> WeekSummary:
    begin = day - _WEEK + timedelta(days=1)
    changes = corrections_between(session, colleague.school_id, colleague.person_id, begin, day)
    raised = sum(count for before, after, count in changes if is_raise(Urgency(before), Urgency(after)))
    lowered = sum(count for before, after, count in changes if is_raise(Urgency(after), Urgency(before)))
    eased = sum(count for before, after, count in changes if lowers_from_urgent(before, Urgency(after)))
    return WeekSummary(
        due_on=day,
        by_hand=any(opening.by_hand for opening in openings if begin <= opening.due_on <= day),
        is_open=any(begin <= opening.due_on <= day and not opening.by_hand for opening in openings),
        raised_by_people=raised,
        lowered_by_people=lowered,
        eased_by_people=eased,
        **week_numbers(session, colleague.school_id, colleague.person_id, day),
    )
