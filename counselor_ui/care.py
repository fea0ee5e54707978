"""Cases at the desk: the list, one case with its plan, visits and reports, and what a reader writes in it.

Shows and asks; the acts in ``mailbox.care`` decide. What is refused stays in its form.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import care_words, case_reports, kind_words, plan_words, words
from counselor_ui.case_letters import COPIED, IN_THE_RECORD, day_of, letter_of
from counselor_ui.gone import or_gone
from counselor_ui.guard import REFUSED, back_to, colleague, form_nonce, guard, sent_form, status_of
from counselor_ui.marked_text import visible
from counselor_ui.sentences import sentence_for
from mailbox.care.cases import (
    MAX_WORDS,
    change_situations,
    close_case,
    keep_up,
    open_case,
    remark,
    reopen_case,
    tick,
)
from mailbox.care.entries import EntryKind
from mailbox.care.follow_ups import DueFollowUp, due_today, follow_up_done
from mailbox.care.plan import crisis_plan
from mailbox.care.reading import CaseLine, case_lines, open_enclosure, read_case
from mailbox.errors import MailboxError, NotAuthentic, NotKept
from mailbox.letters.desk import open_thread
from mailbox.people.listing import names_of
from mailbox.people.login import Colleague
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

pages = Blueprint("care", __name__, url_prefix="/desk/cases", template_folder="templates")
guard(pages)
case_reports.hang(pages)

Form = MultiDict[str, str]


@pages.get("/")
def cases_page() -> str:
    lines = case_lines(office(), colleague())
    return render_template("desk/cases.html", lines=lines, plan=crisis_plan(), today=office().local_now().date())


@pages.get("/new/<thread_id>")
def new_case_page(thread_id: str) -> str:
    return _new_page(thread_id)


@pages.post("/new/<thread_id>")
@or_gone("why")
def new_case(thread_id: str) -> AnyResponse:
    reader = colleague()
    require_plain_form(request)
    situations, why = request.form.getlist("situation"), text_of(request, "why")
    try:
        sent_form("case")
        case_id = open_case(office(), reader, thread_id, situations, why)
    except REFUSED as refused:
        page = _new_page(thread_id, problem=sentence_for(refused), chosen=situations, why=why)
        return make_response(page, status_of(refused))
    return back_to("care.case_page", case_id=case_id)


@pages.get("/<case_id>")
def case_page(case_id: str) -> str:
    return _case_page(case_id)


@pages.get("/<case_id>/parts/<part_id>")
def part(case_id: str, part_id: str) -> Response:
    opened = open_enclosure(office(), colleague(), case_id, part_id)
    response = Response(opened.content, mimetype=opened.media_type)
    response.headers["Content-Disposition"] = "inline"
    response.accept_ranges = "bytes"
    response.make_conditional(request, accept_ranges=True, complete_length=len(opened.content))
    return response


@pages.post("/<case_id>/situations")
@or_gone(of_a_case=True)
def situations(case_id: str) -> AnyResponse:
    def change(me: Colleague, form: Form) -> None:
        change_situations(office(), me, case_id, form.getlist("situation"), form_nonce())

    return _act(case_id, "case-situations", "plan", change)


@pages.post("/<case_id>/steps")
@or_gone(of_a_case=True)
def steps(case_id: str) -> AnyResponse:
    def mark(me: Colleague, form: Form) -> None:
        is_done = form.get("done") == "1"
        tick(office(), me, case_id, form.get("step", ""), done=is_done, form_nonce=form_nonce())

    return _act(case_id, "case-step", "plan", mark)


@pages.post("/<case_id>/remarks")
@or_gone("remark", of_a_case=True)
def remarks(case_id: str) -> AnyResponse:
    def write(me: Colleague, _form: Form) -> None:
        remark(office(), me, case_id, text_of(request, "remark"), form_nonce())

    return _act(case_id, "case-remark", "record", write, "remark")


@pages.post("/<case_id>/visits/<follow_up_id>")
@or_gone("visit", of_a_case=True)
def visit(case_id: str, follow_up_id: str) -> AnyResponse:
    def write(me: Colleague, _form: Form) -> None:
        follow_up_done(office(), me, case_id, follow_up_id, text_of(request, "visit"), form_nonce())

    return _act(case_id, "case-visit", "visits", write, "visit", visit_id=follow_up_id)


@pages.post("/<case_id>/close")
@or_gone("closing", of_a_case=True)
def close(case_id: str) -> AnyResponse:
    def end(me: Colleague, form: Form) -> None:
        close_case(office(), me, case_id, form.get("outcome", ""), text_of(request, "closing"), form_nonce())

    return _act(case_id, "case-close", "closing", end, "closing", "outcome")


@pages.post("/<case_id>/reopen")
@or_gone(of_a_case=True)
def reopen(case_id: str) -> AnyResponse:
    def again(me: Colleague, _form: Form) -> None:
        reopen_case(office(), me, case_id, form_nonce())

    return _act(case_id, "case-reopen", "closing", again)


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    """What the queue and a letter ask for: the visits that are due, and the letter's case."""
    return {
        "visits_due": _visits_due,
        "number_of_visits": _number_of_visits,
        "case_of_letter": _case_of_letter,
        "care_words": care_words,
        "plan_words": plan_words,
    }


def _visits_due() -> list[DueFollowUp]:
    if "visits_due" not in g:
        g.visits_due = due_today(office(), colleague())
    due: list[DueFollowUp] = g.visits_due
    return due


def _number_of_visits() -> int:
    """Return how many visits are due, for the bar; a reader who is not let in yet has none."""
    try:
        return len(_visits_due())
    except MailboxError:
        # No trouble of the cases may take another page down.
        return 0


def _case_of_letter(thread_id: str) -> CaseLine | None:
    """Return the letter's case; what came since is sealed to it by the way, as its reader has it open."""
    try:
        return keep_up(office(), colleague(), thread_id)
    except (NotKept, NotAuthentic):
        # A full disk or a changed row must not take the letter's page down; the case's own page says what is wrong.
        return None


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "words": words,
        "kind_words": kind_words,
        "visible": visible,
        "letter_of": letter_of,
        "day_of": day_of,
        "most_words": MAX_WORDS,
        "names": names_of(office(), g.colleague.school_id) if "colleague" in g else {},
    }


def _act(
    case_id: str, purpose: str, place: str, do: Callable[[Colleague, Form], None], *kept: str, **shown: object
) -> AnyResponse:
    """Do one thing in a case and go back to it; what is refused is shown with the ``kept`` fields as typed."""
    me = colleague()
    require_plain_form(request)
    try:
        do(me, sent_form(purpose))
    except REFUSED as refused:
        typed = {name: text_of(request, name) for name in kept}
        page = _case_page(case_id, problem=sentence_for(refused), place=place, **typed, **shown)
        return make_response(page, status_of(refused))
    return back_to("care.case_page", case_id=case_id, _anchor=place)


def _new_page(thread_id: str, **typed: object) -> str:
    opened = open_thread(office(), colleague(), thread_id)
    plan = crisis_plan()
    rules = [reason.rule for note in opened.notes if note.content for reason in note.content.assessment.reasons]
    return render_template(
        "desk/new_case.html", thread_id=thread_id, plan=plan, **({"chosen": plan.suggested(rules)} | typed)
    )


def _case_page(case_id: str, **typed: object) -> str:
    case = read_case(office(), colleague(), case_id)
    return render_template(
        "desk/case.html",
        case=case,
        chosen=case.plan.of(case.situations),
        copied=case.of_kind(*COPIED),
        record=[entry for entry in case.entries if entry.kind in IN_THE_RECORD],
        unopened=[entry for entry in case.entries if entry.problem],
        reports=case.of_kind(EntryKind.REPORT),
        names_of_steps={step.key: step.words for one in case.plan.situations for step in one.steps},
        today=office().local_now().date(),
        **typed,
    )
