"""The duty list: turns, telephones, who stands in, who is called where nobody is on duty; and the sheet to print.

The lead changes it, counselors and the head see it. Whatever is refused, everything typed stays in the form.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.help_words import weekdays
from counselor_ui.people import Staff, staff
from counselor_ui.sentences import sentence_for
from mailbox.alarms.channels import channel_lines
from mailbox.alarms.duty import KeptDuty, duty_of, save_duty, without_leavers
from mailbox.errors import Changed, Clash, InputRefused, NotAllowed, NotKept
from mailbox.people.help_page import help_of
from mailbox.people.listing import PersonLine
from mailbox.people.setup import school_name
from mailbox.people.stand_in import may_as_lead
from mailbox.rules.duty import WEEKDAYS, read_shifts
from mailbox.rules.duty_list import MOST_AWAY, MOST_TURNS, Away, DutyList, Turn, days_without_turn
from mailbox.rules.roles import Act
from mailbox.web.current import office

pages = Blueprint("duty", __name__, url_prefix="/desk/duty", template_folder="templates")
guard(pages)

PEOPLE_A_TURN = 3
DEPUTIES = 2
_BLANK_ROWS = 2


@dataclass(frozen=True)
class TurnRow:
    """One turn as the form shows it; ``people`` holds ids, empty where nobody is chosen."""

    days: list[int]
    hours: str
    people: list[str]


@dataclass(frozen=True)
class AwayRow:
    """One absence as the form shows it; days as they were typed."""

    who: str
    first: str
    last: str
    deputies: list[str]


@dataclass(frozen=True)
class Typed:
    """The form as it stands, typed or kept: nothing in it has been checked."""

    turns: list[TurnRow]
    away: list[AwayRow]
    fallback: str
    phones: dict[str, str]
    version: str


@pages.get("/")
def duty_page() -> str:
    kept, us = _kept(Act.SEE_DUTY)
    return _page(us, _as_form(kept))


@pages.post("/")
def save() -> AnyResponse:
    form, me, us = sent_form("duty"), colleague(), staff()
    typed = _typed(form, us, form.get("version", ""))
    try:
        save_duty(office(), me.school_id, me.person_id, _wanted(typed), typed.version)
    except (InputRefused, Changed, Clash, NotKept) as refused:
        # Sending again after a look takes the place of what the colleague wrote meanwhile.
        seen = duty_of(office(), me.school_id).version if isinstance(refused, Changed) else typed.version
        page = _page(us, _typed(form, us, seen), sentence_for(refused))
        return make_response(page, status_of(refused))
    return back_to("duty.duty_page", saved=1)


@pages.get("/print")
def sheet() -> str:
    kept, us = _kept(Act.SEE_DUTY)
    return render_template(
        "school/duty_sheet.html",
        school_name=school_name(office(), colleague().school_id),
        weekdays=weekdays(),
        **_table(kept.duty, us),
    )


def _table(duty: DutyList, us: Staff) -> dict[str, object]:
    """What ``duty_table.html`` shows, besides the days' names."""
    return {
        "duty": duty,
        "names": {line.id: line.display_name for line in us.lines},
        "today": office().local_now().date(),
        "hours_of": _hours_of,
    }


def _hours_of(turn: Turn) -> str:
    return "，".join(map(str, turn.shifts))


def _kept(act: Act) -> tuple[KeptDuty, Staff]:
    us = staff()
    if not us.may(act):
        raise NotAllowed(act.value)
    kept = duty_of(office(), colleague().school_id)
    return KeptDuty(without_leavers(kept.duty, [line.id for line in _people(us)]), kept.version), us


def _people(us: Staff) -> list[PersonLine]:
    return [line for line in us.lines if line.state == "active"]


def _page(us: Staff, typed: Typed, problem: str = "") -> str:
    me = colleague()
    kept, _ = _kept(Act.SEE_DUTY)
    own = {line.person_id for line in channel_lines(office(), me.school_id) if line.person_id}
    return render_template(
        "school/duty.html",
        typed=typed,
        problem=problem,
        people=_people(us),
        with_channel=own,
        weekdays=weekdays(),
        may_change=may_as_lead(office(), me.school_id, me.person_id, Act.CHANGE_DUTY),
        saved="saved" in request.args,
        uncovered=[weekdays()[day] for day in days_without_turn(help_of(office(), me.school_id).duty, kept.duty)]
        if kept.duty.turns
        else [],
        deputy_places=range(DEPUTIES),
        people_places=range(PEOPLE_A_TURN),
        **_table(kept.duty, us),
    )


def _as_form(kept: KeptDuty) -> Typed:
    today = office().local_now().date()
    turns = [TurnRow(sorted(turn.weekdays), _hours_of(turn), list(turn.people)) for turn in kept.duty.turns]
    # An absence that is over goes with the next saving.
    away = [
        AwayRow(one.person, one.first.isoformat(), one.last.isoformat(), list(one.deputies))
        for one in kept.duty.away
        if one.last >= today
    ]
    blank_turn, blank_away = TurnRow([], "", []), AwayRow("", "", "", [])
    return Typed(
        turns=[*turns, *[blank_turn] * _BLANK_ROWS][:MOST_TURNS],
        away=[*away, *[blank_away] * _BLANK_ROWS][:MOST_AWAY],
        fallback=kept.duty.fallback or "",
        phones=kept.duty.phones,
        version=kept.version,
    )


def _typed(form: MultiDict[str, str], us: Staff, version: str) -> Typed:
    turns = [
        TurnRow(
            [day for day in WEEKDAYS if f"turn-{row}-day-{day}" in form],
            form.get(f"turn-{row}-hours", ""),
            [form.get(f"turn-{row}-person-{place}", "") for place in range(PEOPLE_A_TURN)],
        )
        for row in range(MOST_TURNS)
        if f"turn-{row}-hours" in form
    ]
    away = [
        AwayRow(
            form.get(f"away-{row}-who", ""),
            form.get(f"away-{row}-first", ""),
            form.get(f"away-{row}-last", ""),
            [form.get(f"away-{row}-deputy-{place}", "") for place in range(DEPUTIES)],
        )
        for row in range(MOST_AWAY)
        if f"away-{row}-who" in form
    ]
    phones = {line.id: form.get(f"phone-{line.id}", "") for line in _people(us)}
    return Typed(turns, away, form.get("fallback", ""), phones, version)


def _wanted(typed: Typed) -> DutyList:
    """Return what the form says. Raises InputRefused for what cannot be read."""
    turns = tuple(
        Turn(frozenset(row.days), read_shifts(row.hours), _chosen(row.people))
        for row in typed.turns
        if row.days or row.hours.strip() or any(row.people)
    )
    away = tuple(
        Away(row.who, _day(row.first), _day(row.last or row.first), _chosen(row.deputies))
        for row in typed.away
        if row.who or row.first or row.last
    )
    return DutyList(turns, away, typed.fallback or None, typed.phones)


def _chosen(people: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(person for person in people if person))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise InputRefused("duty_away", "no_date") from None
