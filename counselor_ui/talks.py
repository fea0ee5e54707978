"""A counselor's own talk records (谈心记录): the list by month, a new one, and a month to print."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, abort, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, form_nonce, guard, sent_form, status_of
from counselor_ui.marked_text import visible
from counselor_ui.sentences import N_, sentence_for
from mailbox.care.appointments import meeting_of
from mailbox.care.talks import LONGEST_FIELD, LONGEST_WORDS, Talk, named_child, own_talks, write_talk
from mailbox.errors import InputRefused, NotFound, NotKept, PassRefused, TextRefused
from mailbox.people.setup import school_name
from mailbox.rules.roles import Act, require
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of
from mailbox.web.language import say

pages = Blueprint("talks", __name__, url_prefix="/desk/talks", template_folder="templates")
guard(pages)

_FIELDS = ("on", "who", "words", "agreed")
_LETTER_GONE = N_("您写的时候，那封信到了保存的期限，或者被收起来了。谈心还可以存下来，只是不再连着那封信。")


@pages.get("/")
def talks_page() -> str:
    return render_template("desk/talks.html", kept=own_talks(office(), colleague()), visible=visible)


@pages.get("/new")
def new_talk_page() -> str:
    me, thread_id, met = colleague(), request.args.get("thread") or None, request.args.get("met")
    today = office().local_now().date()
    if met:
        # One click from a meeting to its record: the day and, where the child left one, its name and letter.
        meeting = meeting_of(office(), me, met)
        on = min(meeting.time.on, today)
        return _form({"on": on.isoformat(), "who": meeting.child, "thread": met if meeting.child else ""})
    name = named_child(office(), me, thread_id) if thread_id else None
    if thread_id and name is None:
        abort(404)
    return _form({"on": today.isoformat(), "who": name or "", "thread": thread_id or ""})


@pages.post("/new")
def new_talk() -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    typed = {name: text_of(request, name) for name in (*_FIELDS, "thread")}
    try:
        sent_form("talk")
        talk = Talk(_day(typed["on"]), typed["who"], typed["words"], typed["agreed"], typed["thread"] or None)
        write_talk(office(), me, talk, form_nonce())
    except (InputRefused, TextRefused, PassRefused, NotKept) as refused:
        return make_response(_form(typed, sentence_for(refused)), status_of(refused))
    except NotFound as gone:
        # The letter was shredded meanwhile; the talk took place all the same and can be kept without it.
        return make_response(_form(typed | {"thread": ""}, say(_LETTER_GONE)), status_of(gone))
    return back_to("talks.talks_page")


@pages.get("/<month>")
def month_page(month: str) -> str:
    me = colleague()
    kept = own_talks(office(), me)
    if month not in kept.months:
        abort(404)
    return render_template(
        "desk/talks_of_month.html",
        month=month,
        talks=kept.of_month(month),
        author=me.display_name,
        school_name=school_name(office(), me.school_id),
        visible=visible,
    )


def _form(typed: dict[str, str], problem: str = "") -> str:
    # The act refuses too; whoever may not read should not find a form to fill in.
    require(colleague().role, Act.READ_LETTERS)
    return render_template(
        "desk/new_talk.html",
        typed=typed,
        problem=problem,
        today=office().local_now().date(),
        longest_field=LONGEST_FIELD,
        longest_words=LONGEST_WORDS,
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputRefused("talk_day", "future") from None
