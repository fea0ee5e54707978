"""The school's crisis plan: read it, change one kind of danger, go back to ours, print it all.

Who may not change it sees it. What is refused stays in its form, beside the steps that come with the program.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.care.plan import Step, crisis_plan
from mailbox.care.school_plan import (
    LONGEST_ENGLISH,
    LONGEST_WHEN,
    LONGEST_WHO,
    LONGEST_WORDS,
    MOST_STEPS,
    plan_of,
    restore_steps,
    save_steps,
    situation_of,
)
from mailbox.errors import Changed, Clash, InputRefused, NotAllowed, NotKept, TextRefused
from mailbox.people.setup import school_name
from mailbox.people.stand_in import may_as_lead
from mailbox.rules.roles import Act, require
from mailbox.web.current import office

pages = Blueprint("crisis_plan", __name__, url_prefix="/desk/plan", template_folder="templates")
guard(pages)

_REFUSED = (InputRefused, TextRefused, Changed, Clash, NotKept)
_BLANK_ROWS = 3


@pages.get("/")
def plan_page() -> str:
    return _shown("desk/crisis_plan.html", may_change=_may_change())


@pages.get("/print")
def printed() -> str:
    today = office().local_now().date()
    return _shown("desk/crisis_plan_paper.html", school_name=school_name(office(), colleague().school_id), today=today)


@pages.get("/of/<situation>")
def situation_page(situation: str) -> str:
    _require_to_change()
    one = situation_of(office(), colleague().school_id, situation)
    return _form(situation, list(one.now.steps), one.version)


@pages.post("/of/<situation>")
def change(situation: str) -> AnyResponse:
    form, me = sent_form("plan"), colleague()
    steps, seen = _typed(form), form.get("version", "")
    try:
        if form.get("do") == "restore":
            restore_steps(office(), me.school_id, me.person_id, situation, seen)
        else:
            save_steps(office(), me.school_id, me.person_id, situation, steps, seen)
    except _REFUSED as refused:
        if isinstance(refused, Changed):
            # Sending again after a look takes the place of what the colleague wrote meanwhile.
            seen = situation_of(office(), me.school_id, situation).version
        return make_response(_form(situation, steps, seen, sentence_for(refused)), status_of(refused))
    return back_to("crisis_plan.plan_page", _anchor=situation)


def _may_change() -> bool:
    me = colleague()
    return may_as_lead(office(), me.school_id, me.person_id, Act.CHANGE_CRISIS_PLAN)


def _require_to_change() -> None:
    if not _may_change():
        raise NotAllowed(Act.CHANGE_CRISIS_PLAN.value)


def _shown(template: str, **more: object) -> str:
    me = colleague()
    require(me.role, Act.SEE_CRISIS_PLAN)
    return render_template(template, plan=plan_of(office(), me.school_id), ours=crisis_plan(), **more)


def _form(situation: str, steps: list[Step], version: str, problem: str = "") -> str:
    _require_to_change()
    one = situation_of(office(), colleague().school_id, situation)
    blank = [Step("", "", "")] * max(0, min(_BLANK_ROWS, MOST_STEPS - len(steps)))
    return render_template(
        "desk/crisis_plan_form.html",
        one=one,
        steps=[*steps, *blank],
        version=version,
        problem=problem,
        longest_words=LONGEST_WORDS,
        longest_english=LONGEST_ENGLISH,
        longest_who=LONGEST_WHO,
        longest_when=LONGEST_WHEN,
    )


def _typed(form: MultiDict[str, str]) -> list[Step]:
    """Return the rows of the form in the order that was asked for, without the blank ones; nothing is checked."""
    rows = [
        (
            _order(form.get(f"order-{place}", ""), place),
            Step(*(form.get(f"{name}-{place}", "") for name in ("key", "words", "when", "who", "phone", "english"))),
        )
        for place in range(MOST_STEPS)
    ]
    filled = [row for row in rows if any(text.strip() for text in (row[1].words, row[1].who, row[1].phone))]
    return [step for _, step in sorted(filled, key=lambda row: row[0])]


def _order(wished: str, place: int) -> tuple[int, bool, int]:
    # A row that was given another's number goes before it; one without a number stays where it stands.
    number = int(wished) if wished.isascii() and wished.isdigit() and len(wished) <= 2 else place + 1
    return number, number == place + 1, place
