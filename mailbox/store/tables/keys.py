"""The keys of weeks and of cases: public halves, and private halves sealed to each holder."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class WeekKey(Base):
    """One generation of a week's key pair; ``public_key`` is marked, ``current`` only for the newest."""

    __tablename__ = "week_keys"
    school_id: Mapped[str] = mapped_column(of("schools"))
    week: Mapped[date]
    generation: Mapped[int]
    current: Mapped[bool]
    public_key: Mapped[bytes]
    mark: Mapped[bytes]


class WeekKeyCopy(Base):
    """A week's private half, sealed to one holder: a reader's id, or ``recovery``.

    ``of_earlier_slips``: whoever made new slips could not open it, so that only the earlier slips do.
    """

    __tablename__ = "week_key_copies"
    indexes = (Index("uq_week_key_copies_holder", "week_key_id", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    week_key_id: Mapped[str] = mapped_column(of("week_keys"))
    holder_id: Mapped[str]
    box: Mapped[bytes]
    of_earlier_slips: Mapped[bool | None]


class CaseKey(Base):
    """One generation of the key to which everything in ``mailbox/care`` is sealed.

    ``only_thread``: the closed thread whose readers alone hold it; None for the key of all readers of the school.
    ``made_for``: SHA-256 of its holders and their public keys, so that one who left, or whose key is another now, is
    never sealed to again.
    """

    __tablename__ = "case_keys"
    school_id: Mapped[str] = mapped_column(of("schools"))
    only_thread: Mapped[str | None]
    generation: Mapped[int]
    made_for: Mapped[str]
    public_key: Mapped[bytes]
    mark: Mapped[bytes]


class CaseKeyCopy(Base):
    """A case key's private half, sealed to one holder: a reader's id, or ``recovery``; as ``week_key_copies``."""

    __tablename__ = "case_key_copies"
    indexes = (Index("uq_case_key_copies_holder", "case_key_id", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    case_key_id: Mapped[str] = mapped_column(of("case_keys"))
    holder_id: Mapped[str]
    box: Mapped[bytes]
    of_earlier_slips: Mapped[bool | None]
