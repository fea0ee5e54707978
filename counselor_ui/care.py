"""Cases at the desk: the list, one case with its plan, visits and reports, and what a reader writes in it.

Shows and asks; the acts in ``mailbox.care`` decide. What is refused stays in its form.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import care_words, kind_words, words
from counselor_ui.guard import back_to, colleague, form_nonce, guard, sent_form, status_of
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
from mailbox.care.entries import EntryKind, OpenedEntry
from mailbox.care.follow_ups import DueFollowUp, due_today, follow_up_done
from mailbox.care.plan import crisis_plan
from mailbox.care.reading import CaseLine, OpenedCase, case_lines, open_enclosure, read_case
from mailbox.care.reports import add_to_report, report_from, write_report
from mailbox.errors import InputRefused, NotAuthentic, NotKept, PassRefused, TextRefused
from mailbox.letters.content import NoteContent
from mailbox.letters.desk import open_thread
from mailbox.people.listing import names_of
from mailbox.people.login import Colleague
from mailbox.people.setup import school_name
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

pages = Blueprint("care", __name__, url_prefix="/desk/cases", template_folder="templates")
guard(pages)

Form = MultiDict[str, str]

_REFUSED = (InputRefused, TextRefused, PassRefused, NotKept)
_REPORT_FIELDS = ("situation", "to", "to_name", "at", "by", "officer", "number", "words")


@pages.get("/")
def cases_page() -> str:
    lines = case_lines(office(), colleague())
    return render_template("desk/cases.html", lines=lines, plan=crisis_plan(), today=office().local_now().date())


@pages.get("/new/<thread_id>")
def new_case_page(thread_id: str) -> str:
    return _new_page(thread_id)


@pages.post("/new/<thread_id>")
def new_case(thread_id: str) -> AnyResponse:
    reader = colleague()
    require_plain_form(request)
    situations, why = request.form.getlist("situation"), text_of(request, "why")
    try:
        sent_form("case")
        case_id = open_case(office(), reader, thread_id, situations, why)
    except _REFUSED as refused:
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
def situations(case_id: str) -> AnyResponse:
    def change(me: Colleague, form: Form) -> None:
        change_situations(office(), me, case_id, form.getlist("situation"), form_nonce())

    return _act(case_id, "case-situations", "plan", change)


@pages.post("/<case_id>/steps")
def steps(case_id: str) -> AnyResponse:
    def mark(me: Colleague, form: Form) -> None:
        is_done = form.get("done") == "1"
        tick(office(), me, case_id, form.get("step", ""), done=is_done, form_nonce=form_nonce())

    return _act(case_id, "case-step", "plan", mark)


@pages.post("/<case_id>/remarks")
def remarks(case_id: str) -> AnyResponse:
    def write(me: Colleague, _form: Form) -> None:
        remark(office(), me, case_id, text_of(request, "remark"), form_nonce())

    return _act(case_id, "case-remark", "record", write, "remark")


@pages.post("/<case_id>/visits/<follow_up_id>")
def visit(case_id: str, follow_up_id: str) -> AnyResponse:
    def write(me: Colleague, _form: Form) -> None:
        follow_up_done(office(), me, case_id, follow_up_id, text_of(request, "visit"), form_nonce())

    return _act(case_id, "case-visit", "visits", write, "visit", visit_id=follow_up_id)


@pages.post("/<case_id>/close")
def close(case_id: str) -> AnyResponse:
    def end(me: Colleague, form: Form) -> None:
        close_case(office(), me, case_id, form.get("outcome", ""), text_of(request, "closing"), form_nonce())

    return _act(case_id, "case-close", "closing", end, "closing", "outcome")


@pages.post("/<case_id>/reopen")
def reopen(case_id: str) -> AnyResponse:
    def again(me: Colleague, _form: Form) -> None:
        reopen_case(office(), me, case_id, form_nonce())

    return _act(case_id, "case-reopen", "closing", again)


@pages.get("/<case_id>/report")
def report_page(case_id: str) -> str:
    me = colleague()
    return _report_form(case_id, {"by": me.display_name})


@pages.post("/<case_id>/report")
def report(case_id: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    typed = {name: text_of(request, name) for name in _REPORT_FIELDS}
    try:
        sent_form("report")
        report_id = write_report(office(), me, case_id, report_from(typed), form_nonce())
    except _REFUSED as refused:
        return make_response(_report_form(case_id, typed, sentence_for(refused)), status_of(refused))
    return back_to("care.kept_report", case_id=case_id, report_id=report_id)


@pages.get("/<case_id>/reports/<report_id>")
def kept_report(case_id: str, report_id: str) -> str:
    return _kept_report(case_id, report_id)


@pages.post("/<case_id>/reports/<report_id>/more")
def more_to_report(case_id: str, report_id: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    text = text_of(request, "addition")
    try:
        sent_form("report-more")
        add_to_report(office(), me, case_id, report_id, text, form_nonce())
    except _REFUSED as refused:
        page = _kept_report(case_id, report_id, problem=sentence_for(refused), typed=text)
        return make_response(page, status_of(refused))
    return back_to("care.kept_report", case_id=case_id, report_id=report_id)


def letter_of(entry: OpenedEntry) -> NoteContent | None:
    """Return a copied letter as it was written; None for one that is none."""
    try:
        return NoteContent.from_bytes(json.dumps(entry.said["letter"], ensure_ascii=False).encode())
    except (TextRefused, ValueError, KeyError, TypeError):
        return None


def day_of(entry: OpenedEntry) -> date | None:
    """Return the day of a copied letter, reply or correction."""
    try:
        return date.fromisoformat(str(entry.said.get("arrived_on") or entry.said.get("written_on")))
    except ValueError:
        return None


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    """What the queue and a letter ask for: the visits that are due, and the letter's case."""
    return {"visits_due": _visits_due, "case_of_letter": _case_of_letter, "care_words": care_words}


def _visits_due() -> list[DueFollowUp]:
    return due_today(office(), colleague())


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
    except _REFUSED as refused:
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
        copied=case.of_kind(EntryKind.LETTER, EntryKind.REPLY, EntryKind.CORRECTION),
        record=[entry for entry in case.entries if entry.kind in _IN_THE_RECORD],
        unopened=[entry for entry in case.entries if entry.problem],
        reports=case.of_kind(EntryKind.REPORT),
        names_of_steps={step.key: step.words for one in case.plan.situations for step in one.steps},
        today=office().local_now().date(),
        **typed,
    )


_IN_THE_RECORD = frozenset(
    {
        EntryKind.OPENED,
        EntryKind.STEP,
        EntryKind.REMARK,
        EntryKind.REPORT,
        EntryKind.ADDITION,
        EntryKind.FOLLOW_UP,
        EntryKind.CLOSED,
        EntryKind.REOPENED,
    }
)


def _report_form(case_id: str, typed: dict[str, str], problem: str = "") -> str:
    case = read_case(office(), colleague(), case_id)
    return render_template(
        "desk/report.html",
        case=case,
        typed=typed,
        problem=problem,
        letters=_letters(case),
        latest=office().local_now().strftime("%Y-%m-%dT23:59"),
    )


def _kept_report(case_id: str, report_id: str, problem: str = "", typed: str = "") -> str:
    me = colleague()
    case = read_case(office(), me, case_id)
    return render_template(
        "desk/kept_report.html",
        case=case,
        entry=case.entry(report_id, EntryKind.REPORT),
        additions=[one for one in case.of_kind(EntryKind.ADDITION) if one.said.get("report") == report_id],
        letters=_letters(case),
        school_name=school_name(office(), me.school_id),
        problem=problem,
        typed=typed,
    )


def _letters(case: OpenedCase) -> list[tuple[OpenedEntry, NoteContent]]:
    opened = [(entry, letter_of(entry)) for entry in case.of_kind(EntryKind.LETTER)]
    return [(entry, content) for entry, content in opened if content is not None]
