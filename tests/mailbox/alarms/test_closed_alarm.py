"""A letter that nobody may open rings until somebody says, under their own name, that they act on it."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from mailbox.alarms.siren import acknowledge_closed, ringing
from mailbox.errors import NotAllowed
from mailbox.letters.post import Letter, post
from tests.conftest import SchoolAtWork


def close_to_everybody(school: SchoolAtWork) -> None:
    barred = frozenset({school.counselor.person_id})
    post(school.office, Letter(school.school_id, "kiosk", "我不想让林老师看", os.urandom(16), barred))


def test_the_alarm_of_a_letter_nobody_may_open_is_ended_by_one_of_the_staff(school: SchoolAtWork) -> None:
    close_to_everybody(school)
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["closed"]
    assert acknowledge_closed(school.office, school.school_id, school.technician_id) == 1
    assert ringing(school.office, school.school_id) == []


def test_a_colleague_who_waits_for_approval_ends_no_alarm(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    close_to_everybody(school)
    person_id, _ = second_counselor()
    with pytest.raises(NotAllowed):
        acknowledge_closed(school.office, school.school_id, person_id)
