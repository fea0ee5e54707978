"""依法留存 on a letter's page: hold it beyond its days, with a reason and a second voice, and end the hold."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.gone import or_gone
from counselor_ui.guard import back_to, colleague, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.care.legal_hold import end_hold, keep_up_hold, may_hold, place_hold
from mailbox.errors import InputRefused, NotKept, PassRefused, TextRefused
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

ShowLetter = Callable[..., str]


def hang(pages: Blueprint, show_letter: ShowLetter) -> None:
    """Put both steps among the pages of a letter; ``show_letter(thread_id, **kept)`` shows it again."""

    def hold(thread_id: str) -> AnyResponse:
        reader = colleague()
        require_plain_form(request)
        reason = text_of(request, "hold_reason")
        try:
            sent_form("hold")
            place_hold(office(), reader, thread_id, reason)
        except (InputRefused, TextRefused, PassRefused, NotKept) as refused:
            page = show_letter(thread_id, problem=sentence_for(refused), hold_reason=reason)
            return make_response(page, status_of(refused))
        return back_to("letters.letter_page", thread_id=thread_id, _anchor="hold")

    pages.add_url_rule("/<thread_id>/hold", "hold", or_gone("hold_reason")(hold), methods=["POST"])
    pages.add_url_rule("/<thread_id>/hold/end", "end_hold", _end, methods=["POST"])


def on_letter(thread_id: str) -> dict[str, object]:
    """Return a letter's hold, and whether this reader may place and end one, for its page."""
    reader = colleague()
    return {"hold": keep_up_hold(office(), reader, thread_id), "may_hold": may_hold(office(), reader)}


def _end(thread_id: str) -> AnyResponse:
    reader = colleague()
    sent_form("hold-end")
    end_hold(office(), reader, thread_id)
    return back_to("letters.letter_page", thread_id=thread_id, _anchor="hold")
