"""A school and what it says of itself: its name, its help page, its days."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class School(Base):
    """One school. ``recovery_public`` is set when the first reader makes the keys."""

    __tablename__ = "schools"
    name: Mapped[str] = mapped_column(String(120))
    created_on: Mapped[date]
    opening_weekday: Mapped[int]
    opening_hour: Mapped[int]
    receipt_salt: Mapped[bytes]
    recovery_public: Mapped[bytes | None]
    test_alarm_heard: Mapped[bool] = mapped_column(default=False)
    # True where the lead asks every reader for a second factor; nothing else is ever written here.
    readers_need_code: Mapped[bool | None]
    # True once the present slips let somebody in: they let in nobody else until new ones are made.
    slips_spent: Mapped[bool | None]
    mark: Mapped[bytes]


class HelpPage(Base):
    """What a school says about help: its person and place, the numbers with their hours, when somebody looks.

    ``content`` is JSON; ``checked_on`` is the day on which a person last made sure that it is true.
    """

    __tablename__ = "help_pages"
    indexes = (Index("uq_help_pages_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    content: Mapped[str] = mapped_column(String(8_000))
    checked_on: Mapped[date]
    mark: Mapped[bytes]


class Calendar(Base):
    """A school's own days, as JSON: terms, closed days, extra school days, and what it tells children in a vacation."""

    __tablename__ = "calendars"
    indexes = (Index("uq_calendars_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    content: Mapped[str] = mapped_column(String(8_000))
    mark: Mapped[bytes]
