"""Looking for words in the letters and replies that a reader can open, in memory and for one request.

Nothing is kept: no index, no words, no result. The audit says that somebody looked, and which letters' words they saw
then, never what for. A letter closed to the reader is neither looked through nor counted.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from mailbox.errors import NotFound
from mailbox.letters.content import NOTE, REPLY_FOR_READERS
from mailbox.letters.desk import require_reader
from mailbox.letters.opened import ReaderKeys, open_note, open_reply
from mailbox.letters.queueing import columns_for
from mailbox.letters.waiting import QueueRow, damaged_row, queue_row
from mailbox.office import Office
from mailbox.people.audit import record_all
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.find_words import Place, folded, places_of
from mailbox.store.database import Session
from mailbox.store.queue import threads_by_id
from mailbox.store.searching import notes_between, replies_between
from mailbox.store.tables import School

# About a second's work: opening a box takes a tenth of a millisecond.
MOST_LETTERS = 6_000
MOST_SHOWN = 30
DEFAULT_WEEKS = 4
_MOST_WEEKS = 60
_WEEK = timedelta(weeks=1)
# Whether it is a reply, when it was written, and the words.
_Text = tuple[bool, date, str]


@dataclass(frozen=True)
class FoundText:
    """A letter, or a reply, in which at least one of the words stands."""

    is_reply: bool
    written_on: date
    text: str = field(repr=False)
    places: tuple[Place, ...] = field(repr=False)


@dataclass(frozen=True)
class FoundThread:
    """A thread in which all of the words stand, in whatever letters and replies."""

    row: QueueRow
    texts: list[FoundText] = field(repr=False)


@dataclass(frozen=True)
class Search:
    """``threads`` shows the newest of the ``matching``. ``looked_through`` counts letters and replies that opened.

    ``unopened``: this reader has no key of their week, or they are damaged. ``left_out``: older ones beyond the most
    that one search looks through.
    """

    threads: list[FoundThread]
    matching: int
    looked_through: int
    unopened: int
    left_out: int


def weeks_to_search(office: Office, colleague: Colleague) -> list[date]:
    """Return the Mondays of the weeks that may be chosen, this one first, back to the mailbox's first. Raises NotFound.

    There are always enough to choose the usual ones.
    """
    with office.database.view() as view:
        school = view.session.get(School, colleague.school_id)
    if school is None:
        raise NotFound("school")
    monday = _monday(office.local_now().date())
    weeks = (monday - _monday(school.created_on)).days // _WEEK.days + 1
    return [monday - back * _WEEK for back in range(min(max(weeks, DEFAULT_WEEKS), _MOST_WEEKS))]


def search(office: Office, colleague: Colleague, words: tuple[str, ...], first_week: date, last_week: date) -> Search:
    """Look for all of ``words`` (folded) in the weeks between two Mondays, both included. Raises NotAllowed, NotKept.

    Takes about 0.15 ms a letter; the newest ones are looked through where there are too many.
    """
    with office.database.view() as view:
        session = view.session
        require_reader(office, session, colleague)
        days = (first_week, last_week + _WEEK - timedelta(days=1))
        notes, all_notes = notes_between(session, colleague.school_id, colleague.person_id, *days, MOST_LETTERS)
        most = MOST_LETTERS - len(notes)
        replies, all_replies = replies_between(session, colleague.school_id, colleague.person_id, *days, most)
        keys = ReaderKeys(session, colleague)
        keys.look_ahead(NOTE, [note.id for note in notes if note.box is None])
        keys.look_ahead(REPLY_FOR_READERS, [reply.id for reply in replies if reply.reader_box is None])
        texts: defaultdict[str, list[_Text]] = defaultdict(list)
        for note in notes:
            content = open_note(keys, note).content
            if content is not None:
                texts[note.thread_id].append((False, note.arrived_on, content.as_read))
        for reply in replies:
            text = open_reply(office, keys, reply).text
            if text is not None:
                texts[reply.thread_id].append((True, reply.written_on, text))
        # Notes came newest first, so the threads did.
        matching = [thread_id for thread_id, of_thread in texts.items() if _has_all(of_thread, words)]
        rows = _rows(office, session, colleague, matching[:MOST_SHOWN])
    looked_through = sum(len(of_thread) for of_thread in texts.values())
    result = Search(
        threads=[FoundThread(row, _found(texts[row.id], words)) for row in rows],
        matching=len(matching),
        looked_through=looked_through,
        unopened=len(notes) + len(replies) - looked_through,
        left_out=all_notes + all_replies - len(notes) - len(replies),
    )
    _say_so(office, colleague, result)
    return result


def _has_all(of_thread: list[_Text], words: tuple[str, ...]) -> bool:
    compared = [folded(text) for _, _, text in of_thread]
    return all(any(word in text for text in compared) for word in words)


def _found(of_thread: list[_Text], words: tuple[str, ...]) -> list[FoundText]:
    """Return the texts with a word in them and its places, which are looked for only in what is shown."""
    return [
        FoundText(is_reply, written_on, text, tuple(places_of(text, words)))
        for is_reply, written_on, text in of_thread
        if any(word in folded(text) for word in words)
    ]


def _rows(office: Office, session: Session, colleague: Colleague, thread_ids: list[str]) -> list[QueueRow]:
    calendar = calendar_for(office, session, colleague.school_id)
    columns = columns_for(office, session, colleague, calendar)
    return [
        damaged_row(office, thread)
        if isinstance(thread, str)
        else queue_row(thread, office, columns.now_seconds, has_replies, calendar)
        for thread, has_replies in threads_by_id(session, columns, thread_ids)
    ]


def _say_so(office: Office, colleague: Colleague, result: Search) -> None:
    # Seeing a few words of a letter is reading in it.
    seen = [("thread.found", found.row.id) for found in result.threads]
    with office.database.work() as work:
        acts = [("letters.search", None), *seen]
        record_all(office, work.session, colleague.school_id, colleague.person_id, acts)
        work.commit()


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
