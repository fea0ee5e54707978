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


def shown(school: SchoolAtWork) -> list[str]:
    return [alarm.id for alarm in ringing(school.office, school.school_id) if alarm.kind == "closed"]


def test_the_alarm_of_a_letter_nobody_may_open_is_ended_by_one_of_the_staff(school: SchoolAtWork) -> None:
    close_to_everybody(school)
    assert [alarm.kind for alarm in ringing(school.office, school.school_id)] == ["closed"]
    assert acknowledge_closed(school.office, school.school_id, school.technician_id, shown(school)) == 1
    assert ringing(school.office, school.school_id) == []


def test_an_alarm_that_came_after_the_page_was_drawn_rings_on(school: SchoolAtWork) -> None:
    close_to_everybody(school)
    page = shown(school)
    close_to_everybody(school)
    for ended in (1, 0):
        assert acknowledge_closed(school.office, school.school_id, school.technician_id, page) == ended
    [later] = ringing(school.office, school.school_id)
    assert later.id not in page


def test_only_alarms_of_letters_that_nobody_may_open_end_here(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, "kiosk", "【紧急】有人在等我", os.urandom(16)))
    [urgent] = ringing(school.office, school.school_id)
    for named in ([urgent.id], ["no id at all"], []):
        assert acknowledge_closed(school.office, school.school_id, school.technician_id, named) == 0
    assert ringing(school.office, school.school_id) == [urgent]


def test_a_colleague_who_waits_for_approval_ends_no_alarm(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    close_to_everybody(school)
    person_id, _ = second_counselor()
    with pytest.raises(NotAllowed):
        acknowledge_closed(school.office, school.school_id, person_id, shown(school))
