"""The kiosk's pages. Each works without JavaScript; a code travels only in the body of a POST.

The only cookie is the kiosk's enrolment. Every refusal becomes a short kind sentence, and the words stay in the form.
"""

from __future__ import annotations

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import NotFound as PageNotFound
from werkzeug.wrappers import Response as AnyResponse

from mailbox.errors import (
    AlreadySent,
    KioskClosed,
    NoteRefused,
    NotFound,
    NotKept,
    PassRefused,
    TextRefused,
    UnknownCode,
)
from mailbox.letters.collect import Collected, code_from_pictures, collect
from mailbox.letters.picture_words import GROUPS, PICTURES, CodeNotRead, read_code
from mailbox.letters.post import Letter, post, write_back
from mailbox.people.stations import KIOSK, Kiosk, enroll, open_kiosk, readers_to_name
from mailbox.rules.throttle import Pace
from mailbox.web.current import office, throttle
from mailbox.web.forms import new_token, nonce_of, require_plain_form, thread_of, thread_pass

COOKIE = "__Host-kiosk"
_COOKIE_SECONDS = 400 * 24 * 3_600
_CODE_PICTURES = 6
# Wrong codes: a child mistypes now and then, a guesser wants millions. The arithmetic is in docs/throttles.md.
_TRIES_PER_KIOSK = Pace(burst=10, interval_s=30)
_TRIES_IN_ALL = Pace(burst=200, interval_s=3)

pages = Blueprint("kiosk", __name__, template_folder="templates")


def this_kiosk() -> Kiosk:
    """Return the enrolled kiosk that asks. Raises NotFound for a device that is none, KioskClosed."""
    return open_kiosk(office(), request.cookies.get(COOKIE, ""))


@pages.get("/")
def home() -> str:
    kiosk = this_kiosk()
    return render_template("kiosk/home.html", kiosk=kiosk, readers=readers_to_name(office(), kiosk.school_id))


@pages.get("/clear")
def clear() -> AnyResponse:
    """Go to the start and let the browser forget; never cookies, for the kiosk's enrolment is one."""
    response = redirect(url_for("kiosk.home"), code=303)
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


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
        posted = post(office(), _letter(kiosk, words, nonce, barred))
    except AlreadySent:
        return render_template("kiosk/already_sent.html"), 200
    except PassRefused:
        return _write_form(kiosk, words, barred, "stale"), 400
    except (NoteRefused, TextRefused) as refused:
        return _write_form(kiosk, words, barred, getattr(refused, "reason", "unreadable")), 400
    except NotKept:
        return _write_form(kiosk, words, barred, "not_kept"), 503
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
        if not {"open", "typed"} & request.form.keys():
            return _read_form(kiosk, chosen)
        if len(chosen) != _CODE_PICTURES:
            return _read_form(kiosk, chosen, "too_few"), 400
        collected = _collect(kiosk, chosen)
    except _TooManyTries:
        return _read_form(kiosk, (), "slow"), 429
    except (UnknownCode, CodeNotRead, PassRefused) as refused:
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
        write_back(office(), _letter(kiosk, words, nonce), thread_id)
    except (NoteRefused, TextRefused, PassRefused, NotFound, NotKept) as refused:
        problem = "not_kept" if isinstance(refused, NotKept) else getattr(refused, "reason", "unreadable")
        token = new_token(office(), "back", kiosk.id)
        return render_template("kiosk/back.html", words=words, thread=thread, token=token, problem=problem), 400
    return render_template("kiosk/already_sent.html")


def _letter(kiosk: Kiosk, words: str, nonce: bytes, barred: frozenset[str] = frozenset()) -> Letter:
    # Bytes that are no text came in as this sign; the child would not find it again in what a person reads.
    if "\ufffd" in words:
        raise TextRefused("not text")
    return Letter(kiosk.school_id, kiosk.id, words, nonce, barred)


class _TooManyTries(Exception):
    """This kiosk, or all of them together, tried too many codes."""


def _collect(kiosk: Kiosk, chosen: tuple[int, ...]) -> Collected:
    limits = ((f"code/{kiosk.id}", _TRIES_PER_KIOSK), ("code", _TRIES_IN_ALL))
    if throttle().try_once(*limits):
        raise _TooManyTries
    collected = collect(office(), kiosk.school_id, code_from_pictures(chosen))
    throttle().give_back(*limits)
    return collected


def _chosen() -> tuple[int, ...]:
    """Return the pictures tapped so far, or those of the typed words. Raises CodeNotRead."""
    if "typed" in request.form:
        return read_code(request.form["typed"])
    chosen = [int(text) for text in request.form.getlist("picture") if text.isascii() and text.isdigit()]
    known = tuple(picture for picture in chosen if picture < len(PICTURES))[:_CODE_PICTURES]
    return known[:-1] if "undo" in request.form else known


def _write_form(kiosk: Kiosk, words: str = "", barred: frozenset[str] = frozenset(), problem: str | None = None) -> str:
    return render_template(
        "kiosk/write.html",
        token=new_token(office(), "write", kiosk.id),
        readers=readers_to_name(office(), kiosk.school_id),
        words=words,
        barred=barred,
        problem=problem,
    )


def _read_form(kiosk: Kiosk, chosen: tuple[int, ...], problem: str | None = None) -> str:
    return render_template(
        "kiosk/read.html",
        token=new_token(office(), "read", kiosk.id),
        chosen=[PICTURES[index] for index in chosen],
        groups=GROUPS,
        open_group=PICTURES[chosen[-1]].group if chosen else None,
        typing="typed" in request.form,
        problem=problem,
    )


def _pairs(pictures: tuple[int, ...]) -> list[list[object]]:
    shown = [PICTURES[index] for index in pictures]
    return [list(shown[place : place + 2]) for place in range(0, len(shown), 2)]


def closed_page(_refused: KioskClosed) -> tuple[str, int]:
    return render_template("kiosk/closed.html"), 503


def unknown_device(_refused: NotFound) -> tuple[str, int]:
    return render_template("kiosk/unknown.html"), 404
