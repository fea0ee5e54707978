"""The tables, typed. Owns what is kept in the clear and what only as a sealed box.

Ids are random and the tables keep no insertion order (WITHOUT ROWID on SQLite), so that the order of rows does not
tell when a letter came. Moments that must be compared are whole seconds since 1970. Every row carries its school.
No column holds a child's words, an address or a device name.
"""

from __future__ import annotations

from mailbox.store.tables.accounts import AccountWish, Proposal, StaffNotice, VoidSlips
from mailbox.store.tables.alarms import Alarm, AlarmRule, AlarmStep, Channel, Delivery, DutyPlan, Reminder
from mailbox.store.tables.approvals import ApprovalNotice, ApprovalReason, ApprovalRequest
from mailbox.store.tables.base import Base, is_id, new_id
from mailbox.store.tables.care import (
    Case,
    CaseEnclosure,
    CaseEntry,
    CaseReader,
    FollowUp,
    SchoolPlan,
    TalkRecord,
)
from mailbox.store.tables.keys import CaseKey, CaseKeyCopy, WeekKey, WeekKeyCopy
from mailbox.store.tables.letters import (
    Beginning,
    Correction,
    Draft,
    Note,
    NotePart,
    ReaderCopy,
    Remark,
    Reply,
    SecondReading,
    Thread,
    ThreadReader,
    TriageAdjustment,
)
from mailbox.store.tables.people import AuditRow, DeskSession, Person, SpareCode, Station, StationSign
from mailbox.store.tables.retention import ClosedTrace, HeldBox, LegalHold, RetentionDay
from mailbox.store.tables.schools import Calendar, HelpPage, School
from mailbox.store.tables.weeks import Opening, OpeningCustom, SummaryMail, SummaryRecipient, WeekReport

__all__ = [
    "AccountWish",
    "Alarm",
    "AlarmRule",
    "AlarmStep",
    "ApprovalNotice",
    "ApprovalReason",
    "ApprovalRequest",
    "AuditRow",
    "Base",
    "Beginning",
    "Calendar",
    "Case",
    "CaseEnclosure",
    "CaseEntry",
    "CaseKey",
    "CaseKeyCopy",
    "CaseReader",
    "Channel",
    "ClosedTrace",
    "Correction",
    "Delivery",
    "DeskSession",
    "Draft",
    "DutyPlan",
    "FollowUp",
    "HeldBox",
    "HelpPage",
    "LegalHold",
    "Note",
    "NotePart",
    "Opening",
    "OpeningCustom",
    "Person",
    "Proposal",
    "ReaderCopy",
    "Remark",
    "Reminder",
    "Reply",
    "RetentionDay",
    "School",
    "SchoolPlan",
    "SecondReading",
    "SpareCode",
    "StaffNotice",
    "Station",
    "StationSign",
    "SummaryMail",
    "SummaryRecipient",
    "TalkRecord",
    "Thread",
    "ThreadReader",
    "TriageAdjustment",
    "VoidSlips",
    "WeekKey",
    "WeekKeyCopy",
    "WeekReport",
    "is_id",
    "new_id",
]
