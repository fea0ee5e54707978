"""What took place each week: openings, the frozen numbers, and to whom these are sent."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Opening(Base):
    """A box opening that took place. Its day is unique per school, so that two workers open once.

    An opening by hand stands beside the one that is due on the same day and does not take its place. ``opened_on`` is
    later than ``due_on`` where the machine was off.
    """

    __tablename__ = "openings"
    indexes = (Index("uq_openings_due", "school_id", "due_on", "by_hand", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    due_on: Mapped[date]
    by_hand: Mapped[bool]
    opened_on: Mapped[date | None]


class OpeningCustom(Base):
    """What a school does at its opening beside opening. Without a row: nothing.

    ``holds``: holding replies are offered, in the words that stand here. ``mail_channel_id``: the e-mail channel by
    which the weekly summary is sent; None where it is not sent.
    """

    __tablename__ = "opening_customs"
    indexes = (Index("uq_opening_customs_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    holds: Mapped[bool]
    chinese: Mapped[str] = mapped_column(String(600))
    english: Mapped[str] = mapped_column(String(1_200))
    mail_channel_id: Mapped[str | None]
    mark: Mapped[bytes]


class WeekReport(Base):
    """One ended week in numbers, frozen: a number that changed later would tell what an earlier paper hid.

    ``numbers`` and ``topics`` are JSON; ``topics`` is None until a reader has counted them in the opened letters.
    ``words`` say what became of common wishes, written by a person for everybody to read.
    """

    __tablename__ = "week_reports"
    indexes = (Index("uq_week_reports_week", "school_id", "ends_on", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    ends_on: Mapped[date]
    numbers: Mapped[str] = mapped_column(String(4_000))
    topics: Mapped[str | None] = mapped_column(String(2_000))
    words: Mapped[str | None] = mapped_column(String(4_000))


class SummaryRecipient(Base):
    """Somebody who gets the weekly summary by mail. The address is wrapped under the key file."""

    __tablename__ = "summary_recipients"
    school_id: Mapped[str] = mapped_column(of("schools"))
    name: Mapped[str] = mapped_column(String(80))
    wrapped_address: Mapped[bytes]
    mark: Mapped[bytes]


class SummaryMail(Base):
    """One report on its way to one recipient. ``state``: waiting, sending, sent; ``problem`` names the last failure."""

    __tablename__ = "summary_mails"
    indexes = (
        Index("uq_summary_mails_report", "report_id", "recipient_id", unique=True),
        Index("ix_summary_mails_state", "state", "next_attempt_at"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    report_id: Mapped[str] = mapped_column(of("week_reports"))
    recipient_id: Mapped[str] = mapped_column(of("summary_recipients"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str | None]
