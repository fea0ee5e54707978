"""Looking for words in the letters, on the desk: asked by a form that is posted, so that no address holds a word.

The answer is the page itself and is kept by nobody. What is opened and what is said of it is ``letters.searching``'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import words
from counselor_ui.guard import back_to, colleague, sent_form, status_of
from counselor_ui.marked_text import Segment, segments
from counselor_ui.sentences import sentence_for
from mailbox.errors import NotKept, PassRefused
from mailbox.letters.searching import DEFAULT_WEEKS, FoundText, Search, search, weeks_to_search
from mailbox.people.listing import names_of
from mailbox.rules.find_words import LONGEST, Place, words_of
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form
from mailbox.web.language import say, short_day

_BEFORE, _AFTER, _MOST_TEXTS = 24, 60, 3
_SIX_DAYS = timedelta(days=6)


@dataclass(frozen=True)
class Asked:
    """What the form holds: the words as typed, the weeks to choose from with their names, and the chosen ones."""

    words: str
    weeks: list[tuple[str, str]]
    first: str
    last: str


def hang(pages: Blueprint) -> None:
    """Hang the search into the letters' pages."""
    pages.add_url_rule("/search", "search", look, methods=["POST"])
    pages.add_url_rule("/search", "search_again", lambda: back_to("letters.queue_page"))


def empty_form() -> Asked:
    """Return the form before anything is asked: this week and the last three."""
    mondays = weeks_to_search(office(), colleague())
    return _asked("", mondays, mondays[min(DEFAULT_WEEKS, len(mondays)) - 1], mondays[0])


def look() -> AnyResponse:
    reader = colleague()
    require_plain_form(request)
    typed = request.form.get("words", "")
    mondays = weeks_to_search(office(), reader)
    chosen = (_monday("first_week", mondays, DEFAULT_WEEKS - 1), _monday("last_week", mondays, 0))
    first, last = min(chosen), max(chosen)
    asked = _asked(typed, mondays, first, last)
    wanted = words_of(typed)
    if not wanted:
        return _page(asked, problem=say("请写一两个要找的词。"), status=400)
    try:
        sent_form("search")
        return _page(asked, result=search(office(), reader, wanted, first, last))
    except (PassRefused, NotKept) as refused:
        return _page(asked, problem=sentence_for(refused), status=status_of(refused))


def _page(asked: Asked, *, result: Search | None = None, problem: str = "", status: int = 200) -> AnyResponse:
    page = render_template(
        "desk/search.html",
        search_form=asked,
        longest_search=LONGEST,
        result=result,
        problem=problem,
        excerpts=_excerpts,
        words=words,
        names=names_of(office(), colleague().school_id),
    )
    return make_response(page, status)


def _asked(typed: str, mondays: list[date], first: date, last: date) -> Asked:
    weeks = [(monday.isoformat(), f"{short_day(monday)}–{short_day(monday + _SIX_DAYS)}") for monday in mondays]
    return Asked(typed[:LONGEST], weeks, first.isoformat(), last.isoformat())


def _monday(name: str, mondays: list[date], usual: int) -> date:
    by_name = {monday.isoformat(): monday for monday in mondays}
    return by_name.get(request.form.get(name, ""), mondays[min(usual, len(mondays) - 1)])


def _excerpts(texts: list[FoundText]) -> list[tuple[FoundText, list[Segment], bool, bool]]:
    """Return a few pieces of text around the first found words, and whether text was left out before and behind."""
    shown = []
    for text in texts[:_MOST_TEXTS]:
        at = text.places[0].start if text.places else 0
        start, end = max(0, at - _BEFORE), min(len(text.text), at + _AFTER)
        inside = [Place(place.start - start, place.end - start) for place in text.places if place.start < end]
        shown.append((text, segments(text.text[start:end], inside), start > 0, end < len(text.text)))
    return shown
