"""The opening on the desk: what will go out, what still waits, a kind word to those who wait, and then the summary.

For readers. Nothing here is a race: it shows how things stand, and each letter is one click away.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import kind_words, words
from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.marked_text import visible
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.errors import Clash, InputRefused, KioskClosed, NotKept, PassRefused
from mailbox.openings.ceremony import Ceremony, ceremony_of, read_held
from mailbox.openings.holding import hold_replies
from mailbox.openings.opening import open_at_desk
from mailbox.openings.recipients import mailing_of
from mailbox.openings.week_reports import close_opening, reports
from mailbox.people.listing import names_of
from mailbox.rules.holding_words import CHINESE, LANGUAGES, filled
from mailbox.rules.roles import Act
from mailbox.web.current import office

pages = Blueprint("opening", __name__, url_prefix="/desk/opening", template_folder="templates")
guard(pages)

# What a page says after a press: fixed words in its address, and nothing of a letter.
_DONE = frozenset({"opened", "closed", "left"})


@pages.context_processor
def _for_templates() -> dict[str, object]:
    return {
        "words": words,
        "kind_words": kind_words,
        "visible": visible,
        "today": office().local_now().date(),
    }


@pages.get("/")
def opening_page() -> str:
    return _page()


@pages.get("/replies")
def replies_page() -> str:
    reader = colleague()
    return render_template(
        "desk/opening_replies.html",
        held=read_held(office(), reader),
        names=names_of(office(), reader.school_id),
        opening=words.until_opening(ceremony_of(office(), reader).coming, office().local_now()),
    )


@pages.post("/now")
def open_now() -> AnyResponse:
    sent_form("open")
    try:
        open_at_desk(office(), colleague())
    except (InputRefused, Clash, NotKept) as refused:
        return make_response(_page(problem=sentence_for(refused)), status_of(refused))
    return back_to("opening.opening_page", done="opened")


@pages.post("/hold")
def hold() -> AnyResponse:
    reader = colleague()
    ticked: list[str] = []
    try:
        form = sent_form("hold")
        ticked = form.getlist("letter")
        chosen = form.getlist("listed") if form.get("which") == "all" else ticked
        held = hold_replies(office(), reader, chosen, form.get("language", CHINESE), form.get("version", ""))
    except (InputRefused, PassRefused, Clash, KioskClosed, NotKept) as refused:
        return make_response(_page(problem=sentence_for(refused), ticked=ticked), status_of(refused))
    return back_to("opening.opening_page", written=held.written, over=held.passed_over)


@pages.post("/close")
def close() -> AnyResponse:
    sent_form("close")
    me = colleague()
    close_opening(office(), me)
    is_left = any(report.week.topics is None for report in reports(office(), me.school_id))
    return back_to("opening.opening_page", done="left" if is_left else "closed", _anchor="summary")


def _page(*, problem: str = "", ticked: list[str] | None = None) -> str:
    me = colleague()
    shown, us = ceremony_of(office(), me), staff()
    kept = reports(office(), me.school_id)
    done = request.args.get("done", "")
    return render_template(
        "desk/opening.html",
        shown=shown,
        opening=words.until_opening(shown.coming, office().local_now()),
        levels=[(level, _level(level.shape)) for level in shown.levels],
        holding=_holding(shown),
        names=names_of(office(), me.school_id),
        newest=kept[-1].week.ends_on if kept else None,
        uncounted=[report.week.ends_on for report in kept if report.week.topics is None],
        unmailed=mailing_of(office(), me.school_id).failing,
        may_change=us.may_as_lead(Act.CHANGE_OPENING),
        problem=problem,
        ticked=ticked or [],
        done=done if done in _DONE else "",
        written=_number("written"),
        over=_number("over"),
    )


def _level(shape: str) -> words.Level:
    return next(level for level in words.shapes() if level.shape == shape)


def _holding(shown: Ceremony) -> dict[str, str]:
    """Return the words of a holding reply as a child would read them, by language; none where none may be written."""
    if not shown.customs.holds or shown.promised_on is None:
        return {}
    kept = shown.customs.words
    return {one: filled(kept[one], one, shown.promised_on) for one in LANGUAGES if kept[one]}


def _number(name: str) -> int | None:
    told = request.args.get(name, "")
    return int(told) if told.isascii() and told.isdigit() and len(told) < 4 else None
