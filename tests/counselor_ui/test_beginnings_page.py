"""The page of the beginnings: every topic, said otherwise, hidden, given back, added to; seen by who may not change."""

from __future__ import annotations

import re
from html import unescape

import pytest
from werkzeug.test import TestResponse

from mailbox.people.beginnings import beginnings_of
from mailbox.rules.beginnings import OURS
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, form_of, logged_in, words_of

PAGE = "/desk/beginnings/"
OWN = "谢谢你写信来，我们一起想办法。"


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


def press(browser: Browser, key: str, do: str, page: str = "", **words: str) -> TestResponse:
    """Press a button of one beginning's form, as a page shows it."""
    shown = page or browser.get(PAGE).text
    found = re.search(rf'name="key" value="{key}"><input type="hidden" name="version" value="([^"]*)"', shown)
    assert found
    _, token = form_of(shown, PAGE)
    data = {"token": token, "key": key, "version": found[1], "do": do, **words}
    return browser.client.post(PAGE, base_url=HTTPS, data=data)


def add(browser: Browser, **fields: str) -> TestResponse:
    return browser.send(PAGE, "/add", **{"topic": "study", "chinese": OWN, "english": "", **fields})


def own_keys(school: SchoolAtWork) -> list[str]:
    return [one.key for one in beginnings_of(school.office, school.school_id) if not one.is_ours]


def test_all_of_ours_are_shown_by_topic(browser: Browser) -> None:
    page = unescape(browser.get(PAGE).text)
    assert all(one.chinese in page and one.english in page for one in OURS.values())


def test_one_is_changed_and_given_back(browser: Browser) -> None:
    assert press(browser, "study-1", "change", chinese=OWN, english="").location == f"{PAGE}#study-1"
    page = browser.get(PAGE).text
    assert OWN in page and "学校改过" in page
    press(browser, "study-1", "restore")
    page = browser.get(PAGE).text
    assert OWN not in page and "学校改过" not in page


def test_one_is_put_away_and_taken_out_again(browser: Browser) -> None:
    press(browser, "study-1", "hide")
    assert "收起来了" in words_of(browser.get(PAGE).text)
    press(browser, "study-1", "show")
    assert "收起来了" not in words_of(browser.get(PAGE).text)


def test_ones_own_is_added_and_removed(school: SchoolAtWork, browser: Browser) -> None:
    assert add(browser).location == f"{PAGE}#study"
    (key,) = own_keys(school)
    assert "学校自己的" in browser.get(PAGE).text
    press(browser, key, "restore")
    assert own_keys(school) == []


@pytest.mark.parametrize(("fields", "said"), [({"chinese": " "}, "1 到 400"), ({"topic": "moon"}, "选择一个话题")])
def test_what_is_refused_stays_in_its_form(browser: Browser, fields: dict[str, str], said: str) -> None:
    refused = add(browser, english="Thank you for writing.", **fields)
    assert refused.status_code == 400 and said in refused.text
    assert "Thank you for writing.</textarea>" in refused.text


def test_a_colleague_who_was_faster_costs_no_word(browser: Browser) -> None:
    old = browser.get(PAGE).text
    press(browser, "study-1", "change", chinese=OWN, english="")
    refused = press(browser, "study-1", "change", old, chinese="我写的另一个说法。", english="")
    assert refused.status_code == 409
    assert "我写的另一个说法。</textarea>" in refused.text
    assert (
        press(browser, "study-1", "change", refused.text, chinese="我写的另一个说法。", english="").status_code == 303
    )


def test_the_schools_own_words_get_the_same_advice_as_a_reply(browser: Browser) -> None:
    add(browser, chinese="谢谢你，想开点。")
    assert "先接住孩子的感受" in browser.get(PAGE).text


def test_a_technician_finds_no_such_page(school: SchoolAtWork) -> None:
    technician = logged_in(school, "jishu")
    assert technician.get(PAGE).status_code == 403


def test_no_form_from_elsewhere_changes_anything(school: SchoolAtWork, browser: Browser) -> None:
    for where in (PAGE, f"{PAGE}add"):
        data = {"key": "study-1", "do": "hide", "version": "", "topic": "study", "chinese": OWN, "english": ""}
        assert browser.client.post(where, base_url=HTTPS, data=data).status_code == 400
    assert not any(one.version for one in beginnings_of(school.office, school.school_id))
