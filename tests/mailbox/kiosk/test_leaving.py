"""When a child leaves, the next one finds nothing: no copy in the browser, no code, no words of the child before."""

from __future__ import annotations

import pytest

from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from tests.conftest import NONCE
from tests.mailbox.kiosk.tablet import COOKIE, HTTPS, Tablet, code_of, field_of, words_in
from tests.support.page_words import everything_in, words_of_page


def leave(tablet: Tablet) -> None:
    """The child presses 写好了; the next child sits down a moment later."""
    tablet.school.clock.advance(seconds=5)
    assert tablet.get("/clear").status_code == 303
    tablet.school.clock.advance(seconds=5)


def test_clearing_the_screen_lets_the_browser_forget_all_but_the_enrolment(tablet: Tablet) -> None:
    cleared = tablet.get("/clear")
    assert (cleared.status_code, cleared.headers["Location"]) == (303, "/")
    assert cleared.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert "Set-Cookie" not in cleared.headers
    assert tablet.get("/write").status_code == 200


def test_no_page_is_kept_by_the_browser_or_loads_from_elsewhere(tablet: Tablet) -> None:
    for path in ("/", "/write", "/read", "/help", "/clear", "/enroll/used", "/nowhere"):
        page = tablet.get(path)
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]
        assert page.headers["Referrer-Policy"] == "no-referrer"


def test_the_answers_to_forms_are_not_kept_either_and_set_no_cookie(tablet: Tablet) -> None:
    sent = tablet.send("我想家了")
    for page in (sent, tablet.send(""), tablet.open_tapped(code_of(sent)), tablet.open_typed("大象")):
        assert page.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in page.headers


def test_a_form_sent_again_at_once_shows_its_code_again(tablet: Tablet) -> None:
    """A nervous finger, or a page that did not come."""
    form = {"token": tablet.token("/write"), "words": "我想家了"}
    assert code_of(tablet.post("/write", form)) == code_of(tablet.post("/write", form)) != []
    assert tablet.letters() == ["我想家了"]


def test_an_old_form_sent_again_by_the_next_child_says_only_that_it_arrived(tablet: Tablet) -> None:
    form = {"token": tablet.token("/write"), "words": "我想家了"}
    tablet.post("/write", form)
    tablet.school.clock.advance(minutes=5)
    again = tablet.post("/write", form)
    assert (again.status_code, "已经送到了" in words_of_page(again.text), code_of(again)) == (200, True, [])
    assert "我想家了" not in everything_in(again.text)
    assert tablet.letters() == ["我想家了"]


def test_after_the_screen_was_cleared_even_a_fresh_form_shows_its_code_no_more(tablet: Tablet) -> None:
    form = {"token": tablet.token("/write"), "words": "我想家了"}
    assert code_of(tablet.post("/write", form))
    leave(tablet)
    again = tablet.post("/write", form)
    assert ("已经送到了" in words_of_page(again.text), code_of(again)) == (True, [])


def test_a_letter_that_is_new_shows_its_code_however_old_its_form_is(tablet: Tablet) -> None:
    token = tablet.token("/write")
    leave(tablet)
    assert len(code_of(tablet.post("/write", token=token, words="我想家了"))) == 6


def test_a_stranger_with_invented_cookies_clears_no_childs_screen(tablet: Tablet) -> None:
    """Names of screens share few places in memory: enough strangers would meet every one of them."""
    form = {"token": tablet.token("/write"), "words": "橘子树" * 2_000}
    tablet.school.clock.advance(seconds=5)
    stranger = tablet.client.application.test_client()
    cleared = tablet.client.application.extensions["kiosk_cleared"]
    places = {cleared._place(f"invented-{number}"): f"invented-{number}" for number in range(60_000)}
    mine = tablet.client.get_cookie(COOKIE, domain="localhost")
    assert mine is not None
    stranger.set_cookie(COOKIE, places[cleared._place(mine.value)], domain="localhost", path="/", secure=True)
    assert stranger.get("/clear", base_url=HTTPS).status_code == 303
    tablet.school.clock.advance(seconds=5)
    assert words_in(tablet.post("/write", form)) == form["words"]


def test_a_screen_is_cleared_also_while_the_store_is_away(tablet: Tablet, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"token": tablet.token("/write"), "words": "我想家了"}
    assert code_of(tablet.post("/write", form))
    tablet.school.clock.advance(seconds=5)
    with monkeypatch.context() as patch:
        patch.setattr("mailbox.kiosk.device.identify", _gone)
        assert tablet.get("/clear").status_code == 303
    tablet.school.clock.advance(seconds=5)
    assert code_of(tablet.post("/write", form)) == []


def _gone(*_: object) -> None:
    raise ConnectionError


@pytest.mark.parametrize("hours", [0, 1.9, 2.1])
def test_refused_words_are_not_shown_to_the_next_child(tablet: Tablet, hours: float) -> None:
    form = {"token": tablet.token("/write"), "words": "橘子树" * 2_000}
    assert words_in(tablet.post("/write", form)) == form["words"]
    tablet.school.clock.advance(hours=hours)
    leave(tablet)
    again = tablet.post("/write", form)
    assert (again.status_code, words_in(again), "橘子树" in everything_in(again.text)) == (400, "", False)


def test_the_words_of_a_child_who_sat_there_for_hours_are_still_shown(tablet: Tablet) -> None:
    leave(tablet)
    tablet.school.clock.advance(hours=1)
    token = tablet.token("/write")
    tablet.school.clock.advance(hours=3)
    assert words_in(tablet.post("/write", token=token, words="我写了很久")) == "我写了很久"


def test_replies_are_not_shown_to_who_sends_the_code_of_the_child_before_again(tablet: Tablet) -> None:
    code = code_of(tablet.send("我想家了"))
    office, counselor = tablet.school.office, tablet.school.counselor
    answer(office, counselor, queue(office, counselor)[0].id, "我也会想家", release_now=True, form_nonce=NONCE)
    form = {"token": tablet.token("/read"), "typed": "".join(code), "open": "1"}
    assert "我也会想家" in words_of_page(tablet.post("/read", form).text)
    leave(tablet)
    again = tablet.post("/read", form)
    assert (again.status_code, "我也会想家" in everything_in(again.text)) == (400, False)
    assert not any(word in everything_in(again.text.split("picture-groups")[0]) for word in code)
    # With a form of one's own the code still opens them.
    assert "我也会想家" in words_of_page(tablet.open_tapped(code).text)


def test_words_written_back_are_not_shown_to_the_next_child(tablet: Tablet) -> None:
    replies = tablet.open_tapped(code_of(tablet.send("我想家了")))
    form = {**{name: field_of(replies, name) for name in ("token", "thread")}, "words": "橘子树" * 2_000}
    assert words_in(tablet.post("/write-back", form)) == form["words"]
    leave(tablet)
    again = tablet.post("/write-back", form)
    shown = everything_in(again.text)
    assert (again.status_code, "橘子树" in shown, 'name="thread"' in shown) == (400, False, False)


def test_a_clock_set_back_hides_no_code(tablet: Tablet) -> None:
    leave(tablet)
    tablet.school.clock.advance(hours=-1)
    form = {"token": tablet.token("/write"), "words": "我想家了"}
    assert code_of(tablet.post("/write", form)) == code_of(tablet.post("/write", form)) != []
