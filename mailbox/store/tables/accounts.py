"""Around accounts: what waits for a second voice, what somebody is to know, slips that are void, and proposals."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class AccountWish(Base):
    """What one of the staff asked for and a second voice agrees to. ``kind``: slips, lead, counselor.

    ``person_id`` is whom it is about: who will make new slips, or whose role is to be another. ``agreed_by`` is set
    for slips only, which are then made by that person, with the day ``agreed_on``; a role is changed at once and its
    wish goes.
    """

    __tablename__ = "account_wishes"
    indexes = (Index("uq_account_wishes_person", "school_id", "kind", "person_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    kind: Mapped[str] = mapped_column(String(16))
    person_id: Mapped[str] = mapped_column(of("people"))
    asked_by: Mapped[str]
    agreed_by: Mapped[str | None]
    agreed_on: Mapped[date | None]
    mark: Mapped[bytes]

    @property
    def agreed_ordinal(self) -> int | None:
        """The day as a number, for the mark: who has the database only makes no consent younger."""
        return self.agreed_on.toordinal() if self.agreed_on else None


class StaffNotice(Base):
    """That ``person_id`` is to know of something, until they say that they do; then the row goes.

    ``kind``: slips_used, slips_failed, slips_made, make_slips, codes_wrong, put_out, lead, counselor; ``about_id``:
    whom it is about.
    """

    __tablename__ = "staff_notices"
    indexes = (Index("uq_staff_notices_person", "person_id", "kind", "about_id", "written_on", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    person_id: Mapped[str] = mapped_column(of("people"))
    kind: Mapped[str] = mapped_column(String(16))
    about_id: Mapped[str]
    written_on: Mapped[date]
    mark: Mapped[bytes]


class VoidSlips(Base):
    """The public half of a recovery key whose slips let nobody in any more, so that a page can say so."""

    __tablename__ = "void_slips"
    indexes = (Index("ix_void_slips_school", "school_id"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    public_key: Mapped[bytes]


class Proposal(Base):
    """A counselor's wish for a page that the lead changes, wrapped under the key file; no child's words belong there.

    ``page``: help, duty, channels, plan, beginnings, calendar; ``state``: open, accepted, declined.
    """

    __tablename__ = "proposals"
    indexes = (Index("ix_proposals_page", "school_id", "state", "page"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    page: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    by_person_id: Mapped[str]
    written_on: Mapped[date]
    wrapped_words: Mapped[bytes]
    answered_by: Mapped[str | None]
    answered_on: Mapped[date | None]
    wrapped_answer: Mapped[bytes | None]
    mark: Mapped[bytes]
