"""Which tablet asks, what belongs to the child who sits at it now, and how a tablet becomes a kiosk.

Owns the enrolment cookie, the only one there is, and the moment at which each screen was last cleared: a form made
before it is an earlier child's, and its answer shows neither words nor code. That moment lies in memory only.
"""

from __future__ import annotations

import logging
from typing import cast

from flask import Blueprint, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask.blueprints import BlueprintSetupState
from werkzeug.wrappers import Response as AnyResponse

from mailbox.errors import KioskClosed, NotFound, NotKept, PassRefused
from mailbox.kiosk import ruby
from mailbox.people.stations import KIOSK, Kiosk, enroll, identify, kind_of_invitation, open_kiosk
from mailbox.web.current import office
from mailbox.web.forms import (
    FORM_AGE_SECONDS,
    TOKEN_FIELD,
    OurForm,
    new_token,
    our_form,
    require_letter_form,
    require_plain_form,
    text_of,
)
from mailbox.web.shared_numbers import SharedNumbers

_log = logging.getLogger("mailbox.kiosk")

COOKIE = "__Host-kiosk"
_COOKIE_SECONDS = 400 * 24 * 3_600
_STAFF_COOKIES = "__Host-desk"
_CLEARED = "kiosk_cleared"
_TAKES_LETTERS = ("kiosk.send", "kiosk.send_back")

pages = Blueprint("kiosk", __name__, template_folder="templates", static_folder="static", static_url_path="/page")


@pages.record_once
def _with_app(state: BlueprintSetupState) -> None:
    state.app.extensions[_CLEARED] = SharedNumbers()
    state.app.jinja_env.globals["kept_words"] = kept_words
    ruby.install(state.app)


def this_kiosk() -> Kiosk:
    """Return the enrolled kiosk that asks. Raises NotFound for a device that is none, KioskClosed."""
    kiosk = open_kiosk(office(), _cookie())
    g.school_help = kiosk.help
    g.kiosk_grade = kiosk.grade
    return kiosk


def enrolment() -> str:
    """Return the enrolment cookie of the device that asks, or nothing."""
    return _cookie()


def renew_enrolment(response: AnyResponse, cookie: str) -> None:
    """Let the browser keep the enrolment for another 400 days: the longest that browsers allow."""
    response.set_cookie(COOKIE, cookie, max_age=_COOKIE_SECONDS, secure=True, httponly=True, samesite="Strict")


def token_for(purpose: str) -> str:
    """Return the hidden field's value for one form of ``purpose``, bound to this tablet."""
    return new_token(office(), purpose, _cookie())


def token_again(purpose: str, problem: str | None) -> str:
    """Return the hidden field's value for a form that is shown again because of ``problem``.

    What the database could not keep may be kept all the same, when only the answer to its commit was lost. Sent again
    under the same token it is the same letter.
    """
    return request.form.get(TOKEN_FIELD, "") if problem in ("not_kept", "slow") else token_for(purpose)


def sent_form(purpose: str) -> OurForm:
    """Return what the sent form's token says. Raises PassRefused for one that is not ours or not a plain form."""
    return our_form(office(), purpose, _cookie(), request)


def sent_letter_form(purpose: str) -> OurForm:
    """Return the same of a form that may carry a drawing and a voice. Raises PassRefused."""
    return our_form(office(), purpose, _cookie(), request, is_letter=True)


def clear_screen() -> None:
    """From now on the forms made here so far belong to an earlier child. For an enrolled kiosk only.

    A stranger on the network who brings thousands of invented cookies would otherwise clear every tablet's slot.
    """
    try:
        identify(office(), _cookie(), KIOSK)
    except NotFound:
        return
    except Exception as missing:
        # With the store away nobody can tell, and the screen of a child is cleared all the same.
        _log.warning("a screen is cleared without the store", extra={"error_class": type(missing).__name__})
    _cleared().write(_cookie(), _now_s())


def is_of_earlier_child(form: OurForm | None, problem: str | None = None) -> bool:
    """Whether the screen was cleared after the sent form was made; of a stale one only its least age is known."""
    now_s, cleared_at_s = _now_s(), _cleared().read(_cookie())
    if form is None and problem != "stale":
        return False
    made_at_s = form.made_at_s if form else now_s - FORM_AGE_SECONDS
    # A clock that was set back cannot tell about forms made since.
    return made_at_s < cleared_at_s <= now_s


def kept_words() -> str:
    """Return the words of a sent form for a page that could not take them, so that they are not lost."""
    try:
        require_letter_form(request) if request.endpoint in _TAKES_LETTERS else require_plain_form(request)
        return text_of(request, "words")
    except Exception:
        # Whatever is wrong with the body, it must not spoil the page that says so.
        return ""


@pages.get("/enroll/<token>")
def enroll_form(token: str) -> tuple[str, int] | str:
    if not _is_for_a_kiosk(token):
        return _link_used()
    # A teacher who opens the link at the desk's own computer would shut that computer out of the desk.
    is_staff = any(name.startswith(_STAFF_COOKIES) for name in request.cookies)
    return render_template("kiosk/enroll.html", token=token, is_staff=is_staff)


@pages.post("/enroll/<token>")
def enroll_device(token: str) -> Response | tuple[str, int]:
    if not _is_for_a_kiosk(token):
        return _link_used()
    try:
        _, cookie = enroll(office(), token)
    except NotFound:
        return _link_used()
    response = make_response(render_template("kiosk/enrolled.html"))
    renew_enrolment(response, cookie)
    return response


@pages.post("/no-kiosk")
def forget_enrolment() -> AnyResponse:
    """Take a withdrawn enrolment's cookie away, so that the desk opens again on this computer."""
    try:
        identify(office(), _cookie(), KIOSK)
    except NotFound:
        response = redirect(url_for("door.login"), code=303)
        # A browser that another site sends here brings no cookie (SameSite), and must not lose a good one by it.
        if COOKIE in request.cookies:
            response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict")
        return response
    return redirect(url_for("kiosk.home"), code=303)


@pages.errorhandler(KioskClosed)
def closed_page(_refused: KioskClosed) -> tuple[str, int]:
    return render_template("kiosk/closed.html"), 503


@pages.errorhandler(NotFound)
def unknown_device(_refused: NotFound) -> tuple[str, int]:
    return render_template("kiosk/unknown.html", was_kiosk=COOKIE in request.cookies), 404


@pages.errorhandler(NotKept)
def not_kept_page(_refused: NotKept) -> tuple[str, int]:
    return render_template("kiosk/not_kept.html"), 503


@pages.errorhandler(PassRefused)
def no_form_page(_refused: PassRefused) -> tuple[str, int]:
    return render_template("kiosk/no_form.html"), 400


def _is_for_a_kiosk(token: str) -> bool:
    try:
        return kind_of_invitation(office(), token) == KIOSK
    except NotFound:
        return False


def _link_used() -> tuple[str, int]:
    return render_template("kiosk/enroll_used.html"), 404


def _cookie() -> str:
    return request.cookies.get(COOKIE, "")


def _cleared() -> SharedNumbers:
    return cast(SharedNumbers, current_app.extensions[_CLEARED])


def _now_s() -> int:
    return int(office().clock().timestamp())
