"""What a drawing, a voice and a child's own yes make of a level: more, never less."""

from __future__ import annotations

import pytest

from mailbox.rules.letter_kinds import DETAILS, LetterKind, Mood
from mailbox.rules.policy import Level, raised, rings_alarm, with_parts
from triage.protocol import Cause, Urgency

LEVELS: tuple[Level, ...] = (
    (Urgency.ROUTINE, None),
    (Urgency.SOON, None),
    (Urgency.UNSCREENED, Cause.NEEDS_PERSON),
    (Urgency.URGENT, None),
    (Urgency.UNSCREENED, Cause.FAILED),
)
PERSON: Level = (Urgency.UNSCREENED, Cause.NEEDS_PERSON)


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("has_parts", [True, False])
@pytest.mark.parametrize("today", [True, False])
def test_no_part_and_no_answer_lowers_a_level(level: Level, has_parts: bool, today: bool) -> None:
    after = with_parts(level, has_parts=has_parts, today=today)
    assert raised(level, after) == after
    assert rings_alarm(*after) == (rings_alarm(*level) or today)


@pytest.mark.parametrize("level", LEVELS)
def test_a_part_waits_for_a_person_at_least_and_without_one_nothing_changes(level: Level) -> None:
    assert with_parts(level, has_parts=False, today=False) == level
    assert raised(PERSON, with_parts(level, has_parts=True, today=False)) == with_parts(
        level, has_parts=True, today=False
    )


def test_every_kind_has_its_questions_and_a_whisper_none() -> None:
    assert set(DETAILS) == set(LetterKind)
    assert DETAILS[LetterKind.WHISPER] == ()
    assert Mood.UNKNOWN in Mood
