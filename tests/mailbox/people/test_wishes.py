"""What takes two voices: who is lead, and new recovery slips, also where there is one reader."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from mailbox.errors import InputRefused, NotAllowed, NotFound, SlipRefused, WrongPassphrase
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.new_slips import make_new_slips, seal_mine_for_new_slips
from mailbox.people.notices import notices_to
from mailbox.people.recovery import come_back, whose_slips
from mailbox.people.wishes import SLIPS, agree, ask, drop, wish_lines
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from mailbox.store.tables import AccountWish, AuditRow
from tests.conftest import PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"


def logged_in(school: SchoolAtWork, login: str, passphrase: str = PASSPHRASE) -> Colleague:
    return who(school.office, log_in(school.office, login, passphrase))


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return logged_in(school, login)


@pytest.fixture
def head(school: SchoolAtWork) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    return logged_in(school, "xiaozhang")


def bring(school: SchoolAtWork, name: str, login: str, voice: str) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, COUNSELOR, name)
    approve(
        school.office, school.school_id, voice, accept_invitation(school.office, token, login, PASSPHRASE).person_id
    )
    return logged_in(school, login)


def the_wish(school: SchoolAtWork, colleague: Colleague) -> str:
    [wish] = wish_lines(school.office, colleague)
    return wish.id


def role_of(school: SchoolAtWork, login: str) -> str:
    return logged_in(school, login).role


def acts_of(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return list(view.session.scalars(select(AuditRow.act).order_by(AuditRow.place)))


# --- who is lead ----------------------------------------------------------------------------------


def test_one_asks_and_another_agrees(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, LEAD, school.counselor.person_id)
    ask(school.office, school.counselor, LEAD, school.counselor.person_id)
    wish_id = the_wish(school, he)
    assert role_of(school, "lin") == COUNSELOR
    with pytest.raises(NotAllowed):
        agree(school.office, school.counselor, wish_id)
    agree(school.office, he, wish_id)
    assert role_of(school, "lin") == LEAD
    assert wish_lines(school.office, he) == []
    with pytest.raises(NotFound):
        agree(school.office, he, wish_id)
    assert [act for act in acts_of(school) if "lead" in act] == ["wish.lead", "reader.role.lead"]


def test_a_lead_steps_down_and_the_school_goes_on_without_one(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, LEAD, he.person_id)
    agree(school.office, he, the_wish(school, he))
    assert role_of(school, "he") == LEAD
    ask(school.office, he, COUNSELOR, he.person_id)
    agree(school.office, school.counselor, the_wish(school, school.counselor))
    assert role_of(school, "he") == COUNSELOR
    assert queue(school.office, logged_in(school, "he")) == []


def test_everybody_is_told_who_is_lead_now(school: SchoolAtWork, he: Colleague, head: Colleague) -> None:
    ask(school.office, he, LEAD, school.counselor.person_id)
    zhou = bring(school, "周老师", "zhou", he.person_id)
    agree(school.office, zhou, the_wish(school, zhou))
    assert [(one.kind, one.name) for one in notices_to(school.office, head)] == [("lead", "林老师")]
    assert [one.is_about_me for one in notices_to(school.office, school.counselor)] == [True]
    assert notices_to(school.office, zhou) == []


def test_with_one_reader_the_head_agrees_and_without_a_head_the_one_decides_alone(
    school: SchoolAtWork, head: Colleague
) -> None:
    ask(school.office, school.counselor, LEAD, school.counselor.person_id)
    assert role_of(school, "lin") == COUNSELOR
    agree(school.office, head, the_wish(school, head))
    assert role_of(school, "lin") == LEAD
    leave(school.office, school.school_id, school.counselor.person_id, head.person_id)
    ask(school.office, school.counselor, COUNSELOR, school.counselor.person_id)
    assert role_of(school, "lin") == COUNSELOR


def test_neither_a_technician_nor_a_head_asks_and_neither_becomes_lead(
    school: SchoolAtWork, he: Colleague, head: Colleague
) -> None:
    technician = logged_in(school, "jishu")
    for nobody in (technician, head):
        with pytest.raises(NotAllowed):
            ask(school.office, nobody, LEAD, nobody.person_id)
        with pytest.raises(NotFound):
            ask(school.office, school.counselor, LEAD, nobody.person_id)
        with pytest.raises(NotAllowed):
            ask(school.office, school.counselor, SLIPS, nobody.person_id)
    ask(school.office, school.counselor, LEAD, school.counselor.person_id)
    for nobody in (technician, head):
        with pytest.raises(NotAllowed):
            agree(school.office, nobody, the_wish(school, he))


def test_a_wish_is_taken_back_or_declined_and_a_role_is_asked_for_once(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, LEAD, school.counselor.person_id)
    wish_id = the_wish(school, he)
    drop(school.office, he, wish_id)
    drop(school.office, he, wish_id)
    assert wish_lines(school.office, he) == []
    with pytest.raises(InputRefused):
        ask(school.office, school.counselor, COUNSELOR, school.counselor.person_id)
    with pytest.raises(NotFound):
        ask(school.office, school.counselor, "technician", school.counselor.person_id)


def test_whoever_is_put_out_by_a_colleague_is_missed_by_the_others(
    school: SchoolAtWork, he: Colleague, head: Colleague
) -> None:
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert [(one.kind, one.name) for one in notices_to(school.office, head)] == [("put_out", "何老师")]
    assert notices_to(school.office, school.counselor) == []


def test_a_wish_goes_with_who_asked(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, he, LEAD, he.person_id)
    leave(school.office, school.school_id, school.counselor.person_id, he.person_id)
    assert wish_lines(school.office, school.counselor) == []


def test_a_wish_that_somebody_changed_in_the_database_is_none(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    with school.office.database.work() as work:
        work.session.execute(update(AccountWish).values(agreed_by=he.person_id))
        work.commit()
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)
    assert wish_lines(school.office, he) == []


# --- new slips ------------------------------------------------------------------------------------


def test_new_slips_take_a_second_voice_and_the_passphrase(school: SchoolAtWork, he: Colleague) -> None:
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)
    agree(school.office, he, the_wish(school, he))
    with pytest.raises(WrongPassphrase):
        make_new_slips(school.office, school.counselor, NEW)
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, he, PASSPHRASE)
    made = make_new_slips(school.office, school.counselor, PASSPHRASE)
    assert made.left == 0
    assert whose_slips(school.office, made.slips).school_id == school.school_id
    assert [one.kind for one in notices_to(school.office, he)] == ["slips_made"]
    # Agreed to once is made once.
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)


def test_a_consent_to_new_slips_ends_after_a_week_and_is_asked_for_anew(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    agree(school.office, he, the_wish(school, he))
    [agreed] = wish_lines(school.office, school.counselor)
    assert agreed.is_agreed and agreed.until == school.office.local_now().date() + timedelta(days=7)
    school.clock.advance(days=8)
    lin, he = logged_in(school, "lin"), logged_in(school, "he")
    assert wish_lines(school.office, lin) == []
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, lin, PASSPHRASE)
    with pytest.raises(NotFound):
        agree(school.office, he, agreed.id)
    ask(school.office, lin, SLIPS, lin.person_id)
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, lin, PASSPHRASE)
    agree(school.office, he, the_wish(school, he))
    assert make_new_slips(school.office, lin, PASSPHRASE).left == 0


def test_a_consent_goes_with_who_gave_it(school: SchoolAtWork, he: Colleague) -> None:
    zhou = bring(school, "周老师", "zhou", he.person_id)
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    agree(school.office, zhou, the_wish(school, zhou))
    leave(school.office, school.school_id, he.person_id, zhou.person_id)
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)
    assert wish_lines(school.office, he) == []


def test_who_decided_alone_asks_anew_once_there_is_somebody_to_ask(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    person_id, _ = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, school.counselor, PASSPHRASE)


def test_nobody_who_has_the_database_only_makes_a_consent_younger(school: SchoolAtWork, he: Colleague) -> None:
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    agree(school.office, he, the_wish(school, he))
    school.clock.advance(days=8)
    with school.office.database.work() as work:
        work.session.execute(update(AccountWish).values(agreed_on=school.office.local_now().date()))
        work.commit()
    with pytest.raises(NotAllowed):
        make_new_slips(school.office, logged_in(school, "lin"), PASSPHRASE)


def test_lost_slips_let_nobody_in_any_more_and_the_new_ones_open_earlier_letters(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "早先的信", os.urandom(16), frozenset()))
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    made = make_new_slips(school.office, school.counselor, PASSPHRASE)
    with pytest.raises(SlipRefused, match="void"):
        whose_slips(school.office, school.slips)
    with pytest.raises(SlipRefused):
        whose_slips(school.office, (school.slips[0], made.slips[1]))
    come_back(school.office, made.slips, school.counselor.person_id, NEW)
    lin = logged_in(school, "lin", NEW)
    [note] = open_thread(school.office, lin, queue(school.office, lin)[0].id).notes
    assert note.content is not None and note.content.text == "早先的信"


def test_what_the_maker_cannot_open_is_counted(school: SchoolAtWork, he: Colleague) -> None:
    barred = frozenset({school.counselor.person_id})
    post(school.office, Letter(school.school_id, "kiosk", "不要给林老师看", os.urandom(16), barred))
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    agree(school.office, he, the_wish(school, he))
    assert make_new_slips(school.office, school.counselor, PASSPHRASE).left > 0


def test_another_reader_seals_what_only_they_can_open_for_the_new_slips(school: SchoolAtWork, he: Colleague) -> None:
    barred = frozenset({school.counselor.person_id})
    post(school.office, Letter(school.school_id, "kiosk", "不要给林老师看", os.urandom(16), barred))
    ask(school.office, school.counselor, SLIPS, school.counselor.person_id)
    agree(school.office, he, the_wish(school, he))
    made = make_new_slips(school.office, school.counselor, PASSPHRASE)
    seal_mine_for_new_slips(school.office, he)
    done = come_back(school.office, made.slips, he.person_id, NEW)
    assert done.resealed.damaged == 0
    again = logged_in(school, "he", NEW)
    [note] = open_thread(school.office, again, queue(school.office, again)[0].id).notes
    assert note.content is not None and note.content.text == "不要给林老师看"
