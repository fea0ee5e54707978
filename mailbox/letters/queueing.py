"""The desk's list, page by page: the lines of one page, numbers over the whole list, and a tag of how it stands.

Everything is counted over what this reader may see, so that a letter closed to them is in no number either.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from mailbox.letters.desk import require_reader
from mailbox.letters.waiting import QueueRow, damaged_row, queue_row
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import calendar_for
from mailbox.rules.overdue import late_since
from mailbox.rules.queue_wish import Mark, QueueWish, Shape
from mailbox.rules.school_calendar import SchoolCalendar
from mailbox.rules.school_week import half_day
from mailbox.store.database import Session
from mailbox.store.drafts import threads_with_draft
from mailbox.store.queue import QueueColumns, clear_state, count_of, count_waiting, threads_of_page
from mailbox.store.second_readings import asked_of, handed_to

ROWS_A_PAGE = 50
# What was answered gathers for years; counting all of it would make every page slower from month to month.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class QueueCounts:
    """How many letters wait, of each shape, with each mark; how many of each shape are late; how many are answered.

    ``answered`` is one more than ``MOST_COUNTED`` where there are more; nobody counts further.
    ``mine`` are those that I hold now, ``unread`` those with a letter that nobody has opened, ``asked`` those that a
    colleague asked me to read too, ``visit`` those whose case has a visit that is due.
    """

    waiting: int
    answered: int
    shapes: Mapping[Shape, int]
    late: Mapping[Shape, int]
    mine: int
    unread: int
    asked: int
    visit: int

    def marked(self, mark: Mark) -> int:
        return {
            Mark.MINE: self.mine,
            Mark.UNREAD: self.unread,
            Mark.LATE: sum(self.late.values()),
            Mark.ASKED: self.asked,
            Mark.VISIT: self.visit,
        }[mark]


@dataclass(frozen=True)
class QueuePage:
    """One page of the list. ``total``: how many the wish holds on all pages; ``state``: see :func:`queue_state`.

    ``is_counted``: ``total`` is all of them; otherwise there are more of what was answered, and nobody counted them.
    ``drafted``: the threads of this page in which this reader has begun to answer; nobody else is told.
    ``asked``: the threads that a colleague asked this reader to read too, with who asked; ``handed`` those among them
    that the colleague handed over.
    """

    rows: list[QueueRow]
    page: int
    total: int
    is_counted: bool
    counts: QueueCounts
    state: str
    drafted: frozenset[str]
    asked: Mapping[str, str]
    handed: frozenset[str]

    @property
    def first(self) -> int:
        """The number of the page's first line, from 1."""
        return (self.page - 1) * ROWS_A_PAGE + 1

    @property
    def after(self) -> int:
        """How many letters stand behind this page."""
        return max(0, self.total - self.page * ROWS_A_PAGE)


def queue_page(office: Office, colleague: Colleague, wish: QueueWish) -> QueuePage:
    """Return a page of what was wished; a page behind the last one is the last. Raises NotAllowed."""
    with office.database.view() as view:
        session = view.session
        require_reader(office, session, colleague)
        calendar = calendar_for(office, session, colleague.school_id)
        columns = columns_for(office, session, colleague, calendar)
        counts = _counts(session, columns)
        # As far as the wished page reaches, and to see whether one follows.
        most = max(MOST_COUNTED, wish.page * ROWS_A_PAGE) + 1 if wish.answered else None
        total = count_of(session, columns, wish, most) if wish.answered or wish.is_narrow else counts.waiting
        page = min(max(1, wish.page), max(1, -(-total // ROWS_A_PAGE)))
        found = threads_of_page(session, columns, wish, (page - 1) * ROWS_A_PAGE, ROWS_A_PAGE)
        state = _state(office, session, columns, counts)
        shown = [thread if isinstance(thread, str) else thread.id for thread, _ in found]
        drafted = threads_with_draft(session, colleague.person_id, shown)
        asked, handed = asked_of(session, colleague.person_id), handed_to(session, colleague.person_id)
    rows = [
        damaged_row(office, thread)
        if isinstance(thread, str)
        else queue_row(thread, office, columns.now_seconds, has_replies, calendar)
        for thread, has_replies in found
    ]
    return QueuePage(rows, page, total, total != most, counts, state, drafted, asked, handed)


@dataclass(frozen=True)
class QueueState:
    """``tag`` is another one as soon as a line of the list would look otherwise; ``unread`` as in the counts."""

    tag: str
    unread: int


def queue_state(office: Office, colleague: Colleague) -> QueueState:
    """Return how the list stands, for a page that waits for a change. Raises NotAllowed."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        calendar = calendar_for(office, view.session, colleague.school_id)
        columns = columns_for(office, view.session, colleague, calendar)
        counts = _counts(view.session, columns)
        return QueueState(_state(office, view.session, columns, counts), counts.unread)


def columns_for(office: Office, session: Session, colleague: Colleague, calendar: SchoolCalendar) -> QueueColumns:
    """Return what can be asked of a thread for this reader now."""
    now = office.local_now()
    return QueueColumns(
        school_id=colleague.school_id,
        reader_id=colleague.person_id,
        now_seconds=int(office.clock().timestamp()),
        today=now.date(),
        half=half_day(now),
        late_since=late_since(now.date(), calendar),
        is_sqlite=session.get_bind().dialect.name == "sqlite",
    )


def _counts(session: Session, columns: QueueColumns) -> QueueCounts:
    numbers = count_waiting(session, columns)
    return QueueCounts(
        waiting=numbers["waiting"],
        answered=count_of(session, columns, QueueWish(answered=True), MOST_COUNTED + 1),
        shapes={shape: numbers[shape.value] for shape in Shape},
        late={shape: numbers[f"late-{shape.value}"] for shape in Shape},
        mine=numbers[Mark.MINE.value],
        unread=numbers[Mark.UNREAD.value],
        asked=count_of(session, columns, QueueWish(marks=frozenset({Mark.ASKED}))),
        visit=count_of(session, columns, QueueWish(marks=frozenset({Mark.VISIT}))),
    )


def _state(office: Office, session: Session, columns: QueueColumns, counts: QueueCounts) -> str:
    # Under a key, so that nobody who sees the tag can try out which lines give it; and another one for each reader,
    # so that two colleagues cannot learn from theirs whether the other sees more.
    asked = asked_of(session, columns.reader_id)
    rows = [columns.reader_id, columns.today, columns.half, counts, asked, *clear_state(session, columns)]
    key = office.keys.subkey("form/queue-state")
    return hmac.digest(key, repr(rows).encode("utf-8", "surrogatepass"), "sha256")[:16].hex()
