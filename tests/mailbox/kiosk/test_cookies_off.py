"""Cookies off: the enrolment cannot last, and the teacher is told what to do, before and after."""

from __future__ import annotations

from mailbox.people.stations import KIOSK, invite_station
from tests.mailbox.kiosk.classroom import LOW_TABLET, Classroom
from tests.mailbox.kiosk.tablet import HTTPS, Tablet
from tests.support.page_words import words_of_page
from tests.support.pages import pages_of


def test_a_device_without_an_enrolment_tells_the_teacher_about_cookies_and_https(tablet: Tablet) -> None:
    forgetful = pages_of(tablet.school.office).test_client(use_cookies=False)
    said = words_of_page(forgetful.get("/", base_url=HTTPS).text)
    assert "老师：登记过还是这样，就在设置里允许 Cookie，再用 https 的地址打开。" in said


def test_a_browser_that_keeps_no_cookies_says_so_before_the_link_is_used_up(classroom: Classroom) -> None:
    school = classroom.school
    link = "/enroll/" + invite_station(school.office, school.school_id, school.technician_id, KIOSK, "四年级教室")
    page = classroom.tablet(LOW_TABLET)
    page.goto(classroom.url + link)
    page.get_by_text("登记以后，孩子可以在这台平板上写信、看回信。").wait_for()
    assert not page.get_by_text("这里不让留 Cookie").is_visible()
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'cookieEnabled', { get: () => false })")
    page.reload()
    page.get_by_text("这里不让留 Cookie，登记了也记不住。").wait_for()
