"""What somebody asks a second person for: the request, its reason for each who may read it, and who saw a notice."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class ApprovalRequest(Base):
    """One request of a reader. ``kind``: reveal, lower, hold, case_file; about a thread or, for the last, about a case.

    ``state``: open, approved, refused, withdrawn, expired; an open one is over at ``ends_at`` too, and an approved one
    can be used until then. ``alone``: granted by nobody, because danger was now. ``rule`` is the protocol's, ``level``
    what a thread is to be lowered to; ``letters`` is how many the thread had, so that nobody decides on one not seen.
    """

    __tablename__ = "approval_requests"
    indexes = (Index("ix_approval_requests_state", "school_id", "state"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str | None] = mapped_column(of("threads"))
    case_id: Mapped[str | None] = mapped_column(of("cases"))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    requester_id: Mapped[str]
    decided_by: Mapped[str | None]
    rule: Mapped[str | None] = mapped_column(String(16))
    level: Mapped[str | None] = mapped_column(String(16))
    alone: Mapped[bool]
    letters: Mapped[int]
    asked_on: Mapped[date]
    used_on: Mapped[date | None]
    ends_at: Mapped[int] = mapped_column(BigInteger)
    mark: Mapped[bytes]

    @property
    def used_ordinal(self) -> int | None:
        """The day of the first use as a number, for the mark: nobody may make a use look as if it had not been."""
        return self.used_on.toordinal() if self.used_on else None


class ApprovalReason(Base):
    """Why somebody asks, sealed to one of those who may read it: the requester, or a reader who may decide."""

    __tablename__ = "approval_reasons"
    indexes = (Index("uq_approval_reasons_holder", "request_id", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    request_id: Mapped[str] = mapped_column(of("approval_requests"))
    holder_id: Mapped[str]
    box: Mapped[bytes]


class ApprovalNotice(Base):
    """That a person is to know of what somebody did alone. ``seen``: they said that they do."""

    __tablename__ = "approval_notices"
    indexes = (Index("uq_approval_notices_person", "request_id", "person_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    request_id: Mapped[str] = mapped_column(of("approval_requests"))
    person_id: Mapped[str]
    seen: Mapped[bool]
    mark: Mapped[bytes]
