"""恶作剧 at the desk, without a script: choose on the list, confirm with how many, take it back."""

from __future__ import annotations

import re

from werkzeug.test import TestResponse

from mailbox.letters.desk import open_thread
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, arrive, form_of, logged_in, words_of

CHOSEN = re.compile(r'name="thread" value="([0-9a-f]{32})"')


def send_all(browser: Browser, page: TestResponse, action: str, thread_ids: list[str]) -> TestResponse:
    address, token = form_of(page.text, action)
    return browser.client.post(address, base_url=HTTPS, data={"token": token, "thread": thread_ids})


def test_several_letters_are_chosen_confirmed_and_marked_and_the_urgent_one_cannot_be(school: SchoolAtWork) -> None:
    pranks = [arrive(school, "哈哈哈"), arrive(school, "嘻嘻嘻")]
    urgent = arrive(school, "【紧急】一封信")
    desk = logged_in(school)
    assert 'type="checkbox" name="thread"' not in desk.get("/desk/letters/").text
    listed = desk.get("/desk/letters/?pick=some")
    assert set(CHOSEN.findall(listed.text)) == set(pranks)
    # Whoever sends the urgent one all the same changes nothing about it.
    confirm = send_all(desk, listed, "/pranks", [*pranks, urgent])
    said = words_of(confirm.text)
    assert "要标 2 封。" in said and "其中 2 封还没有人打开过。" in said
    assert "1 封是紧急的，不动。" in said and "紧急的信和有老师正在处理的信，这里一封也不会动。" in said
    assert CHOSEN.findall(confirm.text) == pranks
    done = send_all(desk, confirm, "/pranks/mark", pranks)
    assert "2 封标成了恶作剧。" in words_of(done.text)
    assert set(re.findall(r"/desk/letters/([0-9a-f]{32})\"", desk.get("/desk/letters/").text)) == {urgent}
    assert desk.get("/desk/letters/?tab=answered").text.count("恶作剧") == 2
    assert send_all(desk, done, "/pranks/undo", pranks).status_code == 303
    assert set(CHOSEN.findall(desk.get("/desk/letters/?pick=all").text)) == set(pranks)
    assert desk.get("/desk/letters/?pick=all").text.count(" checked>") == 2


def test_nothing_chosen_is_said_in_a_sentence(school: SchoolAtWork) -> None:
    arrive(school, "哈哈哈")
    desk = logged_in(school)
    answer = send_all(desk, desk.get("/desk/letters/?pick=some"), "/pranks", [])
    assert (answer.status_code, "请先勾选要标的信。" in words_of(answer.text)) == (400, True)


def test_one_letter_is_marked_on_its_own_page_and_brought_back_there(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "哈哈哈")
    desk = logged_in(school)
    page = f"/desk/letters/{thread_id}"
    assert desk.send(page, "/prank").status_code == 303
    assert open_thread(school.office, school.counselor, thread_id).row.state == "prank"
    marked = desk.get(page)
    assert "标成了恶作剧" in words_of(marked.text)
    assert desk.send(marked, "/pranks/undo", thread=thread_id, letter=thread_id).location == page
    assert open_thread(school.office, school.counselor, thread_id).row.state == "waiting"


def test_an_urgent_letters_page_offers_no_such_mark(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "【紧急】一封信")
    assert "恶作剧" not in logged_in(school).get(f"/desk/letters/{thread_id}").text
