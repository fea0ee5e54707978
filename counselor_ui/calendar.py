"""The school calendar: when the box is opened, terms, the school's own days, and what comes next of it.

A form of dates that works without a script: an empty row adds nothing, a row emptied is gone. What is refused stays
in it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice, zip_longest

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from counselor_ui.words import WEEKDAYS
from mailbox.errors import InputRefused, NotKept, PassRefused
from mailbox.people.school_calendar import LONGEST_WORDS, SchoolDays, change_days, days_of
from mailbox.rules.names import LONGEST_NAME
from mailbox.rules.public_days import public_days
from mailbox.rules.roles import Act
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of
from mailbox.web.language import say

pages = Blueprint("calendar", __name__, url_prefix="/desk/calendar", template_folder="templates")
guard(pages)

_LISTS = ("terms", "closed", "extra")
_SHOWN_OPENINGS = 6
_SHOWN_DAYS = timedelta(days=150)
# The State Council announces the next year's days in November.
_ANNOUNCED_MONTH = 11

Row = tuple[str, str, str]


@dataclass(frozen=True)
class Filled:
    """The form as it is shown: texts, so that what cannot be read stays as it was typed."""

    weekday: int
    hour: int
    rows: dict[str, list[Row]]
    vacation_words: str

    @classmethod
    def of(cls, days: SchoolDays) -> Filled:
        spans = {name: getattr(days.calendar, name) for name in _LISTS}
        rows = {
            name: [(span.first.isoformat(), span.last.isoformat(), span.name) for span in spans[name]] for name in spans
        }
        return cls(days.calendar.opening_weekday, days.calendar.opening_hour, rows, days.vacation_words)

    @classmethod
    def sent(cls) -> Filled:
        form = request.form
        rows = {
            name: [
                (first, last, called)
                for first, last, called in zip_longest(
                    *(form.getlist(f"{name}_{part}") for part in ("first", "last", "name")), fillvalue=""
                )
                if first or last or called.strip()
            ]
            for name in _LISTS
        }
        weekday, hour = form.get("opening_weekday", -1, type=int), form.get("opening_hour", -1, type=int)
        return cls(weekday, hour, rows, text_of(request, "vacation_words"))

    def read(self) -> SchoolDays:
        """Raises InputRefused for what is no date."""
        spans = {name: tuple(_span(name, row) for row in self.rows[name]) for name in _LISTS}
        return SchoolDays(SchoolCalendar(self.weekday, self.hour, **spans), self.vacation_words)


@dataclass(frozen=True)
class NextOpening:
    """One opening to come, and the day it was moved from."""

    at: datetime
    moved_from: date | None


@pages.get("/")
def calendar_page() -> str:
    return _page(Filled.of(days_of(office(), colleague().school_id)), saved="saved" in request.args)


@pages.post("/")
def change() -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    filled = Filled.sent()
    try:
        sent_form("calendar")
        change_days(office(), me.school_id, me.person_id, filled.read())
    except (InputRefused, PassRefused, NotKept) as refused:
        return make_response(_page(filled, problem=sentence_for(refused)), status_of(refused))
    return back_to("calendar.calendar_page", saved=1)


def _page(filled: Filled, *, problem: str = "", saved: bool = False) -> str:
    now = office().local_now()
    calendar = days_of(office(), colleague().school_id).calendar
    return render_template(
        "school/calendar.html",
        filled=filled,
        weekdays=[say(name) for name in WEEKDAYS],
        may_change=staff().may_as_lead(Act.CHANGE_CALENDAR),
        openings=list(islice(_openings(calendar, now), _SHOWN_OPENINGS)),
        public=_public(now.date()),
        unannounced=_unannounced(now.date()),
        is_vacation=calendar.is_vacation(now.date()),
        longest_name=LONGEST_NAME,
        longest_words=LONGEST_WORDS,
        problem=problem,
        saved=saved,
    )


def _openings(calendar: SchoolCalendar, now: datetime) -> Iterable[NextOpening]:
    opening = calendar.next_opening(now)
    while opening is not None:
        ahead = (calendar.opening_weekday - opening.weekday()) % 7
        yield NextOpening(opening, opening.date() + timedelta(days=ahead) if ahead else None)
        opening = calendar.next_opening(opening)


def _public(today: date) -> list[tuple[date, str, bool]]:
    """Return the public days to come: the day, its name, and whether there is school on it."""
    until = today + _SHOWN_DAYS
    known = [public_days(year) for year in range(today.year, until.year + 1)]
    off = [(day, name, False) for year in known for day, name in year.off.items()]
    worked = [(day, "", True) for year in known for day in year.worked]
    return sorted(day for day in off + worked if today <= day[0] <= until)


def _unannounced(today: date) -> list[int]:
    """Return the years that matter now and whose make-up days this program does not know."""
    years = [today.year] + ([today.year + 1] if today.month >= _ANNOUNCED_MONTH else [])
    return [year for year in years if not public_days(year).is_announced]


def _span(name: str, row: Row) -> Span:
    first, last, called = row
    try:
        # One day needs to be written once.
        return Span(date.fromisoformat(first or last), date.fromisoformat(last or first), called.strip())
    except ValueError:
        raise InputRefused(name, "no_date") from None
