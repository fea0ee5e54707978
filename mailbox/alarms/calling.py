"""Whom an alarm may call now: the people of a school by role and duty, and the channels that reach them.

Owns what keeps an alarm from who must not learn of its letter: the readers whom the child named.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbox.alarms.duty import duty_in, without_leavers
from mailbox.letters.recipients import left_to
from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.duty_list import DutyList, called_first, present
from mailbox.rules.escalation import Call, Rung, ladder
from mailbox.rules.roles import HEAD, LEAD, READERS
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.store.database import Session
from mailbox.store.outbox import channels_of
from mailbox.store.people import people_of
from mailbox.store.tables import Channel, Thread


@dataclass(frozen=True)
class Staff:
    """Who works at a school now, who is on duty, and on which days; read once for each call."""

    roles: dict[str, str]
    duty: DutyList
    calendar: SchoolCalendar
    now: datetime

    def with_role(self, *roles: str) -> tuple[str, ...]:
        """Return everybody of these roles, deputies in place of who is away."""
        people = [person for person, role in self.roles.items() if role in roles]
        return present(people, self.now.date(), self.duty.away)

    @property
    def called_first(self) -> tuple[str, ...]:
        return called_first(self.now, self.duty, self.calendar.is_school_day)


def staff_of(office: Office, session: Session, school_id: str) -> Staff:
    """Return the active people of a school, by name, with the duty list as far as they are in it."""
    roles = {one.id: one.role for one in authentic(office, people_of(session, school_id)) if one.state == "active"}
    duty = without_leavers(duty_in(office, session, school_id).duty, roles)
    return Staff(roles, duty, calendar_for(office, session, school_id), office.local_now())


def may_be_told_of(office: Office, session: Session, staff: Staff, thread_id: str | None) -> Callable[[str], bool]:
    """Return whether a person may learn that there is this letter: of a closed one only the readers it was left to.

    Who reads no letters may be told of each: the child names readers only, and no alarm says what a letter is about.
    """
    thread = session.get(Thread, thread_id) if thread_id else None
    if thread is None or not thread.closed:
        return lambda _person: True
    left = left_to(office, session, thread.id)
    return lambda person: person in left or staff.roles.get(person) not in READERS


def calls_of(staff: Staff, may_be_told: Callable[[str], bool]) -> list[Call]:
    """Return the ladder of an alarm as it stands now."""
    return ladder(
        staff.called_first, staff.with_role(*READERS), staff.with_role(LEAD), staff.with_role(HEAD), may_be_told
    )


def channels_for(
    session: Session, school_id: str, call: Call, staff: Staff, may_be_told: Callable[[str], bool]
) -> Sequence[Channel]:
    """Return the channels that a call rings: people's own, everybody's where they have none, all on the last rung."""
    channels = channels_of(session, school_id)
    shared = [channel for channel in channels if channel.person_id is None]
    if call.rung is Rung.EVERYBODY:
        return shared + own_channels(channels, [person for person in staff.roles if may_be_told(person)])
    own = own_channels(channels, call.people)
    # Everybody's channels rang when the letter came.
    return own or ([] if call.rung is Rung.DUTY else shared)


def own_channels(channels: Sequence[Channel], people: Collection[str]) -> list[Channel]:
    return [channel for channel in channels if channel.person_id in people]
