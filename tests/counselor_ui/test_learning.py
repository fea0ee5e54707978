"""The page that fits triage to the school: it counts, compares, adopts and undoes, and shows numbers only."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import browser_at, logged_in, words_of
from tests.mailbox.letters.test_learning import SECRET, Anxious, judge
from triage.assessor import DEFAULT_MODEL

PAGE = "/desk/learning/"


@pytest.fixture
def judging(school: SchoolAtWork) -> SchoolAtWork:
    settings = replace(school.office.settings, model_dir=DEFAULT_MODEL)
    return replace(school, office=replace(school.office, assess=Anxious(), settings=settings))


def test_it_says_how_many_are_missing(judging: SchoolAtWork) -> None:
    judge(judging, 2, 1)
    page = words_of(logged_in(judging).get(PAGE).text)
    assert "现在有 2 封改过级别的信，来自 1 个星期；至少要 50 封、4 个星期" in page


def test_it_is_reached_from_the_summary(judging: SchoolAtWork) -> None:
    assert f'href="{PAGE}"' in logged_in(judging).get("/desk/summary/").text


def test_a_counselor_compares_adopts_and_undoes(judging: SchoolAtWork) -> None:
    judge(judging, 52, 4)
    browser = logged_in(judging)
    page = browser.get(PAGE).text
    assert SECRET not in page
    shown = page.partition('name="shown" value="')[2].partition('"')[0].replace("&#34;", '"')
    assert browser.send(PAGE, "/adopt", shown=shown).status_code == 303
    assert "林老师采用，依据 52 封信" in words_of(browser.get(PAGE).text)
    assert browser.send(PAGE, "/undo").status_code == 303
    assert "正在用本校的调校" not in browser.get(PAGE).text


def test_numbers_that_were_not_shown_are_refused_with_a_sentence(judging: SchoolAtWork) -> None:
    judge(judging, 52, 4)
    refused = logged_in(judging).send(PAGE, "/adopt", shown="{}")
    assert refused.status_code == 409
    assert "刚才被别人改过了" in refused.text


def test_a_technician_and_a_stranger_do_not_see_it(judging: SchoolAtWork) -> None:
    assert logged_in(judging, "jishu").get(PAGE).status_code == 403
    assert browser_at(judging.office).get(PAGE).status_code == 303
