"""What took place each week: openings, and the frozen numbers."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Opening(Base):
    """A box opening that took place. Its day is unique per school, so that two workers open once.

    An opening by hand stands beside the one that is due on the same day and does not take its place.
    """

    __tablename__ = "openings"
    indexes = (Index("uq_openings_due", "school_id", "due_on", "by_hand", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    due_on: Mapped[date]
    by_hand: Mapped[bool]


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
