"""The kiosk's pages. Each works without JavaScript; a code travels only in the body of a POST.

The only cookie is the kiosk's enrolment. Every refusal becomes a short kind sentence, and the words stay in the form.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.exceptions import NotFound as PageNotFound

from mailbox.errors import (
    AlreadySent,
    InputRefused,
    KioskClosed,
    NoteRefused,
    NotFound,
    NotKept,
    PassRefused,
    TextRefused,
    UnknownCode,
)
from mailbox.letters.collect import code_from_pictures, collect
from mailbox.letters.picture_words import PICTURES, CodeNotRead, read_code
from mailbox.letters.post import Letter, post, write_back
from mailbox.people.stations import KIOSK, Kiosk, enroll, open_kiosk, readers_to_name
from mailbox.web.current import office
from mailbox.web.forms import new_token, nonce_of, require_plain_form, thread_of, thread_pass

COOKIE = "__Host-kiosk"
_COOKIE_SECONDS = 400 * 24 * 3_600
_CODE_PICTURES = 6

pages = Blueprint("kiosk", __name__, template_folder="templates")


def this_kiosk() -> Kiosk:
    """Return the enrolled kiosk that asks. Raises NotFound for a device that is none, KioskClosed."""
    return open_kiosk(office(), request.cookies.get(COOKIE, ""))


@pages.get("/")
def home() -> str:
    return render_template("kiosk/home.html", kiosk=this_kiosk())


@pages.get("/help")
def help_page() -> str:
    return render_template("kiosk/help.html", kiosk=this_kiosk())


@pages.get("/enroll/<token>")
def enroll_form(token: str) -> str:
    return render_template("kiosk/enroll.html", token=token)


@pages.post("/enroll/<token>")
def enroll_device(token: str) -> Response:
    kind, cookie = enroll(office(), token)
    if kind != KIOSK:
        raise PageNotFound
    response = make_response(render_template("kiosk/enrolled.html"))
    response.set_cookie(COOKIE, cookie, max_age=_COOKIE_SECONDS, secure=True, httponly=True, samesite="Strict")
    return response


@pages.get("/write")
def write() -> str:
    return _write_form(this_kiosk())


@pages.post("/write")
def send() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_plain_form(request)
    words = request.form.get("words", "")
    barred = frozenset(request.form.getlist("not_for"))
    try:
        nonce = nonce_of(office(), "write", kiosk.id, request)
        posted = post(office(), Letter(kiosk.school_id, kiosk.id, words, nonce, barred))
    except AlreadySent:
        return render_template("kiosk/already_sent.html"), 200
    except PassRefused:
        return _write_form(kiosk, words, "stale"), 400
    except (NoteRefused, TextRefused) as refused:
        return _write_form(kiosk, words, getattr(refused, "reason", "unreadable")), 400
    except NotKept:
        return _write_form(kiosk, words, "not_kept"), 503
    pairs = _pairs(posted.code.pictures)
    return render_template("kiosk/sent.html", pairs=pairs, nobody_left=posted.nobody_left)


@pages.get("/read")
def read() -> str:
    return _read_form(this_kiosk(), ())


@pages.post("/read")
def open_by_code() -> tuple[str, int] | str:
    """Choose pictures one by one, or open the replies when six are there."""
    kiosk = this_kiosk()
    require_plain_form(request)
    try:
        nonce_of(office(), "read", kiosk.id, request)
        chosen = _chosen()
        if "undo" in request.form or len(chosen) != _CODE_PICTURES:
            return _read_form(kiosk, chosen)
        collected = collect(office(), kiosk.school_id, code_from_pictures(chosen))
    except (UnknownCode, CodeNotRead, InputRefused, PassRefused) as refused:
        return _read_form(kiosk, (), getattr(refused, "reason", "unknown")), 400
    return render_template(
        "kiosk/replies.html",
        collected=collected,
        thread=thread_pass(office(), kiosk.id, collected.thread_id),
        token=new_token(office(), "back", kiosk.id),
    )


@pages.post("/write-back")
def send_back() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_plain_form(request)
    words, thread = request.form.get("words", ""), request.form.get("thread", "")
    try:
        nonce = nonce_of(office(), "back", kiosk.id, request)
        thread_id = thread_of(office(), kiosk.id, thread)
        write_back(office(), Letter(kiosk.school_id, kiosk.id, words, nonce), thread_id)
    except (NoteRefused, TextRefused, PassRefused, NotFound, NotKept) as refused:
        problem = getattr(refused, "reason", "not_kept")
        token = new_token(office(), "back", kiosk.id)
        return render_template("kiosk/back.html", words=words, thread=thread, token=token, problem=problem), 400
    return render_template("kiosk/already_sent.html")


def _chosen() -> tuple[int, ...]:
    typed = request.form.get("typed", "").strip()
    if typed:
        return read_code(typed)
    chosen = [int(text) for text in request.form.getlist("picture") if text.isascii() and text.isdigit()]
    known = tuple(picture for picture in chosen if picture < len(PICTURES))[:_CODE_PICTURES]
    return known[:-1] if "undo" in request.form else known


def _write_form(kiosk: Kiosk, words: str = "", problem: str | None = None) -> str:
    return render_template(
        "kiosk/write.html",
        token=new_token(office(), "write", kiosk.id),
        readers=readers_to_name(office(), kiosk.school_id),
        words=words,
        problem=problem,
    )


def _read_form(kiosk: Kiosk, chosen: tuple[int, ...], problem: str | None = None) -> str:
    return render_template(
        "kiosk/read.html",
        token=new_token(office(), "read", kiosk.id),
        chosen=[PICTURES[index] for index in chosen],
        pictures=PICTURES,
        problem=problem,
    )


def _pairs(pictures: tuple[int, ...]) -> list[list[object]]:
    shown = [PICTURES[index] for index in pictures]
    return [list(shown[place : place + 2]) for place in range(0, len(shown), 2)]


def closed_page(_refused: KioskClosed) -> tuple[str, int]:
    return render_template("kiosk/closed.html"), 503


def unknown_device(_refused: NotFound) -> tuple[str, int]:
    return render_template("kiosk/unknown.html"), 404
