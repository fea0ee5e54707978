"""请另一位老师也读: ask a colleague to read a letter too, and say that one has. Steps among the pages of a letter."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.gone import or_gone
from counselor_ui.guard import back_to, colleague, form_nonce, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.errors import Clash, InputRefused, NotKept, PassRefused, TextRefused
from mailbox.letters.second_reading import ask_second_reader, second_read, second_readers
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

ShowLetter = Callable[..., str]
_REFUSED = (InputRefused, TextRefused, PassRefused, Clash, NotKept)


def hang(pages: Blueprint, show_letter: ShowLetter) -> None:
    """Put both steps among the pages of a letter; ``show_letter(thread_id, **kept)`` shows it again."""
    steps = _Steps(show_letter)
    pages.add_url_rule(
        "/<thread_id>/second-reader", "ask_second", or_gone("asking")(steps.ask_second), methods=["POST"]
    )
    pages.add_url_rule(
        "/<thread_id>/second-read", "second_read", or_gone("second_words")(steps.second_read), methods=["POST"]
    )


def on_letter(thread_id: str) -> dict[str, object]:
    """Return who was asked to read a letter too and who could be, for its page."""
    readers, me = second_readers(office(), colleague(), thread_id), colleague().person_id
    return {
        "asked_me": readers.asked.get(me),
        "handed_to": readers.handed,
        "asked_others": [reader_id for reader_id in readers.asked if reader_id != me],
        "may_be_asked": readers.may_be_asked,
    }


class _Steps:
    def __init__(self, show_letter: ShowLetter) -> None:
        self._show_letter = show_letter

    def ask_second(self, thread_id: str) -> AnyResponse:
        reader = colleague()
        require_plain_form(request)
        text, wanted = text_of(request, "asking"), request.form.get("second", "")
        try:
            sent_form("second-reader")
            ask_second_reader(office(), reader, thread_id, wanted, text, form_nonce=form_nonce())
        except _REFUSED as refused:
            page = self._show_letter(thread_id, problem=sentence_for(refused), asking=text, second=wanted)
            return make_response(page, status_of(refused))
        return back_to("letters.letter_page", thread_id=thread_id)

    def second_read(self, thread_id: str) -> AnyResponse:
        reader = colleague()
        require_plain_form(request)
        text = text_of(request, "second_words")
        try:
            sent_form("second-read")
            second_read(office(), reader, thread_id, text, form_nonce=form_nonce())
        except _REFUSED as refused:
            page = self._show_letter(thread_id, problem=sentence_for(refused), second_words=text)
            return make_response(page, status_of(refused))
        return back_to("letters.letter_page", thread_id=thread_id)
