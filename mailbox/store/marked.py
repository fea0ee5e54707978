"""Which fields of a row its mark covers: rows that decide who reads, who rings and what a child is told.

Owns the list only; the mark itself is made by ``sealing.authenticity`` and handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from mailbox.errors import NotAuthentic
from mailbox.store.tables import (
    AuditRow,
    Calendar,
    Channel,
    Correction,
    DeskSession,
    HelpPage,
    Person,
    Reply,
    School,
    Station,
    Thread,
    ThreadReader,
    TriageAdjustment,
    WeekKey,
)

Field = str | bytes | int | bool | None
Fields = dict[str, Field]
Marked = (
    School
    | Person
    | DeskSession
    | Station
    | WeekKey
    | Thread
    | ThreadReader
    | Reply
    | Correction
    | HelpPage
    | Calendar
    | TriageAdjustment
    | Channel
    | AuditRow
)

_COVERED: dict[type[Marked], tuple[str, ...]] = {
    School: ("id", "recovery_public", "receipt_salt", "test_alarm_heard"),
    Person: ("id", "school_id", "role", "state", "display_name", "login_name", "invitation_hash", "public_key"),
    DeskSession: ("id", "school_id", "person_id", "sealed_key"),
    Station: ("id", "school_id", "kind", "state", "name", "token_hash"),
    WeekKey: ("id", "school_id", "generation", "public_key"),
    # To whom replies are sealed, and who may see a thread, must not change under somebody who has the database only.
    Thread: ("id", "school_id", "lookup_tag", "receipt_public", "wrapped_receipt_key", "closed"),
    ThreadReader: ("id", "school_id", "thread_id", "reader_id"),
    Reply: ("id", "school_id", "thread_id", "author_id", "child_box", "reader_box"),
    Correction: ("id", "school_id", "thread_id", "person_id", "urgency_before", "urgency_after", "place", "reason_box"),
    # Nor may they send children to a number of their own.
    HelpPage: ("id", "school_id", "content"),
    # Nor keep the box shut by closing the school for good.
    Calendar: ("id", "school_id", "content"),
    # Who can only write the database must not make triage deaf.
    TriageAdjustment: ("id", "school_id", "made_by", "made_on", "letters", "numbers"),
    Channel: ("id", "school_id", "name", "wrapped_address"),
    AuditRow: ("id", "school_id", "place", "person_id", "act", "subject_id", "moment_seconds", "previous_mark"),
}


# Columns that came later: a row without them keeps the mark it had, and one with them cannot lose or change them.
_COVERED_IF_THERE: dict[type[Marked], tuple[str, ...]] = {Station: ("room", "grade")}


def marked_fields(row: Marked) -> tuple[str, Fields]:
    """Return the table's name and the fields that the row's mark covers."""
    fields: Fields = {name: getattr(row, name) for name in _COVERED[type(row)]}
    later = {name: getattr(row, name) for name in _COVERED_IF_THERE.get(type(row), ())}
    return row.__tablename__, fields | {name: value for name, value in later.items() if value is not None}


def set_mark(row: Marked, mac: Callable[[str, Fields], bytes]) -> None:
    """Mark a row with ``mac(kind, fields)``; call it after the last change of a covered field."""
    row.mark = mac(*marked_fields(row))


def check_mark(row: Marked, check: Callable[[str, str, Fields, bytes], None]) -> None:
    """Raise NotAuthentic, through ``check``, if the row does not carry our mark."""
    kind, fields = marked_fields(row)
    try:
        check(kind, row.id, fields, row.mark)
    except TypeError:
        # SQLite keeps text where bytes belong, if somebody writes it there.
        raise NotAuthentic(kind, row.id) from None


def carries_mark(row: Marked, check: Callable[[str, str, Fields, bytes], None]) -> bool:
    """Whether the row carries our mark."""
    try:
        check_mark(row, check)
    except NotAuthentic:
        return False
    return True
