"""Proposals beside the pages that the lead changes: a counselor's wish, the lead's word back. Words only."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from flask import Blueprint, g, make_response, render_template, url_for
from werkzeug.utils import redirect
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import REFUSED, back_to, colleague, guard, sent_form, status_of
from counselor_ui.sentences import N_, sentence_for
from mailbox.errors import Changed, MailboxError, NotFound
from mailbox.people.proposals import (
    LONGEST_ANSWER,
    LONGEST_WORDS,
    ProposalLine,
    answer_proposal,
    may_propose,
    proposal_lines,
    proposals_to_decide,
    propose,
    remove_proposal,
)
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("proposals", __name__, url_prefix="/desk/proposals", template_folder="templates")
guard(pages)

# What a page is called here, and where it is.
PAGES = {
    "help": ("help_page.help_desk", N_("求助与值班")),
    "duty": ("duty.duty_page", N_("值班表")),
    "channels": ("devices.devices_page", N_("设备与警报")),
    "plan": ("crisis_plan.plan_page", N_("危机预案")),
    "beginnings": ("beginnings.beginnings_page", N_("回信的开头")),
    "calendar": ("calendar.calendar_page", N_("校历")),
}


@dataclass(frozen=True)
class Beside:
    """What stands beside one page: proposals for it, and whether one may make another."""

    page: str
    lines: list[ProposalLine] = field(default_factory=list)
    may_propose: bool = False


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    return {"proposals_beside": _beside, "number_of_proposals": _number, "longest_proposal": LONGEST_WORDS}


@pages.get("/")
def proposals_page() -> str:
    return _page()


@pages.post("/to/<page>")
def make(page: str) -> AnyResponse:
    me, words = colleague(), ""
    if page not in PAGES:
        raise NotFound("page")
    try:
        form = sent_form("propose")
        words = form.get("words", "")
        propose(office(), me, page, words)
    except REFUSED as refused:
        return make_response(_page(sentence_for(refused), page, words), status_of(refused))
    return redirect(f"{url_for(PAGES[page][0])}#proposals", code=303)


@pages.post("/<proposal_id>/answer")
def answer(proposal_id: str) -> AnyResponse:
    me, words = colleague(), ""
    try:
        form = sent_form("proposal-answer")
        words = form.get("answer", "")
        answer_proposal(office(), me, proposal_id, words, accepts=form.get("accepts") == "yes")
    except (*REFUSED, Changed) as refused:
        return make_response(_page(sentence_for(refused), proposal_id, words), status_of(refused))
    return back_to("proposals.proposals_page")


@pages.post("/<proposal_id>/remove")
def remove(proposal_id: str) -> AnyResponse:
    sent_form("proposal-remove")
    remove_proposal(office(), colleague(), proposal_id)
    return back_to("proposals.proposals_page")


def _page(problem: str = "", at: str = "", words: str = "") -> str:
    me = colleague()
    return render_template(
        "desk/proposals.html",
        lines=proposal_lines(office(), me),
        may_propose=may_propose(office(), me),
        problem=problem,
        at=at,
        words=words,
        longest_answer=LONGEST_ANSWER,
        page_names={page: say(name) for page, (_, name) in PAGES.items()},
        page_addresses={page: url_for(endpoint) for page, (endpoint, _) in PAGES.items()},
    )


def _beside(page: str) -> Beside:
    # A page must not fail for what stands beside it; who is no reader sees nothing of it.
    with suppress(MailboxError):
        me = colleague()
        if me.is_reader:
            lines = [line for line in proposal_lines(office(), me) if line.page == page]
            return Beside(page, lines, may_propose(office(), me))
    return Beside(page)


def _number() -> int:
    with suppress(MailboxError):
        return proposals_to_decide(office(), g.colleague) if "colleague" in g else 0
    return 0
