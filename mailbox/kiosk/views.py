"""The start, the help page and writing. Each page works without JavaScript; a code never stands in an address.

Every refusal becomes a short kind sentence, and the words stay in the form of the child who wrote them.
"""

from __future__ import annotations

from flask import Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mailbox.errors import AlreadySent, NoteRefused, NotKept, PassRefused, TextRefused, TooManyLetters
from mailbox.kiosk import help_panel, life, meeting, reading
from mailbox.kiosk.device import (
    clear_screen,
    closed_page,
    enrolment,
    is_of_earlier_child,
    pages,
    renew_enrolment,
    sent_letter_form,
    this_kiosk,
    token_again,
    unknown_device,
)
from mailbox.kiosk.pace import turn_of
from mailbox.kiosk.writing import Filled, chosen_kind, filled_in, letter_of
from mailbox.letters.picture_words import PICTURES
from mailbox.letters.post import MAX_CHARACTERS, post
from mailbox.people.stations import Kiosk
from mailbox.rules.letter_kinds import MAX_DETAIL_CHARACTERS, LetterKind, Mood
from mailbox.web.current import office
from mailbox.web.forms import OurForm, require_letter_form, require_plain_form

__all__ = ["closed_page", "help_panel", "life", "meeting", "pages", "reading", "unknown_device"]


@pages.get("/")
def home() -> Response:
    kiosk = this_kiosk()
    response = make_response(render_template("kiosk/home.html", kiosk=kiosk, readers=kiosk.readers))
    # For tablets without scripts, whose enrolment nothing else renews; it is kept nowhere that the page was asked for.
    renew_enrolment(response, enrolment())
    return response


@pages.get("/clear")
def clear() -> AnyResponse:
    """Go to the start and let the browser forget; never cookies, for the kiosk's enrolment is one."""
    clear_screen()
    response = redirect(url_for("kiosk.home"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


@pages.get("/help")
def help_page() -> str:
    return render_template("kiosk/help.html", kiosk=this_kiosk())


@pages.get("/to")
def choose() -> str:
    """Ask to whom the child writes, before anything else."""
    this_kiosk()
    return render_template("kiosk/to.html")


@pages.post("/to")
def chosen() -> str:
    """Give the form of the chosen kind; by POST, so that no address and no history tells which it was."""
    kiosk = this_kiosk()
    require_plain_form(request)
    return _render(kiosk, Filled(kind=chosen_kind()), None)


@pages.get("/write")
def write() -> str:
    return _render(this_kiosk(), Filled(), None)


@pages.post("/write")
def send() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_letter_form(request)
    form: OurForm | None = None
    try:
        form = sent_letter_form("write")
        with turn_of(kiosk) as turn:
            posted = post(office(), letter_of(kiosk, form, filled_in()), turn.take)
            if posted.is_repeat:
                turn.give_back()
    except AlreadySent:
        return render_template("kiosk/already_sent.html")
    except TooManyLetters as slow:
        return _write_form_again(kiosk, form, "slow", seconds=slow.seconds), 429
    except NotKept:
        return _write_form_again(kiosk, form, "not_kept"), 503
    except (NoteRefused, TextRefused, PassRefused) as refused:
        return _write_form_again(kiosk, form, getattr(refused, "reason", "unreadable")), 400
    if posted.is_repeat and is_of_earlier_child(form):
        return render_template("kiosk/already_sent.html")
    pictures = [PICTURES[index] for index in posted.code.pictures]
    pairs = [pictures[place : place + 2] for place in range(0, len(pictures), 2)]
    return render_template("kiosk/sent.html", pairs=pairs, nobody_left=posted.nobody_left)


def _write_form_again(kiosk: Kiosk, form: OurForm | None, problem: str, *, seconds: int = 0) -> str:
    """Show the form with what was sent, unless an earlier child sent it and somebody else asks for it now."""
    if is_of_earlier_child(form, problem):
        return _render(kiosk, Filled(), "earlier")
    return _render(kiosk, filled_in(), problem, seconds)


def _render(kiosk: Kiosk, filled: Filled, problem: str | None, seconds: int = 0) -> str:
    return render_template(
        "kiosk/write.html",
        token=token_again("write", problem),
        readers=kiosk.readers,
        filled=filled,
        words=filled.words,
        kinds=LetterKind,
        moods=Mood,
        most_detail=MAX_DETAIL_CHARACTERS,
        too_many=len(filled.words) - MAX_CHARACTERS,
        problem=problem,
        seconds=seconds,
    )
