"""A school with a lead at its opening: the wall clock set to an hour, letters that were read, holding replies on."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.customs import change_holding, customs_of
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.rules.holding_words import CHINESE, ENGLISH, OURS
from mailbox.rules.roles import LEAD
from mailbox.sealing.receipt import ReceiptCode
from tests.conftest import PASSPHRASE, SchoolAtWork


def go_to(school: SchoolAtWork, local: str) -> None:
    """Set the school's wall clock to ``2026-03-06 15:00``."""
    moment = datetime.fromisoformat(local).replace(tzinfo=school.office.settings.zone)
    school.clock.now = moment.astimezone(UTC)


def bring_lead(school: SchoolAtWork) -> str:
    """Let a lead come, called 安老师, who logs in as ``an``; return her id."""
    token = invite(school.office, school.school_id, school.counselor.person_id, LEAD, "安老师")
    person_id = accept_invitation(school.office, token, "an", PASSPHRASE).person_id
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return person_id


def turn_holding(school: SchoolAtWork, lead_id: str, *, on: bool = True, chinese: str = OURS[CHINESE]) -> None:
    version = customs_of(school.office, school.school_id).version
    words = {"chinese": chinese, "english": OURS[ENGLISH]}
    change_holding(school.office, school.school_id, lead_id, holds=on, seen_version=version, **words)


def write(school: SchoolAtWork, words: str, *, is_read: bool = True) -> tuple[str, ReceiptCode]:
    """Let a letter arrive, and be read; return its thread and the child's code."""
    known = {row.id for row in queue(school.office, school.counselor)}
    code = post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16))).code
    thread_id = next(row.id for row in queue(school.office, school.counselor) if row.id not in known)
    if is_read:
        open_thread(school.office, school.counselor, thread_id)
    return thread_id, code
