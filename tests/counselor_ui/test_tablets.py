"""Tablets on the desk's devices page: where they stand, for which grade, and whether they are still on."""

from __future__ import annotations

import re

from mailbox.people.listing import station_lines
from mailbox.people.signs import still_there
from mailbox.people.stations import KIOSK, enroll, invite_station
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import logged_in, words_of

DEVICES = "/desk/devices/"


def enrolled(school: SchoolAtWork, name: str = "三楼走廊", room: str | None = None, grade: int | None = None) -> str:
    """Enrol a tablet; return its cookie."""
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, name, room, grade)
    return enroll(school.office, token)[1]


def test_enrolment_asks_for_name_place_and_grade(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊", room="教学楼 302 旁", grade="2")
    line = station_lines(school.office, school.school_id)[0]
    assert (line.name, line.room, line.grade) == ("三楼走廊", "教学楼 302 旁", 2)
    assert "教学楼 302 旁 · 二年级" in words_of(browser.get(DEVICES).text)


def test_a_place_may_be_left_out_and_a_grade_too(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊", room="", grade="")
    assert "三楼走廊 不分年级" in words_of(browser.get(DEVICES).text)


def test_a_wrong_grade_or_place_is_explained_and_what_was_typed_stays(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    for wrong, sentence in (({"grade": "12"}, "一到九年级"), ({"room": "字" * 41}, "最多写 40 个字")):
        sent = browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊", **wrong)
        assert (sent.status_code, sentence in sent.text, 'value="三楼走廊"' in sent.text) == (400, True, True)
    assert 'value="' + "字" * 41 in sent.text
    assert station_lines(school.office, school.school_id) == []


def test_place_and_grade_can_be_changed_later(school: SchoolAtWork) -> None:
    enrolled(school, grade=2)
    line = station_lines(school.office, school.school_id)[0]
    browser = logged_in(school, "jishu")
    path = f"{DEVICES}{line.id}/change"
    asked = browser.get(path)
    assert re.search(r'<option value="2" selected>', asked.text) and 'value="三楼走廊"' in asked.text
    assert browser.send(asked, path, name="图书角", room="一楼", grade="3").status_code == 303
    changed = station_lines(school.office, school.school_id)[0]
    assert (changed.name, changed.room, changed.grade, changed.state) == ("图书角", "一楼", 3, "enrolled")


def test_two_tablets_do_not_get_the_same_name(school: SchoolAtWork) -> None:
    enrolled(school)
    enrolled(school, "图书角")
    line = next(line for line in station_lines(school.office, school.school_id) if line.name == "图书角")
    path = f"{DEVICES}{line.id}/change"
    refused = logged_in(school, "jishu").send(path, path, name="三楼走廊", room="", grade="")
    assert (refused.status_code, "已经有一台" in refused.text) == (400, True)


def test_a_counselor_sees_where_a_tablet_stands_and_changes_nothing(school: SchoolAtWork) -> None:
    enrolled(school, room="一楼", grade=4)
    line = station_lines(school.office, school.school_id)[0]
    browser = logged_in(school)
    assert "一楼 · 四年级" in words_of(browser.get(DEVICES).text)
    assert browser.get(f"{DEVICES}{line.id}/change").status_code == 403


def test_a_new_link_keeps_place_and_grade(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊", room="一楼", grade="2")
    line = station_lines(school.office, school.school_id)[0]
    browser.send(DEVICES, f"/{line.id}/link")
    fresh = station_lines(school.office, school.school_id)[0]
    assert (fresh.id != line.id, fresh.room, fresh.grade) == (True, "一楼", 2)


def test_the_page_says_to_the_day_whether_a_tablet_is_on(school: SchoolAtWork) -> None:
    cookie = enrolled(school)
    assert "还没有消息" in logged_in(school, "jishu").get(DEVICES).text
    still_there(school.office, cookie)
    shown = words_of(logged_in(school, "jishu").get(DEVICES).text)
    assert "今天还亮着" in shown and not re.search(r"\d\d?[:：点]\d\d", shown)
    school.clock.advance(days=1)
    shown = logged_in(school, "jishu").get(DEVICES).text
    assert "昨天起没有消息" in shown and "一个上学日没有消息了" not in shown


def test_a_school_day_of_silence_is_said_quietly_on_both_pages(school: SchoolAtWork) -> None:
    still_there(school.office, enrolled(school))
    school.clock.advance(days=2)
    for login, path in (("jishu", DEVICES), ("lin", "/desk/letters/")):
        page = logged_in(school, login).get(path).text
        assert "三楼走廊一个上学日没有消息了" in page
    assert "3月2日周一起没有消息" in logged_in(school, "jishu").get(DEVICES).text
