"""Colleagues and letters for the tests of what needs a second person."""

from __future__ import annotations

import os

from mailbox.care.approval_lists import Decisions, decisions
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.listing import people_lines, station_lines
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.second_voice import may_be_second_voice
from mailbox.people.stations import KIOSK, enroll, invite_station
from mailbox.rules.roles import HEAD
from tests.conftest import PASSPHRASE, SchoolAtWork

WORDS = "【紧急】有人在车棚后面等我"
WHY = "孩子说今天放学以后要去河边，要先找到人"


def join(school: SchoolAtWork, role: str, login_name: str) -> Colleague:
    """Let one more colleague in; return them logged in."""
    office, lin = school.office, school.counselor.person_id
    person_id = accept_invitation(
        office, invite(office, school.school_id, lin, role, login_name), login_name, PASSPHRASE
    ).person_id
    if role != HEAD:
        approve(office, school.school_id, _second_voice(school), person_id)
    return who(office, log_in(office, login_name, PASSPHRASE))


def _second_voice(school: SchoolAtWork) -> str:
    lin = school.counselor.person_id
    active = {line.id: line.role for line in people_lines(school.office, school.school_id) if line.state == "active"}
    return next(one for one, role in active.items() if may_be_second_voice(role, one, lin, active))


def kiosk_of(school: SchoolAtWork) -> str:
    """Enrol a tablet in 教学楼三楼; return its id."""
    office, name = school.office, "走廊的平板"
    enroll(office, invite_station(office, school.school_id, school.technician_id, KIOSK, name, "教学楼三楼", 3))
    return next(line.id for line in station_lines(office, school.school_id) if line.name == name)


def arrive_at(school: SchoolAtWork, kiosk_id: str, words: str = WORDS, not_for: frozenset[str] = frozenset()) -> str:
    known = {row.id for row in queue(school.office, school.counselor)}
    post(school.office, Letter(school.school_id, kiosk_id, words, os.urandom(16), not_for))
    return next(row.id for row in queue(school.office, school.counselor) if row.id not in known)


def page_of(school: SchoolAtWork, colleague: Colleague) -> Decisions:
    return decisions(school.office, colleague)
