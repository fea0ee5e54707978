"""A case file: asking for it, the passphrase that is shown once, and the encrypted file as a download."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import care_words, kind_words, words
from counselor_ui.case_letters import COPIED, IN_THE_RECORD, day_of, letter_of
from counselor_ui.gone import or_gone
from counselor_ui.guard import REFUSED, back_to, colleague, sent_form, status_of
from counselor_ui.marked_text import visible
from counselor_ui.sentences import sentence_for
from mailbox.care.approval_lists import line_of, voices_for
from mailbox.care.case_file import ask_for_file, new_key, take_file
from mailbox.care.entries import EntryKind
from mailbox.care.reading import OpenedCase
from mailbox.care.second_person import Kind
from mailbox.people.setup import school_name
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

# It says what the file is, and nothing of what lies in it.
FILE_NAME = "case-file.qqh"
_STYLES = Path(__file__).parent / "static" / "case-file.css"


def hang(pages: Blueprint) -> None:
    """Hang the pages of case files into those of decisions."""
    pages.get("/case-file/<case_id>")(file_form)
    pages.post("/case-file/<case_id>")(or_gone("reason", of_a_case=True)(ask_file))
    pages.post("/<request_id>/key")(file_key)
    pages.post("/<request_id>/file")(file)


def file_form(case_id: str) -> str:
    return _form(case_id)


def ask_file(case_id: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    reason = text_of(request, "reason")
    try:
        sent_form("case-file")
        ask_for_file(office(), me, case_id, reason)
    except REFUSED as refused:
        return make_response(_form(case_id, reason=reason, problem=sentence_for(refused)), status_of(refused))
    return back_to("decisions.decisions_page", _anchor="own")


def file_key(request_id: str) -> str:
    """Show the passphrase; the file that is made from this page, and no other one, opens with it."""
    sent_form("file-key")
    me = colleague()
    key = new_key(office(), me, request_id)
    return render_template("desk/case_file_key.html", line=line_of(office(), me, request_id), key=key)


def file(request_id: str) -> Response:
    form = sent_form("file")
    content = take_file(office(), colleague(), request_id, form.get("seed", ""), _to_read)
    response = Response(content, mimetype="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{FILE_NAME}"'
    return response


def _form(case_id: str, **typed: str) -> str:
    voices = voices_for(office(), colleague(), Kind.CASE_FILE, case_id=case_id)
    return render_template("desk/case_file_form.html", case_id=case_id, voices=voices, **typed)


def _to_read(case: OpenedCase) -> dict[str, str]:
    """Return the page inside of the file, everything of the case in one document, and its style sheet."""
    page = render_template(
        "desk/case_file_page.html",
        case=case,
        school_name=school_name(office(), colleague().school_id),
        made_on=office().local_now().date(),
        record=[entry for entry in case.entries if entry.kind in IN_THE_RECORD],
        reports=case.of_kind(EntryKind.REPORT, EntryKind.ADDITION),
        copied=case.of_kind(*COPIED),
        unopened=sum(1 for entry in case.entries if entry.problem),
        names_of_steps={step.key: step.words for one in case.plan.situations for step in one.steps},
        chosen=case.plan.of(case.situations),
        care_words=care_words,
        kind_words=kind_words,
        words=words,
        visible=visible,
        letter_of=letter_of,
        day_of=day_of,
    )
    return {"case.html": page, "case.css": _STYLES.read_text("utf-8")}
