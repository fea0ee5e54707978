"""Who may do what: one table. Pure; whoever acts is looked up by the acts themselves."""

from __future__ import annotations

from enum import StrEnum

from mailbox.errors import NotAllowed

COUNSELOR = "counselor"
LEAD = "lead"
HEAD = "head"
TECHNICIAN = "technician"
ROLES = frozenset({COUNSELOR, LEAD, HEAD, TECHNICIAN})
# Who reads letters, once they have a key and a second voice let them in.
READERS = frozenset({COUNSELOR, LEAD})


class Act(StrEnum):
    """What a role allows. For letters one must be a reader besides: let in, with a key."""

    READ_LETTERS = "read_letters"
    ANSWER = "answer"
    CORRECT = "correct"
    ADJUST_TRIAGE = "adjust_triage"
    SEE_WEEK = "see_week"
    SEE_PAPER = "see_paper"
    SEE_BUREAU_PAPER = "see_bureau_paper"
    WRITE_PAPER = "write_paper"
    INVITE_READER = "invite_reader"
    INVITE_FIRST_READER = "invite_first_reader"
    INVITE_HEAD = "invite_head"
    INVITE_TECHNICIAN = "invite_technician"
    APPROVE = "approve"
    APPROVE_AS_HEAD = "approve_as_head"
    PUT_OUT = "put_out"
    START_ANEW = "start_anew"
    TAKE_OFF_SECOND_FACTOR = "take_off_second_factor"
    REQUIRE_SECOND_FACTOR = "require_second_factor"
    ENROLL_DEVICE = "enroll_device"
    WITHDRAW_DEVICE = "withdraw_device"
    CHANGE_CHANNELS = "change_channels"
    CHANGE_CALENDAR = "change_calendar"
    RING_TEST = "ring_test"
    END_CLOSED_ALARM = "end_closed_alarm"
    CHANGE_HELP = "change_help"
    SEE_BEGINNINGS = "see_beginnings"
    CHANGE_BEGINNINGS = "change_beginnings"
    SEE_OWN_AUDIT = "see_own_audit"
    SEE_WHOLE_AUDIT = "see_whole_audit"
    COUNT_AUDIT = "count_audit"


_READERS_AND_TECHNICIAN = READERS | {TECHNICIAN}

# Who proposes a reader is never the one who lets them in, where there is anybody else: see people.second_voice.
MATRIX: dict[Act, frozenset[str]] = {
    Act.READ_LETTERS: READERS,
    Act.ANSWER: READERS,
    Act.CORRECT: READERS,
    Act.ADJUST_TRIAGE: READERS,
    Act.SEE_WEEK: READERS,
    Act.SEE_PAPER: READERS | {HEAD},
    Act.SEE_BUREAU_PAPER: READERS,
    Act.WRITE_PAPER: READERS,
    Act.INVITE_READER: READERS,
    Act.INVITE_FIRST_READER: _READERS_AND_TECHNICIAN,
    # A technician who could make a head could make a second voice.
    Act.INVITE_HEAD: READERS,
    Act.INVITE_TECHNICIAN: _READERS_AND_TECHNICIAN,
    Act.APPROVE: READERS,
    Act.APPROVE_AS_HEAD: frozenset({HEAD}),
    Act.PUT_OUT: READERS,
    Act.START_ANEW: READERS,
    Act.TAKE_OFF_SECOND_FACTOR: READERS | {HEAD},
    Act.REQUIRE_SECOND_FACTOR: frozenset({LEAD}),
    Act.ENROLL_DEVICE: frozenset({LEAD, TECHNICIAN}),
    Act.WITHDRAW_DEVICE: _READERS_AND_TECHNICIAN,
    Act.CHANGE_CHANNELS: frozenset({LEAD, TECHNICIAN}),
    Act.CHANGE_CALENDAR: _READERS_AND_TECHNICIAN,
    Act.RING_TEST: _READERS_AND_TECHNICIAN,
    Act.END_CLOSED_ALARM: _READERS_AND_TECHNICIAN,
    Act.CHANGE_HELP: READERS,
    Act.SEE_BEGINNINGS: READERS | {HEAD},
    Act.CHANGE_BEGINNINGS: READERS,
    Act.SEE_OWN_AUDIT: READERS,
    Act.SEE_WHOLE_AUDIT: frozenset({LEAD}),
    Act.COUNT_AUDIT: frozenset({LEAD, HEAD}),
}


def may(role: str, act: Act) -> bool:
    return role in MATRIX.get(act, frozenset())


def require(role: str, act: Act) -> None:
    """Raise NotAllowed unless the role allows the act."""
    if not may(role, act):
        raise NotAllowed(act.value)
