"""Queries on what has had its days: quiet threads, week keys that nothing needs any more, holds, and the days' report.

SQL only; decides nothing. A thread is quiet since a day if no letter and no reply of it is of that day or later.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, String, and_, cast, delete, exists, func, or_, select
from sqlalchemy.orm import Session, load_only

from mailbox.store.care import Mac, keep_traces
from mailbox.store.letters import IDS_AT_ONCE, visible_to
from mailbox.store.tables import (
    Case,
    Correction,
    HeldBox,
    LegalHold,
    Note,
    NotePart,
    Remark,
    Reply,
    RetentionDay,
    Thread,
    WeekKey,
)

# What the mark of a thread covers, and nothing that a damaged row could make unreadable.
_MARKED = (
    Thread.id,
    Thread.school_id,
    Thread.lookup_tag,
    Thread.receipt_public,
    Thread.wrapped_receipt_key,
    Thread.closed,
    Thread.mark,
)
SEALED_TO_WEEKS = (Note, NotePart, Reply, Remark, Correction)


@dataclass(frozen=True)
class QuietThread:
    """One thread that goes soon: its last day as text, whether it waits for an answer, whether a letter is unopened."""

    id: str
    last_day: str | None
    is_waiting: bool
    is_unread: bool


def quiet_threads(session: Session, school_id: str, since: date, without: Iterable[str], most: int) -> list[Thread]:
    """Return up to ``most`` threads that are quiet since ``since``, locked; another worker's are left to it."""
    # The ids first, from an index: the rows with their keys are not read to find a few.
    ids = select(Thread.id).where(_is_quiet(school_id, since), Thread.id.not_in(list(without))).limit(most)
    query = select(Thread).where(Thread.id.in_(session.scalars(ids).all())).options(load_only(*_MARKED))
    locked = session.scalars(query.order_by(Thread.id).with_for_update(skip_locked=True)).all()
    # Asked once more now that nobody can write to them: a letter may have come between the two.
    still = select(Thread.id).where(Thread.id.in_([thread.id for thread in locked]), _is_quiet(school_id, since))
    quiet = set(session.scalars(still))
    return [thread for thread in locked if thread.id in quiet]


def is_quiet(session: Session, thread: Thread, since: date) -> bool:
    """Whether one thread is quiet since ``since``."""
    query = select(Thread.id).where(_is_quiet(thread.school_id, since), Thread.id == thread.id)
    return session.scalar(query) is not None


def quiet_lines(
    session: Session, school_id: str, since: date, reader_id: str | None, *, only_open: bool
) -> list[QuietThread]:
    """Return the threads that are quiet since ``since``, of those a reader may see; of all where there is no reader."""
    newest_note = select(func.max(Note.arrived_on)).where(Note.thread_id == Thread.id).scalar_subquery()
    newest_reply = select(func.max(Reply.written_on)).where(Reply.thread_id == Thread.id).scalar_subquery()
    unread = exists(select(Note.id).where(Note.thread_id == Thread.id, Note.read.is_(False)))
    query = select(Thread.id, cast(newest_note, String), cast(newest_reply, String), Thread.state, unread)
    seen = [visible_to(reader_id)] if reader_id else [Thread.closed.is_(False)] if only_open else []
    found = session.execute(query.where(_is_quiet(school_id, since), *seen).order_by(Thread.id))
    return [
        QuietThread(thread_id, max(filter(None, (note, reply)), default=None), state == "waiting", bool(is_unread))
        for thread_id, note, reply, state, is_unread in found
    ]


def count_messages(session: Session, thread_ids: Sequence[str]) -> dict[str, int]:
    """Return how many letters, drawings and voices, and answers some threads hold."""
    columns = {"letters": Note.thread_id, "parts": NotePart.thread_id, "answers": Reply.thread_id}
    return {
        word: session.scalar(select(func.count(column)).where(column.in_(thread_ids))) or 0
        for word, column in columns.items()
    }


def remove_threads(session: Session, thread_ids: Sequence[str], mac: Mac) -> None:
    """Remove threads with all that hangs on them; a case has copies of its own and stays."""
    for school_id in set(session.scalars(select(Thread.school_id).where(Thread.id.in_(thread_ids)))):
        closed = select(Thread.id).where(Thread.id.in_(thread_ids), Thread.school_id == school_id, Thread.closed)
        keep_traces(session, school_id, session.scalars(closed).all(), mac)
    session.execute(delete(Thread).where(Thread.id.in_(thread_ids)))


def open_cases_of(session: Session, thread_ids: Sequence[str]) -> Sequence[Case]:
    return session.scalars(select(Case).where(Case.thread_id.in_(thread_ids), Case.state == "open")).all()


def unneeded_week_keys(session: Session, school_id: str, ended_before: date) -> Sequence[WeekKey]:
    """Return the keys of weeks that ended before a day and seal nothing that is still kept, the oldest first."""
    needed = [exists(select(of.id).where(of.week_key_id == WeekKey.id)) for of in SEALED_TO_WEEKS]
    query = select(WeekKey).where(WeekKey.school_id == school_id, WeekKey.current.is_(False), ~or_(*needed))
    return session.scalars(query.where(WeekKey.week < ended_before).order_by(WeekKey.week, WeekKey.generation)).all()


def remove_week_keys(session: Session, key_ids: Sequence[str]) -> None:
    """Remove weeks' keys with every holder's private half."""
    session.execute(delete(WeekKey).where(WeekKey.id.in_(key_ids)))


def holds_of(session: Session, school_id: str) -> Sequence[LegalHold]:
    query = select(LegalHold).where(LegalHold.school_id == school_id)
    return session.scalars(query.order_by(LegalHold.placed_on, LegalHold.id)).all()


def holds_seen_by(session: Session, school_id: str, reader_id: str) -> Sequence[LegalHold]:
    """Return the holds on threads that this reader may see, the oldest first."""
    query = select(LegalHold).join(Thread, Thread.id == LegalHold.thread_id)
    seen = query.where(LegalHold.school_id == school_id, visible_to(reader_id))
    return session.scalars(seen.order_by(LegalHold.placed_on, LegalHold.id)).all()


def hold_of(session: Session, thread_id: str) -> LegalHold | None:
    return session.scalars(select(LegalHold).where(LegalHold.thread_id == thread_id)).one_or_none()


def held_box(session: Session, message_id: str, kind: str) -> HeldBox | None:
    query = select(HeldBox).where(HeldBox.message_id == message_id, HeldBox.kind == kind)
    return session.scalars(query).one_or_none()


def held_boxes(session: Session, message_ids: Sequence[str], kind: str) -> dict[str, HeldBox]:
    """Return what was sealed anew of some messages, by message; those of which nothing was are left out."""
    held: dict[str, HeldBox] = {}
    for first in range(0, len(message_ids), IDS_AT_ONCE):
        some = message_ids[first : first + IDS_AT_ONCE]
        query = select(HeldBox).where(HeldBox.message_id.in_(some), HeldBox.kind == kind)
        held |= {row.message_id: row for row in session.scalars(query)}
    return held


def threads_with_held_box(session: Session, school_id: str, kind: str) -> Sequence[str]:
    """Return the threads of a school that keep a box of a kind."""
    query = select(HeldBox.thread_id).where(HeldBox.school_id == school_id, HeldBox.kind == kind)
    return session.scalars(query.order_by(HeldBox.thread_id)).all()


def held_kinds(session: Session, thread_id: str) -> set[tuple[str, str]]:
    """Return message and kind of each box of a thread that is sealed anew already."""
    query = select(HeldBox.message_id, HeldBox.kind).where(HeldBox.thread_id == thread_id)
    return {(row.message_id, row.kind) for row in session.execute(query)}


def retention_days(session: Session, school_id: str, since: date) -> Sequence[RetentionDay]:
    """Return what went since a day, the newest first."""
    query = select(RetentionDay).where(RetentionDay.school_id == school_id, RetentionDay.gone_on >= since)
    return session.scalars(query.order_by(RetentionDay.gone_on.desc())).all()


def retention_day(session: Session, school_id: str, day: date) -> RetentionDay | None:
    query = select(RetentionDay).where(RetentionDay.school_id == school_id, RetentionDay.gone_on == day)
    return session.scalars(query).one_or_none()


def _is_quiet(school_id: str, since: date) -> ColumnElement[bool]:
    letter = select(Note.id).where(Note.thread_id == Thread.id, Note.arrived_on >= since)
    reply = select(Reply.id).where(Reply.thread_id == Thread.id, Reply.written_on >= since)
    return and_(Thread.school_id == school_id, Thread.arrived_on < since, ~letter.exists(), ~reply.exists())
