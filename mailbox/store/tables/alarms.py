"""Alarms: channels, the outbox, and what is on its way."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Channel(Base):
    """A way an alarm takes. The address is wrapped under the key file; ``problem`` names the last failure's class."""

    __tablename__ = "channels"
    school_id: Mapped[str] = mapped_column(of("schools"))
    name: Mapped[str] = mapped_column(String(80))
    wrapped_address: Mapped[bytes]
    problem: Mapped[str | None]
    mark: Mapped[bytes]


class Alarm(Base):
    """The outbox. ``kind``: urgent, closed, test. ``raised_at`` is emptied when the alarm is acknowledged."""

    __tablename__ = "alarms"
    indexes = (Index("ix_alarms_school_state", "school_id", "state"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str | None] = mapped_column(of("threads"))
    kind: Mapped[str]
    state: Mapped[str]
    raised_at: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One alarm on one channel. ``state``: waiting, sending, sent."""

    __tablename__ = "deliveries"
    indexes = (Index("ix_deliveries_state", "state", "next_attempt_at"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    alarm_id: Mapped[str] = mapped_column(of("alarms"))
    channel_id: Mapped[str] = mapped_column(of("channels"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)
