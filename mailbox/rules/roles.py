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
    OPEN_BOX = "open_box"
    HOLD_REPLY = "hold_reply"
    CHANGE_OPENING = "change_opening"
    INVITE_READER = "invite_reader"
    INVITE_FIRST_READER = "invite_first_reader"
    INVITE_HEAD = "invite_head"
    INVITE_TECHNICIAN = "invite_technician"
    APPROVE = "approve"
    APPROVE_AS_HEAD = "approve_as_head"
    PUT_OUT = "put_out"
    START_ANEW = "start_anew"
    ASK_SECOND_VOICE = "ask_second_voice"
    PROPOSE = "propose"
    DECIDE_PROPOSAL = "decide_proposal"
    TAKE_OFF_SECOND_FACTOR = "take_off_second_factor"
    REQUIRE_SECOND_FACTOR = "require_second_factor"
    ENROLL_DEVICE = "enroll_device"
    WITHDRAW_DEVICE = "withdraw_device"
    CHANGE_CHANNELS = "change_channels"
    CHANGE_CALENDAR = "change_calendar"
    RING_TEST = "ring_test"
    END_CLOSED_ALARM = "end_closed_alarm"
    SEE_ALARMS = "see_alarms"
    SAY_REACHED = "say_reached"
    SEE_DUTY = "see_duty"
    CHANGE_DUTY = "change_duty"
    CHANGE_ALARM_TIMES = "change_alarm_times"
    SEE_URGENT_LOAD = "see_urgent_load"
    CHANGE_HELP = "change_help"
    CONFIRM_HELP = "confirm_help"
    SEE_BEGINNINGS = "see_beginnings"
    CHANGE_BEGINNINGS = "change_beginnings"
    SEE_CRISIS_PLAN = "see_crisis_plan"
    CHANGE_CRISIS_PLAN = "change_crisis_plan"
    SEE_DOCUMENTS = "see_documents"
    BE_SECOND_PERSON = "be_second_person"
    BE_SECOND_PERSON_AS_HEAD = "be_second_person_as_head"
    BE_TOLD_OF_REVEALS = "be_told_of_reveals"
    HOLD_LETTER = "hold_letter"
    SEE_UPKEEP = "see_upkeep"
    DO_UPKEEP = "do_upkeep"
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
    # When: see rules.early_opening.
    Act.OPEN_BOX: READERS,
    Act.HOLD_REPLY: READERS,
    Act.CHANGE_OPENING: frozenset({LEAD}),
    Act.INVITE_READER: READERS,
    Act.INVITE_FIRST_READER: _READERS_AND_TECHNICIAN,
    # A technician who could make a head could make a second voice.
    Act.INVITE_HEAD: READERS,
    Act.INVITE_TECHNICIAN: _READERS_AND_TECHNICIAN,
    Act.APPROVE: READERS,
    Act.APPROVE_AS_HEAD: frozenset({HEAD}),
    Act.PUT_OUT: READERS,
    Act.START_ANEW: READERS,
    Act.ASK_SECOND_VOICE: READERS,
    # A counselor proposes what the lead then changes, or not, by hand: see people.proposals and people.stand_in.
    Act.PROPOSE: frozenset({COUNSELOR}),
    Act.DECIDE_PROPOSAL: frozenset({LEAD}),
    Act.TAKE_OFF_SECOND_FACTOR: READERS | {HEAD},
    Act.REQUIRE_SECOND_FACTOR: frozenset({LEAD}),
    Act.ENROLL_DEVICE: frozenset({LEAD, TECHNICIAN}),
    Act.WITHDRAW_DEVICE: _READERS_AND_TECHNICIAN,
    Act.CHANGE_CHANNELS: frozenset({LEAD, TECHNICIAN}),
    Act.CHANGE_CALENDAR: frozenset({LEAD, TECHNICIAN}),
    Act.RING_TEST: _READERS_AND_TECHNICIAN,
    Act.END_CLOSED_ALARM: _READERS_AND_TECHNICIAN,
    Act.SEE_ALARMS: ROLES,
    # Who reads opens the letter instead.
    Act.SAY_REACHED: frozenset({HEAD}),
    Act.SEE_DUTY: READERS | {HEAD},
    Act.CHANGE_DUTY: frozenset({LEAD}),
    Act.CHANGE_ALARM_TIMES: frozenset({LEAD}),
    Act.SEE_URGENT_LOAD: frozenset({LEAD}),
    Act.CHANGE_HELP: frozenset({LEAD}),
    Act.CONFIRM_HELP: READERS,
    Act.SEE_BEGINNINGS: READERS | {HEAD},
    Act.CHANGE_BEGINNINGS: frozenset({LEAD}),
    Act.SEE_CRISIS_PLAN: READERS | {HEAD},
    # In a school without a lead its counselors stand in for one: see people.stand_in.
    Act.CHANGE_CRISIS_PLAN: frozenset({LEAD}),
    Act.SEE_DOCUMENTS: ROLES,
    # Who asks never decides, and the head only where no other reader could: see care.approvals.
    Act.BE_SECOND_PERSON: READERS,
    Act.BE_SECOND_PERSON_AS_HEAD: frozenset({HEAD}),
    Act.BE_TOLD_OF_REVEALS: frozenset({LEAD, HEAD}),
    # With a second voice where there is one, and by a counselor where there is no lead: see care.legal_hold.
    Act.HOLD_LETTER: frozenset({LEAD}),
    Act.SEE_UPKEEP: frozenset({LEAD, TECHNICIAN}),
    Act.DO_UPKEEP: frozenset({TECHNICIAN}),
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
