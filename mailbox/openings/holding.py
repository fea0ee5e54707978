"""Holding replies: to a letter that was read, kind words that an answer is on its way, and by which day.

Owns to whom they are true and writing them. They go out with the next opening like any reply, and end no waiting: the
letter stays in the list until it is answered. Never to an urgent letter, never to one that nobody has read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from mailbox.errors import InputRefused
from mailbox.letters.answer import add_reply
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.openings.customs import customs_in
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.claims import is_claimed
from mailbox.rules.holding_words import LANGUAGES, filled
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.sealing.box import text_to_bytes
from mailbox.store.database import Session
from mailbox.store.letters import thread_seen_by
from mailbox.store.openings import promises_of, threads_to_hold
from mailbox.store.tables import Thread, new_id

MOST_AT_ONCE = 100


@dataclass(frozen=True)
class Held:
    """How many holding replies were written, and how many letters were passed over since they do not fit any more."""

    written: int
    passed_over: int


def promised_day(office: Office, calendar: SchoolCalendar) -> date | None:
    """Return the day of the opening after the next one, by which an answer is promised; None if there is none."""
    coming = calendar.next_opening(office.local_now())
    after = calendar.next_opening(coming) if coming else None
    return after.date() if after else None


def holdable(session: Session, thread_ids: Sequence[str], today: date) -> set[str]:
    """Return those of some threads to which a holding reply is true and was not promised already."""
    promised = promises_of(session, thread_ids)
    return {one for one in threads_to_hold(session, thread_ids) if one not in promised or promised[one] < today}


def hold_replies(office: Office, colleague: Colleague, thread_ids: Sequence[str], language: str, version: str) -> Held:
    """Write the school's holding reply to each of some letters, held for the next opening.

    A letter that was answered, raised, written to again, promised or taken by a colleague meanwhile is passed over.
    ``version``: of the customs whose words the reader saw. Raises NotAllowed, InputRefused(holding, …) where none was
    chosen, they are off, the words are others now, or no opening comes.
    """
    if not thread_ids or len(thread_ids) > MOST_AT_ONCE or language not in LANGUAGES:
        raise InputRefused("holding", "none")
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        # All locked before the first is sealed, in one order: who answers one of them meanwhile waits or is waited for.
        threads = [_locked(session, colleague, thread_id) for thread_id in sorted(set(thread_ids))]
        words, promised_on = _words(office, session, colleague, language, version)
        known = [thread for thread in threads if thread is not None and _is_free(office, thread, colleague)]
        fitting = holdable(session, [thread.id for thread in known], office.local_now().date())
        chosen = [thread for thread in known if thread.id in fitting]
        content = text_to_bytes(filled(words, language, promised_on))
        for thread in chosen:
            add_reply(office, session, colleague, thread, new_id(), content, promised_on=promised_on)
            record(office, session, colleague.school_id, colleague.person_id, "thread.hold_reply", thread.id)
        work.commit()
    return Held(len(chosen), len(threads) - len(chosen))


def _locked(session: Session, colleague: Colleague, thread_id: str) -> Thread | None:
    return thread_seen_by(session, thread_id, colleague.school_id, colleague.person_id, to_change=True)


def _words(office: Office, session: Session, colleague: Colleague, language: str, version: str) -> tuple[str, date]:
    """Return the words and the day. Raises InputRefused(holding, …)."""
    customs = customs_in(office, session, colleague.school_id)
    if not customs.holds:
        raise InputRefused("holding", "off")
    if customs.version != version or not customs.words[language]:
        raise InputRefused("holding", "other_words")
    day = promised_day(office, calendar_for(office, session, colleague.school_id))
    if day is None:
        raise InputRefused("holding", "no_opening")
    return customs.words[language], day


def _is_free(office: Office, thread: Thread, colleague: Colleague) -> bool:
    """Whether no colleague is at this letter: their answer may go out in a minute."""
    is_held = is_claimed(thread.claimed_until, int(office.clock().timestamp()))
    return not is_held or thread.claimed_by in (None, colleague.person_id)
