"""docs/throttles.md says what the code does: every counter and its numbers, and how far they let a guesser come."""

from __future__ import annotations

import ast
import re
from fractions import Fraction
from importlib import import_module
from math import log2, perm
from pathlib import Path

import pytest

from counselor_ui.known_devices import ALL_STRANGERS, KNOWN_DEVICE, ONE_NAME, WRONG_CODES
from mailbox.config import Settings
from mailbox.kiosk.reading import TRIES_IN_ALL, TRIES_PER_KIOSK
from mailbox.rules import passphrases
from mailbox.rules.throttle import Pace
from mailbox.sealing import second_factor
from mailbox.sealing.passphrase import DEFAULT_COST
from mailbox.sealing.receipt import CODE_PICTURES, PICTURE_COUNT

HOUSE = Path(__file__).resolve().parents[3]
PAGE = (HOUSE / "docs" / "throttles.md").read_text("utf-8")
DAY, YEAR = 86_400, 365 * 86_400
CODES = perm(PICTURE_COUNT, CODE_PICTURES)
LETTERS = "mailbox.kiosk.pace:Turn"


def tries(pace: Pace, seconds: int) -> int:
    """Return how many somebody who never rests has in that time."""
    return pace.burst + int(seconds / pace.interval_s)


def rows_of(heading: str) -> list[list[str]]:
    """Return the cells of the first table under a heading, without its own head."""
    lines = PAGE.split(f"## {heading}\n")[1].split("\n## ")[0].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    return rows[2:]


def number(text: str) -> float:
    found = re.search(r"[\d,.]+", text)
    assert found
    return float(found[0].replace(",", "")) * (1_000_000 if "million" in text else 1)


def is_about(told: float, exact: Fraction | float) -> bool:
    """Whether a figure is the exact one in two or three figures."""
    return abs(told - float(exact)) <= 0.03 * float(exact)


def pace_of(named: str) -> Pace:
    if named == LETTERS:
        return Pace(Settings.kiosk_letters_at_once, Settings.kiosk_letter_seconds)
    module, _, name = named.partition(":")
    found = getattr(import_module(module), name)
    # Some are kept beside the name of their counter.
    pace = found if isinstance(found, Pace) else found[1]
    assert isinstance(pace, Pace)
    return pace


EVERY_COUNTER = rows_of("Every counter")


@pytest.mark.parametrize("row", EVERY_COUNTER, ids=[row[0] for row in EVERY_COUNTER])
def test_a_counter_has_the_numbers_that_the_page_tells(row: list[str]) -> None:
    _, at_once, then, a_day, where = row
    pace = pace_of(where.strip("`"))
    assert (pace.burst, pace.interval_s) == (number(at_once), number(then))
    assert number(a_day) == tries(pace, DAY)


def test_the_page_names_every_counter_of_the_program() -> None:
    made = set()
    for folder in ("mailbox", "counselor_ui"):
        for file in (HOUSE / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "Pace":
                    made.add((".".join(file.relative_to(HOUSE).with_suffix("").parts), ast.unparse(call)))
    assert len(made) == len(EVERY_COUNTER)
    assert {module for module, _ in made} == {row[-1].strip("`").partition(":")[0] for row in EVERY_COUNTER}


def test_the_first_tables_tell_the_same() -> None:
    codes = PAGE.split("\n## ")[0].splitlines()
    for line, pace in (("| one tablet", TRIES_PER_KIOSK), ("| all tablets", TRIES_IN_ALL)):
        (row,) = (line_.split("|")[2:] for line_ in codes if line_.startswith(line))
        assert (number(row[0]), number(row[1])) == (pace.burst, pace.interval_s)
        assert number(row[2]) == tries(pace, DAY) and is_about(number(row[3]), tries(pace, YEAR))
    ((_, at_once, then, an_hour, a_day),) = rows_of("How fast one tablet may send")
    pace = pace_of(LETTERS)
    assert (number(at_once), number(then)) == (pace.burst, pace.interval_s)
    assert (number(an_hour), number(a_day)) == (tries(pace, 3_600), tries(pace, DAY))


def test_a_code_cannot_be_guessed_within_the_paces() -> None:
    assert round(log2(CODES), 1) == 47.9 and "47.9 bits" in PAGE and "2.65·10¹⁴" in PAGE
    paces = {"one stolen tablet": TRIES_PER_KIOSK, "all tablets": TRIES_IN_ALL}
    rows = rows_of("What that leaves a guesser")
    assert len(rows) == len(paces)
    for who, *told in rows:
        pace = next(pace for name, pace in paces.items() if who.startswith(name))
        for threads, chance in zip((200, 2_000), told, strict=True):
            exact = Fraction(CODES, threads * tries(pace, YEAR))
            assert is_about(number(chance.removeprefix("1 in")), exact)
            # Whatever the page tells: in a year of nothing else not one school in ten thousand is hit.
            assert exact > 10_000


def test_who_knows_part_of_a_code_sits_at_the_tablet_for_hours() -> None:
    for left, told_hours in ((perm(6, 6), 6), (PICTURE_COUNT - 5, 2)):
        hours = (left - TRIES_PER_KIOSK.burst) * TRIES_PER_KIOSK.interval_s / 3_600
        assert is_about(told_hours, hours)
        assert f"{left} orders" in PAGE or f"has {left}" in PAGE


def test_a_passphrase_cannot_be_guessed_within_the_paces() -> None:
    guesses = passphrases._ENOUGH_GUESSES
    paces = {"one name": ONE_NAME, "whichever name": ALL_STRANGERS, "its name": KNOWN_DEVICE}
    rows = rows_of("What that leaves who guesses passphrases")
    assert len(rows) == len(paces)
    for who, told, chance in rows:
        pace = next(pace for name, pace in paces.items() if who.endswith(name))
        assert is_about(number(told), tries(pace, YEAR))
        assert is_about(number(chance.removeprefix("1 in")), Fraction(guesses, tries(pace, YEAR)))
        assert guesses > 1_000 * tries(pace, YEAR)


def test_the_page_says_how_long_a_phone_code_holds_out() -> None:
    right_at_once = 2 * second_factor._STEPS_OFF + 1
    found = re.search(r"1 in ([\d,]+) on\sthe\sfirst\sday\sand\s1\sin\s(\d+)\sin\sa\syear", PAGE)
    assert found
    for told, seconds in zip(found.groups(), (DAY, YEAR), strict=True):
        exact = Fraction(10**second_factor.DIGITS, right_at_once * tries(WRONG_CODES, seconds))
        assert is_about(number(told), exact)


def test_the_page_says_how_long_a_passphrase_holds_out_against_who_has_the_database() -> None:
    moved_bytes = DEFAULT_COST.memory_kib * 1_024 * DEFAULT_COST.passes * 2
    assert "0.4 GB" in PAGE and is_about(0.4, moved_bytes / 1e9)
    found = re.search(r"makes ([\d,]+) guesses a second at most", PAGE)
    assert found and is_about(number(found[1]), 1e12 / moved_bytes)
    weakest = re.search(r"about (\d+) years against one such card", PAGE)
    assert weakest and is_about(float(weakest[1]), passphrases._ENOUGH_GUESSES * moved_bytes / 1e12 / YEAR)
    years = re.search(r"out of 7,776 hold for some ([\d.]+)·10¹² years", PAGE)
    assert years and is_about(float(years[1]), 7_776**6 * moved_bytes / 1e12 / YEAR / 1e12)
