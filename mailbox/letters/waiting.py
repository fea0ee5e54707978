"""One line of the queue, from the clear columns of a thread. A row that says what cannot be becomes a damaged line."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import date

from mailbox.office import Office
from mailbox.rules.claims import is_claimed
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.policy import read_by
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.rules.school_week import HALVES, half_day
from mailbox.store.tables import Thread
from triage.protocol import Cause, Urgency

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class QueueRow:
    """One thread, from clear columns only: no key is needed to see that somebody waits.

    ``kind`` is the row's word for it; what is sealed in the letter counts. ``passed_on``: when it went to parents.
    ``wrote_again``: the child wrote after an answer, and that letter waits. ``damaged``: the row says what cannot be;
    it stands with the urgent ones, since nobody knows that it is not.
    """

    id: str
    urgency: str
    cause: str | None
    arrived_on: date
    arrived_half: str
    state: str
    closed: bool
    claimed_by: str | None
    overdue: bool
    half_days_waited: int
    wrote_again: bool
    kind: LetterKind
    passed_on: date | None
    damaged: bool = False


def queue_row(
    thread: Thread, office: Office, now_seconds: int, has_replies: bool, calendar: SchoolCalendar
) -> QueueRow:
    try:
        return _sound_row(thread, office, now_seconds, has_replies, calendar)
    except (TypeError, ValueError):
        return damaged_row(office, thread.id)


def damaged_row(office: Office, thread_id: str) -> QueueRow:
    _log.error("a thread's row is damaged", extra={"row_id": thread_id})
    now = office.local_now()
    return QueueRow(
        id=thread_id,
        urgency=Urgency.UNSCREENED,
        cause=Cause.FAILED,
        arrived_on=now.date(),
        arrived_half=half_day(now),
        state="waiting",
        closed=False,
        claimed_by=None,
        overdue=True,
        half_days_waited=0,
        wrote_again=False,
        kind=LetterKind.WHISPER,
        passed_on=None,
        damaged=True,
    )


def _sound_row(
    thread: Thread, office: Office, now_seconds: int, has_replies: bool, calendar: SchoolCalendar
) -> QueueRow:
    cause = Cause(thread.cause) if thread.cause else None
    due = read_by(Urgency(thread.urgency), cause, thread.arrived_on, calendar)
    held = thread.claimed_by if is_claimed(thread.claimed_until, now_seconds) else None
    if thread.state not in {"waiting", "answered", "prank"} or thread.arrived_half not in HALVES:
        raise ValueError("no such state, or no such half-day")
    return QueueRow(
        id=thread.id,
        urgency=thread.urgency,
        cause=thread.cause,
        arrived_on=thread.arrived_on,
        arrived_half=thread.arrived_half,
        state=thread.state,
        closed=thread.closed,
        claimed_by=held,
        overdue=thread.state == "waiting" and office.local_now().date() > due,
        half_days_waited=calendar.half_days_waited(thread.arrived_on, thread.arrived_half, office.local_now()),
        wrote_again=thread.state == "waiting" and has_replies,
        kind=LetterKind(thread.kind),
        passed_on=thread.passed_on,
    )
