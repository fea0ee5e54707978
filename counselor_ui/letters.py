"""The counselors' desk: one letter, and what a reader does with it. Shows and asks; the acts decide.

A reply or a reason that is refused stays in its form. No word of a letter or a reply ever stands in an address.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import holds, kind_words, pranks, queue, replies, search, second_reader, words
from counselor_ui.conversation import in_time_order
from counselor_ui.gone import or_gone
from counselor_ui.guard import back_to, colleague, form_nonce, guard, sent_form, status_of
from counselor_ui.marked_text import segments, visible
from counselor_ui.sentences import sentence_for
from mailbox.care.lowering import ask_to_lower
from mailbox.errors import ClaimLost, InputRefused, MailboxError, NotKept, PassRefused, TextRefused
from mailbox.letters.answer import MAX_REASON_CHARACTERS, MAX_REPLY_CHARACTERS, claim, correct, release_claim
from mailbox.letters.desk import OpenedThread, open_thread
from mailbox.letters.meeting_times import agreed_in, choices_in
from mailbox.letters.remarks import MAX_REMARK_CHARACTERS, colleagues_on, write_remark
from mailbox.openings.when import next_opening_of
from mailbox.people.listing import names_of
from mailbox.rules.letter_kinds import LetterKind
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of
from triage.protocol import Urgency

pages = Blueprint("letters", __name__, url_prefix="/desk/letters", template_folder="templates")
guard(pages)
queue.hang(pages)
search.hang(pages)


@pages.context_processor
def _words() -> dict[str, object]:
    return {
        "words": words,
        "kind_words": kind_words,
        "kinds": LetterKind,
        "segments": segments,
        "visible": visible,
        "today": office().local_now().date(),
    }


@pages.get("/<thread_id>")
def letter_page(thread_id: str) -> str:
    return _letter_page(thread_id)


@pages.post("/<thread_id>/claim")
def claim_letter(thread_id: str) -> AnyResponse:
    reader = colleague()
    sent_form("claim")
    try:
        claim(office(), reader, thread_id)
    except ClaimLost as lost:
        return _letter_again(thread_id, lost)
    return back_to("letters.letter_page", thread_id=thread_id)


@pages.post("/<thread_id>/give-back")
def give_back(thread_id: str) -> AnyResponse:
    reader = colleague()
    sent_form("give-back")
    release_claim(office(), reader, thread_id)
    return back_to("letters.letter_page", thread_id=thread_id)


@pages.post("/<thread_id>/still-here")
def still_here(thread_id: str) -> AnyResponse:
    """Typing is work: it renews the session and the claim. Asked by the page's script while somebody writes."""
    reader = colleague()
    sent_form("still-here")
    claim(office(), reader, thread_id)
    return Response(status=204)


@pages.post("/<thread_id>/level")
@or_gone("reason")
def correct_level(thread_id: str) -> AnyResponse:
    reader = colleague()
    require_plain_form(request)
    reason = request.form.get("reason", "")
    try:
        sent_form("level")
        urgency = _urgency(request.form.get("urgency", ""))
        if request.form.get("ask"):
            ask_to_lower(office(), reader, thread_id, urgency, reason)
        else:
            correct(office(), reader, thread_id, urgency, reason)
    except (InputRefused, TextRefused, PassRefused, NotKept) as refused:
        return _letter_again(thread_id, refused, reason=reason)
    return back_to("letters.letter_page", thread_id=thread_id)


@pages.post("/<thread_id>/remark")
@or_gone("remark")
def remark(thread_id: str) -> AnyResponse:
    reader = colleague()
    require_plain_form(request)
    text, hand_to = text_of(request, "remark"), request.form.get("hand_to", "")
    try:
        sent_form("remark")
        write_remark(office(), reader, thread_id, text, form_nonce=form_nonce(), hand_to=hand_to)
    except (InputRefused, TextRefused, PassRefused, ClaimLost, NotKept) as refused:
        return _letter_again(thread_id, refused, remark=text, hand_to=hand_to)
    return back_to("letters.letter_page", thread_id=thread_id)


def _letter_again(thread_id: str, refused: MailboxError, **kept: object) -> Response:
    """Show the letter with what was typed, and why it was not done."""
    return make_response(_letter_page(thread_id, problem=sentence_for(refused), **kept), status_of(refused))


def _letter_page(thread_id: str, **kept: object) -> str:
    reader = colleague()
    opened = open_thread(office(), reader, thread_id)
    row = opened.row
    held_by_other = row.claimed_by if row.claimed_by != reader.person_id else None
    now = office().local_now()
    return render_template(
        "desk/letter.html",
        row=row,
        kind=opened.kind,
        turns=in_time_order(opened),
        chosen_times=choices_in(opened.notes, opened.replies),
        agreed=agreed_in(opened.notes, opened.replies),
        names=names_of(office(), reader.school_id),
        is_mine=row.claimed_by == reader.person_id,
        held_by_other=held_by_other,
        alarm=_alarm(opened),
        opening=words.until_opening(next_opening_of(office(), reader.school_id), now),
        claim_minutes=office().settings.claim_minutes,
        most_reply=MAX_REPLY_CHARACTERS,
        most_reason=MAX_REASON_CHARACTERS,
        most_remark=MAX_REMARK_CHARACTERS,
        may_hand_to={} if held_by_other else colleagues_on(office(), reader, thread_id),
        **second_reader.on_letter(thread_id),
        **holds.on_letter(thread_id),
        **(replies.in_form(opened) | kept),
    )


replies.hang(pages, _letter_page)
second_reader.hang(pages, _letter_page)
pranks.hang(pages, _letter_page)
holds.hang(pages, _letter_page)


def _alarm(opened: OpenedThread) -> str | None:
    """Return what became of an urgent letter's alarm: opened, damaged (it stopped all the same) or unopened."""
    row = opened.row
    if row.state != "waiting" or words.level(row.urgency, row.cause).shape != "urgent":
        return None
    if any(note.problem == "no_key" for note in opened.notes):
        return "unopened"
    return "opened" if any(note.content for note in opened.notes) else "damaged"


def _urgency(value: str) -> Urgency:
    try:
        return Urgency(value)
    except ValueError:
        raise InputRefused("urgency", "unknown") from None
