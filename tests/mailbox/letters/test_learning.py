"""What counselors judged moves this school's levels: by a reader's hand, kept as numbers, undone at will."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import text as sql

from mailbox.errors import Changed, InputRefused, NotAllowed
from mailbox.letters.answer import answer, correct
from mailbox.letters.desk import open_thread
from mailbox.letters.learning import adjustment_of, adopt, learning, undo
from mailbox.letters.post import Letter, post, write_back
from mailbox.office import Office
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import arrive
from tests.support.clock import FixedClock
from tests.support.remembered import Remembered
from triage.adjust import Adjustment
from triage.assessor import DEFAULT_MODEL
from triage.classifier import identity_of
from triage.protocol import Assessment, Topic, Urgency

SECRET = "橘子树下埋着我的秘密"


class Anxious:
    """A triage that half believes every letter to be urgent, and remembers by which adjustment it was asked."""

    def __init__(self) -> None:
        self.asked_with: list[Adjustment | None] = []
        self.model = identity_of(DEFAULT_MODEL)

    def __call__(self, _text: str, adjustment: Adjustment | None = None) -> Assessment:
        self.asked_with.append(adjustment)
        return Assessment(
            Urgency.URGENT,
            None,
            (Topic.MOOD,),
            model=self.model,
            scores={"urgent": 0.4 + 0.01 * len(self.asked_with) % 0.3, "at_least_soon": 0.9},
        )


@pytest.fixture
def anxious() -> Anxious:
    return Anxious()


@pytest.fixture
def reading_school(school: SchoolAtWork, anxious: Anxious) -> SchoolAtWork:
    settings = replace(school.office.settings, model_dir=DEFAULT_MODEL)
    return replace(school, office=replace(school.office, assess=anxious, settings=settings))


def judge(school: SchoolAtWork, letters: int, weeks: int) -> None:
    """Let letters come in so many weeks, each lowered to routine by the counselor."""
    for number in range(letters):
        if number and number % -(-letters // weeks) == 0:
            school.clock.advance(days=7)
        thread_id = arrive(school, f"{SECRET}{number}")
        correct(school.office, school.counselor, thread_id, Urgency.ROUTINE, "是玩笑，一起排练的台词")


@pytest.fixture(scope="module")
def judged() -> Remembered[tuple[SchoolAtWork, datetime]]:
    """What 52 judged letters left in the database: they take their time to be written and judged."""
    return Remembered()


@pytest.fixture
def judged_school(
    office: Office,
    clock: FixedClock,
    anxious: Anxious,
    judged: Remembered[tuple[SchoolAtWork, datetime]],
    request: pytest.FixtureRequest,
) -> SchoolAtWork:
    """A reading school that has judged 52 letters within four weeks, enough to learn from."""

    def live() -> tuple[SchoolAtWork, datetime]:
        lived: SchoolAtWork = request.getfixturevalue("reading_school")
        judge(lived, 52, 4)
        return lived, clock.now

    lived, clock.now = judged.once("52 letters in 4 weeks", office.database, live)
    settings = replace(office.settings, model_dir=DEFAULT_MODEL)
    return replace(lived, office=replace(office, assess=anxious, settings=settings), clock=clock)


def now_in_force(school: SchoolAtWork) -> Adjustment | None:
    return adjustment_of(school.office, school.school_id)


def test_too_few_corrections_propose_nothing(reading_school: SchoolAtWork) -> None:
    judge(reading_school, 6, 3)
    state = learning(reading_school.office, reading_school.counselor)
    assert (state.corrections, state.weeks, state.proposal) == (6, 3, None)
    with pytest.raises(InputRefused):
        adopt(reading_school.office, reading_school.counselor, "{}")


def test_a_letter_that_was_answered_as_it_stood_counts_as_judged(reading_school: SchoolAtWork) -> None:
    thread_id = arrive(reading_school, SECRET)
    assert learning(reading_school.office, reading_school.counselor).letters == 0
    open_thread(reading_school.office, reading_school.counselor, thread_id)
    answer(
        reading_school.office,
        reading_school.counselor,
        thread_id,
        "谢谢你",
        release_now=False,
        form_nonce=os.urandom(16),
    )
    assert learning(reading_school.office, reading_school.counselor).letters == 1


def test_enough_corrections_are_adopted_used_for_the_next_letter_and_undone(
    judged_school: SchoolAtWork, anxious: Anxious
) -> None:
    school = judged_school
    state = learning(school.office, school.counselor)
    assert state.proposal and state.in_force is None
    adopt(school.office, school.counselor, state.proposal.adjustment.to_json())
    post(school.office, Letter(school.school_id, "kiosk", "又一封", os.urandom(16)))
    assert anxious.asked_with[-1] == state.proposal.adjustment
    in_force = learning(school.office, school.counselor).in_force
    assert in_force and in_force.is_for_this_model and in_force.letters == 52
    undo(school.office, school.counselor)
    post(school.office, Letter(school.school_id, "kiosk", "再一封", os.urandom(16)))
    assert anxious.asked_with[-1] is None


def test_numbers_of_ones_own_are_not_adopted(judged_school: SchoolAtWork) -> None:
    with pytest.raises(Changed):
        adopt(judged_school.office, judged_school.counselor, '{"model": "x"}')
    assert now_in_force(judged_school) is None


def test_an_adjustment_written_into_the_database_is_not_believed(judged_school: SchoolAtWork) -> None:
    school = judged_school
    state = learning(school.office, school.counselor)
    assert state.proposal
    adopt(school.office, school.counselor, state.proposal.adjustment.to_json())
    deaf = state.proposal.adjustment.to_json().replace('"urgent": [', '"urgent": [0.5, -2.0], "was": [')
    with school.office.database.work() as work:
        work.session.execute(sql("UPDATE triage_adjustments SET numbers = :numbers"), {"numbers": deaf})
        work.commit()
    assert now_in_force(school) is None


def test_only_a_reader_may_look_adopt_or_undo(reading_school: SchoolAtWork) -> None:
    technician = replace(reading_school.counselor, person_id=reading_school.technician_id, role="technician")
    for act in (
        lambda office: learning(office, technician),
        lambda office: adopt(office, technician, "{}"),
        lambda office: undo(office, technician),
    ):
        with pytest.raises(NotAllowed):
            act(reading_school.office)


def test_no_word_of_a_letter_is_kept_with_the_numbers(judged_school: SchoolAtWork) -> None:
    state = learning(judged_school.office, judged_school.counselor)
    assert state.proposal
    kept = state.proposal.adjustment.to_json()
    assert SECRET not in kept and kept.isascii()


def adopted(school: SchoolAtWork) -> SchoolAtWork:
    state = learning(school.office, school.counselor)
    assert state.proposal
    adopt(school.office, school.counselor, state.proposal.adjustment.to_json())
    return school


@pytest.mark.parametrize("damage", ["made_on = '?'", "numbers = 'x'", "letters = -1", "made_by = ''"])
def test_a_damaged_adjustment_loses_no_letter(judged_school: SchoolAtWork, damage: str) -> None:
    school = adopted(judged_school)
    with school.office.database.work() as work:
        work.session.execute(sql(f"UPDATE triage_adjustments SET {damage}"))  # noqa: S608 - our own words.
        work.commit()
    post(school.office, Letter(school.school_id, "kiosk", "还是送到了", os.urandom(16)))
    assert now_in_force(school) is None


def test_a_second_adoption_takes_the_place_of_the_first(judged_school: SchoolAtWork) -> None:
    school = adopted(judged_school)
    judge(school, 4, 1)
    state = learning(school.office, school.counselor)
    assert state.proposal
    adopt(school.office, school.counselor, state.proposal.adjustment.to_json())
    in_force = learning(school.office, school.counselor).in_force
    assert in_force and in_force.letters == 56


def test_letters_that_another_model_read_are_not_learned_from(reading_school: SchoolAtWork, anxious: Anxious) -> None:
    anxious.model = "0" * 16
    judge(reading_school, 3, 1)
    assert learning(reading_school.office, reading_school.counselor).letters == 0


def test_a_letter_closed_to_somebody_is_not_learned_from(reading_school: SchoolAtWork) -> None:
    thread_id = arrive(reading_school, SECRET, not_for=["0" * 32])
    correct(reading_school.office, reading_school.counselor, thread_id, Urgency.ROUTINE, "是玩笑，一起排练的台词")
    assert learning(reading_school.office, reading_school.counselor).letters == 0


def test_a_thread_written_back_into_is_not_learned_from(reading_school: SchoolAtWork) -> None:
    school = reading_school
    thread_id = arrive(school, SECRET)
    write_back(school.office, Letter(school.school_id, "kiosk", "又来了", os.urandom(16)), thread_id)
    correct(school.office, school.counselor, thread_id, Urgency.ROUTINE, "是玩笑，一起排练的台词")
    assert learning(school.office, school.counselor).letters == 0


def test_an_answered_mark_set_from_outside_is_not_a_judgement(reading_school: SchoolAtWork) -> None:
    arrive(reading_school, SECRET)
    with reading_school.office.database.work() as work:
        work.session.execute(sql("UPDATE threads SET state = 'answered'"))
        work.commit()
    assert learning(reading_school.office, reading_school.counselor).letters == 0


def test_without_the_models_files_the_page_gets_a_sentence(school: SchoolAtWork) -> None:
    with pytest.raises(InputRefused, match="no_model"):
        learning(school.office, school.counselor)
