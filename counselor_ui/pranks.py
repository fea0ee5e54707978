"""恶作剧 on the list and on a letter: choose, see what would be done, confirm; take it back. All without a script."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, sent_form, status_of
from counselor_ui.sentences import sentence_for
from counselor_ui.words import N_
from mailbox.errors import InputRefused, NotKept, PassRefused
from mailbox.letters.pranks import (
    Stays,
    look_at_choice,
    mark_prank,
    mark_pranks,
    take_back_pranks,
)
from mailbox.web.current import office
from mailbox.web.language import say

ShowLetter = Callable[..., str]
_STAYS = {
    Stays.URGENT: N_("%(number)d 封是紧急的，不动。紧急的只能一封一封看过，先改级别。"),
    Stays.CLAIMED: N_("%(number)d 封有老师正在处理，不动。"),
    Stays.PERSON: N_("%(number)d 封是画、录音或者电脑没读懂的，还没有人看过，不动。"),
    Stays.FOLLOWED: N_("%(number)d 封有个案或者依法留存，不动。"),
    Stays.GONE: N_("%(number)d 封已经不在等着的信里了。"),
}


def hang(pages: Blueprint, show_letter: ShowLetter) -> None:
    """Put the steps among the pages of letters; ``show_letter(thread_id, **kept)`` shows one again."""
    pages.add_url_rule("/pranks", "pranks_page", _confirm, methods=["POST"])
    pages.add_url_rule("/pranks/mark", "mark_pranks", _mark_chosen, methods=["POST"])
    pages.add_url_rule("/pranks/undo", "undo_pranks", _take_back, methods=["POST"])

    def mark_one(thread_id: str) -> AnyResponse:
        reader = colleague()
        try:
            sent_form("prank")
            mark_prank(office(), reader, thread_id)
        except (InputRefused, PassRefused, NotKept) as refused:
            return make_response(show_letter(thread_id, problem=sentence_for(refused)), status_of(refused))
        return back_to("letters.letter_page", thread_id=thread_id)

    pages.add_url_rule("/<thread_id>/prank", "mark_prank", mark_one, methods=["POST"])


def _confirm() -> AnyResponse:
    reader = colleague()
    form = sent_form("pranks")
    choice = look_at_choice(office(), reader, form.getlist("thread"))
    page = render_template(
        "desk/pranks.html",
        choice=choice,
        stay=[say(_STAYS[why], number=choice.stay[why]) for why in Stays if choice.stay.get(why)],
    )
    return make_response(page)


def _mark_chosen() -> AnyResponse:
    reader = colleague()
    form = sent_form("pranks-mark")
    marked = mark_pranks(office(), reader, form.getlist("thread"))
    # Shown at once and not after a redirect: which letters these were belongs into no address.
    return make_response(render_template("desk/pranks_done.html", marked=marked))


def _take_back() -> AnyResponse:
    reader = colleague()
    form = sent_form("pranks-undo")
    take_back_pranks(office(), reader, form.getlist("thread"))
    one = request.form.get("letter", "")
    if one:
        return back_to("letters.letter_page", thread_id=one)
    return back_to("letters.queue_page")
