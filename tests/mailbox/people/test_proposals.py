"""A counselor proposes and the lead decides; where there is no lead the counselors change the page themselves."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.beginnings import add_beginning
from mailbox.people.help_page import Help, help_of, save_help
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.proposals import (
    KEPT_DAYS,
    MOST_OPEN,
    ProposalLine,
    answer_proposal,
    may_propose,
    proposal_lines,
    proposals_to_decide,
    propose,
    remove_proposal,
)
from mailbox.rules.roles import HEAD, LEAD
from mailbox.store.tables import Proposal
from tests.conftest import PASSPHRASE, SchoolAtWork
from triage.protocol import Topic

WISH = "周三下午没有人值班，请再加一位"


def join(school: SchoolAtWork, role: str, name: str, login: str) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, role, name)
    person_id = accept_invitation(school.office, token, login, PASSPHRASE).person_id
    if role == LEAD:
        approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


@pytest.fixture
def lead(school: SchoolAtWork) -> Colleague:
    return join(school, LEAD, "安老师", "an")


def the_one(school: SchoolAtWork, colleague: Colleague) -> ProposalLine:
    [line] = proposal_lines(school.office, colleague)
    return line


def test_a_wish_is_made_answered_and_read(school: SchoolAtWork, lead: Colleague) -> None:
    propose(school.office, school.counselor, "help", WISH)
    propose(school.office, school.counselor, "help", f" {WISH}\r\n")
    assert proposals_to_decide(school.office, lead) == 1
    assert proposals_to_decide(school.office, school.counselor) == 0
    line = the_one(school, lead)
    assert (line.page, line.words, line.by, line.state, line.may_answer) == ("help", WISH, "林老师", "open", True)
    answer_proposal(school.office, lead, line.id, "好，下周起", accepts=True)
    seen = the_one(school, school.counselor)
    assert (seen.state, seen.answer, seen.answered_by, seen.may_answer) == ("accepted", "好，下周起", "安老师", False)
    assert proposals_to_decide(school.office, lead) == 0


def test_the_first_answer_counts(school: SchoolAtWork, lead: Colleague) -> None:
    propose(school.office, school.counselor, "help", WISH)
    line = the_one(school, lead)
    answer_proposal(school.office, lead, line.id, "", accepts=False)
    with pytest.raises(Changed):
        answer_proposal(school.office, lead, line.id, "", accepts=True)
    assert the_one(school, lead).state == "declined"


def test_only_a_counselor_proposes_and_only_the_lead_answers(school: SchoolAtWork, lead: Colleague) -> None:
    head = join(school, HEAD, "校长", "xiaozhang")
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    for nobody in (lead, head, technician):
        with pytest.raises(NotAllowed):
            propose(school.office, nobody, "help", WISH)
    propose(school.office, school.counselor, "help", WISH)
    line = the_one(school, school.counselor)
    for nobody in (school.counselor, head, technician):
        with pytest.raises(NotAllowed):
            answer_proposal(school.office, nobody, line.id, "", accepts=True)
    for nobody in (head, technician):
        with pytest.raises(NotAllowed):
            proposal_lines(school.office, nobody)
        with pytest.raises(NotAllowed):
            remove_proposal(school.office, nobody, line.id)


def test_words_are_limited_and_so_is_how_many_wait(school: SchoolAtWork, lead: Colleague) -> None:
    for words in ("", " \n", "啊" * 601):
        with pytest.raises(InputRefused):
            propose(school.office, school.counselor, "help", words)
    for number in range(MOST_OPEN):
        propose(school.office, school.counselor, "help", f"第{number}条")
    with pytest.raises(InputRefused, match="too_many"):
        propose(school.office, school.counselor, "help", WISH)
    with pytest.raises(InputRefused, match="answer_long"):
        answer_proposal(school.office, lead, proposal_lines(school.office, lead)[0].id, "啊" * 301, accepts=True)


def test_a_wish_is_taken_out_words_and_all(school: SchoolAtWork, lead: Colleague) -> None:
    propose(school.office, school.counselor, "help", WISH)
    line = the_one(school, school.counselor)
    remove_proposal(school.office, school.counselor, line.id)
    remove_proposal(school.office, school.counselor, line.id)
    assert proposal_lines(school.office, lead) == []
    with pytest.raises(NotFound):
        answer_proposal(school.office, lead, line.id, "", accepts=True)


def test_answered_wishes_go_with_time(school: SchoolAtWork, lead: Colleague) -> None:
    propose(school.office, school.counselor, "help", WISH)
    answer_proposal(school.office, lead, the_one(school, lead).id, "", accepts=True)
    school.clock.advance(days=KEPT_DAYS + 1)
    propose(school.office, school.counselor, "calendar", "春游那天不上课")
    assert the_one(school, lead).page == "calendar"


def test_no_word_stands_in_the_clear_and_a_changed_row_is_not_shown(school: SchoolAtWork, lead: Colleague) -> None:
    propose(school.office, school.counselor, "help", WISH)
    with school.office.database.work() as work:
        kept = work.session.scalars(select(Proposal)).one()
        assert WISH.encode() not in kept.wrapped_words
        work.session.execute(update(Proposal).values(page="calendar"))
        work.commit()
    assert the_one(school, lead).words is None


# --- without a lead -------------------------------------------------------------------------------


def test_without_a_lead_the_counselor_changes_the_pages_and_has_nobody_to_propose_to(school: SchoolAtWork) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor
    assert not may_propose(office, lin)
    save_help(office, school_id, lin.person_id, Help(phone_place="门卫室"), "")
    add_beginning(office, school_id, lin.person_id, Topic.STUDY, "谢谢你写信来", "")


def test_with_a_lead_the_counselor_proposes_and_changes_nothing(school: SchoolAtWork, lead: Colleague) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor
    assert may_propose(office, lin) and not may_propose(office, lead)
    with pytest.raises(NotAllowed):
        save_help(office, school_id, lin.person_id, Help(phone_place="门卫室"), "")
    with pytest.raises(NotAllowed):
        add_beginning(office, school_id, lin.person_id, Topic.STUDY, "谢谢你写信来", "")
    save_help(office, school_id, lead.person_id, Help(phone_place="门卫室"), "")
    assert help_of(office, school_id).phone_place == "门卫室"
