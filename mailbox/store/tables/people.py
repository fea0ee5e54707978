"""Who works here and with which devices: people, their sessions and spare codes, tablets and siren pages, the audit."""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of


class Person(Base):
    """One of the staff. ``state``: invited, waiting, active, left; an active one with an invitation may start anew.

    ``invited_by`` cannot be the second voice. ``totp_step`` is the last half minute whose code was used.
    """

    __tablename__ = "people"
    indexes = (Index("uq_people_login_name", "login_name", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    role: Mapped[str]
    state: Mapped[str]
    display_name: Mapped[str] = mapped_column(String(80))
    login_name: Mapped[str | None] = mapped_column(String(80))
    invitation_hash: Mapped[str | None]
    public_key: Mapped[bytes | None]
    locked_key: Mapped[bytes | None]
    invited_by: Mapped[str | None]
    wrapped_totp: Mapped[bytes | None]
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    # True where this reader wants letters with hard words covered until they tap; a wish, so no mark covers it.
    covers_hard_words: Mapped[bool | None]
    mark: Mapped[bytes]


class DeskSession(Base):
    """One half of a login; the other half is the cookie. ``last_act_seconds`` moves the idle end."""

    __tablename__ = "desk_sessions"
    school_id: Mapped[str] = mapped_column(of("schools"))
    person_id: Mapped[str] = mapped_column(of("people"))
    sealed_key: Mapped[bytes]
    last_act_seconds: Mapped[int] = mapped_column(BigInteger)
    # True between the passphrase and the second factor's code: such a session opens nothing.
    awaits_code: Mapped[bool | None]
    mark: Mapped[bytes]


class SpareCode(Base):
    """One way in without the telephone, once: the row goes when it is used. The code itself is never kept."""

    __tablename__ = "spare_codes"
    indexes = (Index("ix_spare_codes_person", "person_id"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    person_id: Mapped[str] = mapped_column(of("people"))
    code_tag: Mapped[bytes]
    mark: Mapped[bytes]


class Station(Base):
    """An enrolled device. ``kind``: kiosk or siren; ``state``: invited, enrolled, withdrawn."""

    __tablename__ = "stations"
    school_id: Mapped[str] = mapped_column(of("schools"))
    kind: Mapped[str]
    state: Mapped[str]
    name: Mapped[str] = mapped_column(String(80))
    token_hash: Mapped[str]
    room: Mapped[str | None] = mapped_column(String(80))
    grade: Mapped[int | None]
    mark: Mapped[bytes]


class StationSign(Base):
    """That a device was on, to the half hour. Tablets tell it at fixed times, used or not, so it tells no use."""

    __tablename__ = "station_signs"
    indexes = (Index("uq_station_signs_station", "station_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    station_id: Mapped[str] = mapped_column(of("stations"))
    heard_at: Mapped[int] = mapped_column(BigInteger)


class AuditRow(Base):
    """Who did what to which thread; chained by ``previous_mark`` under the key file. Never content."""

    __tablename__ = "audit"
    indexes = (
        Index("uq_audit_place", "school_id", "place", unique=True),
        Index("ix_audit_moment", "school_id", "moment_seconds"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    place: Mapped[int]
    person_id: Mapped[str | None]
    act: Mapped[str]
    subject_id: Mapped[str | None]
    moment_seconds: Mapped[int] = mapped_column(BigInteger)
    previous_mark: Mapped[bytes]
    mark: Mapped[bytes]
