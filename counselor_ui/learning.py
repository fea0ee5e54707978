"""Triage fitted to this school: how many corrections there are, what would change, adopting it and undoing it.

Shows numbers only. What counts as judged and what is enough is decided by ``letters.learning``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.sentences import sentence_for
from counselor_ui.words import N_
from mailbox.errors import Changed, Clash, InputRefused, NotKept, PassRefused
from mailbox.letters.learning import FEWEST_CORRECTIONS, FEWEST_WEEKS, Learning, adopt, learning, undo
from mailbox.people.listing import names_of
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("learning", __name__, url_prefix="/desk/learning", template_folder="templates")
guard(pages)


@dataclass(frozen=True)
class Line:
    """One thing that an adjustment changes, in shares of 100 or as a dash: here before and after, then in training."""

    name: str
    shares: tuple[str, ...]


_LINES = (
    ("urgent_found", N_("紧急的信，电脑也说紧急")),
    ("raised_for_nothing", N_("不紧急的信，电脑却响了警报")),
    ("worried_found", N_("紧急和尽快的信，电脑至少说尽快")),
    ("routine_raised", N_("日常的信，电脑说了尽快或紧急")),
)


@pages.get("/")
def learning_page() -> str:
    return _page()


@pages.post("/adopt")
def adopt_adjustment() -> AnyResponse:
    reader = colleague()
    try:
        adopt(office(), reader, sent_form("adopt").get("shown", ""))
    except (InputRefused, Changed, Clash, PassRefused, NotKept) as refused:
        return make_response(_page(sentence_for(refused)), status_of(refused))
    return back_to("learning.learning_page")


@pages.post("/undo")
def undo_adjustment() -> AnyResponse:
    reader = colleague()
    sent_form("undo")
    undo(office(), reader)
    return back_to("learning.learning_page")


def _page(problem: str | None = None) -> str:
    reader = colleague()
    state = learning(office(), reader)
    return render_template(
        "desk/learning.html",
        state=state,
        lines=_lines(state),
        problem=problem,
        made_on=date.fromisoformat(state.in_force.made_on) if state.in_force else None,
        names=names_of(office(), reader.school_id),
        fewest_corrections=FEWEST_CORRECTIONS,
        fewest_weeks=FEWEST_WEEKS,
    )


def _lines(state: Learning) -> list[Line]:
    if state.proposal is None:
        return []
    proposal = state.proposal
    effects = (proposal.here_before, proposal.here_after, proposal.training_before, proposal.training_after)
    return [
        Line(say(name), tuple(_share(getattr(effect, field) if effect else None) for effect in effects))
        for field, name in _LINES
    ]


def _share(share: float | None) -> str:
    return "–" if share is None else f"{share:.0%}"
