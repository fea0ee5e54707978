"""What is kept beyond its days, and what went: legal holds, boxes that outlive their week, the school's report."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class LegalHold(Base):
    """A thread that must not go while somebody may still ask for it. ``second_id``: who agreed, if there was anybody.

    The row goes when the hold ends; who placed and who ended it stays in the audit.
    """

    __tablename__ = "legal_holds"
    indexes = (Index("uq_legal_holds_thread", "thread_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    placed_by: Mapped[str]
    second_id: Mapped[str | None]
    placed_on: Mapped[date]
    mark: Mapped[bytes]


class HeldBox(Base):
    """One box of a held thread, sealed anew to the case key, so that its week's key can go in its time.

    ``message_id`` and ``kind`` are those of the box that it stands for. The reason of a hold is kept as one of its own.
    """

    __tablename__ = "held_boxes"
    indexes = (
        Index("uq_held_boxes_message", "message_id", "kind", unique=True),
        Index("ix_held_boxes_thread", "thread_id"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    message_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(32))
    case_key_id: Mapped[str]
    box: Mapped[bytes]


class RetentionDay(Base):
    """What went on one day, in numbers and weeks (JSON), for the school; never what it was."""

    __tablename__ = "retention_days"
    indexes = (Index("uq_retention_days_day", "school_id", "gone_on", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    gone_on: Mapped[date]
    numbers: Mapped[str] = mapped_column(String(8_000))


class ClosedTrace(Base):
    """That a thread or a case which is gone was closed to some readers: the audit's rows about it stay hidden.

    It names nobody. Without it the rows would show, once the thread is gone, to whom the child did not want to see it.
    """

    __tablename__ = "closed_traces"
    indexes = (Index("uq_closed_traces_subject", "school_id", "subject_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    subject_id: Mapped[str] = mapped_column(String(32))
    mark: Mapped[bytes] = mapped_column(server_default=text("''"))
