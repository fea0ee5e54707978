"""Times to meet in one thread: which reply's hold, what the child chose of them, and which are promised to it.

Owns that the newest reply about times holds and no earlier one, that a child's last choice counts, and that one
counselor's time belongs to one letter. What a letter chooses is looked up in the replies, which carry our mark: who has
the database only can choose nothing that was not offered.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from mailbox.errors import InputRefused, NoteRefused
from mailbox.letters.opened import OpenedNote, OpenedReply, ReaderKeys, open_note, open_reply
from mailbox.letters.reply_words import Choice, MeetingTime
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.store.database import Session
from mailbox.store.letters import notes_of, replies_of
from mailbox.store.meetings import is_newest_answer, replies_of_author
from mailbox.store.tables import Thread

# Times are offered for the next four weeks; a reply that waits for a vacation to end adds its own.
FARTHEST_AHEAD = timedelta(days=28)
_OFFERED_SINCE = timedelta(days=90)
_APART = timedelta(minutes=30)


@dataclass(frozen=True)
class ChosenTime:
    """What a letter says to offered times. ``state``: chosen, none_fits, replaced (not offered any more), unknown."""

    state: str
    time: MeetingTime | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Agreed:
    """A time that holds and that the child chose, and who offered it."""

    time: MeetingTime = field(repr=False)
    author_id: str


def in_force(replies: Sequence[OpenedReply]) -> OpenedReply | None:
    """Return the newest reply about times that the child can read: until the opening the one before it holds."""
    return next((one for one in reversed(replies) if _is_about_times(one) and one.state == "released"), None)


def choices_in(notes: Sequence[OpenedNote], replies: Sequence[OpenedReply]) -> dict[str, ChosenTime]:
    """Return what each letter with a choice says, by the letter's id."""
    return {note.id: _read(note.content.choice, replies) for note in notes if note.content and note.content.choice}


def agreed_in(notes: Sequence[OpenedNote], replies: Sequence[OpenedReply]) -> Agreed | None:
    """Return the time on which child and counselor agree in a thread, if they do."""
    last, offer = _last_choice(notes), in_force(replies)
    if last is None or offer is None:
        return None
    chosen = _read(last, replies)
    return Agreed(chosen.time, offer.author_id) if chosen.state == "chosen" and chosen.time else None


def promised_in(notes: Sequence[OpenedNote], replies: Sequence[OpenedReply]) -> tuple[MeetingTime, ...]:
    """Return the times that are kept free for a thread's child: all that hold until it chose, then its own.

    Those that wait for the opening are kept free beside them.
    """
    last, offer = _last_choice(notes), in_force(replies)
    held = tuple(time for one in replies if one.state != "released" for time in _times_of(one))
    if offer is None:
        return held
    if last is None or last.reply_id != offer.id:
        return (*_times_of(offer), *held)
    agreed = agreed_in(notes, replies)
    return (agreed.time, *held) if agreed else held


def require_up_to_date(session: Session, newest_seen: str | None, thread_id: str) -> None:
    """Raise NoteRefused (outdated) for a choice on a page that is older than the newest answer a child can read.

    Nothing in the clear says whether that answer changes the times: the child is asked to open it, and chooses then.
    """
    if newest_seen is not None and not is_newest_answer(session, thread_id, newest_seen):
        raise NoteRefused("outdated")


def require_free(
    office: Office, session: Session, colleague: Colleague, thread: Thread, times: Sequence[MeetingTime]
) -> None:
    """Raise InputRefused(times) where this colleague keeps one of the times, or half an hour beside it, for a letter.

    The caller holds the school's row, so that of two forms at once the second one finds the first.
    """
    keys = ReaderKeys(session, colleague)
    since = office.local_now().date() - _OFFERED_SINCE
    mine = replies_of_author(session, colleague.school_id, colleague.person_id, since)
    others = {
        reply.thread_id
        for reply in mine
        if reply.thread_id != thread.id and _are_near(times, _times_of(open_reply(office, keys, reply)))
    }
    for thread_id in sorted(others):
        notes = [open_note(keys, note) for note in notes_of(session, thread_id)]
        replies = [open_reply(office, keys, reply) for reply in replies_of(session, thread_id)]
        if any(one.author_id == colleague.person_id and _times_of(one) for one in replies) and _are_near(
            times, promised_in(notes, replies)
        ):
            raise InputRefused("times", "given")


def _read(choice: Choice, replies: Sequence[OpenedReply]) -> ChosenTime:
    offer = next((one for one in replies if one.id == choice.reply_id), None)
    times, holds = _times_of(offer), in_force(replies)
    if choice.time is None:
        return ChosenTime("none_fits")
    if offer is None or not 0 <= choice.time < len(times):
        return ChosenTime("unknown")
    return ChosenTime("chosen" if holds is offer else "replaced", times[choice.time])


def _last_choice(notes: Sequence[OpenedNote]) -> Choice | None:
    return next((one.content.choice for one in reversed(notes) if one.content and one.content.choice), None)


def _is_about_times(reply: OpenedReply) -> bool:
    return reply.words is not None and reply.words.is_about_times


def _times_of(reply: OpenedReply | None) -> tuple[MeetingTime, ...]:
    return reply.words.times if reply and reply.words else ()


def _are_near(some: Sequence[MeetingTime], others: Sequence[MeetingTime]) -> bool:
    return any(abs(_moment(one) - _moment(other)) < _APART for one in some for other in others)


def _moment(one: MeetingTime) -> datetime:
    return datetime.combine(one.on, one.at)


def since_when_chosen(today: date) -> date:
    """Return the day before which no letter can have chosen a time that is still worth a line."""
    return today - _OFFERED_SINCE
