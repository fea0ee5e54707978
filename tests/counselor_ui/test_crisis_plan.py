"""The crisis plan at the desk: read by readers and the head, changed by the lead, printed as one paper."""

from __future__ import annotations

from mailbox.care.plan import english_of
from mailbox.care.school_plan import situation_of
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.rules.roles import HEAD, LEAD
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import another_browser, logged_in, words_of

FORM = "/desk/plan/of/bullying"
ROWS = {
    "words-0": "先到操场找值周老师",
    "when-0": "现在",
    "who-0": "王主任",
    "phone-0": "010-62001234",
    "order-0": "2",
    "words-1": "有伤先看伤",
    "order-1": "1",
}


def test_the_plan_is_changed_shown_printed_and_given_back(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert "立即制止" in browser.get(FORM).text
    assert browser.send(FORM, "/bullying", do="save", **ROWS).status_code == 303
    page = browser.get("/desk/plan/").text
    shown = words_of(page)
    assert shown.index("有伤先看伤") < shown.index("先到操场找值周老师") and 'href="tel:01062001234"' in page
    assert "学校自己的" in shown and "立即制止" in shown
    paper = words_of(browser.get("/desk/plan/print").text)
    assert "青山小学 危机预案" in paper and "王主任 010-62001234" in paper and "2026-03-02" in paper
    assert browser.send(FORM, "/bullying", do="restore", version=version(browser.get(FORM).text)).status_code == 303
    assert "学校自己的" not in words_of(browser.get("/desk/plan/").text)


def test_an_english_page_says_ours_in_both_languages_and_the_schools_words_as_they_are(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    stop = situation_of(school.office, school.school_id, "bullying").ours.steps[0].words
    assert english_of(stop) not in words_of(browser.get("/desk/plan/").text)
    assert 'name="english-0"' not in browser.get(FORM).text
    browser.language = "en"
    shown, paper = (words_of(browser.get(page).text) for page in ("/desk/plan/", "/desk/plan/print"))
    for page in (shown, paper):
        assert f"{stop} {english_of(stop)}" in page and "Same day" in page and "Bullying" in page
    assert english_of(stop) in words_of(browser.get(FORM).text)
    own = {"words-1": "有伤先看伤", "english-1": "See to injuries first", "words-0": "先到操场", "english-0": ""}
    assert browser.send(FORM, "/bullying", do="save", **own).status_code == 303
    shown = words_of(browser.get("/desk/plan/").text)
    assert "有伤先看伤 See to injuries first" in shown and "先到操场" in shown
    browser.language = "zh-CN"
    assert "See to injuries first" not in words_of(browser.get("/desk/plan/").text)
    assert 'type="hidden" name="english-1" value="See to injuries first"' in browser.get(FORM).text


def test_what_is_refused_stays_in_the_form_with_a_sentence(school: SchoolAtWork) -> None:
    refused = logged_in(school).send(FORM, "/bullying", do="save", **{**ROWS, "phone-0": "找门卫"})
    assert refused.status_code == 400
    assert "有一个电话号码看不懂" in refused.text and "先到操场找值周老师" in refused.text and "找门卫" in refused.text


def test_two_who_change_it_at_once_are_told_and_lose_nothing(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    browser.send(FORM, "/bullying", do="save", **ROWS)
    late = browser.send(FORM, "/bullying", do="save", version="", **{**ROWS, "words-0": "先到教室"})
    assert late.status_code == 409 and "先到教室" in late.text
    again = browser.send(late, "/bullying", do="save", version=version(late.text), **{**ROWS, "words-0": "先到教室"})
    assert again.status_code == 303 and "先到教室" in words_of(browser.get("/desk/plan/").text)


def test_a_head_sees_the_plan_and_a_technician_does_not(school: SchoolAtWork) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor.person_id
    for role in (LEAD, HEAD):
        person_id = accept_invitation(office, invite(office, school_id, lin, role, role), role, PASSPHRASE).person_id
        if role == LEAD:
            approve(office, school_id, lin, person_id)
    counselor = logged_in(school)
    head, lead, technician = (another_browser(counselor) for _ in range(3))
    for browser, name in ((head, HEAD), (lead, LEAD), (technician, "jishu")):
        assert browser.log_in(name).status_code == 303
    assert FORM in lead.get("/desk/plan/").text
    for browser in (head, counselor):
        page = browser.get("/desk/plan/")
        assert page.status_code == 200 and FORM not in page.text
        assert browser.get(FORM).status_code == 403
    assert [technician.get(address).status_code for address in ("/desk/plan/", "/desk/plan/print", FORM)] == [403] * 3


def version(page: str) -> str:
    return page.split('name="version" value="')[1].split('"')[0]
