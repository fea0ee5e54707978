"""The desk in a real browser over plain http on this machine: cookies, keys, and what stays after logging out."""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import Page, expect

from mailbox.letters.post import Letter, post
from mailbox.people.listing import people_lines
from mailbox.people.stations import KIOSK, invite_station
from mailbox.rules.roles import TECHNICIAN
from mailbox.store.tables import new_id
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, StaffedSchool

WORDS = "纸飞机飞过了鲸鱼山"


@pytest.fixture
def served(shared_program: ServedApp) -> ServedApp:
    return shared_program


@pytest.fixture
def school(staffed_school: StaffedSchool) -> StaffedSchool:
    school = staffed_school
    for words in (WORDS, "第二封信"):
        post(school.office, Letter(school.school_id, new_id(), words, os.urandom(16)))
    return school


def log_in(page: Page, served: ServedApp, school: StaffedSchool) -> None:
    page.goto(f"{served.url}/desk/login")
    page.get_by_label("登录名").fill(school.login)
    page.get_by_label("口令").fill(PASSPHRASE)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/desk/letters/")


def test_a_counselor_logs_in_reads_by_keys_answers_and_leaves_nothing_behind(
    served: ServedApp, school: StaffedSchool, visitors: Visitors
) -> None:
    page = visitors.visit()
    log_in(page, served, school)
    cookies = {cookie["name"]: cookie for cookie in page.context.cookies()}
    assert set(cookies) == {"__Host-desk", "__Host-desk-device"}
    for cookie in cookies.values():
        assert (cookie["secure"], cookie["httpOnly"], cookie["sameSite"]) == (True, True, "Strict")

    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    letters = page.locator(".queue .open")
    page.keyboard.press("j")
    expect(letters.nth(0)).to_be_focused()
    page.keyboard.press("j")
    expect(letters.nth(1)).to_be_focused()
    page.keyboard.press("k")
    page.keyboard.press("c")
    expect(page.get_by_text("我在处理")).to_be_visible()
    page.keyboard.press("r")
    expect(page.get_by_role("textbox", name="写回信")).to_be_focused()
    page.keyboard.type("谢谢你的信 jkc?")
    page.get_by_role("button", name="封好寄出").click()
    expect(page.get_by_role("status")).to_contain_text("谢谢您")

    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.locator(".child")).to_be_visible()
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/desk/login")
    page.go_back()
    expect(page.locator(".child")).to_have_count(0)
    expect(page.get_by_label("口令")).to_be_visible()


def test_the_desk_works_without_scripts(served: ServedApp, school: StaffedSchool, visitors: Visitors) -> None:
    page = visitors.visit(java_script_enabled=False)
    log_in(page, served, school)
    page.locator(".queue .open").first.click()
    page.get_by_role("button", name="我来处理").click()
    page.locator("[name=reply]").fill("谢谢你的信")
    page.get_by_text("现在就给").click()
    page.get_by_role("button", name="封好寄出").click()
    expect(page.get_by_role("status")).to_contain_text("孩子现在")


def test_a_kiosk_in_a_real_browser_finds_no_desk(served: ServedApp, school: StaffedSchool, visitors: Visitors) -> None:
    people = people_lines(school.office, school.school_id)
    technician = next(line.id for line in people if line.role == TECHNICIAN)
    token = invite_station(school.office, school.school_id, technician, KIOSK, "图书角")
    page = visitors.visit()
    page.goto(f"{served.url}/enroll/{token}")
    page.locator("form button").first.click()
    assert [cookie["name"] for cookie in page.context.cookies()] == ["__Host-kiosk"]
    for address in ("/desk", "/desk/", "/desk/login", "/desk/letters/", "/desk/static/desk.css"):
        answer = page.goto(served.url + address)
        assert answer is not None
        assert (answer.status, "口令" in page.content()) == (404, False)
