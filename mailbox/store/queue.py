"""The queue in SQL: which threads a reader sees, in which order, page by page, and how many of each kind there are.

The order is that of ``rules.policy.order_queue``; a test holds the two together. Clear columns only, and none of the
boxes, so that a page costs the same whether a hundred threads are kept or ten thousand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sqlalchemy import (
    ColumnElement,
    Date,
    Integer,
    Select,
    String,
    and_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session, load_only

from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.queue_wish import IN_ANY_STATE, Mark, QueueWish, Shape
from mailbox.rules.school_week import HALVES
from mailbox.store.care import case_visible_to
from mailbox.store.letters import is_claimed_at, visible_to
from mailbox.store.tables import Case, FollowUp, Note, Reply, SecondReading, Thread
from triage.protocol import Cause, Urgency

# What is done: answered, or put aside as a prank.
_DONE = ("answered", "prank")
_STATES = ("waiting", *_DONE)
_SEVERITY = {Urgency.ROUTINE: 0, Urgency.SOON: 1, Urgency.UNSCREENED: 2, Urgency.URGENT: 3}
_PLAIN = {Shape.PERSON: Urgency.UNSCREENED, Shape.SOON: Urgency.SOON, Shape.ROUTINE: Urgency.ROUTINE}
_FIRST_DAY = "0001-01-01"
_SHOWN = (
    Thread.id,
    Thread.urgency,
    Thread.cause,
    Thread.state,
    Thread.arrived_on,
    Thread.arrived_half,
    Thread.closed,
    Thread.kind,
    Thread.passed_on,
    Thread.claimed_by,
    Thread.claimed_until,
)


@dataclass(frozen=True)
class QueueColumns:
    """What can be asked of a thread, for one reader at one moment.

    ``late_since``: the newest day of arrival that is late, for each shape. A damaged thread, one that says what cannot
    be, is none of the sound ones: it stands and counts with the urgent ones as if it came now, since nobody knows that
    it is not, and is never late. A state that is none waits; a kind that is none is found by no wish for a kind.
    """

    school_id: str
    reader_id: str
    now_seconds: int
    today: date
    half: str
    late_since: Mapping[Shape, date]
    is_sqlite: bool

    @property
    def seen(self) -> ColumnElement[bool]:
        return and_(Thread.school_id == self.school_id, visible_to(self.reader_id))

    @property
    def seen_among(self) -> ColumnElement[bool]:
        """The same of threads that something else names: SQLite would go through the whole school to find a few."""
        return and_(Thread.school_id.concat("") == self.school_id, visible_to(self.reader_id))

    # A state that is none must not hide a letter from both lists.
    @property
    def waiting(self) -> ColumnElement[bool]:
        # In the words of the index of what waits: a parameter in their place would hide that they are the same.
        return Thread.state.not_in([literal_column(f"'{state}'") for state in _DONE])

    @property
    def answered(self) -> ColumnElement[bool]:
        return Thread.state.in_(_DONE)

    @cached_property
    def sound(self) -> ColumnElement[bool]:
        told = and_(
            Thread.urgency.in_(list(_SEVERITY)),
            or_(Thread.cause.is_(None), Thread.cause.in_(["", *Cause])),
            Thread.state.in_(_STATES),
            Thread.kind.in_(list(LetterKind)),
            Thread.arrived_half.in_(HALVES),
        )
        if not self.is_sqlite:
            return told
        # SQLite keeps any text as a day or a number; what cannot be read is left for a line of its own.
        is_day = [_is_day(Thread.arrived_on), or_(Thread.passed_on.is_(None), _is_day(Thread.passed_on))]
        return and_(told, *is_day, func.typeof(Thread.claimed_until).in_(["integer", "null"]))

    @cached_property
    def _failed(self) -> ColumnElement[bool]:
        return func.coalesce(Thread.cause, "") == Cause.FAILED

    @cached_property
    def _rings(self) -> ColumnElement[bool]:
        return or_(not_(self.sound), self._failed, Thread.urgency == Urgency.URGENT)

    def has_shape(self, shape: Shape) -> ColumnElement[bool]:
        if shape is Shape.URGENT:
            return self._rings
        return and_(not_(self._rings), Thread.urgency == _PLAIN[shape])

    @property
    def shape(self) -> ColumnElement[str]:
        """The word of a thread's shape, asked once for each row where many are counted."""
        words = {urgency.value: shape.value for shape, urgency in _PLAIN.items()}
        return case((self._rings, Shape.URGENT.value), else_=case(words, value=Thread.urgency))

    @property
    def is_late(self) -> ColumnElement[bool]:
        since = {urgency.value: literal(self.late_since[shape], Date) for shape, urgency in _PLAIN.items()}
        newest = case(
            (self._rings, literal(self.late_since[Shape.URGENT], Date)), else_=case(since, value=Thread.urgency)
        )
        return and_(self.waiting, self.sound, Thread.arrived_on <= newest)

    def wished(self, wish: QueueWish) -> ColumnElement[bool]:
        """Return the condition of a wish, among what this reader sees."""
        asked = [self.seen_among if wish.marks & IN_ANY_STATE else self.seen]
        if not wish.marks & IN_ANY_STATE:
            asked.append(self.answered if wish.answered else self.waiting)
        if wish.shape:
            asked.append(self.has_shape(wish.shape))
        if wish.kind:
            asked.append(Thread.kind == wish.kind)
        marks = {
            Mark.MINE: self.answered_by_me if wish.answered else self.claimed_by_me,
            Mark.UNREAD: self.unread,
            Mark.LATE: self.is_late,
            Mark.ASKED: self.asked_of_me,
            Mark.VISIT: self.to_be_visited,
        }
        return and_(*asked, *(marks[mark] for mark in wish.marks))

    @property
    def claimed_by_me(self) -> ColumnElement[bool]:
        return and_(Thread.claimed_by == self.reader_id, is_claimed_at(self.now_seconds))

    @property
    def answered_by_me(self) -> ColumnElement[bool]:
        answers = (Reply.thread_id == Thread.id, Reply.author_id == self.reader_id, Reply.promised_on.is_(None))
        return exists(select(Reply.id).where(*answers))

    @property
    def asked_of_me(self) -> ColumnElement[bool]:
        return Thread.id.in_(select(SecondReading.thread_id).where(SecondReading.reader_id == self.reader_id))

    @property
    def to_be_visited(self) -> ColumnElement[bool]:
        due = (FollowUp.done.is_(False), FollowUp.due_on <= self.today, case_visible_to(self.reader_id))
        return Thread.id.in_(select(Case.thread_id).join(FollowUp, FollowUp.case_id == Case.id).where(*due))

    @property
    def unread(self) -> ColumnElement[bool]:
        return exists(select(Note.id).where(Note.thread_id == Thread.id, Note.read.is_(False)))

    @property
    def has_replies(self) -> ColumnElement[bool]:
        # A holding reply answers nothing.
        return exists(select(Reply.id).where(Reply.thread_id == Thread.id, Reply.promised_on.is_(None)))

    @property
    def policy_order(self) -> tuple[ColumnElement[object], ...]:
        severity = case(
            (or_(not_(self.sound), self._failed), _SEVERITY[Urgency.URGENT]),
            *((Thread.urgency == urgency, number) for urgency, number in _SEVERITY.items()),
            else_=_SEVERITY[Urgency.URGENT],
        )
        places = {half: place for place, half in enumerate(HALVES)}
        half = case((self.sound, case(places, value=Thread.arrived_half, else_=0)), else_=places[self.half])
        return severity.desc(), self._day, half, Thread.id  # type: ignore[return-value]

    @property
    def newest_first(self) -> tuple[ColumnElement[object], ...]:
        severity, _, half, thread_id = self.policy_order
        # The day as it stands in the index, so that only the newest days are read of what was answered in years.
        return Thread.arrived_on.desc(), severity, half, thread_id  # type: ignore[return-value]

    @property
    def _day(self) -> ColumnElement[date]:
        return case((self.sound, Thread.arrived_on), else_=literal(self.today, Date))


def count_waiting(session: Session, columns: QueueColumns) -> Counter[str]:
    """Return how many threads wait, by shape, by mark and, as ``late-SHAPE``, how many of each shape are late."""
    shape, late = columns.shape.label("shape"), case((columns.is_late, 1), else_=0).label("late")
    mine, unread = func.count().filter(columns.claimed_by_me), func.count().filter(columns.unread)
    query = select(shape, late, func.count(), mine, unread).select_from(Thread).where(columns.seen, columns.waiting)
    numbers: Counter[str] = Counter()
    for of_shape, is_late, number, number_mine, number_unread in session.execute(query.group_by(shape, late)):
        numbers["waiting"] += number
        numbers[of_shape] += number
        numbers[f"late-{of_shape}"] += number if is_late else 0
        numbers[Mark.MINE.value] += number_mine
        numbers[Mark.UNREAD.value] += number_unread
    return numbers


def count_of(session: Session, columns: QueueColumns, wish: QueueWish, most: int | None = None) -> int:
    """Return how many threads a wish holds, on all its pages; closed ones are in no number of others.

    With ``most``, counting ends there: of what was answered in years only the newest are looked at.
    """
    query = select(Thread.id).where(columns.wished(wish))
    if most is not None:
        query = query.order_by(Thread.arrived_on.desc()).limit(most)
    return session.scalar(select(func.count()).select_from(query.subquery())) or 0


def threads_of_page(
    session: Session,
    columns: QueueColumns,
    wish: QueueWish,
    first: int,
    most: int,
) -> list[tuple[Thread | str, bool]]:
    """Return threads in order, each with whether it has a reply; of a row that can't be read only its id.

    Waiting ones stand in policy order, answered ones by the day of their arrival, the newest first.
    """
    order = columns.newest_first if wish.answered else columns.policy_order
    # The ids first: PostgreSQL would otherwise look at every reply of the school for what one page shows.
    page = select(Thread.id).where(columns.wished(wish)).order_by(*order).offset(first).limit(most)
    return threads_by_id(session, columns, session.scalars(page).all())


def threads_by_id(
    session: Session, columns: QueueColumns, thread_ids: Sequence[str]
) -> list[tuple[Thread | str, bool]]:
    """Return some threads in the order of ``thread_ids``, as a page would; those not seen are left out."""
    query: Select[Thread, bool] = select(Thread, columns.has_replies).options(load_only(*_SHOWN))
    wanted = query.where(columns.seen_among, Thread.id.in_(thread_ids))
    try:
        found = {thread.id: (thread, has_replies) for thread, has_replies in session.execute(wanted)}
    except (TypeError, ValueError):
        seen = set(session.scalars(wanted.with_only_columns(Thread.id)))
        return [_one(session, query, thread_id) for thread_id in thread_ids if thread_id in seen]
    return [found[thread_id] for thread_id in thread_ids if thread_id in found]


def _one(session: Session, query: Select[Thread, bool], thread_id: str) -> tuple[Thread | str, bool]:
    try:
        row = session.execute(query.where(Thread.id == thread_id)).one()
    except (TypeError, ValueError):
        return thread_id, False
    return row[0], row[1]


def clear_state(session: Session, columns: QueueColumns) -> Sequence[tuple[object, ...]]:
    """Return the clear columns of all waiting threads this reader sees, by id: what a page that stands open shows."""
    held = case((is_claimed_at(columns.now_seconds), Thread.claimed_by), else_=None)
    query = select(
        Thread.id,
        Thread.urgency,
        Thread.cause,
        Thread.state,
        cast(Thread.arrived_on, String),
        Thread.arrived_half,
        cast(Thread.passed_on, String),
        Thread.kind,
        cast(Thread.closed, Integer),
        held,
        columns.has_replies,
    )
    rows = session.execute(query.where(columns.seen, columns.waiting).order_by(Thread.id))
    return [tuple(row) for row in rows]


def _is_day(column: InstrumentedAttribute[date] | InstrumentedAttribute[date | None]) -> ColumnElement[bool]:
    text = type_coerce(column, String)
    # SQLite moves the thirtieth of February into March, so that it is not the same text any more.
    # Nor is the first day a bound for an index: it would lead away from that of what waits.
    return and_(func.coalesce(func.date(text, type_=String), "") == text, text.concat("") >= _FIRST_DAY)
