"""A real page tells that its tablet is on at the clock's half hours, and never because somebody woke or used it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page

from mailbox.people.help_page import Help, help_of, save_help
from mailbox.people.stations import KIOSK, identify, withdraw
from mailbox.rules.duty import Shift
from tests.mailbox.kiosk.classroom import LOW_TABLET, Classroom, begin_letter, heading

AT_TEN = datetime(2026, 3, 2, 10, 10, tzinfo=UTC)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def page(classroom: Classroom, told: list[str]) -> Page:
    """A tablet that was opened at 10:10 by its own clock, which stands still from then on."""
    tablet = classroom.tablet(LOW_TABLET)
    tablet.on("request", lambda asked: told.append(asked.url) if asked.url.endswith("/still-there") else None)
    tablet.clock.install(time=AT_TEN)
    # Before the page is there: on a slow machine its clock may otherwise have gone past the moment to stand still at.
    tablet.clock.pause_at(datetime(2026, 3, 2, 10, 10, 5, tzinfo=UTC))
    tablet.goto(classroom.url)
    return tablet


def wait_for(page: Page, told: list[str], times: int) -> None:
    """Wait until the page told so often; real time goes on while its clock stands."""
    for _ in range(400):
        if len(told) >= times:
            break
        page.wait_for_timeout(50)
    assert len(told) == times


def test_it_tells_at_the_half_hour_and_not_when_it_is_opened_or_used(page: Page, told: list[str]) -> None:
    page.clock.fast_forward("18:30")
    begin_letter(page, "我想说话")
    page.clock.run_for("00:50")
    assert told == []
    with page.expect_request("**/still-there") as sent:
        page.clock.run_for("00:40")
    # It carries nothing but the enrolment.
    assert (sent.value.method, sent.value.post_data) == ("POST", None)
    answer = sent.value.response()
    assert answer is not None and answer.status == 204
    assert [cookie["name"] for cookie in page.context.cookies()] == ["__Host-kiosk"]
    # Opened anew, with nothing written: a letter would be wiped, and its page left by real time while this clock runs.
    page.goto(page.url)
    page.clock.run_for("28:00")
    assert len(told) == 1
    page.clock.run_for("02:00")
    wait_for(page, told, 2)


def test_a_network_that_never_answers_does_not_end_the_telling(page: Page) -> None:
    # Inside the page: a route that is held open outside would outlive it, and hold up the browser's end.
    page.evaluate(
        """() => {
            window.unanswered = [];
            window.fetch = address => { window.unanswered.push(address); return new Promise(() => {}); };
        }"""
    )
    page.clock.run_for("20:30")
    page.clock.run_for("30:00")
    assert page.evaluate("window.unanswered") == ["/still-there"] * 2


def test_a_tablet_woken_from_sleep_does_not_tell_that_a_child_came(page: Page, told: list[str]) -> None:
    # Its clock jumps, and every timer that was due comes late.
    page.clock.fast_forward("47:00")
    page.wait_for_timeout(300)
    assert told == []
    page.clock.run_for("03:10")
    wait_for(page, told, 1)


def take_back(classroom: Classroom) -> None:
    school = classroom.school
    station = identify(school.office, school.kiosk_cookie, KIOSK)
    withdraw(school.office, school.school_id, school.counselor.person_id, station.id)


def test_a_withdrawn_tablet_goes_to_the_page_that_says_so(page: Page, classroom: Classroom) -> None:
    take_back(classroom)
    page.clock.run_for("20:00")
    heading(page, "这台机器现在不是信箱").wait_for()


def test_a_child_who_writes_keeps_its_words_when_the_tablet_is_withdrawn(
    page: Page, classroom: Classroom, told: list[str]
) -> None:
    page.clock.fast_forward("19:20")
    field = begin_letter(page, "我想说话")
    take_back(classroom)
    page.clock.run_for("00:45")
    wait_for(page, told, 1)
    page.wait_for_timeout(300)
    assert field.input_value() == "我想说话"


def test_a_start_page_left_open_does_not_go_on_claiming_yesterdays_duty(classroom: Classroom) -> None:
    school = classroom.school
    act = (school.office, school.school_id, school.counselor.person_id)
    save_help(*act, Help(duty={day: (Shift(0, 24 * 60),) for day in range(7)}), "")
    page = classroom.tablet(LOW_TABLET)
    page.clock.install(time=school.office.local_now())
    page.goto(classroom.url)
    known = page.locator(".know")
    # On a day without school the same hours are no duty.
    known.filter(has_text=re.compile("现在是老师值班的时间|现在没有人看信")).wait_for()
    save_help(*act, Help(), help_of(school.office, school.school_id).version)
    page.clock.fast_forward("24:00:10")
    page.clock.run_for("00:30")
    known.filter(has_text="信箱不是一直有人看着").filter(has_not_text="不过信箱").wait_for()
