"""An urgent letter that nobody opens calls the next, the lead, the head, then all channels; until somebody opens it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from mailbox.alarms.escalation import call_due, say_reached
from mailbox.alarms.siren import ringing
from mailbox.alarms.times import alarm_times, change_times
from mailbox.alarms.watching import has_open_alarm, open_alarms_for
from mailbox.alarms.worker import deliver_due
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.desk import open_thread
from mailbox.people.login import Colleague
from mailbox.rules.alarm_times import AlarmTimes
from mailbox.rules.duty_list import Away
from mailbox.store.audit import audit_rows_for
from mailbox.store.tables import AlarmRule, AuditRow
from tests.conftest import SchoolAtWork
from tests.mailbox.alarms.called import Called, called_school


@pytest.fixture
def called(school: SchoolAtWork) -> Called:
    return called_school(school)


def rows_shown(called: Called, person: Colleague) -> Sequence[AuditRow]:
    with called.school.office.database.view() as view:
        return audit_rows_for(view.session, called.school.school_id, person.person_id, own=False, first=0, most=100)


def go_on(called: Called, minutes: int) -> int:
    called.school.clock.advance(minutes=minutes)
    return call_due(called.school.office)


def test_an_alarm_calls_the_person_on_duty_the_next_the_lead_and_the_head_each_after_its_time(called: Called) -> None:
    called.keep_list()
    called.urgent()
    for minutes in (0, 10, 10, 10):
        assert go_on(called, minutes) == 1
        assert go_on(called, 9 if minutes else 0) == 0
        called.school.clock.advance(minutes=-9 if minutes else 0)
    people = [called.lin, called.he, called.lead, called.head]
    rungs = ["duty", "next", "lead", "head"]
    assert called.steps() == [(rung, one.person_id) for rung, one in zip(rungs, people, strict=True)]
    assert called.acts("alarm.call") == [f"alarm.call.{rung}" for rung in rungs]


def test_each_call_rings_that_persons_own_channel_and_the_head_hears_nothing_of_the_letter(called: Called) -> None:
    called.keep_list()
    with called.hooked(None, called.lin, called.head) as (everybodys, lins, heads):
        called.urgent()
        for minutes in (0, 10, 10, 10):
            go_on(called, minutes)
            deliver_due(called.school.office)
        # When the letter came, and for 何老师 and the lead, who have no channel of their own.
        assert len(everybodys.wait_for(3)) == 3
        assert ["有一封紧急的信" in post["message"] for post in lins.wait_for(1)] == [True]
        told = heads.wait_for(1)
    assert len(told) == 1 and "我已联系到" in told[0]["message"] and "秘密" not in str(told)


def test_where_nobody_is_left_all_channels_ring_again_and_again(called: Called) -> None:
    called.keep_list()
    with called.hooked(None, called.he) as (everybodys, hes):
        called.urgent()
        for minutes in (0, 10, 10, 10, 15, 15):
            assert go_on(called, minutes) == 1
            deliver_due(called.school.office)
        # 何老师 has a channel of her own, and whoever is on duty first was called with the letter itself.
        assert len(everybodys.wait_for(5)) == 5 and len(hes.wait_for(3)) == 3
    assert called.steps()[-1] == ("everybody", None) and len(called.steps()) == 5
    assert called.acts("alarm.call.everybody") == ["alarm.call.everybody"]


def test_of_many_workers_one_calls_and_after_a_restart_it_goes_on_where_it_was(called: Called) -> None:
    called.keep_list()
    called.urgent()
    with ThreadPoolExecutor(4) as workers:
        assert sum(workers.map(lambda _: call_due(called.school.office), range(4))) == 1
    assert len(called.steps()) == 1
    another = replace(called.school.office)
    called.school.clock.advance(minutes=10)
    assert call_due(another) == 1
    assert called.steps()[1:] == [("next", called.he.person_id)]


def test_opening_the_letter_ends_the_alarm_and_forgets_whom_it_called(called: Called) -> None:
    called.keep_list()
    thread_id = called.urgent()
    go_on(called, 0)
    open_thread(called.school.office, called.lin, thread_id)
    assert go_on(called, 60) == 0
    assert called.steps() == [] and open_alarms_for(called.school.office, called.lin) == []


def test_the_head_who_reached_somebody_stills_the_alarm_for_a_time_and_not_for_good(called: Called) -> None:
    called.keep_list()
    called.urgent()
    go_on(called, 0)
    office, school_id = called.school.office, called.school.school_id
    (alarm,) = open_alarms_for(office, called.head)
    assert say_reached(office, school_id, called.head.person_id, alarm.id, called.he.person_id)
    # A second click, or a second head, changes nothing.
    assert not say_reached(office, school_id, called.head.person_id, alarm.id, called.lin.person_id)
    assert [one.kind for one in ringing(office, school_id)] == ["held"]
    assert go_on(called, 29) == 0
    assert go_on(called, 1) == 1
    assert [one.kind for one in ringing(office, school_id)] == ["urgent"]
    # Who was reached is not called once more; the lead is.
    assert called.steps()[1:] == [("reached", called.he.person_id), ("lead", called.lead.person_id)]
    assert called.acts("alarm.reached") == ["alarm.reached"]


def test_only_the_head_says_so_and_not_of_an_alarm_that_was_answered(called: Called) -> None:
    thread_id = called.urgent()
    office, school_id = called.school.office, called.school.school_id
    (alarm,) = open_alarms_for(office, called.head)
    for person_id in (called.lin.person_id, called.lead.person_id, called.school.technician_id):
        with pytest.raises(NotAllowed):
            say_reached(office, school_id, person_id, alarm.id, called.he.person_id)
    with pytest.raises(NotFound):
        say_reached(office, school_id, called.head.person_id, alarm.id, "0" * 32)
    open_thread(office, called.lin, thread_id)
    with pytest.raises(NotFound):
        say_reached(office, school_id, called.head.person_id, alarm.id, called.he.person_id)


def test_a_reader_whom_the_child_named_is_not_called_and_sees_no_alarm(called: Called) -> None:
    called.keep_list()
    called.urgent(called.lin)
    for minutes in (0, 10, 10, 10):
        go_on(called, minutes)
    people = [person for _, person in called.steps()]
    assert people == [called.he.person_id, called.lead.person_id, called.head.person_id]
    assert not has_open_alarm(called.school.office, called.lin)
    assert not any(row.act.startswith("alarm.call") for row in rows_shown(called, called.lin))
    assert any(row.act.startswith("alarm.call") for row in rows_shown(called, called.lead))
    assert has_open_alarm(called.school.office, called.he)


def test_without_a_list_all_readers_are_called_at_once(called: Called) -> None:
    called.urgent()
    go_on(called, 0)
    readers = {called.lin.person_id, called.he.person_id, called.lead.person_id}
    assert {person for _, person in called.steps()} == readers


def test_at_night_the_fallback_is_called_and_a_deputy_in_place_of_who_is_away(called: Called) -> None:
    today = date(2026, 3, 2)
    away = (Away(called.lin.person_id, today, today, (called.he.person_id,)),)
    called.keep_list(away=away, fallback=called.lin.person_id)
    called.school.clock.advance(hours=12)
    called.urgent()
    go_on(called, 0)
    assert called.steps() == [("duty", called.he.person_id)]


def test_the_schools_own_times_hold(called: Called) -> None:
    office, school_id = called.school.office, called.school.school_id
    change_times(office, school_id, called.lead.person_id, AlarmTimes(next_minutes=3).numbers())
    called.keep_list()
    called.urgent()
    go_on(called, 0)
    assert go_on(called, 3) == 1


def test_times_are_the_leads_have_bounds_and_are_believed_only_if_they_are_ours(called: Called) -> None:
    office, school_id = called.school.office, called.school.school_id
    with pytest.raises(NotAllowed):
        change_times(office, school_id, called.lin.person_id, AlarmTimes().numbers())
    with pytest.raises(InputRefused):
        change_times(office, school_id, called.lead.person_id, AlarmTimes(next_minutes=600).numbers())
    change_times(office, school_id, called.lead.person_id, AlarmTimes(next_minutes=3).numbers())
    with office.database.work() as work:
        row = work.session.query(AlarmRule).one()
        row.content = row.content.replace('"next_minutes": 3', '"next_minutes": 60')
        work.commit()
    assert alarm_times(office, school_id) == AlarmTimes()
