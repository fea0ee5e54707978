"""Who may do what: one table. Pure; whoever acts is looked up by the acts themselves."""

from __future__ import annotations

from enum import StrEnum

from mailbox.errors import NotAllowed

COUNSELOR = "counselor"
TECHNICIAN = "technician"
ROLES = frozenset({COUNSELOR, TECHNICIAN})


class Act(StrEnum):
    """What a role allows. Reading and answering are not here: for these one must be a reader, with a key."""

    INVITE_COUNSELOR = "invite_counselor"
    INVITE_FIRST_COUNSELOR = "invite_first_counselor"
    INVITE_TECHNICIAN = "invite_technician"
    APPROVE = "approve"
    PUT_OUT = "put_out"
    ENROLL_DEVICE = "enroll_device"
    WITHDRAW_DEVICE = "withdraw_device"
    CHANGE_CHANNELS = "change_channels"
    CHANGE_CALENDAR = "change_calendar"
    RING_TEST = "ring_test"
    END_CLOSED_ALARM = "end_closed_alarm"
    CHANGE_HELP = "change_help"


_MAY: dict[str, frozenset[Act]] = {
    COUNSELOR: frozenset(
        {
            Act.INVITE_COUNSELOR,
            Act.INVITE_FIRST_COUNSELOR,
            Act.INVITE_TECHNICIAN,
            Act.APPROVE,
            Act.PUT_OUT,
            Act.CHANGE_CALENDAR,
            Act.WITHDRAW_DEVICE,
            Act.RING_TEST,
            Act.END_CLOSED_ALARM,
            Act.CHANGE_HELP,
        }
    ),
    TECHNICIAN: frozenset(
        {
            Act.INVITE_FIRST_COUNSELOR,
            Act.INVITE_TECHNICIAN,
            Act.ENROLL_DEVICE,
            Act.WITHDRAW_DEVICE,
            Act.CHANGE_CHANNELS,
            Act.CHANGE_CALENDAR,
            Act.RING_TEST,
            Act.END_CLOSED_ALARM,
        }
    ),
}


def may(role: str, act: Act) -> bool:
    return act in _MAY.get(role, frozenset())


def require(role: str, act: Act) -> None:
    """Raise NotAllowed unless the role allows the act."""
    if not may(role, act):
        raise NotAllowed(act.value)
