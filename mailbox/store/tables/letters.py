"""Letters and what is written to and about them: threads, notes, parts, replies, drafts, remarks, corrections."""

from __future__ import annotations

from datetime import date

from sqlalchemy import BigInteger, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from mailbox.store.tables.base import Base, of

_LISTED = ("closed", "urgency", "cause", "arrived_half", "kind", "passed_on", "claimed_by", "claimed_until")
# In these very words, or the index of what waits is not used.
IS_LIVE = "state NOT IN ('answered', 'prank')"


class Thread(Base):
    """A conversation behind one picture code. ``closed`` if the child named readers who must not see it.

    ``kind``: whisper, for_classmate, to_parents, meet; ``passed_on``: the day a letter to parents was sent on.
    """

    __tablename__ = "threads"
    indexes = (
        Index("uq_threads_lookup_tag", "lookup_tag", unique=True),
        # All that the list of letters shows: ten thousand rows with their keys are not read to count them.
        Index("ix_threads_list", "school_id", "arrived_on", "state", *_LISTED),
        # What is closed to somebody is few too, and a search leaves it out.
        Index(
            "ix_threads_closed",
            "school_id",
            "closed",
            sqlite_where=text("closed IS NOT 0"),
            postgresql_where=text("closed IS NOT false"),
        ),
        # What waits is few beside what was answered, and is asked for every few seconds.
        Index(
            "ix_threads_waiting",
            "school_id",
            "arrived_on",
            *_LISTED,
            "state",
            sqlite_where=text(IS_LIVE),
            postgresql_where=text(IS_LIVE),
        ),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
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
    indexes = (Index("ix_thread_readers_thread", "thread_id", "reader_id"),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
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
        Index("ix_notes_arrived", "school_id", "arrived_on"),
        Index("ix_notes_week", "week_key_id"),
        # Whether nobody has opened a letter stands behind its boxes in the row, and the list asks it for each thread.
        Index(
            "ix_notes_unread",
            "thread_id",
            "read",
            sqlite_where=text("read IS 0"),
            postgresql_where=text("read IS false"),
        ),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    send_tag: Mapped[bytes]
    window_tag: Mapped[bytes]
    week_key_id: Mapped[str | None] = mapped_column(of("week_keys"))
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
    indexes = (Index("ix_note_parts_note", "note_id"), Index("ix_note_parts_thread", "thread_id"))
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    note_id: Mapped[str] = mapped_column(of("notes"))
    kind: Mapped[str] = mapped_column(String(16))
    week_key_id: Mapped[str | None] = mapped_column(of("week_keys"))
    box: Mapped[bytes | None]
    place: Mapped[int]


class ReaderCopy(Base):
    """A box of a closed thread, sealed to one holder instead of the week key; as ``week_key_copies``."""

    __tablename__ = "reader_copies"
    indexes = (
        Index("uq_reader_copies_holder", "message_id", "kind", "holder_id", unique=True),
        Index("ix_reader_copies_thread", "thread_id"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    message_id: Mapped[str]
    kind: Mapped[str]
    holder_id: Mapped[str]
    box: Mapped[bytes]
    of_earlier_slips: Mapped[bool | None]


class Reply(Base):
    """An answer: one box to the child's receipt key, one to the week key. ``state``: held, released.

    ``promised_on`` makes it a holding reply, which answers nothing yet: the day by which it promises an answer.
    """

    __tablename__ = "replies"
    indexes = (
        Index("ix_replies_thread", "thread_id"),
        Index("ix_replies_school_state", "school_id", "state", "released_on"),
        Index("ix_replies_written", "school_id", "written_on"),
        Index("ix_replies_week", "week_key_id"),
        # Only the children's copies that are still there: the worker looks for old ones every few seconds.
        Index(
            "ix_replies_child_copies",
            "released_on",
            sqlite_where=text("child_box IS NOT NULL"),
            postgresql_where=text("child_box IS NOT NULL"),
        ),
        # Whether a reply is an answer stands behind its boxes in the row, and the list asks it for each thread.
        Index(
            "ix_replies_answers",
            "thread_id",
            "author_id",
            sqlite_where=text("promised_on IS NULL"),
            postgresql_where=text("promised_on IS NULL"),
        ),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    author_id: Mapped[str]
    week_key_id: Mapped[str | None] = mapped_column(of("week_keys"))
    child_box: Mapped[bytes | None]
    reader_box: Mapped[bytes | None]
    state: Mapped[str]
    written_on: Mapped[date]
    written_half: Mapped[str | None] = mapped_column(String(16))
    place: Mapped[int]
    released_on: Mapped[date | None]
    collected: Mapped[bool] = mapped_column(default=False)
    promised_on: Mapped[date | None]
    mark: Mapped[bytes]

    @property
    def promised_ordinal(self) -> int | None:
        """The day as a number, for the mark: nobody may make an answer a mere promise, nor a promise an answer."""
        return self.promised_on.toordinal() if self.promised_on else None


class Draft(Base):
    """A reply that is being written: one for each thread and author, sealed to its author alone.

    Each saving has a new id, which names it to the page that saved it: an older page is told that there is a newer one.
    """

    __tablename__ = "drafts"
    indexes = (Index("uq_drafts_author", "thread_id", "author_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    author_id: Mapped[str] = mapped_column(of("people"))
    box: Mapped[bytes]
    mark: Mapped[bytes]


class Beginning(Base):
    """A school's own beginning of a reply, or its word on one of ours: changed, or hidden. Ours are a data file."""

    __tablename__ = "beginnings"
    indexes = (Index("uq_beginnings_instead_of", "school_id", "instead_of", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
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
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    person_id: Mapped[str]
    handed_to: Mapped[str | None]
    week_key_id: Mapped[str | None] = mapped_column(of("week_keys"))
    written_on: Mapped[date]
    place: Mapped[int]
    box: Mapped[bytes | None]
    mark: Mapped[bytes]


class SecondReading(Base):
    """A colleague was asked to read a thread too, or was handed it. The row goes when they have read or answered it.

    ``id`` is that of the remark with which the thread was handed over; of who was only asked to read, a new one.
    """

    __tablename__ = "second_readings"
    indexes = (Index("uq_second_readings_reader", "reader_id", "thread_id", unique=True),)
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    reader_id: Mapped[str] = mapped_column(of("people"))
    asked_by: Mapped[str]
    mark: Mapped[bytes]


class Correction(Base):
    """A level changed by a person; the reason is sealed like a remark. ``place`` counts those of one thread.

    ``second_id``: who agreed, where a second person was asked to lower it from urgent.
    """

    __tablename__ = "corrections"
    indexes = (
        Index("ix_corrections_thread", "thread_id", "place"),
        Index("ix_corrections_changed", "school_id", "corrected_on"),
    )
    school_id: Mapped[str] = mapped_column(of("schools"))
    thread_id: Mapped[str] = mapped_column(of("threads"))
    person_id: Mapped[str]
    second_id: Mapped[str | None]
    week_key_id: Mapped[str | None] = mapped_column(of("week_keys"))
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
    school_id: Mapped[str] = mapped_column(of("schools"))
    made_by: Mapped[str]
    made_on: Mapped[str] = mapped_column(String(10))
    letters: Mapped[int]
    numbers: Mapped[str] = mapped_column(String(400))
    mark: Mapped[bytes]
