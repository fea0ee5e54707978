"""Cases, their sealed entries and enclosures, follow-ups, and talks; a school's own crisis plan."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Case(Base):
    """A case that a reader opened from a letter. ``state``: open, closed; ``outcome`` is set when it is closed.

    The thread may be shredded before it, so its id is no foreign key. ``closed_thread``: only for the readers in
    ``case_readers``. ``closed_on`` begins the case's own time of keeping.
    """

    __tablename__ = "cases"
    indexes = (Index("uq_cases_thread", "school_id", "thread_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str]
    closed_thread: Mapped[bool]
    state: Mapped[str] = mapped_column(String(16))
    outcome: Mapped[str | None] = mapped_column(String(16))
    closed_on: Mapped[date | None]
    mark: Mapped[bytes]

    @property
    def closed_ordinal(self) -> int | None:
        """The day as a number, for the mark: nobody who has the database only may have a case forgotten early."""
        return self.closed_on.toordinal() if self.closed_on else None


class CaseReader(Base):
    """Who may see the case of a closed thread; as ``thread_readers``, which go with the thread."""

    __tablename__ = "case_readers"
    indexes = (Index("ix_case_readers_case", "case_id"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    case_id: Mapped[str] = mapped_column(of("cases"))
    reader_id: Mapped[str]
    mark: Mapped[bytes]


class CaseEntry(Base):
    """One thing in a case, never changed: what it is lies in the box. ``place`` counts without a gap.

    ``source_id``: the letter, reply or correction that was sealed here anew, so that it is copied once.
    """

    __tablename__ = "case_entries"
    indexes = (Index("uq_case_entries_place", "case_id", "place", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    case_id: Mapped[str] = mapped_column(of("cases"))
    case_key_id: Mapped[str]
    source_id: Mapped[str | None]
    place: Mapped[int]
    box: Mapped[bytes]
    mark: Mapped[bytes]


class CaseEnclosure(Base):
    """A drawing or a recording of a letter, sealed anew to the case key. ``kind``: drawing, voice."""

    __tablename__ = "case_enclosures"
    indexes = (Index("uq_case_enclosures_part", "case_id", "part_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    case_id: Mapped[str] = mapped_column(of("cases"))
    part_id: Mapped[str]
    kind: Mapped[str] = mapped_column(String(16))
    case_key_id: Mapped[str]
    box: Mapped[bytes]


class FollowUp(Base):
    """A day on which somebody looks after a child again. ``step``: 24h, 72h, 7d, 30d; its remark is a case entry."""

    __tablename__ = "follow_ups"
    indexes = (
        Index("uq_follow_ups_step", "case_id", "step", unique=True),
        Index("ix_follow_ups_due", "school_id", "done", "due_on"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    case_id: Mapped[str] = mapped_column(of("cases"))
    step: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[date]
    done: Mapped[bool]
    mark: Mapped[bytes]

    @property
    def due_ordinal(self) -> int:
        """The day as a number, for the mark: nobody who has the database only may put a visit off."""
        return self.due_on.toordinal()


class TalkRecord(Base):
    """A record of a conversation; its day, its words and its thread, if any, lie in the box.

    ``kept_since`` is the first day of the month in which it was written down: with it begins its time of keeping.
    """

    __tablename__ = "talk_records"
    indexes = (Index("ix_talk_records_author", "school_id", "author_id"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    author_id: Mapped[str]
    case_key_id: Mapped[str]
    box: Mapped[bytes]
    kept_since: Mapped[date | None]
    mark: Mapped[bytes]

    @property
    def kept_since_ordinal(self) -> int | None:
        """The month as a number, for the mark: nobody who has the database only may have a talk forgotten early."""
        return self.kept_since.toordinal() if self.kept_since else None


class SchoolPlan(Base):
    """A school's own steps for one kind of danger, under the key file: they name people and their telephones.

    A kind without a row here is ours. Cases keep a copy.
    """

    __tablename__ = "crisis_plans"
    indexes = (Index("uq_crisis_plans_situation", "school_id", "situation", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    situation: Mapped[str] = mapped_column(String(32))
    wrapped_steps: Mapped[bytes]
    mark: Mapped[bytes]
