"""What children are told about help, and when somebody looks at urgent letters: one form, and 我刚核对过.

Who may not change it sees it. Whatever is refused, everything typed stays in the form.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.help_words import check_in_words, is_check_due, public_words, weekdays
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.errors import Changed, Clash, InputRefused, NotKept, TextRefused
from mailbox.people.help_page import (
    DEFAULT_LINES,
    KNOWN_NUMBERS,
    LONGEST_OFF_DUTY,
    MOST_HELPERS,
    MOST_OWN_LINES,
    Help,
    Helper,
    Line,
    confirm_help,
    help_of,
    save_help,
)
from mailbox.rules.duty import WEEKDAYS, Shift, read_shifts
from mailbox.rules.roles import Act
from mailbox.web.current import office

pages = Blueprint("help_page", __name__, url_prefix="/desk/help", template_folder="templates")
guard(pages)

_ROWS = len(DEFAULT_LINES) + MOST_OWN_LINES
_SCHOOL_DAYS = range(1, 5)


@dataclass(frozen=True)
class Row:
    """One number as the form shows it. A known number cannot be typed over, only hidden."""

    number: str
    words: str
    hours: str
    is_shown: bool
    order: str
    is_known: bool
    public_words: str


@dataclass(frozen=True)
class Typed:
    """The form as it stands, typed or kept: nothing in it has been checked."""

    helpers: list[Helper]
    phone_place: str
    rows: list[Row]
    duty: list[str]
    is_same: bool
    off_duty_words: str
    version: str


@pages.get("/")
def help_desk() -> str:
    return _page(_kept(_help()))


@pages.post("/")
def save() -> AnyResponse:
    form, me = sent_form("help"), colleague()
    typed = _typed(form)
    try:
        save_help(office(), me.school_id, me.person_id, _wanted(typed), typed.version)
    except (InputRefused, TextRefused, Changed, Clash, NotKept) as refused:
        # Sending again after a look takes the place of what the colleague wrote meanwhile.
        again = _typed(form, _help().version if isinstance(refused, Changed) else typed.version)
        return make_response(_page(again, sentence_for(refused)), status_of(refused))
    return back_to("help_page.help_desk", saved=1)


@pages.post("/checked")
def checked() -> AnyResponse:
    form, me = sent_form("help-checked"), colleague()
    confirm_help(office(), me.school_id, me.person_id, form.get("version", ""))
    return back_to("help_page.help_desk")


def check_is_due(school_id: str) -> bool:
    """Whether a page of the staff should say that the help is to be looked at again."""
    return is_check_due(help_of(office(), school_id), office().local_now().date())


def _help() -> Help:
    return help_of(office(), colleague().school_id)


def _page(typed: Typed, problem: str = "") -> str:
    shown, today = _help(), office().local_now().date()
    return render_template(
        "school/help_page.html",
        typed=typed,
        problem=problem,
        weekdays=weekdays(),
        longest_off_duty=LONGEST_OFF_DUTY,
        may_change=staff().may_as_lead(Act.CHANGE_HELP),
        may_confirm=staff().may(Act.CONFIRM_HELP),
        check_words=check_in_words(shown, today),
        is_due=is_check_due(shown, today),
        version=shown.version,
    )


def _kept(kept: Help) -> Typed:
    duty = ["，".join(map(str, kept.duty.get(day, ()))) for day in WEEKDAYS]
    rows = [_row(line, str(place + 1)) for place, line in enumerate(kept.lines)]
    blank = [_row(Line("", "", ""), "") for _ in range(_ROWS - len(rows))]
    helpers = [*kept.helpers, *([Helper("", "")] * (MOST_HELPERS - len(kept.helpers)))]
    is_same = bool(duty[0]) and all(duty[day] == duty[0] for day in _SCHOOL_DAYS)
    return Typed(helpers, kept.phone_place, rows + blank, duty, is_same, kept.off_duty_words, kept.version)


def _typed(form: MultiDict[str, str], version: str | None = None) -> Typed:
    rows = [
        _row(
            Line(
                form.get(f"number-{place}", ""),
                form.get(f"words-{place}", ""),
                form.get(f"hours-{place}", ""),
                f"shown-{place}" in form,
            ),
            form.get(f"order-{place}", ""),
        )
        for place in range(_ROWS)
    ]
    return Typed(
        [Helper(form.get(f"name-{place}", ""), form.get(f"place-{place}", "")) for place in range(MOST_HELPERS)],
        form.get("phone_place", ""),
        rows,
        [form.get(f"duty-{day}", "") for day in WEEKDAYS],
        "same" in form,
        form.get("off_duty_words", ""),
        form.get("version", "") if version is None else version,
    )


def _row(line: Line, order: str) -> Row:
    is_known = line.number in KNOWN_NUMBERS
    return Row(line.number, line.words, line.hours, line.is_shown, order, is_known, public_words(line.number))


def _wanted(typed: Typed) -> Help:
    """Return what the form says. Raises InputRefused for times that cannot be read."""
    ordered = sorted(enumerate(typed.rows), key=lambda place_and_row: _order(*place_and_row))
    duty: dict[int, tuple[Shift, ...]] = {}
    for day in WEEKDAYS:
        copied = typed.is_same and day in _SCHOOL_DAYS
        shifts = read_shifts(typed.duty[0 if copied else day])
        if shifts:
            duty[day] = shifts
    return Help(
        helpers=tuple(typed.helpers),
        phone_place=typed.phone_place,
        lines=tuple(Line(row.number, row.words, row.hours, row.is_shown) for _, row in ordered),
        duty=duty,
        off_duty_words=typed.off_duty_words,
    )


def _order(place: int, row: Row) -> tuple[int, bool, int]:
    # A row that was given another's number goes before it; one without a number stays where it stands.
    wished = row.order.strip()
    number = int(wished) if wished.isascii() and wished.isdigit() and len(wished) <= 2 else place + 1
    return number, number == place + 1, place
