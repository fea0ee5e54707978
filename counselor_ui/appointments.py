"""Appointments (预约): the form that offers times to a child, and the list of those that children chose.

What is refused or looked at twice stays in the form. No time and no place ever stands in an address.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, time

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import check_words, words
from counselor_ui.gone import or_gone
from counselor_ui.guard import REFUSED, back_to, colleague, form_nonce, guard, sent_form, status_of
from counselor_ui.marked_text import segments, visible
from counselor_ui.second_look import finds_in, is_to_be_shown, names_of
from counselor_ui.sentences import sentence_for
from mailbox.care.appointments import (
    LONGEST_PLACE,
    MOST_TIMES,
    meetings,
    offer_times,
    times_that_hold,
)
from mailbox.errors import ClaimLost, InputRefused
from mailbox.letters.answer import MAX_REPLY_CHARACTERS
from mailbox.letters.meeting_times import FARTHEST_AHEAD
from mailbox.letters.reply_words import MeetingTime
from mailbox.openings.when import next_opening_of
from mailbox.people.help_page import help_of
from mailbox.people.listing import names_of as names_of_people
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

pages = Blueprint("appointments", __name__, url_prefix="/desk/appointments", template_folder="templates")
guard(pages)

# A child reads it, so it is Chinese whatever language the desk is read in. The counselor changes it as they like.
_BEGINNING = "你想当面说，我看到了。下面的时间我都在，选一个你方便的就好。都不行也没关系，我再找时间。"
_CALLED_OFF = "前面约的时间有变化，先不算了。真对不起。我会再找时间，你也可以再写一句。"


@dataclass(frozen=True)
class TypedTime:
    """One line of the form as it was typed."""

    on: str = ""
    at: str = ""
    place: str = field(default="", repr=False)

    @property
    def is_empty(self) -> bool:
        """Whether no time was meant: a place alone is the one that the form suggests."""
        return not self.on and not self.at


@pages.get("/")
def meetings_page() -> str:
    me = colleague()
    found = meetings(office(), me)
    return render_template(
        "desk/meetings.html",
        found=found,
        names=names_of_people(office(), me.school_id),
        visible=visible,
        today=office().local_now().date(),
    )


@pages.get("/<thread_id>")
def times_page(thread_id: str) -> str:
    place = _usual_place()
    return _form(thread_id, _BEGINNING, [TypedTime(place=place) for _ in range(MOST_TIMES)])


@pages.post("/<thread_id>")
@or_gone("reply")
def offer(thread_id: str) -> AnyResponse:
    """Send the times; where the check finds what was not yet shown, show it first."""
    me = colleague()
    require_plain_form(request)
    text, typed, release_now = text_of(request, "reply"), _typed(), request.form.get("when") == "now"
    shown: dict[str, object] = {"release_now": release_now}
    try:
        sent_form("times")
        times = _times(typed)
        finds = finds_in(thread_id, text)
        if is_to_be_shown(finds, text):
            shown |= {"finds": finds, "find_names": names_of(finds, text)}
            return make_response(_form(thread_id, text, typed, **shown))
        offer_times(office(), me, thread_id, text, times, release_now=release_now, form_nonce=form_nonce())
    except (*REFUSED, ClaimLost) as refused:
        page = _form(thread_id, text, typed, problem=sentence_for(refused), **shown)
        return make_response(page, status_of(refused))
    return back_to("letters.queue_page", thanks="now" if release_now else "held")


@pages.get("/<thread_id>/call-off")
def call_off_page(thread_id: str) -> str:
    return _call_off_form(thread_id, _CALLED_OFF)


@pages.post("/<thread_id>/call-off")
@or_gone("reply")
def call_off(thread_id: str) -> AnyResponse:
    """End the times that hold and offer no others. The child is told at once: it may be on its way."""
    me = colleague()
    require_plain_form(request)
    text = text_of(request, "reply")
    try:
        sent_form("call-off")
        offer_times(office(), me, thread_id, text, (), release_now=True, form_nonce=form_nonce())
    except (*REFUSED, ClaimLost) as refused:
        page = _call_off_form(thread_id, text, sentence_for(refused))
        return make_response(page, status_of(refused))
    return back_to("letters.queue_page", thanks="now")


def _typed() -> list[TypedTime]:
    return [
        TypedTime(*(text_of(request, f"{name}-{number}").strip() for name in ("on", "at", "place")))
        for number in range(MOST_TIMES)
    ]


def _times(typed: list[TypedTime]) -> list[MeetingTime]:
    """Return the times that were typed. Raises InputRefused (times: none, unreadable)."""
    meant = [one for one in typed if not one.is_empty]
    if not meant:
        raise InputRefused("times", "none")
    try:
        return [MeetingTime(date.fromisoformat(one.on), time.fromisoformat(one.at), one.place) for one in meant]
    except ValueError:
        raise InputRefused("times", "unreadable") from None


def _usual_place() -> str:
    """Return where the help page says that this counselor is found, or its first place."""
    me = colleague()
    helpers = help_of(office(), me.school_id).helpers
    own = next((helper.place for helper in helpers if helper.name == me.display_name), "")
    return own or (helpers[0].place if helpers else "")


def _form(thread_id: str, text: str, typed: list[TypedTime], **more: object) -> str:
    me, now = colleague(), office().local_now()
    return render_template(
        "desk/times.html",
        thread_id=thread_id,
        held=times_that_hold(office(), me, thread_id),
        reply=text,
        typed=typed,
        first_day=now.date().isoformat(),
        last_day=(now.date() + FARTHEST_AHEAD).isoformat(),
        longest_place=LONGEST_PLACE,
        most_reply=MAX_REPLY_CHARACTERS,
        opening=words.until_opening(next_opening_of(office(), me.school_id), now),
        segments=segments,
        visible=visible,
        find_advice=check_words.advice,
        **({"release_now": True} | more),
    )


def _call_off_form(thread_id: str, text: str, problem: str = "") -> str:
    return render_template(
        "desk/call_off.html",
        thread_id=thread_id,
        held=times_that_hold(office(), colleague(), thread_id),
        reply=text,
        most_reply=MAX_REPLY_CHARACTERS,
        problem=problem,
        visible=visible,
    )
