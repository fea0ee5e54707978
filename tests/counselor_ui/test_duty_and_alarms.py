"""The duty list and the alarm page: the lead changes, the others see; the head says who was reached without reading."""

from __future__ import annotations

import re

import pytest

from mailbox.alarms.duty import duty_of
from mailbox.alarms.escalation import call_due
from mailbox.alarms.siren import ringing
from mailbox.alarms.times import alarm_times
from mailbox.letters.answer import claim
from mailbox.store.tables import DutyPlan
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, arrive, browser_at, logged_in, words_of
from tests.mailbox.alarms.called import Called, called_school

ALARMS, DUTY = "/desk/alarms/", "/desk/duty/"


@pytest.fixture
def called(school: SchoolAtWork) -> Called:
    return called_school(school)


def row(called: Called) -> dict[str, str]:
    return {
        "turn-0-day-0": "on",
        "turn-0-day-1": "on",
        "turn-0-hours": "8:00-12:00",
        "turn-0-person-0": called.lin.person_id,
        "turn-0-person-1": called.he.person_id,
        "fallback": called.lead.person_id,
        f"phone-{called.lin.person_id}": "138 0000 1234",
    }


def test_the_lead_keeps_a_list_and_everybody_who_may_sees_who_is_on_duty_now(called: Called) -> None:
    browser = logged_in(called.school, "an")
    assert browser.send(DUTY, DUTY, **row(called), version="").location.endswith("saved=1")
    for login in ("lin", "fang"):
        shown = words_of(logged_in(called.school, login).get(ALARMS).text)
        assert "现在谁在值班 林老师 138 0000 1234" in shown
    sheet = words_of(browser.get(f"{DUTY}print").text)
    assert "周一、周二 8:00-12:00 林老师 138 0000 1234" in sheet and "不是值班的时间，叫谁： 安老师" in sheet


def test_telephones_and_names_are_not_in_the_database_in_the_clear(called: Called) -> None:
    logged_in(called.school, "an").send(DUTY, DUTY, **row(called), version="")
    with called.school.office.database.view() as view:
        kept = bytes(view.session.query(DutyPlan).one().wrapped_content)
    assert b"1234" not in kept and called.lin.person_id.encode() not in kept


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"turn-0-hours": "早上"}, "值班的时间有一处看不懂"),
        ({"turn-0-person-0": "", "turn-0-person-1": ""}, "有一段值班没有写全"),
        ({"fallback": "0" * 32}, "有一位已经不在名单里了"),
        ({"away-0-who": "lin", "away-0-first": "明天"}, "有人不在的日子认不出来"),
    ],
)
def test_what_cannot_be_kept_is_explained_and_stays_in_the_form(
    called: Called, change: dict[str, str], sentence: str
) -> None:
    refused = logged_in(called.school, "an").send(DUTY, DUTY, **row(called) | change, version="")
    assert refused.status_code == 400
    assert sentence in words_of(refused.text)
    assert 'value="138 0000 1234"' in refused.text and 'name="turn-0-day-1" checked' in refused.text
    assert duty_of(called.school.office, called.school.school_id).version == ""


def test_a_colleague_who_was_faster_is_not_overwritten_unseen(called: Called) -> None:
    browser = logged_in(called.school, "an")
    browser.send(DUTY, DUTY, **row(called), version="")
    refused = browser.send(DUTY, DUTY, **row(called), version="")
    assert refused.status_code == 409 and "刚才被别人改过了" in words_of(refused.text)


def test_a_counselor_changes_the_list_only_where_there_is_no_lead(school: SchoolAtWork) -> None:
    alone = logged_in(school)
    turn = {"turn-0-day-0": "on", "turn-0-hours": "8:00-12:00", "turn-0-person-0": school.counselor.person_id}
    assert alone.send(DUTY, DUTY, **turn, version="").status_code == 303
    form = alone.get(DUTY)
    called_school(school)
    assert "</select>" not in alone.get(DUTY).text
    version = duty_of(school.office, school.school_id).version
    assert alone.send(form, DUTY, **turn, version=version).status_code == 403


def test_the_head_sees_whom_the_alarm_called_and_stills_it_without_reading(called: Called) -> None:
    called.keep_list()
    arrive(called.school, "【紧急】秘密的话")
    call_due(called.school.office)
    head = logged_in(called.school, "fang")
    shown = head.get(ALARMS)
    assert "叫了值班的林老师" in words_of(shown.text) and "10:10 接下来叫何老师" in words_of(shown.text)
    assert "有警报" in words_of(head.get("/desk/paper/").text) and "秘密" not in shown.text
    assert head.send(shown, "/reached", person=called.he.person_id).location.endswith("said=reached")
    assert "方校长说：已经联系到何老师" in words_of(head.get(ALARMS).text)
    assert [one.kind for one in ringing(called.school.office, called.school.school_id)] == ["held"]
    # The form that still stands open elsewhere does no harm.
    assert head.send(shown, "/reached", person=called.lin.person_id).location.endswith("said=held")


def test_a_reader_whom_the_child_named_finds_no_alarm(called: Called) -> None:
    called.urgent(called.lin)
    for login, is_seen in (("lin", False), ("he", True)):
        shown = words_of(logged_in(called.school, login).get(ALARMS).text)
        assert ("有一封紧急的信，还没有人打开" in shown, "谁在值班 有警报" in shown) == (is_seen, is_seen)


def test_the_technician_sees_that_it_rings_and_no_telephone(called: Called) -> None:
    called.keep_list(phones={called.lin.person_id: "13800001234"})
    arrive(called.school, "【紧急】快来")
    call_due(called.school.office)
    shown = logged_in(called.school, "jishu").get(ALARMS).text
    assert "叫了值班的林老师" in words_of(shown) and "13800001234" not in shown


def test_times_are_changed_within_their_bounds(called: Called) -> None:
    browser = logged_in(called.school, "an")
    kept = {
        name: str(number)
        for name, number in alarm_times(called.school.office, called.school.school_id).numbers().items()
    }
    refused = browser.send(ALARMS, "/times", **kept | {"next_minutes": "600"})
    assert refused.status_code == 400 and 'value="600"' in refused.text and "2 到 60 分钟" in words_of(refused.text)
    assert browser.send(ALARMS, "/times", **kept | {"next_minutes": "5"}).status_code == 303
    assert alarm_times(called.school.office, called.school.school_id).next_minutes == 5


def test_the_lead_sees_who_took_many_urgent_letters_and_who_could_help(called: Called) -> None:
    for words in ("【紧急】一", "【紧急】二", "【紧急】三"):
        claim(called.school.office, called.lin, arrive(called.school, words))
    shown = words_of(logged_in(called.school, "an").get(ALARMS).text)
    assert re.search("林老师 已经不少了。可以请.*何老师.*接下一封。 3 封", shown)
    assert "谁接了几封" not in words_of(logged_in(called.school).get(ALARMS).text)


def test_a_channel_of_ones_own_is_added_for_a_person_and_tried(called: Called) -> None:
    browser = logged_in(called.school, "jishu")
    devices = "/desk/devices/"
    sent = {"name": "手机", "address": "json://127.0.0.1:9/", "person": called.lin.person_id}
    browser.send(devices, "/channels", **sent)
    assert "只给林老师" in words_of(browser.get(devices).text)
    browser.send(devices, "/try")
    assert "上一次没有送到" in words_of(browser.get(devices).text)


def test_the_pages_speak_english(called: Called) -> None:
    called.keep_list()
    browser: Browser = another_browser(browser_at(called.school.office), "en")
    browser.log_in("an")
    assert "On duty now" in words_of(browser.get(ALARMS).text) and "Who stands in" in words_of(browser.get(DUTY).text)
