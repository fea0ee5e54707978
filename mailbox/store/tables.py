"""The tables, typed. Owns what is kept in the clear and what only as a sealed box.

Ids are random and the tables keep no insertion order (WITHOUT ROWID on SQLite), so that the order of rows does not
tell when a letter came. Moments that must be compared are whole seconds since 1970. Every row carries its school.
 No column holds a child's words, an address or a device name.
"""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Boolean, Date, ForeignKey, Index, Integer, LargeBinary, MetaData, String, text
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Return 32 random hex digits: an id says nothing about order or time."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Say whether ``text`` could be an id; what cannot is not even asked for, as PostgreSQL knows no NUL in text."""
    return re.fullmatch("[0-9a-f]{32}", text) is not None


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(64),
        bytes: LargeBinary,
        date: Date,
        bool: Boolean,
        int: Integer,
    }

    # Every subclass is a table of its own and inherits the physical form: no hidden row number on SQLite.
    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:
        return (*getattr(cls, "indexes", ()), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)


def _of(table: str) -> Any:
    return ForeignKey(f"{table}.id", ondelete="CASCADE")


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
    mark: Mapped[bytes]


class Person(Base):
    """One of the staff. ``state``: invited, waiting, active, left; an active one with an invitation may start anew.

    ``invited_by`` cannot be the second voice. ``totp_step`` is the last half minute whose code was used.
    """

    __tablename__ = "people"
    indexes = (Index("uq_people_login_name", "login_name", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
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
    mark: Mapped[bytes]


class DeskSession(Base):
    """One half of a login; the other half is the cookie. ``last_act_seconds`` moves the idle end."""

    __tablename__ = "desk_sessions"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    person_id: Mapped[str] = mapped_column(_of("people"))
    sealed_key: Mapped[bytes]
    last_act_seconds: Mapped[int] = mapped_column(BigInteger)
    # True between the passphrase and the second factor's code: such a session opens nothing.
    awaits_code: Mapped[bool | None]
    mark: Mapped[bytes]


class SpareCode(Base):
    """One way in without the telephone, once: the row goes when it is used. The code itself is never kept."""

    __tablename__ = "spare_codes"
    indexes = (Index("ix_spare_codes_person", "person_id"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    person_id: Mapped[str] = mapped_column(_of("people"))
    code_tag: Mapped[bytes]
    mark: Mapped[bytes]


class Station(Base):
    """An enrolled device. ``kind``: kiosk or siren; ``state``: invited, enrolled, withdrawn."""

    __tablename__ = "stations"
    school_id: Mapped[str] = mapped_column(_of("schools"))
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
    school_id: Mapped[str] = mapped_column(_of("schools"))
    station_id: Mapped[str] = mapped_column(_of("stations"))
    heard_at: Mapped[int] = mapped_column(BigInteger)


class HelpPage(Base):
    """What a school says about help: its person and place, the numbers with their hours, when somebody looks.

    ``content`` is JSON; ``checked_on`` is the day on which a person last made sure that it is true.
    """

    __tablename__ = "help_pages"
    indexes = (Index("uq_help_pages_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    content: Mapped[str] = mapped_column(String(8_000))
    checked_on: Mapped[date]
    mark: Mapped[bytes]


class Calendar(Base):
    """A school's own days, as JSON: terms, closed days, extra school days, and what it tells children in a vacation."""

    __tablename__ = "calendars"
    indexes = (Index("uq_calendars_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    content: Mapped[str] = mapped_column(String(8_000))
    mark: Mapped[bytes]


class WeekKey(Base):
    """One generation of a week's key pair; ``public_key`` is marked, ``current`` only for the newest."""

    __tablename__ = "week_keys"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    week: Mapped[date]
    generation: Mapped[int]
    current: Mapped[bool]
    public_key: Mapped[bytes]
    mark: Mapped[bytes]


class WeekKeyCopy(Base):
    """A week's private half, sealed to one holder: a reader's id, or ``recovery``."""

    __tablename__ = "week_key_copies"
    indexes = (Index("uq_week_key_copies_holder", "week_key_id", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    week_key_id: Mapped[str] = mapped_column(_of("week_keys"))
    holder_id: Mapped[str]
    box: Mapped[bytes]


class Thread(Base):
    """A conversation behind one picture code. ``closed`` if the child named readers who must not see it.

    ``kind``: whisper, for_classmate, to_parents, meet; ``passed_on``: the day a letter to parents was sent on.
    """

    __tablename__ = "threads"
    indexes = (
        Index("uq_threads_lookup_tag", "lookup_tag", unique=True),
        # All that the list of letters shows: ten thousand rows with their keys are not read to count them.
        Index(
            "ix_threads_list",
            "school_id",
            "state",
            "closed",
            "urgency",
            "cause",
            "arrived_on",
            "arrived_half",
            "kind",
            "passed_on",
            "claimed_by",
            "claimed_until",
        ),
    )
    school_id: Mapped[str] = mapped_column(_of("schools"))
    lookup_tag: Mapped[bytes]
    pepper_version: Mapped[int]
    receipt_public: Mapped[bytes]
    wrapped_receipt_key: Mapped[bytes]
    urgency: Mapped[str]
    cause: Mapped[str | None]
    state: Mapped[str]
    arrived_on: Mapped[date]
    arrived_half: Mapped[str]
    closed: Mapped[bool]
    kind: Mapped[str] = mapped_column(String(16), default="whisper", server_default="whisper")
    passed_on: Mapped[date | None]
    claimed_by: Mapped[str | None]
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)
    mark: Mapped[bytes]


class ThreadReader(Base):
    """Who may see a closed thread; threads without rows here are open to every reader."""

    __tablename__ = "thread_readers"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    reader_id: Mapped[str]
    mark: Mapped[bytes]


class Note(Base):
    """One letter of a child. The box holds text and findings; ``circumstances`` the minute and the kiosk.

    ``send_tag`` makes a repeated form one note; ``window_tag`` tells a retry within two minutes to who has the form,
    and nothing to anybody else. ``place`` counts the letters of one thread.
    """

    __tablename__ = "notes"
    indexes = (
        Index("uq_notes_send_tag", "send_tag", unique=True),
        Index("ix_notes_thread", "thread_id"),
        # Whether nobody has opened a letter stands behind its boxes in the row, and the list asks it for each thread.
        Index(
            "ix_notes_unread",
            "thread_id",
            "read",
            sqlite_where=text("read IS 0"),
            postgresql_where=text("read IS false"),
        ),
    )
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    send_tag: Mapped[bytes]
    window_tag: Mapped[bytes]
    week_key_id: Mapped[str | None] = mapped_column(_of("week_keys"))
    box: Mapped[bytes | None]
    circumstances: Mapped[bytes | None]
    urgency: Mapped[str]
    cause: Mapped[str | None]
    arrived_on: Mapped[date]
    arrived_half: Mapped[str]
    place: Mapped[int]
    read: Mapped[bool] = mapped_column(default=False)
    # The half-day of the first reading, as coarse as that of the arrival: how long children wait is counted from both.
    read_on: Mapped[date | None]
    read_half: Mapped[str | None] = mapped_column(String(16))


class NotePart(Base):
    """A drawing or a recording that belongs to a note. ``kind``: drawing, voice; ``place`` counts within the note.

    The box is sealed to the week key; a closed thread keeps reader copies under this row's id instead.
    """

    __tablename__ = "note_parts"
    indexes = (Index("ix_note_parts_note", "note_id"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    note_id: Mapped[str] = mapped_column(_of("notes"))
    kind: Mapped[str] = mapped_column(String(16))
    week_key_id: Mapped[str | None] = mapped_column(_of("week_keys"))
    box: Mapped[bytes | None]
    place: Mapped[int]


class ReaderCopy(Base):
    """A box of a closed thread, sealed to one holder instead of the week key."""

    __tablename__ = "reader_copies"
    indexes = (Index("uq_reader_copies_holder", "message_id", "kind", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    message_id: Mapped[str]
    kind: Mapped[str]
    holder_id: Mapped[str]
    box: Mapped[bytes]


class Reply(Base):
    """An answer: one box to the child's receipt key, one to the week key. ``state``: held, released."""

    __tablename__ = "replies"
    indexes = (
        Index("ix_replies_thread", "thread_id"),
        Index("ix_replies_school_state", "school_id", "state"),
        # Only the children's copies that are still there: the worker looks for old ones every few seconds.
        Index(
            "ix_replies_child_copies",
            "released_on",
            sqlite_where=text("child_box IS NOT NULL"),
            postgresql_where=text("child_box IS NOT NULL"),
        ),
    )
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    author_id: Mapped[str]
    week_key_id: Mapped[str | None] = mapped_column(_of("week_keys"))
    child_box: Mapped[bytes | None]
    reader_box: Mapped[bytes | None]
    state: Mapped[str]
    written_on: Mapped[date]
    written_half: Mapped[str | None] = mapped_column(String(16))
    place: Mapped[int]
    released_on: Mapped[date | None]
    collected: Mapped[bool] = mapped_column(default=False)
    mark: Mapped[bytes]


class Draft(Base):
    """A reply that is being written: one for each thread and author, sealed to its author alone.

    Each saving has a new id, which names it to the page that saved it: an older page is told that there is a newer one.
    """

    __tablename__ = "drafts"
    indexes = (Index("uq_drafts_author", "thread_id", "author_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    author_id: Mapped[str] = mapped_column(_of("people"))
    box: Mapped[bytes]
    mark: Mapped[bytes]


class Beginning(Base):
    """A school's own beginning of a reply, or its word on one of ours: changed, or hidden. Ours are a data file."""

    __tablename__ = "beginnings"
    indexes = (Index("uq_beginnings_instead_of", "school_id", "instead_of", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    topic: Mapped[str] = mapped_column(String(32))
    instead_of: Mapped[str | None] = mapped_column(String(32))
    chinese: Mapped[str] = mapped_column(String(600))
    english: Mapped[str] = mapped_column(String(1_200))
    hidden: Mapped[bool]
    mark: Mapped[bytes]


class Remark(Base):
    """A colleague's sealed words to the others on a thread; ``handed_to`` if the thread was handed to somebody."""

    __tablename__ = "remarks"
    indexes = (Index("ix_remarks_thread", "thread_id"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    person_id: Mapped[str]
    handed_to: Mapped[str | None]
    week_key_id: Mapped[str | None] = mapped_column(_of("week_keys"))
    written_on: Mapped[date]
    place: Mapped[int]
    box: Mapped[bytes | None]
    mark: Mapped[bytes]


class Correction(Base):
    """A level changed by a person; the reason is sealed like a remark. ``place`` counts those of one thread."""

    __tablename__ = "corrections"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str] = mapped_column(_of("threads"))
    person_id: Mapped[str]
    week_key_id: Mapped[str | None] = mapped_column(_of("week_keys"))
    urgency_before: Mapped[str]
    urgency_after: Mapped[str]
    corrected_on: Mapped[date]
    place: Mapped[int]
    reason_box: Mapped[bytes | None]
    mark: Mapped[bytes]


class TriageAdjustment(Base):
    """Two numbers for each level of triage, from the letters a school's counselors judged. At most one a school."""

    __tablename__ = "triage_adjustments"
    indexes = (Index("uq_triage_adjustments_school", "school_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    made_by: Mapped[str]
    made_on: Mapped[str] = mapped_column(String(10))
    letters: Mapped[int]
    numbers: Mapped[str] = mapped_column(String(400))
    mark: Mapped[bytes]


class Channel(Base):
    """A way an alarm takes. The address is wrapped under the key file; ``problem`` names the last failure's class."""

    __tablename__ = "channels"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    name: Mapped[str] = mapped_column(String(80))
    wrapped_address: Mapped[bytes]
    problem: Mapped[str | None]
    mark: Mapped[bytes]


class Alarm(Base):
    """The outbox. ``kind``: urgent, closed, test. ``raised_at`` is emptied when the alarm is acknowledged."""

    __tablename__ = "alarms"
    indexes = (Index("ix_alarms_school_state", "school_id", "state"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    thread_id: Mapped[str | None] = mapped_column(_of("threads"))
    kind: Mapped[str]
    state: Mapped[str]
    raised_at: Mapped[int | None] = mapped_column(BigInteger)


class Delivery(Base):
    """One alarm on one channel. ``state``: waiting, sending, sent."""

    __tablename__ = "deliveries"
    indexes = (Index("ix_deliveries_state", "state", "next_attempt_at"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    alarm_id: Mapped[str] = mapped_column(_of("alarms"))
    channel_id: Mapped[str] = mapped_column(_of("channels"))
    state: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[int | None] = mapped_column(BigInteger)
    claimed_until: Mapped[int | None] = mapped_column(BigInteger)


class Opening(Base):
    """A box opening that took place. Its day is unique per school, so that two workers open once.

    An opening by hand stands beside the one that is due on the same day and does not take its place.
    """

    __tablename__ = "openings"
    indexes = (Index("uq_openings_due", "school_id", "due_on", "by_hand", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    due_on: Mapped[date]
    by_hand: Mapped[bool]
    numbers: Mapped[str] = mapped_column(String(4_000))


class WeekReport(Base):
    """One ended week in numbers, frozen: a number that changed later would tell what an earlier paper hid.

    ``numbers`` and ``topics`` are JSON; ``topics`` is None until a reader has counted them in the opened letters.
    ``words`` say what became of common wishes, written by a person for everybody to read.
    """

    __tablename__ = "week_reports"
    indexes = (Index("uq_week_reports_week", "school_id", "ends_on", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    ends_on: Mapped[date]
    numbers: Mapped[str] = mapped_column(String(4_000))
    topics: Mapped[str | None] = mapped_column(String(2_000))
    words: Mapped[str | None] = mapped_column(String(4_000))


class AuditRow(Base):
    """Who did what to which thread; chained by ``previous_mark`` under the key file. Never content."""

    __tablename__ = "audit"
    indexes = (Index("uq_audit_place", "school_id", "place", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    place: Mapped[int]
    person_id: Mapped[str | None]
    act: Mapped[str]
    subject_id: Mapped[str | None]
    moment_seconds: Mapped[int] = mapped_column(BigInteger)
    previous_mark: Mapped[bytes]
    mark: Mapped[bytes]


class CaseKey(Base):
    """One generation of the key to which everything in ``mailbox/care`` is sealed.

    ``only_thread``: the closed thread whose readers alone hold it; None for the key of all readers of the school.
    ``made_for``: SHA-256 of its holders and their public keys, so that one who left, or whose key is another now, is
    never sealed to again.
    """

    __tablename__ = "case_keys"
    school_id: Mapped[str] = mapped_column(_of("schools"))
    only_thread: Mapped[str | None]
    generation: Mapped[int]
    made_for: Mapped[str]
    public_key: Mapped[bytes]
    mark: Mapped[bytes]


class CaseKeyCopy(Base):
    """A case key's private half, sealed to one holder: a reader's id, or ``recovery``."""

    __tablename__ = "case_key_copies"
    indexes = (Index("uq_case_key_copies_holder", "case_key_id", "holder_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    case_key_id: Mapped[str] = mapped_column(_of("case_keys"))
    holder_id: Mapped[str]
    box: Mapped[bytes]


class Case(Base):
    """A case that a reader opened from a letter. ``state``: open, closed; ``outcome`` is set when it is closed.

    The thread may be shredded before it, so its id is no foreign key. ``closed_thread``: only for the readers in
    ``case_readers``. ``closed_on`` begins the case's own time of keeping.
    """

    __tablename__ = "cases"
    indexes = (Index("uq_cases_thread", "school_id", "thread_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
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
    school_id: Mapped[str] = mapped_column(_of("schools"))
    case_id: Mapped[str] = mapped_column(_of("cases"))
    reader_id: Mapped[str]
    mark: Mapped[bytes]


class CaseEntry(Base):
    """One thing in a case, never changed: what it is lies in the box. ``place`` counts without a gap.

    ``source_id``: the letter, reply or correction that was sealed here anew, so that it is copied once.
    """

    __tablename__ = "case_entries"
    indexes = (Index("uq_case_entries_place", "case_id", "place", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    case_id: Mapped[str] = mapped_column(_of("cases"))
    case_key_id: Mapped[str]
    source_id: Mapped[str | None]
    place: Mapped[int]
    box: Mapped[bytes]
    mark: Mapped[bytes]


class CaseEnclosure(Base):
    """A drawing or a recording of a letter, sealed anew to the case key. ``kind``: drawing, voice."""

    __tablename__ = "case_enclosures"
    indexes = (Index("uq_case_enclosures_part", "case_id", "part_id", unique=True),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    case_id: Mapped[str] = mapped_column(_of("cases"))
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
    school_id: Mapped[str] = mapped_column(_of("schools"))
    case_id: Mapped[str] = mapped_column(_of("cases"))
    step: Mapped[str] = mapped_column(String(16))
    due_on: Mapped[date]
    done: Mapped[bool]
    mark: Mapped[bytes]

    @property
    def due_ordinal(self) -> int:
        """The day as a number, for the mark: nobody who has the database only may put a visit off."""
        return self.due_on.toordinal()


class TalkRecord(Base):
    """A record of a conversation; its day, its words and its thread, if any, lie in the box."""

    __tablename__ = "talk_records"
    indexes = (Index("ix_talk_records_author", "school_id", "author_id"),)
    school_id: Mapped[str] = mapped_column(_of("schools"))
    author_id: Mapped[str]
    case_key_id: Mapped[str]
    box: Mapped[bytes]
    mark: Mapped[bytes]
