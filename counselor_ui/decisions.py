"""What needs a second person: what waits for one to decide, and where one's own requests stand.

Shows and asks; ``mailbox.care`` decides who may. What a head sees here names no letter and quotes nobody.
"""

from __future__ import annotations

from flask import Blueprint, g, make_response, render_template
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import case_files, decision_words, reveals, words
from counselor_ui.guard import REFUSED, back_to, colleague, guard, sent_form, status_of
from counselor_ui.marked_text import visible
from counselor_ui.sentences import sentence_for
from mailbox.care.approval_lists import RequestLine, decisions, lines_about, number_waiting
from mailbox.care.approvals import MAX_REASON_CHARACTERS
from mailbox.care.deciding import decide, withdraw
from mailbox.care.telling import say_seen
from mailbox.errors import Changed, MailboxError, NotKept, SessionRefused
from mailbox.people.listing import names_of
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("decisions", __name__, url_prefix="/desk/decisions", template_folder="templates")
guard(pages)
reveals.hang(pages)
case_files.hang(pages)


@pages.get("/")
def decisions_page() -> str:
    return _page()


@pages.post("/<request_id>/decide")
def decide_on(request_id: str) -> AnyResponse:
    me = colleague()
    try:
        form = sent_form("decide")
        decide(office(), me, request_id, agrees=form.get("agrees") == "yes")
    except Changed:
        words_for_it = say("这件事已经有人决定了，或者过了期限，或者孩子又写来了信。现在的样子在下面。")
        return make_response(_page(words_for_it), 409)
    except REFUSED as refused:
        return make_response(_page(sentence_for(refused)), status_of(refused))
    return back_to("decisions.decisions_page")


@pages.post("/<request_id>/withdraw")
def take_back(request_id: str) -> AnyResponse:
    me = colleague()
    sent_form("withdraw")
    withdraw(office(), me, request_id)
    return back_to("decisions.decisions_page")


@pages.post("/<request_id>/seen")
def seen(request_id: str) -> AnyResponse:
    me = colleague()
    sent_form("seen")
    say_seen(office(), me, request_id)
    return back_to("decisions.decisions_page")


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    """What the bar, a letter and a case ask for."""
    return {"number_to_decide": _number, "asked_about": _asked_about, "decision_words": decision_words}


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "words": words,
        "visible": visible,
        "most_reason": MAX_REASON_CHARACTERS,
        "names": names_of(office(), g.colleague.school_id) if "colleague" in g else {},
    }


def _number() -> int:
    try:
        return number_waiting(office(), colleague())
    except (NotKept, SessionRefused):
        # The bar stands on the pages that say what is wrong, too.
        return 0


def _asked_about(about_id: str) -> list[RequestLine]:
    try:
        return lines_about(office(), colleague(), about_id)
    except MailboxError:
        # A letter's page must not fail for what stands beside it.
        return []


def _page(problem: str = "") -> str:
    return render_template("desk/decisions.html", shown=decisions(office(), colleague()), problem=problem)
