"""Which fields of a row its mark covers: rows that decide who reads, who rings and what a child is told.

Owns the list only; the mark itself is made by ``sealing.authenticity`` and handed in.
"""

from __future__ import annotations

from collections.abc import Callable

from mailbox.errors import NotAuthentic
from mailbox.store.tables import (
    AccountWish,
    AlarmRule,
    ApprovalNotice,
    ApprovalRequest,
    AuditRow,
    Beginning,
    Calendar,
    Case,
    CaseEntry,
    CaseKey,
    CaseReader,
    Channel,
    ClosedTrace,
    Correction,
    DeskSession,
    Draft,
    DutyPlan,
    FollowUp,
    HelpPage,
    LegalHold,
    OpeningCustom,
    Person,
    Proposal,
    Remark,
    Reply,
    School,
    SchoolPlan,
    SecondReading,
    SpareCode,
    StaffNotice,
    Station,
    SummaryRecipient,
    TalkRecord,
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
    | SpareCode
    | Station
    | WeekKey
    | Thread
    | ThreadReader
    | Reply
    | Correction
    | Remark
    | Draft
    | Beginning
    | HelpPage
    | Calendar
    | OpeningCustom
    | SummaryRecipient
    | TriageAdjustment
    | Channel
    | DutyPlan
    | AlarmRule
    | CaseKey
    | Case
    | CaseReader
    | CaseEntry
    | FollowUp
    | TalkRecord
    | SchoolPlan
    | SecondReading
    | LegalHold
    | ClosedTrace
    | ApprovalRequest
    | ApprovalNotice
    | AccountWish
    | StaffNotice
    | Proposal
    | AuditRow
)

_COVERED: dict[type[Marked], tuple[str, ...]] = {
    School: ("id", "recovery_public", "receipt_salt", "test_alarm_heard"),
    Person: ("id", "school_id", "role", "state", "display_name", "login_name", "invitation_hash", "public_key"),
    DeskSession: ("id", "school_id", "person_id", "sealed_key"),
    SpareCode: ("id", "school_id", "person_id", "code_tag"),
    Station: ("id", "school_id", "kind", "state", "name", "token_hash"),
    WeekKey: ("id", "school_id", "generation", "public_key"),
    # To whom replies are sealed, and who may see a thread, must not change under somebody who has the database only.
    Thread: ("id", "school_id", "lookup_tag", "receipt_public", "wrapped_receipt_key", "closed"),
    ThreadReader: ("id", "school_id", "thread_id", "reader_id"),
    Reply: ("id", "school_id", "thread_id", "author_id", "child_box", "reader_box"),
    Correction: ("id", "school_id", "thread_id", "person_id", "urgency_before", "urgency_after", "place", "reason_box"),
    Remark: ("id", "school_id", "thread_id", "person_id", "handed_to", "place", "box"),
    # A counselor may send what stands there: nobody may put words into their form.
    Draft: ("id", "school_id", "thread_id", "author_id", "box"),
    Beginning: ("id", "school_id", "topic", "instead_of", "chinese", "english", "hidden"),
    # Nor may they send children to a number of their own.
    HelpPage: ("id", "school_id", "content"),
    # Nor keep the box shut by closing the school for good.
    Calendar: ("id", "school_id", "content"),
    # Nor put words into a holding reply, or send the numbers to somebody else.
    OpeningCustom: ("id", "school_id", "holds", "chinese", "english", "mail_channel_id"),
    SummaryRecipient: ("id", "school_id", "name", "wrapped_address"),
    # Who can only write the database must not make triage deaf.
    TriageAdjustment: ("id", "school_id", "made_by", "made_on", "letters", "numbers"),
    Channel: ("id", "school_id", "name", "wrapped_address"),
    # Nor call somebody else, or let an alarm wait for hours.
    DutyPlan: ("id", "school_id", "wrapped_content"),
    AlarmRule: ("id", "school_id", "content"),
    # To whom a case is sealed, who may see it, and what was reported and ticked in it, must stay as it was written.
    CaseKey: ("id", "school_id", "only_thread", "generation", "made_for", "public_key"),
    Case: ("id", "school_id", "thread_id", "closed_thread", "state", "outcome", "closed_ordinal"),
    CaseReader: ("id", "school_id", "case_id", "reader_id"),
    CaseEntry: ("id", "school_id", "case_id", "case_key_id", "source_id", "place", "box"),
    FollowUp: ("id", "school_id", "case_id", "step", "due_ordinal", "done"),
    TalkRecord: ("id", "school_id", "author_id", "case_key_id", "box"),
    # What is to be done in danger, and whom to call, must be the school's own word; so who asked whom to read.
    SchoolPlan: ("id", "school_id", "situation", "wrapped_steps"),
    SecondReading: ("id", "school_id", "thread_id", "reader_id", "asked_by"),
    # Nor may they hold a letter that the school wants forgotten.
    LegalHold: ("id", "school_id", "thread_id", "placed_by", "second_id"),
    # Nor make the lead's page leave out what was done: a trace keeps the audit's rows about its subject from others.
    ClosedTrace: ("id", "school_id", "subject_id"),
    # Nobody who has the database only may grant a request, use one twice, or hide from the head what was done alone.
    ApprovalRequest: (
        *("id", "school_id", "thread_id", "case_id", "kind", "state", "requester_id", "decided_by"),
        *("rule", "level", "alone", "letters", "used_ordinal", "ends_at"),
    ),
    ApprovalNotice: ("id", "school_id", "request_id", "person_id", "seen"),
    # Nor make a lead, or new slips, in the name of two; nor keep from the staff what was done with the slips.
    AccountWish: ("id", "school_id", "kind", "person_id", "asked_by", "agreed_by"),
    StaffNotice: ("id", "school_id", "person_id", "kind", "about_id"),
    Proposal: ("id", "school_id", "page", "state", "by_person_id", "wrapped_words", "answered_by", "wrapped_answer"),
    AuditRow: ("id", "school_id", "place", "person_id", "act", "subject_id", "moment_seconds", "previous_mark"),
}


# Columns that came later: a row without them keeps the mark it had, and one with them cannot lose or change them.
_COVERED_IF_THERE: dict[type[Marked], tuple[str, ...]] = {
    Station: ("room", "grade"),
    # Nor may they take the second factor off, or go on without its code.
    School: ("readers_need_code", "slips_spent"),
    AccountWish: ("agreed_ordinal",),
    Correction: ("second_id",),
    Person: ("invited_by", "wrapped_totp"),
    DeskSession: ("awaits_code",),
    # Whose own channel it is.
    Channel: ("person_id",),
    Reply: ("promised_ordinal",),
    TalkRecord: ("kept_since_ordinal",),
}


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


def marked_tables() -> tuple[type[Marked], ...]:
    """Return the tables whose rows carry a mark."""
    return tuple(_COVERED)
