"""Devices and alarms: the set-up steps, enrolment links, withdrawing, channels and the test alarm."""

from __future__ import annotations

import re

import pytest

from counselor_ui.channel_words import apprise_address, problem_in_words, service_in_words
from mailbox.alarms.channels import add_channel, channel_lines
from mailbox.alarms.siren import ringing
from mailbox.alarms.worker import deliver_due
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, found_school
from mailbox.people.listing import station_lines
from mailbox.people.stations import KIOSK, SIREN, acknowledge_test_alarms, enroll, invite_station
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, arrive, browser_at, logged_in, words_of
from tests.support.web_hook import WebHook

DEVICES = "/desk/devices/"
EXAMPLES = {
    "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=01234567-89ab-cdef-0123-456789abcdef": "企业微信机器人",
    "https://oapi.dingtalk.com/robot/send?access_token=0123456789abcdef0123456789abcdef": "钉钉机器人",
    "https://open.feishu.cn/open-apis/bot/v2/hook/01234567-89ab-cdef-0123-456789abcdef": "飞书机器人",
    "mailtos://lin:shouquanma@qq.com?to=he@qq.com": "电子邮件",
    "mailtos://lin:mima@smtp.school.cn:465?mode=ssl&from=lin@school.cn&to=he@school.cn": "电子邮件",
    "jsons://alarm.school.cn/hook": "网络钩子",
    "jsons://sms.school.cn/send?+Authorization=miyao": "网络钩子",
}


def link_in(page: str) -> str:
    found = re.search(r"/enroll/([\w-]+)", page)
    assert found
    return found[1]


def enrolled(school: SchoolAtWork, kind: str, name: str) -> str:
    """Enrol a device; return its id."""
    enroll(school.office, invite_station(school.office, school.school_id, school.technician_id, kind, name))
    return next(line.id for line in station_lines(school.office, school.school_id) if line.name == name)


def step_now(browser: Browser) -> str:
    found = re.search(r'aria-current="step">.*?<h3>(.*?)</h3>', browser.get(DEVICES).text, re.S)
    return found[1] if found else ""


def test_the_steps_lead_from_the_first_counselor_to_an_open_kiosk(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", 4, 15)
    technician_id = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    browser = browser_at(office)
    browser.log_in("jishu")
    assert step_now(browser) == "请来第一位心理老师"
    shown = browser.send(DEVICES, "/desk/people/invite", display_name="林老师", role="counselor")
    assert step_now(browser) == "开一个警报页"
    invited = re.search(r"/invitation/([\w-]+)", shown.text)
    assert invited
    accept_invitation(office, invited[1], "lin", PASSPHRASE)
    enroll(office, link_in(browser.send(DEVICES, "/enroll/siren", name="值班室").text))
    assert step_now(browser) == "试响一次警报"
    browser.send(DEVICES, "/test-alarm")
    assert "正在响" in words_of(browser.get(DEVICES).text)
    acknowledge_test_alarms(office, school_id)
    assert step_now(browser) == "登记孩子用的平板"
    enroll(office, invite_station(office, school_id, technician_id, KIOSK, "三楼走廊"))
    assert "孩子可以写信了" in browser.get(DEVICES).text


def test_an_enrolment_link_is_shown_once_and_nowhere_else(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    shown = browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊")
    token = link_in(shown.text)
    assert (
        f"https://localhost/enroll/{token}" in shown.text
        and f'href="https://localhost/enroll/{token}' not in shown.text
    )
    assert token not in browser.get(DEVICES).text and token not in shown.request.url


def test_a_siren_link_leads_to_the_siren_page(school: SchoolAtWork) -> None:
    shown = logged_in(school, "jishu").send(DEVICES, "/enroll/siren", name="值班室")
    assert "/siren/enroll/" in shown.text


def test_a_reloaded_form_enrols_no_second_device(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊")
    again = browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊")
    assert (again.status_code, "已经有一台" in again.text) == (400, True)
    assert len(station_lines(school.office, school.school_id)) == 1


def test_a_lost_enrolment_link_is_replaced(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    lost = link_in(browser.send(DEVICES, "/enroll/kiosk", name="三楼走廊").text)
    line = station_lines(school.office, school.school_id)[0]
    fresh = link_in(browser.send(DEVICES, f"/{line.id}/link").text)
    assert enroll(school.office, fresh)[0] == KIOSK
    assert browser_at(school.office).client.post(f"/enroll/{lost}", base_url=HTTPS).status_code == 404


def test_withdrawing_a_kiosk_asks_first(school: SchoolAtWork) -> None:
    station_id = enrolled(school, KIOSK, "三楼走廊")
    browser = logged_in(school)
    asked = browser.get(f"{DEVICES}{station_id}/withdraw")
    assert "马上不能在这台设备上写信" in asked.text
    assert station_lines(school.office, school.school_id)
    browser.send(asked, f"/{station_id}/withdraw")
    assert station_lines(school.office, school.school_id) == []


def test_a_counselor_sees_devices_and_channels_without_the_technicians_acts(school: SchoolAtWork) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "值班手机", "json://127.0.0.1:9/")
    browser = logged_in(school)
    shown = browser.get(DEVICES).text
    assert "值班手机" in shown
    assert "/enroll/" not in shown and 'action="/desk/devices/channels"' not in shown and "/remove" not in shown
    token = re.search(r'name="token" value="([^"]+)"', shown)
    assert token


def test_a_channel_is_added_shown_by_name_and_removed(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    browser.send(DEVICES, "/channels", name="值班手机", address="json://geheim@127.0.0.1:9/")
    shown = browser.get(DEVICES).text
    assert "值班手机" in shown and "网络钩子" in shown and "geheim" not in shown
    line = channel_lines(school.office, school.school_id)[0]
    path = f"{DEVICES}channels/{line.id}/remove"
    browser.send(path, path)
    assert channel_lines(school.office, school.school_id) == []


def test_an_address_nobody_can_send_to_is_explained_and_stays_in_the_form(school: SchoolAtWork) -> None:
    refused = logged_in(school, "jishu").send(DEVICES, "/channels", name="值班手机", address="nirgends")
    assert refused.status_code == 400
    assert 'value="nirgends"' in refused.text and "地址" in refused.text


def test_a_channel_that_fails_says_so_in_words(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    enrolled(school, SIREN, "值班室")
    browser.send(DEVICES, "/channels", name="值班手机", address="json://127.0.0.1:9/")
    browser.send(DEVICES, "/test-alarm")
    deliver_due(school.office)
    shown = words_of(browser.get(DEVICES).text)
    assert "上一次没有送到" in shown and "SendingFailed" not in shown


def test_the_test_alarm_goes_to_the_channels(school: SchoolAtWork, web_hook: WebHook) -> None:
    browser = logged_in(school, "jishu")
    enrolled(school, SIREN, "值班室")
    browser.send(DEVICES, "/channels", name="值班手机", address=web_hook.apprise_url)
    browser.send(DEVICES, "/test-alarm")
    deliver_due(school.office)
    assert "测试" in str(web_hook.wait_for(1)[0])


def test_the_alarm_of_a_letter_closed_to_everybody_is_ended_here(school: SchoolAtWork) -> None:
    close = [school.counselor.person_id]
    with pytest.raises(StopIteration):
        # It came, and no counselor sees it in any list.
        arrive(school, "不要告诉林老师", not_for=close)
    browser = logged_in(school)
    page = browser.get(DEVICES)
    assert "现在没有一位老师能看" in page.text
    with pytest.raises(StopIteration):
        arrive(school, "也不要告诉林老师", not_for=close)
    for number_left in (1, 0):
        [shown] = re.findall(r'name="alarm" value="(\w+)"', page.text)
        browser.send(page, "/closed-alarm", alarm=shown)
        assert len(ringing(school.office, school.school_id)) == number_left
        # The one that came while the page stood open has not been acted on yet.
        page = browser.get(DEVICES) if number_left else page


def test_a_form_that_is_not_ours_does_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school, "jishu")
    for path in ("enroll/kiosk", "x/link", "x/withdraw", "test-alarm", "closed-alarm", "channels"):
        assert browser.client.post(f"{DEVICES}{path}", base_url=HTTPS, data={"token": "x"}).status_code == 400


def test_a_robots_own_address_may_be_pasted_as_it_is() -> None:
    assert apprise_address(" https://oapi.dingtalk.com/robot/send?access_token=abc1 ") == "dingtalk://abc1"
    assert apprise_address("https://open.feishu.cn/open-apis/bot/v2/hook/a-b") == "feishu://a-b"
    assert apprise_address("mailtos://lin:x@qq.com") == "mailtos://lin:x@qq.com"


def test_every_example_on_the_page_is_an_address_that_is_taken(school: SchoolAtWork) -> None:
    for pasted, words in EXAMPLES.items():
        add_channel(school.office, school.school_id, school.technician_id, words, apprise_address(pasted))
    for line in channel_lines(school.office, school.school_id):
        assert service_in_words(line.service) == line.name


def test_a_problem_nobody_thought_of_is_words_too() -> None:
    assert "出了错" in problem_in_words("SomethingNew")
