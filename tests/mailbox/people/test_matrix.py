"""The table of experience.md, cell by cell: who may do what. Where the program differs, decisions/0025 says why."""

from __future__ import annotations

import pytest

from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, MATRIX, TECHNICIAN, Act, may

ROLES = (COUNSELOR, LEAD, HEAD, TECHNICIAN)

# Each row of the table with the acts it means; y where the role may. In the order counselor, lead, head, technician.
TABLE = {
    "read, claim, answer, correct": ("yy..", (Act.READ_LETTERS, Act.ANSWER, Act.CORRECT)),
    "propose a reader": ("yy..", (Act.INVITE_READER,)),
    "let a reader in, as second voice": ("yy..", (Act.APPROVE,)),
    "let a reader in where there is one": ("..y.", (Act.APPROVE_AS_HEAD,)),
    "remove a reader": ("yy..", (Act.PUT_OUT,)),
    "a forgotten passphrase, new slips, who is lead": ("yy..", (Act.START_ANEW, Act.ASK_SECOND_VOICE)),
    "approve a reveal, a case file, lowering": ("yy..", (Act.BE_SECOND_PERSON,)),
    "approve a reveal where there is one reader": ("..y.", (Act.BE_SECOND_PERSON_AS_HEAD,)),
    "propose a change of these pages": ("y...", (Act.PROPOSE,)),
    "decide on a proposal": (".y..", (Act.DECIDE_PROPOSAL,)),
    "on-duty plan, crisis plan, beginnings": (
        ".y..",
        (Act.CHANGE_DUTY, Act.CHANGE_HELP, Act.CHANGE_CRISIS_PLAN, Act.CHANGE_BEGINNINGS),
    ),
    "see them": ("yyy.", (Act.SEE_DUTY, Act.SEE_CRISIS_PLAN, Act.SEE_BEGINNINGS)),
    "channels, calendar": (".y.y", (Act.CHANGE_CHANNELS, Act.CHANGE_CALENDAR)),
    "all summaries": ("yy..", (Act.SEE_WEEK, Act.SEE_BUREAU_PAPER)),
    "the school's summary": ("yyy.", (Act.SEE_PAPER,)),
    "enrol a kiosk": (".y.y", (Act.ENROLL_DEVICE,)),
    "withdraw a kiosk": ("yy.y", (Act.WITHDRAW_DEVICE,)),
    "settings, backup, doctor": ("...y", (Act.DO_UPKEEP,)),
    "the papers": ("yyyy", (Act.SEE_DOCUMENTS,)),
    "see them, with certificates": (".y.y", (Act.SEE_UPKEEP,)),
    "own acts": ("yy..", (Act.SEE_OWN_AUDIT,)),
    "all acts": (".y..", (Act.SEE_WHOLE_AUDIT,)),
    "counts of acts": (".yy.", (Act.COUNT_AUDIT,)),
}


@pytest.mark.parametrize(("row", "acts"), TABLE.values(), ids=TABLE.keys())
def test_the_matrix_is_the_table(row: str, acts: tuple[Act, ...]) -> None:
    for act in acts:
        assert "".join("y" if may(role, act) else "." for role in ROLES) == row, act


def test_every_act_stands_in_the_matrix() -> None:
    assert set(MATRIX) == set(Act)


def test_a_technician_may_nothing_about_letters_and_readers() -> None:
    """Whatever is added to the matrix, these few are all that a technician may."""
    may_do = {act for act in Act if may(TECHNICIAN, act)}
    assert may_do <= {
        *(Act.INVITE_FIRST_READER, Act.INVITE_TECHNICIAN, Act.ENROLL_DEVICE, Act.WITHDRAW_DEVICE),
        *(Act.CHANGE_CHANNELS, Act.CHANGE_CALENDAR, Act.RING_TEST, Act.END_CLOSED_ALARM, Act.SEE_ALARMS),
        *(Act.SEE_UPKEEP, Act.DO_UPKEEP, Act.SEE_DOCUMENTS),
    }
