"""Appointments (预约): times offered in a reply, and the list of those that children chose (约好的时间).

Owns what may be offered. Times and choices lie in the boxes of replies and letters and nowhere else; the list is made
in the memory of one request, from what its reader can open.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from mailbox.errors import InputRefused, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.desk import find_thread, require_reader
from mailbox.letters.meeting_times import FARTHEST_AHEAD, Agreed, agreed_in, in_force, since_when_chosen
from mailbox.letters.opened import ReaderKeys, open_note, open_reply
from mailbox.letters.reply_words import MeetingTime
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.store.database import Session
from mailbox.store.letters import notes_of, replies_of
from mailbox.store.meetings import threads_written_back

MOST_TIMES = 4
LONGEST_PLACE = 30
# How long a meeting stays on the list, so that its talk is written down.
_STAYS = timedelta(days=14)


@dataclass(frozen=True)
class Meeting:
    """A time that a child chose: in which thread, with whom, and the child's name if it left one."""

    thread_id: str
    time: MeetingTime = field(repr=False)
    author_id: str
    child: str = field(repr=False)


@dataclass(frozen=True)
class Meetings:
    """``coming``: the next one first; ``past``: those of the last two weeks, the newest first."""

    coming: list[Meeting]
    past: list[Meeting]


def offer_times(
    office: Office,
    colleague: Colleague,
    thread_id: str,
    text: str,
    times: Sequence[MeetingTime],
    *,
    release_now: bool,
    form_nonce: bytes,
) -> None:
    """Answer with one to four times to meet; they take the place of earlier ones, and without any only end those.

    Raises InputRefused (times: too_many, place, past, far, twice, no_school, before_opening, given; and those of
    ``answer``), TextRefused, ClaimLost, NotAuthentic, NotFound, NotAllowed, NotKept.
    """
    tidy = tuple(sorted(MeetingTime(one.on, one.at, " ".join(one.place.split())) for one in times))
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        calendar = calendar_for(office, view.session, colleague.school_id)
    _require_possible(tidy, office.local_now(), calendar, release_now=release_now)
    answer(
        office,
        colleague,
        thread_id,
        text,
        release_now=release_now,
        form_nonce=form_nonce,
        times=tidy,
        ends_earlier=not tidy,
    )


def times_that_hold(office: Office, colleague: Colleague, thread_id: str) -> tuple[MeetingTime, ...]:
    """Return the times that a child can choose in a thread, or could. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        keys = ReaderKeys(view.session, colleague)
        offer = in_force([open_reply(office, keys, reply) for reply in replies_of(view.session, thread.id)])
    return offer.words.times if offer and offer.words else ()


def meetings(office: Office, colleague: Colleague) -> Meetings:
    """Return the meetings in the letters this reader can open. Raises NotAllowed, NotKept."""
    now = office.local_now()
    with office.database.view() as view:
        session = view.session
        require_reader(office, session, colleague)
        keys, since = ReaderKeys(session, colleague), since_when_chosen(now.date())
        threads = threads_written_back(session, colleague.school_id, colleague.person_id, since)
        found = [one for thread_id in threads if (one := _meeting_in(office, session, keys, thread_id))]
    with office.database.work() as work:
        record(office, work.session, colleague.school_id, colleague.person_id, "meetings.look")
        work.commit()
    found.sort(key=lambda one: (one.time, one.thread_id))
    coming = [one for one in found if one.time.on >= now.date()]
    past = [one for one in reversed(found) if now.date() - _STAYS <= one.time.on < now.date()]
    return Meetings(coming, past)


def meeting_of(office: Office, colleague: Colleague, thread_id: str) -> Meeting:
    """Return what was agreed in one thread. Raises NotAllowed, NotFound (also where nothing was)."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        found = _meeting_in(office, view.session, ReaderKeys(view.session, colleague), thread.id)
    if found is None:
        raise NotFound("meeting")
    return found


def _meeting_in(office: Office, session: Session, keys: ReaderKeys, thread_id: str) -> Meeting | None:
    notes = [open_note(keys, note) for note in notes_of(session, thread_id)]
    if not any(note.content and note.content.choice for note in notes):
        return None
    replies = [open_reply(office, keys, reply) for reply in replies_of(session, thread_id)]
    agreed: Agreed | None = agreed_in(notes, replies)
    if agreed is None:
        return None
    names = (note.content.details.get("name", "").strip() for note in notes if note.content)
    return Meeting(thread_id, agreed.time, agreed.author_id, next((name for name in names if name), ""))


def _require_possible(
    times: Sequence[MeetingTime], local_now: datetime, calendar: SchoolCalendar, *, release_now: bool
) -> None:
    if len(times) > MOST_TIMES:
        raise InputRefused("times", "too_many")
    if len({(one.on, one.at) for one in times}) < len(times):
        raise InputRefused("times", "twice")
    opening = calendar.next_opening(local_now)
    for one in times:
        if not one.place or len(one.place) > LONGEST_PLACE:
            raise InputRefused("times", "place")
        if one.is_past(local_now):
            raise InputRefused("times", "past")
        if one.on - local_now.date() > FARTHEST_AHEAD:
            raise InputRefused("times", "far")
        if not calendar.is_school_day(one.on):
            raise InputRefused("times", "no_school")
        if not release_now and (opening is None or one.is_past(opening)):
            raise InputRefused("times", "before_opening")
