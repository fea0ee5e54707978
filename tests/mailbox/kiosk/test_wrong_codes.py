"""Wrong codes are slowed for each tablet and in all; right ones never are, and letters have a pace of their own."""

from __future__ import annotations

from itertools import islice, permutations

import pytest
from werkzeug.test import TestResponse

from mailbox.kiosk.reading import TRIES_IN_ALL, TRIES_PER_KIOSK
from mailbox.web.throttle import Throttle
from tests.mailbox.kiosk.tablet import Tablet, chosen_in, code_of
from tests.support.page_words import words_of_page


class Seconds:
    """A clock for the counters, moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds(tablet: Tablet) -> Seconds:
    clock = Seconds()
    tablet.client.application.extensions["throttle"] = Throttle(clock)
    return clock


@pytest.fixture
def code(tablet: Tablet) -> list[str]:
    return code_of(tablet.send("我想家了"))


def guess(tablet: Tablet, code: list[str], times: int) -> list[TestResponse]:
    """Try wrong codes: the right pictures in other orders, as somebody would who saw them on a slip."""
    return [tablet.open_tapped(list(order)) for order in islice(permutations(code), 1, times + 1)]


def test_after_ten_wrong_codes_a_tablet_rests_and_then_has_one_try_each_half_minute(
    tablet: Tablet, seconds: Seconds, code: list[str]
) -> None:
    assert [page.status_code for page in guess(tablet, code, 12)] == [400] * 10 + [429] * 2
    seconds.now += 30
    assert [page.status_code for page in guess(tablet, code, 2)] == [400, 429]


def test_while_a_tablet_rests_even_the_right_code_is_not_looked_at(
    tablet: Tablet, seconds: Seconds, code: list[str]
) -> None:
    guess(tablet, code, 10)
    seconds.now += 20
    refused = tablet.open_tapped(code)
    assert (refused.status_code, "慢慢数到 10，再试一次" in words_of_page(refused.text)) == (429, True)
    assert "你的回信" not in words_of_page(refused.text)
    # What was tapped stays, so that it need not be tapped again.
    assert chosen_in(refused) == code
    seconds.now += 10
    assert tablet.open_tapped(code).status_code == 200


def test_right_codes_are_never_slowed(tablet: Tablet, seconds: Seconds, code: list[str]) -> None:
    assert [tablet.open_tapped(code).status_code for _ in range(40)] == [200] * 40
    assert [page.status_code for page in guess(tablet, code, 11)] == [400] * 10 + [429]


def test_what_is_no_code_does_not_count_as_a_try(tablet: Tablet, seconds: Seconds, code: list[str]) -> None:
    for _ in range(15):
        assert tablet.open_typed("大象猴子").status_code == 400
        assert tablet.open_tapped(code[:5]).status_code == 400
    assert tablet.open_tapped(code).status_code == 200


def test_a_tablet_that_rests_takes_letters_and_stops_no_other_tablet(
    tablet: Tablet, seconds: Seconds, code: list[str]
) -> None:
    guess(tablet, code, 11)
    assert len(code_of(tablet.send("还有一封"))) == 6
    assert tablet.another("图书角").open_tapped(code).status_code == 200


def test_all_tablets_together_have_two_hundred_tries_and_then_one_in_three_seconds(
    tablet: Tablet, seconds: Seconds, code: list[str]
) -> None:
    tablets = [tablet, *(tablet.another(f"第{number}台") for number in range(21))]
    answers = [page.status_code for one in tablets for page in guess(one, code, 10)]
    assert answers == [400] * 200 + [429] * 20
    seconds.now += 3
    assert [page.status_code for page in guess(tablets[-1], code, 2)] == [400, 429]


def test_the_paces_are_those_of_the_document() -> None:
    assert (TRIES_PER_KIOSK.burst, TRIES_PER_KIOSK.interval_s) == (10, 30)
    assert (TRIES_IN_ALL.burst, TRIES_IN_ALL.interval_s) == (200, 3)
