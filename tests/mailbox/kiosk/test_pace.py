"""Very many letters from one tablet slow that tablet alone; nothing is refused for good, and nothing is told by it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from mailbox.web.floods import TOLD_SECONDS, Floods
from mailbox.web.throttle import Throttle
from tests.counselor_ui.at_desk import Browser, another_browser, words_of
from tests.mailbox.kiosk.tablet import Tablet, code_of, field_of, words_in
from tests.support.page_words import words_of_page

CLASS = 50


@dataclass
class Seconds:
    """A clock for the counters, moved by hand."""

    now: float = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(tablet: Tablet) -> Seconds:
    clock = Seconds()
    extensions = tablet.client.application.extensions
    extensions["throttle"], extensions["floods"] = Throttle(clock), Floods(clock)
    return clock


def spend(tablet: Tablet, letters: int = 60) -> None:
    """Send as many letters as a tablet may send at once."""
    for number in range(letters):
        assert tablet.send(f"第{number}封").status_code == 200


def test_a_class_that_hands_one_tablet_round_never_waits(tablet: Tablet, seconds: Seconds) -> None:
    assert {tablet.send(f"第{number}个同学").status_code for number in range(CLASS)} == {200}
    # Thirty more in the half hour after that, one each minute, wait as little.
    for number in range(30):
        seconds.now += 60
        assert tablet.send(f"再一封 {number}").status_code == 200


def test_after_sixty_at_once_a_letter_waits_ten_seconds_with_its_words_in_the_form(
    tablet: Tablet, seconds: Seconds
) -> None:
    spend(tablet)
    waits = tablet.send("我也想说一件事")
    assert waits.status_code == 429
    assert "你写的都在。慢慢数到 10，再送一次。" in words_of_page(waits.text)
    assert words_in(waits) == "我也想说一件事"
    # The script of the page reads from it how long to wait.
    assert 'data-slow="10"' in waits.text
    again: dict[str, str | list[str]] = {"token": field_of(waits, "token"), "words": words_in(waits)}
    assert tablet.post("/write", again).status_code == 429
    seconds.now += 10
    assert len(code_of(tablet.post("/write", again))) == 6
    assert "我也想说一件事" in tablet.letters()


def test_an_urgent_letter_gets_the_same_page_and_is_kept_and_rings_as_soon_as_it_may(
    tablet: Tablet, seconds: Seconds
) -> None:
    spend(tablet)
    calm, urgent = tablet.send("一句话"), tablet.send("【紧急】一句话")
    plain = [page.text.replace("【紧急】", "").replace(field_of(page, "token"), "") for page in (calm, urgent)]
    assert plain[0] == plain[1]
    seconds.now += 10
    again: dict[str, str | list[str]] = {"token": field_of(urgent, "token"), "words": words_in(urgent)}
    assert len(code_of(tablet.post("/write", again))) == 6
    assert "【紧急】一句话" in tablet.letters()


def test_another_tablet_is_not_slowed(tablet: Tablet, seconds: Seconds) -> None:
    spend(tablet)
    other = tablet.another("四年级教室")
    assert tablet.send("等一等").status_code == 429
    assert other.send("我这里没事").status_code == 200


def test_a_letter_that_was_kept_and_is_sent_once_more_does_not_wait_for_its_code(
    tablet: Tablet, seconds: Seconds
) -> None:
    spend(tablet, 59)
    form: dict[str, str | list[str]] = {"token": tablet.token("/write"), "words": "网断了一下"}
    first = tablet.post("/write", form)
    assert code_of(tablet.post("/write", form)) == code_of(first)
    assert tablet.send("下一封").status_code == 429


def test_what_could_not_be_kept_takes_no_turn(tablet: Tablet, seconds: Seconds) -> None:
    for _ in range(100):
        assert tablet.send("  ").status_code == 400
    spend(tablet)


def test_letters_written_back_have_their_turn_too(tablet: Tablet, seconds: Seconds) -> None:
    replies = tablet.open_tapped(code_of(tablet.send("我想家了")))
    spend(tablet, 59)
    waits = tablet.write_back(replies, "还有一件事")
    assert (waits.status_code, words_in(waits)) == (429, "还有一件事")
    seconds.now += 10
    assert tablet.write_back(waits, words_in(waits)).status_code == 200


def test_the_desk_is_told_which_tablet_was_slowed_and_nothing_is_kept_of_it(tablet: Tablet, seconds: Seconds) -> None:
    desk = Browser(tablet.client.application.test_client())
    assert desk.log_in("lin").status_code == 303
    spend(tablet)
    assert "刚才送了很多很多信" not in words_of(desk.get("/desk/letters/").text)
    tablet.send("一封")
    shown = desk.get("/desk/letters/").text
    assert "三年级教室刚才送了很多很多信" in words_of(shown)
    assert f"/desk/devices/{tablet.id}/withdraw" in shown
    # The technician, who sees no list of letters, is the one who walks there.
    technician = another_browser(desk)
    technician.log_in("jishu")
    devices = technician.get("/desk/devices/").text
    assert "三年级教室刚才送了很多很多信" in words_of(devices) and "慢了下来" in devices
    assert f"/desk/devices/{tablet.id}/withdraw" in devices
    seconds.now += TOLD_SECONDS + 1
    assert "刚才送了很多很多信" not in words_of(another_browser(desk).get("/desk/letters/").text)
    assert "刚才送了很多很多信" not in words_of(desk.get("/desk/letters/").text)
