"""The start, the help page and writing. Each page works without JavaScript; a code never stands in an address.

Every refusal becomes a short kind sentence, and the words stay in the form of the child who wrote them.
"""

from __future__ import annotations

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mailbox.errors import AlreadySent, NoteRefused, NotKept, PassRefused, TextRefused
from mailbox.kiosk import reading
from mailbox.kiosk.device import (
    clear_screen,
    closed_page,
    is_of_earlier_child,
    pages,
    sent_form,
    this_kiosk,
    token_for,
    unknown_device,
)
from mailbox.letters.picture_words import PICTURES
from mailbox.letters.post import MAX_CHARACTERS, Letter, post
from mailbox.people.stations import Kiosk
from mailbox.web.current import office
from mailbox.web.forms import OurForm, require_plain_form, text_of

__all__ = ["closed_page", "pages", "reading", "unknown_device"]


@pages.get("/")
def home() -> str:
    kiosk = this_kiosk()
    return render_template("kiosk/home.html", kiosk=kiosk, readers=kiosk.readers)


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


@pages.get("/write")
def write() -> str:
    return _write_form(this_kiosk())


@pages.post("/write")
def send() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_plain_form(request)
    form: OurForm | None = None
    try:
        form = sent_form("write")
        posted = post(office(), Letter(kiosk.school_id, kiosk.id, text_of(request, "words"), form.nonce, _barred()))
    except AlreadySent:
        return render_template("kiosk/already_sent.html")
    except NotKept:
        return _write_form_again(kiosk, form, "not_kept"), 503
    except (NoteRefused, TextRefused, PassRefused) as refused:
        return _write_form_again(kiosk, form, getattr(refused, "reason", "unreadable")), 400
    if posted.is_repeat and is_of_earlier_child(form):
        return render_template("kiosk/already_sent.html")
    pictures = [PICTURES[index] for index in posted.code.pictures]
    pairs = [pictures[place : place + 2] for place in range(0, len(pictures), 2)]
    return render_template("kiosk/sent.html", pairs=pairs, nobody_left=posted.nobody_left)


def _barred() -> frozenset[str]:
    return frozenset(request.form.getlist("not_for"))


def _write_form(kiosk: Kiosk) -> str:
    return _render(kiosk, "", frozenset(), None)


def _write_form_again(kiosk: Kiosk, form: OurForm | None, problem: str) -> str:
    """Show the form with what was sent, unless an earlier child sent it and somebody else asks for it now."""
    if is_of_earlier_child(form, problem):
        return _render(kiosk, "", frozenset(), "earlier")
    return _render(kiosk, text_of(request, "words"), _barred(), problem)


def _render(kiosk: Kiosk, words: str, barred: frozenset[str], problem: str | None) -> str:
    return render_template(
        "kiosk/write.html",
        token=token_for("write"),
        readers=kiosk.readers,
        words=words,
        too_many=len(words) - MAX_CHARACTERS,
        barred=barred,
        problem=problem,
    )
