"""Alarms: channels, the outbox, what is on its way, whom it called already, and who is on duty."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Channel(Base):
    """A way an alarm takes. The address is wrapped under the key file; ``problem`` names the last failure's class.

    ``person_id``: whose own channel it is; None for everybody's.
    """

    __tablename__ = "channels"
    school_id: Mapped[str] = mapped_column(of("schools"))
    name: Mapped[str] = mapped_column(String(80))
    wrapped_address: Mapped[bytes]
    problem: Mapped[str | None]
    person_id: Mapped[str | None]
    mark: Mapped[bytes]


class Alarm(Base):
    """The outbox. ``kind``: urgent, closed, test, and the notices reminder and channel; ``state``: open, acknowledged.

    A notice has the state notice and goes when it was told. ``raised_at`` is emptied when the alarm is acknowledged.
    ``next_step_at``: when somebody else is called, None for at once; ``held_until``: the head has reached somebody.
    """

    __tablename__ = "alarms"
    indexes = (
        Index("ix_alarms_school_state", "school_id", "state"),
        Index("ix_alarms_thread", "thread_id"),
        # The worker asks for the open ones of all schools every few seconds.
        Index("ix_alarms_state", "state"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str | None] = mapped_column(of("threads"))
    kind: Mapped[str]
    state: Mapped[str]
    raised_at: Mapped[int | None] = mapped_column(BigInteger)
    next_step_at: Mapped[int | None] = mapped_column(BigInteger)
    held_until: Mapped[int | None] = mapped_column(BigInteger)


class AlarmStep(Base):
    """Whom an open alarm called, in which order and when; gone when it is acknowledged.

    ``rung``: duty, next, lead, head, everybody (then nobody is named), or reached (said by ``by_person_id``).
    """

    __tablename__ = "alarm_steps"
    indexes = (Index("ix_alarm_steps_alarm", "alarm_id", "place"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    alarm_id: Mapped[str] = mapped_column(of("alarms"))
    place: Mapped[int]
    rung: Mapped[str]
    person_id: Mapped[str | None]
    by_person_id: Mapped[str | None]
    happened_at: Mapped[int] = mapped_column(BigInteger)


class Delivery(Base):
    """One message on one channel. ``state``: waiting, sending, sent.

    ``message``: which words, None for those of the alarm's kind; ``numbers``: the counts that a reminder tells.
    """

    __tablename__ = "deliveries"
    indexes = (Index("ix_deliveries_state", "state", "next_attempt_at"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    alarm_id: Mapped[str] = mapped_column(of("alarms"))
    channel_id: Mapped[str] = mapped_column(of("channels"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)
    message: Mapped[str | None]
    numbers: Mapped[str | None]


class Reminder(Base):
    """That a letter was counted in a reminder on a day, for one reason; ``day_ordinal`` counts from year 1."""

    __tablename__ = "reminders"
    indexes = (Index("uq_reminders_once", "day_ordinal", "thread_id", "reason", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    day_ordinal: Mapped[int]
    reason: Mapped[str]


class DutyPlan(Base):
    """Who is on duty, who stands in, and their telephones: wrapped under the key file. At most one a school."""

    __tablename__ = "duty_plans"
    indexes = (Index("uq_duty_plans_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    wrapped_content: Mapped[bytes]
    mark: Mapped[bytes]


class AlarmRule(Base):
    """How long an alarm waits before it calls the next, as JSON of whole numbers. At most one a school."""

    __tablename__ = "alarm_rules"
    indexes = (Index("uq_alarm_rules_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    content: Mapped[str] = mapped_column(String(400))
    mark: Mapped[bytes]
