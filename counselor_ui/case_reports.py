"""The pages of a case's mandatory reports: the form, the record as it is printed, and what is added to it later."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.case_letters import letters_in
from counselor_ui.gone import or_gone
from counselor_ui.guard import REFUSED, back_to, colleague, form_nonce, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.care.entries import EntryKind
from mailbox.care.reading import read_case
from mailbox.care.reports import add_to_report, report_from, write_report
from mailbox.people.setup import school_name
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

_REPORT_FIELDS = ("situation", "to", "to_name", "at", "by", "officer", "number", "words")
# What a person typed; the rest was chosen from lists.
_TYPED_FIELDS = ("to_name", "at", "by", "officer", "number", "words")


def hang(pages: Blueprint) -> None:
    """Hang the pages of reports into the blueprint of the cases."""
    pages.get("/<case_id>/report")(report_page)
    pages.post("/<case_id>/report")(or_gone(*_TYPED_FIELDS, of_a_case=True)(report))
    pages.get("/<case_id>/reports/<report_id>")(kept_report)
    pages.post("/<case_id>/reports/<report_id>/more")(or_gone("addition", of_a_case=True)(more_to_report))


def report_page(case_id: str) -> str:
    me = colleague()
    return _report_form(case_id, {"by": me.display_name})


def report(case_id: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    typed = {name: text_of(request, name) for name in _REPORT_FIELDS}
    try:
        sent_form("report")
        report_id = write_report(office(), me, case_id, report_from(typed), form_nonce())
    except REFUSED as refused:
        return make_response(_report_form(case_id, typed, sentence_for(refused)), status_of(refused))
    return back_to("care.kept_report", case_id=case_id, report_id=report_id)


def kept_report(case_id: str, report_id: str) -> str:
    return _kept_report(case_id, report_id)


def more_to_report(case_id: str, report_id: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    text = text_of(request, "addition")
    try:
        sent_form("report-more")
        add_to_report(office(), me, case_id, report_id, text, form_nonce())
    except REFUSED as refused:
        page = _kept_report(case_id, report_id, problem=sentence_for(refused), typed=text)
        return make_response(page, status_of(refused))
    return back_to("care.kept_report", case_id=case_id, report_id=report_id)


def _report_form(case_id: str, typed: dict[str, str], problem: str = "") -> str:
    case = read_case(office(), colleague(), case_id)
    return render_template(
        "desk/report.html",
        case=case,
        typed=typed,
        problem=problem,
        letters=letters_in(case),
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
        letters=letters_in(case),
        school_name=school_name(office(), me.school_id),
        problem=problem,
        typed=typed,
    )
