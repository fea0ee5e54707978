"""Asking for minute and kiosk of a letter, and the page that shows them once. In no address, cookie or cache."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.gone import or_gone
from counselor_ui.guard import REFUSED, back_to, colleague, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.care.approval_lists import line_of, voices_for
from mailbox.care.reveal import ask_to_reveal, reveal, reveal_alone
from mailbox.care.second_person import Kind
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of


def hang(pages: Blueprint) -> None:
    """Hang the pages of a reveal into those of decisions."""
    pages.get("/reveal/<thread_id>")(reveal_form)
    pages.post("/reveal/<thread_id>")(or_gone("reason")(ask_reveal))
    pages.post("/<request_id>/reveal")(show_revealed)


def reveal_form(thread_id: str) -> str:
    return _form(thread_id)


def ask_reveal(thread_id: str) -> AnyResponse:
    """Ask a second person, or look at once where danger is now; what is refused stays in its form."""
    me = colleague()
    require_plain_form(request)
    rule, reason = request.form.get("rule", ""), text_of(request, "reason")
    try:
        form = sent_form("reveal")
        if form.get("how") == "alone":
            return make_response(_revealed(reveal_alone(office(), me, thread_id, rule, reason)))
        ask_to_reveal(office(), me, thread_id, rule, reason)
    except REFUSED as refused:
        page = _form(thread_id, rule=rule, reason=reason, problem=sentence_for(refused))
        return make_response(page, status_of(refused))
    return back_to("decisions.decisions_page", _anchor="own")


def show_revealed(request_id: str) -> str:
    sent_form("show-revealed")
    return _revealed(request_id)


def _revealed(request_id: str) -> str:
    me = colleague()
    found = reveal(office(), me, request_id)
    return render_template("desk/revealed.html", line=line_of(office(), me, request_id), found=found)


def _form(thread_id: str, **typed: str) -> str:
    voices = voices_for(office(), colleague(), Kind.REVEAL, thread_id=thread_id)
    return render_template("desk/reveal_form.html", thread_id=thread_id, voices=voices, **typed)
