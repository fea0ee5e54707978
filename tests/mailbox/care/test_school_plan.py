"""A school's own crisis plan: who changes it, that cases keep theirs, and the way back to ours."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest
from sqlalchemy import update

from mailbox.care.cases import open_case, tick
from mailbox.care.plan import Step, crisis_plan, english_of
from mailbox.care.reading import read_case
from mailbox.care.school_plan import MOST_STEPS, plan_of, restore_steps, save_steps, situation_of
from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.stand_in import may_as_lead
from mailbox.rules.roles import HEAD, LEAD, Act
from mailbox.store.tables import AuditRow, SchoolPlan
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.care.test_cases import arrive

OWN = Step("", "先到操场找值周老师", "现在", "王主任", "010-6200 1234")


def save(school: SchoolAtWork, *steps: Step, key: str = "bullying", by: str = "", seen: str | None = None) -> None:
    version = situation_of(school.office, school.school_id, key).version if seen is None else seen
    save_steps(school.office, school.school_id, by or school.counselor.person_id, key, steps, version)


def steps_of(school: SchoolAtWork, key: str = "bullying") -> tuple[Step, ...]:
    return situation_of(school.office, school.school_id, key).now.steps


def test_a_school_without_a_plan_of_its_own_has_ours(school: SchoolAtWork) -> None:
    kept = plan_of(school.office, school.school_id)
    assert [one.now for one in kept] == list(crisis_plan().situations)
    assert not any(one.is_own or one.version for one in kept)


def test_a_school_says_who_does_a_step_and_in_which_order(school: SchoolAtWork) -> None:
    ours = steps_of(school)
    save(school, OWN, replace(ours[1], who="李校医"), ours[0], Step("", " ", ""))
    kept = steps_of(school)
    assert [(step.words, step.who, step.phone) for step in kept] == [
        (OWN.words, "王主任", "010-6200 1234"),
        (ours[1].words, "李校医", ""),
        (ours[0].words, "", ""),
    ]
    # A step that was there keeps its key and a new one gets its own.
    assert [step.key for step in kept[1:]] == [ours[1].key, ours[0].key]
    assert kept[0].key.startswith("bullying-") and kept[0].key not in {step.key for step in ours}
    assert steps_of(school, "sexual") == next(one for one in crisis_plan().situations if one.key == "sexual").steps


def test_english_that_belonged_to_other_words_goes(school: SchoolAtWork) -> None:
    ours = steps_of(school)
    # An English page sends our English along; kept words find it by themselves.
    as_sent = [replace(step, english=english_of(step.words)) for step in ours]
    save(school, replace(as_sent[0], words="先到操场"), *as_sent[1:], replace(OWN, english="To the field first"))
    first, *middle, last = steps_of(school)
    assert (first.words, first.english) == ("先到操场", "")
    assert all(not step.english and english_of(step.words) for step in middle)
    assert last.english == "To the field first"
    save(school, replace(last, words="先到教室"))
    assert steps_of(school)[0].english == ""


def test_a_case_keeps_the_plan_that_it_began_with(school: SchoolAtWork) -> None:
    office, reader = school.office, school.counselor
    save(school, OWN)
    before = open_case(office, reader, arrive(school), ["bullying"], "")
    old_step = steps_of(school)[0]
    save(school, replace(OWN, words="先到教室"))
    after = open_case(office, reader, arrive(school), ["bullying"], "")
    shown = {case_id: read_case(office, reader, case_id).plan.of(["bullying"])[0].steps for case_id in (before, after)}
    assert [step.words for step in shown[before]] == [OWN.words]
    assert [step.words for step in shown[after]] == ["先到教室"]
    tick(office, reader, before, old_step.key, done=True, form_nonce=os.urandom(16))
    assert read_case(office, reader, before).ticked(old_step.key)
    with pytest.raises(InputRefused):
        tick(office, reader, after, old_step.key, done=True, form_nonce=os.urandom(16))


def test_going_back_gives_ours_and_going_back_twice_is_harmless(school: SchoolAtWork) -> None:
    save(school, OWN)
    seen = situation_of(school.office, school.school_id, "bullying").version
    restore_steps(school.office, school.school_id, school.counselor.person_id, "bullying", seen)
    restore_steps(school.office, school.school_id, school.counselor.person_id, "bullying", "")
    assert not situation_of(school.office, school.school_id, "bullying").is_own
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]
    assert [act for act in acts if act.startswith("plan.")] == ["plan.change.bullying", "plan.restore.bullying"]


def test_who_did_not_see_the_newest_plan_is_asked_to_look_again(school: SchoolAtWork) -> None:
    save(school, OWN)
    with pytest.raises(Changed):
        save(school, replace(OWN, words="先到教室"), seen="")
    assert steps_of(school)[0].words == OWN.words


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ((), "plan_steps"),
        ((OWN,) * (MOST_STEPS + 1), "plan_steps"),
        ((replace(OWN, words=" "),), "plan_words"),
        ((replace(OWN, words="长" * 121),), "plan_words"),
        ((replace(OWN, english="l" * 361),), "plan_english"),
        ((replace(OWN, who="长" * 31),), "plan_who"),
        ((replace(OWN, when="长" * 13),), "plan_when"),
        ((replace(OWN, phone="找门卫"),), "plan_phone"),
    ],
)
def test_a_step_that_nobody_could_follow_is_refused(school: SchoolAtWork, steps: tuple[Step, ...], field: str) -> None:
    with pytest.raises(InputRefused) as refused:
        save(school, *steps)
    assert refused.value.field == field


def test_the_lead_changes_the_plan_and_a_counselor_only_where_there_is_no_lead(school: SchoolAtWork) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor.person_id
    lead = accept_invitation(office, invite(office, school_id, lin, LEAD, "安老师"), "an", PASSPHRASE).person_id
    # A lead who is not let in yet leads nobody.
    assert may_as_lead(office, school_id, lin, Act.CHANGE_CRISIS_PLAN)
    approve(office, school_id, lin, lead)
    head = accept_invitation(office, invite(office, school_id, lin, HEAD, "方校长"), "fang", PASSPHRASE).person_id
    for person_id in (lin, head, school.technician_id, "0" * 32):
        with pytest.raises(NotAllowed):
            save(school, OWN, by=person_id)
    save(school, OWN, by=lead)
    with pytest.raises(NotFound):
        save(school, OWN, key="weather", by=lead, seen="")


def test_no_name_and_no_telephone_lies_in_the_clear(school: SchoolAtWork) -> None:
    save(school, OWN)
    with school.office.database.view() as view:
        (row,) = view.session.query(SchoolPlan)
    assert OWN.who.encode() not in row.wrapped_steps and b"6200" not in row.wrapped_steps


def test_a_telephone_written_into_the_database_is_not_shown(school: SchoolAtWork) -> None:
    save(school, OWN)
    with school.office.database.work() as work:
        forged = b'[{"key": "bullying-stop", "words": "13900000000", "when": "", "who": "", "phone": "13900000000"}]'
        work.session.execute(update(SchoolPlan).values(wrapped_steps=forged))
        work.commit()
    assert not situation_of(school.office, school.school_id, "bullying").is_own
    save(school, OWN)
    assert steps_of(school)[0].words == OWN.words
