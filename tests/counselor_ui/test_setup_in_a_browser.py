"""The set-up by real hands: from the link in the console to an open kiosk, slips on paper, a siren that is heard."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Error, Page, expect

from mailbox.alarms.siren import ring_test
from mailbox.people.listing import people_lines
from mailbox.people.stations import SIREN, invite_station
from tests.support.browser import DESK, Visitors, wait_until
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff

PASSPHRASE = "pingguo shuxia maozi dahan"


@pytest.fixture
def served(made_app: Callable[..., ServedApp]) -> ServedApp:
    return made_app(web_workers=2)


def choose_passphrase(page: Page, login_name: str) -> None:
    page.fill("[name=login_name]", login_name)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    page.click("form .button.primary")


def link_shown(page: Page) -> str:
    return page.locator("#link").inner_text()


def enroll_siren(page: Page, link: str) -> None:
    page.goto(link)
    page.click("button:text-is('登记')")
    page.wait_for_url("**/siren")
    # A browser may ask for one tap before it makes a sound.
    wait_until(page, "document.querySelector('[data-sound=on], [data-sound=off]:not([hidden])')")
    if page.is_visible("text=打开声音"):
        page.click("text=打开声音")
    expect(page.locator("[data-shows=watching]")).to_be_visible()


def test_a_technician_and_a_counselor_are_led_from_the_link_to_an_open_kiosk(
    served: ServedApp, visitors: Visitors
) -> None:
    served.start()
    link = re.search(r"http://\S+/setup/\S+", served.log())
    assert link
    technician = visitors.visit()
    technician.goto(link[0])
    technician.fill("[name=school_name]", "青山小学")
    choose_passphrase(technician, "jishu")
    technician.fill("[name=display_name]", "林老师")
    technician.click("text=做一个邀请链接")
    invitation = link_shown(technician)
    technician.click("text=链接交给本人了")

    counselor = visitors.visit()
    counselor.goto(invitation)
    choose_passphrase(counselor, "lin")
    expect(counselor.locator(".slip .words li")).to_have_count(48)
    assert len(re.findall(rb"/Type /Page\b", counselor.pdf(format="A4"))) == 2
    counselor.check("[name=first]")
    counselor.check("[name=second]")
    counselor.click("text=都收好了")
    counselor.wait_for_url("**/desk/letters/")
    # The browser kept nothing: it would have to send the form again, and that finds a used invitation.
    with pytest.raises(Error, match="ERR_CACHE_MISS"):
        counselor.go_back()
    again = counselor.context.new_page()
    again.goto(invitation)
    expect(again.locator(".slip")).to_have_count(0)
    expect(again.locator("main")).to_contain_text("两张纸条只显示一次")

    technician.reload()
    technician.fill("[action$='/enroll/siren'] [name=name]", "值班室")
    technician.click("[action$='/enroll/siren'] button")
    siren = visitors.visit()
    enroll_siren(siren, link_shown(technician))
    technician.click("text=继续")
    technician.click("text=响一次测试警报")
    expect(siren.locator("#siren")).to_have_attribute("data-sounding", "alarm")
    siren.click("button:text-is('听到了')")
    expect(siren.locator("[data-shows=watching]")).to_be_visible()
    expect(siren.locator("#siren")).to_have_attribute("data-sounding", "")

    technician.click("text=按过了")
    technician.fill("[action$='/enroll/kiosk'] [name=name]", "三楼走廊")
    technician.click("[action$='/enroll/kiosk'] button")
    kiosk = visitors.visit()
    kiosk.goto(link_shown(technician))
    kiosk.click("form button")
    kiosk.goto(served.url)
    expect(kiosk.locator("text=写信").first).to_be_visible()
    technician.click("text=继续")
    expect(technician.locator(".notice.good")).to_contain_text("孩子可以写信了")


@pytest.fixture
def school(served: ServedApp) -> StaffedSchool:
    school = staff(served)
    served.start()
    return school


def siren_link(school: StaffedSchool, served: ServedApp) -> str:
    lines = people_lines(school.office, school.school_id)
    technician_id = next(line.id for line in lines if line.role == "technician")
    token = invite_station(school.office, school.school_id, technician_id, SIREN, "值班室")
    return f"{served.url}/siren/enroll/{token}"


def test_a_siren_that_loses_the_mailbox_is_visibly_and_audibly_not_on_watch(
    school: StaffedSchool, served: ServedApp, visitors: Visitors
) -> None:
    siren = visitors.visit(DESK)
    enroll_siren(siren, siren_link(school, served))
    served.stop()
    expect(siren.locator("[data-shows=lost]")).to_be_visible(timeout=30_000)
    expect(siren.locator("[data-shows=watching]")).to_be_hidden()
    expect(siren.locator("#siren")).to_have_attribute("data-sounding", "lost")
    assert "没有守着" in siren.title()
    served.start()
    expect(siren.locator("[data-shows=watching]")).to_be_visible(timeout=30_000)


def test_a_siren_that_was_opened_anew_says_that_it_is_silent_until_it_is_tapped(
    school: StaffedSchool, served: ServedApp, visitors: Visitors
) -> None:
    first = visitors.visit()
    enroll_siren(first, siren_link(school, served))
    siren = first.context.new_page()
    first.close()
    siren.goto(f"{served.url}/siren")
    expect(siren.locator("[data-shows=silent]")).to_be_visible()
    assert "没有声音" in siren.title()
    siren.click("text=打开声音")
    expect(siren.locator("[data-shows=watching]")).to_be_visible()


def test_a_siren_without_scripts_still_shows_and_answers_the_test_alarm(
    school: StaffedSchool, served: ServedApp, visitors: Visitors
) -> None:
    siren = visitors.visit(java_script_enabled=False)
    siren.goto(siren_link(school, served))
    siren.click("button:text-is('登记')")
    expect(siren.locator("noscript .notice")).to_be_visible()
    ring_test(school.office, school.school_id, school.counselor.person_id)
    siren.reload()
    siren.click("button:text-is('听到了')")
    expect(siren.locator("[data-alarm=test]")).to_be_hidden()
