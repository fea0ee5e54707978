"""The opening as a reader at the desk sees it: what will go out, what still waits, and what went out last time.

Counts and lists only what this reader may see; a letter closed to them is in no number either.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from mailbox.letters.desk import require_reader
from mailbox.letters.opened import OpenedReply, ReaderKeys, open_reply
from mailbox.letters.queueing import queue_page
from mailbox.letters.waiting import QueueRow
from mailbox.office import Office
from mailbox.openings.customs import Customs, customs_in
from mailbox.openings.holding import holdable, promised_day
from mailbox.openings.opening import missed_opening
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.early_opening import may_open_early
from mailbox.rules.queue_wish import QueueWish, Shape
from mailbox.store.database import Session
from mailbox.store.openings import (
    count_released_on,
    held_replies_seen_by,
    newest_opening,
    opening_of,
    promises_of,
)


@dataclass(frozen=True)
class Leaving:
    """How many answers and holding replies of one author go out at the next opening."""

    author_id: str
    answers: int
    holding: int


@dataclass(frozen=True)
class Unanswered:
    """A letter that waits; the day by which its child was promised an answer; whether a holding reply would be true."""

    row: QueueRow
    promised_on: date | None
    may_hold: bool


@dataclass(frozen=True)
class Level:
    """The letters of one shape that wait: the first page of them, and how many there are."""

    shape: Shape
    letters: list[Unanswered]
    total: int


@dataclass(frozen=True)
class TookPlace:
    """An opening that took place: the day it was due and the day it was made, and what children could then read."""

    due_on: date
    opened_on: date
    by_hand: bool
    answers: int
    holding: int


@dataclass(frozen=True)
class Ceremony:
    """How the next opening stands.

    ``missed``: the day of an opening that is due and was not made; ``promised_on``: the day that a holding reply names.
    """

    coming: datetime | None
    missed: date | None
    may_open_early: bool
    leaving: list[Leaving]
    levels: list[Level]
    customs: Customs
    promised_on: date | None
    last: TookPlace | None

    @property
    def may_hold(self) -> list[Unanswered]:
        """The listed letters to which a holding reply may be written."""
        return [one for level in self.levels for one in level.letters if one.may_hold]


@dataclass(frozen=True)
class HeldReply:
    """A reply before it goes out, opened for a reader."""

    thread_id: str
    reply: OpenedReply = field(repr=False)


def ceremony_of(office: Office, colleague: Colleague) -> Ceremony:
    """Return how the next opening stands. Raises NotAllowed."""
    school_id, now = colleague.school_id, office.local_now()
    levels = _levels(office, colleague)
    with office.database.view() as view:
        session = view.session
        require_reader(office, session, colleague)
        calendar = calendar_for(office, session, school_id)
        opened_today = opening_of(session, school_id, now.date(), by_hand=True) is not None
        customs, day = customs_in(office, session, school_id), promised_day(office, calendar)
        return Ceremony(
            coming=calendar.next_opening(now),
            missed=missed_opening(office, session, school_id),
            may_open_early=may_open_early(calendar, now, opened_today=opened_today),
            leaving=_leaving(session, colleague),
            levels=_with_promises(session, levels, now.date(), holds=customs.holds and day is not None),
            customs=customs,
            promised_on=day,
            last=_took_place(session, colleague),
        )


def read_held(office: Office, colleague: Colleague) -> list[HeldReply]:
    """Open every reply that goes out at the next opening, those of one author together. Audited. Raises NotAllowed."""
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        keys = ReaderKeys(session, colleague)
        held = held_replies_seen_by(session, colleague.school_id, colleague.person_id)
        opened = [HeldReply(reply.thread_id, open_reply(office, keys, reply)) for reply in held]
        if opened:
            record(office, session, colleague.school_id, colleague.person_id, "opening.read_replies")
        work.commit()
    return opened


def _levels(office: Office, colleague: Colleague) -> list[Level]:
    pages = {shape: queue_page(office, colleague, QueueWish(shape=shape)) for shape in Shape}
    return [
        Level(shape, [Unanswered(row, None, False) for row in page.rows], page.total)
        for shape, page in pages.items()
        if page.total
    ]


def _with_promises(session: Session, levels: Sequence[Level], today: date, *, holds: bool) -> list[Level]:
    ids = [one.row.id for level in levels for one in level.letters]
    promises = promises_of(session, ids)
    may_hold = holdable(session, ids, today) if holds else set[str]()
    return [
        Level(
            level.shape,
            [
                Unanswered(one.row, promises.get(one.row.id), one.row.id in may_hold and one.row.claimed_by is None)
                for one in level.letters
            ],
            level.total,
        )
        for level in levels
    ]


def _leaving(session: Session, colleague: Colleague) -> list[Leaving]:
    held = held_replies_seen_by(session, colleague.school_id, colleague.person_id)
    answers = Counter(reply.author_id for reply in held if reply.promised_on is None)
    holding = Counter(reply.author_id for reply in held if reply.promised_on is not None)
    return [Leaving(author, answers[author], holding[author]) for author in sorted(answers | holding)]


def _took_place(session: Session, colleague: Colleague) -> TookPlace | None:
    row = newest_opening(session, colleague.school_id)
    if row is None:
        return None
    opened_on = row.opened_on or row.due_on
    answers, holding = count_released_on(session, colleague.school_id, colleague.person_id, opened_on)
    return TookPlace(row.due_on, opened_on, row.by_hand, answers, holding)
