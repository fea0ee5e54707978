"""The page on which counselors say what children are told about help, and when somebody looks at urgent letters."""

from __future__ import annotations

import re
from datetime import date
from html import unescape

from werkzeug.test import TestResponse

from mailbox.people.help_page import Help, Helper, help_of, save_help
from mailbox.rules.duty import read_shifts
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, form_of, logged_in, words_of

HELP = "/desk/help/"


def fields_of(page: str) -> dict[str, str]:
    """Return what the form would send as it stands, without its token."""
    form = page[page.index('id="help-form"') :]
    fields = {}
    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]+)"', tag), re.search(r'value="([^"]*)"', tag)
        assert name
        if name[1] != "token" and ('type="checkbox"' not in tag or " checked" in tag):
            fields[name[1]] = unescape(value[1]) if value else "on"
    return fields


def send(browser: Browser, page: TestResponse | None = None, /, **changed: str) -> TestResponse:
    """Send the form as a page shows it, with some fields changed."""
    shown = (page or browser.get(HELP)).text
    fields = {**fields_of(shown), **{name.replace("_", "-", 1): value for name, value in changed.items()}}
    for whole in ("phone_place", "off_duty_words"):
        fields[whole] = changed.get(whole, fields[whole])
    _, token = form_of(shown, HELP)
    return browser.client.post(HELP, base_url=HTTPS, data={"token": token, **fields})


def said(school: SchoolAtWork) -> Help:
    return help_of(school.office, school.school_id)


def test_person_place_phone_hours_and_duty_are_set_in_one_form(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    sent = send(
        browser,
        name_0="林老师",
        place_0="二楼心理室",
        phone_place="传达室",
        hours_0="早上八点到晚上十点",
        duty_0="8:00-12:00，13:30-17:00",
        same="on",
        duty_5="9-11",
    )
    assert sent.status_code == 303
    now = said(school)
    assert (now.helpers, now.phone_place) == ((Helper("林老师", "二楼心理室"),), "传达室")
    assert (now.lines[0].number, now.lines[0].hours) == ("12356", "早上八点到晚上十点")
    week = read_shifts("8:00-12:00，13:30-17:00")
    assert now.duty == {**dict.fromkeys(range(5), week), 5: read_shifts("9-11")}
    assert now.checked_on == date(2026, 3, 2)


def test_what_is_kept_stands_in_the_form_and_sent_again_changes_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    send(browser, name_0="林老师", place_0="二楼心理室", duty_0="8-12", duty_2="9-10", **{"number_6": "0571-1234567"})
    send(browser, number_6="0571-1234567", words_6="区里的辅导站", shown_6="on", duty_0="8-12", duty_2="9-10")
    before = said(school)
    assert before.lines[-1].words == "区里的辅导站"
    send(browser)
    after = said(school)
    assert (after.helpers, after.lines, after.duty) == (before.helpers, before.lines, before.duty)


def test_numbers_are_ordered_and_hidden_by_the_school(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    shown = browser.get(HELP)
    fields = fields_of(shown.text)
    del fields["shown-3"]
    _, token = form_of(shown.text, HELP)
    browser.client.post(HELP, base_url=HTTPS, data={"token": token, **fields, "order-4": "1"})
    assert [line.number for line in said(school).shown_lines] == ["110", "12356", "12355", "12338", "120"]
    # What is hidden can be shown again.
    assert 'name="shown-4" checked' not in browser.get(HELP).text
    assert "12309" in browser.get(HELP).text


def test_an_own_number_is_added_and_emptied_away(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    send(browser, number_6="0571-123 4567", words_6="区里的辅导站", shown_6="on")
    assert said(school).shown_lines[-1].number == "0571-123 4567"
    send(browser, number_6="", words_6="")
    assert len(said(school).lines) == 6


def test_what_is_refused_stays_typed_beside_a_sentence(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    typed = {"name_0": "林老师", "place_0": "二楼心理室", "hours_2": "上班时间"}
    refused = {
        "时间有一处看不懂": {"duty_0": "早上"},
        "要从早写到晚": {"duty_1": "12:00-8:00"},
        "不要写家里的人": {"name_1": "妈妈", "place_1": "家里"},
        "只写数字和短横线": {"number_6": "一二三", "words_6": "热线"},
        "都写上": {"name_1": "何老师"},
        "请不要提危险的事": {"duty_0": "8-12", "off_duty_words": "想自杀就去传达室"},
        "请先写什么时候有人看": {"off_duty_words": "晚上去传达室"},
    }
    for sentence, wrong in refused.items():
        page = send(browser, **typed, **wrong)
        assert (page.status_code, sentence in words_of(page.text)) == (400, True), sentence
        kept = fields_of(page.text)
        for name, value in {**typed, **wrong}.items():
            assert kept[name if name in kept else name.replace("_", "-", 1)] == value
    assert said(school) == Help()


def test_a_colleague_who_was_faster_is_not_overwritten_unseen(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    opened = browser.get(HELP)
    save_help(school.office, school.school_id, school.counselor.person_id, Help(phone_place="门卫室"), "")
    page = send(browser, opened, phone_place="传达室")
    assert (page.status_code, "刚才被别人改过" in page.text) == (409, True)
    assert said(school).phone_place == "门卫室"
    assert send(browser, page).status_code == 303
    assert said(school).phone_place == "传达室"


def test_words_for_nights_and_weekends_are_kept_and_stand_in_the_form(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    words = "晚上去传达室，有老师。"
    assert send(browser, duty_0="8-12", off_duty_words=words).status_code == 303
    assert said(school).off_duty_words == fields_of(browser.get(HELP).text)["off_duty_words"] == words


def test_one_button_says_that_it_is_all_still_true(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert "还没有人核对过" in browser.get(HELP).text
    browser.send(HELP, "/checked")
    save_help(school.office, school.school_id, school.counselor.person_id, Help(), said(school).version)
    school.clock.advance(days=91)
    browser = logged_in(school)
    page = browser.get(HELP)
    assert "上次核对是 91 天以前" in page.text and "请核对一遍" in page.text
    token = form_of(page.text, "/checked")[1]
    fields = {"token": token, "version": said(school).version}
    assert browser.client.post(f"{HELP}checked", base_url=HTTPS, data=fields).status_code == 303
    assert "上次核对是今天" in browser.get(HELP).text


def test_after_ninety_days_the_desk_and_the_devices_say_so(school: SchoolAtWork) -> None:
    save_help(school.office, school.school_id, school.counselor.person_id, Help(), "")
    due = "该核对一遍了"
    assert due not in logged_in(school).get("/desk/letters/").text
    school.clock.advance(days=91)
    assert due in logged_in(school).get("/desk/letters/").text


def test_the_technician_sees_it_and_changes_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    page = browser.get(HELP)
    assert (page.status_code, "12356" in page.text) == (200, True)
    assert "都核对过了" not in page.text and "我刚核对过" not in page.text and "<fieldset" in page.text
    assert send(browser, page, phone_place="传达室").status_code == 403
    assert said(school) == Help()


def test_no_hours_are_claimed_by_themselves(school: SchoolAtWork) -> None:
    page = logged_in(school).get(HELP).text
    assert all(value == "" for name, value in fields_of(page).items() if name.startswith(("hours-", "duty-")))
    assert not re.search("24 ?小时", words_of(page))


def test_in_english_the_page_is_english(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    browser.language = "en"
    assert "Help and duty" in browser.get(HELP).text
