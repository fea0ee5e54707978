"""What stands before every staff page: no enrolled kiosk, a session, a form of ours. Turns errors into pages.

Owns the session cookie's name, the form tokens of staff pages and their end after an idle time; checks no role, the
acts do.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.sentences import N_, sentence_for
from mailbox.errors import (
    Changed,
    ClaimLost,
    Clash,
    CodeNeeded,
    FactorNeeded,
    InputRefused,
    MailboxError,
    NotAllowed,
    NotAuthentic,
    NotFound,
    NotKept,
    PassRefused,
    SessionRefused,
    TextRefused,
)
from mailbox.people.login import Colleague, who
from mailbox.web.current import office
from mailbox.web.forms import TOKEN_FIELD, new_token, nonce_of, require_plain_form, text_of
from mailbox.web.language import say

COOKIE = "__Host-desk"
KIOSK_COOKIE = "__Host-kiosk"
_NOBODY = "nobody"
# For these a form is shown again with what was typed.
REFUSED = (InputRefused, TextRefused, PassRefused, NotKept)
# Fields in which somebody writes at length; no passphrase and no code is among them.
_TYPED = (
    "reply",
    "remark",
    "reason",
    "why",
    "visit",
    "closing",
    "addition",
    "hold_reason",
    "second_words",
    "asking",
    "words",
    "agreed",
    "answer",
)
# Where one may go before setting up the second factor that the school asks for.
_WITHOUT_FACTOR = frozenset({"account", "door"})
_STATUS: dict[type[MailboxError], int] = {
    NotFound: 404,
    NotAllowed: 403,
    PassRefused: 400,
    InputRefused: 400,
    TextRefused: 400,
    ClaimLost: 409,
    Changed: 409,
    Clash: 409,
    NotAuthentic: 409,
    NotKept: 503,
}
_TROUBLE = {
    413: N_("写得太长，没有收下。请短一些再试。"),
    500: N_("值班台出了点问题，不是您的错。请再试一次；还不行，请告诉技术老师。"),
}
# A page leaves a little later than its session ends, so that it never leaves a living one.
_GRACE_SECONDS = 30


def guard(pages: Blueprint) -> None:
    """Put the guard before ``pages``: kiosks find nothing here, and errors become sentences."""
    pages.before_request(_no_kiosks)
    pages.after_request(_leave_when_idle)
    pages.context_processor(_for_templates)
    pages.register_error_handler(SessionRefused, _to_login)
    pages.register_error_handler(CodeNeeded, _to_code)
    pages.register_error_handler(FactorNeeded, _to_factor)
    for code, sentence in _TROUBLE.items():
        pages.register_error_handler(code, lambda _trouble, code=code, sentence=sentence: (_page(say(sentence)), code))
    for error, status in _STATUS.items():
        pages.register_error_handler(error, lambda refused, status=status: (_page(sentence_for(refused)), status))
    pages.register_error_handler(NotKept, _not_kept_page)


def colleague(*, is_act: bool = True) -> Colleague:
    """Return who asks. Raises SessionRefused, which leads to the login page. Polling passes ``is_act=False``."""
    if "colleague" not in g:
        g.colleague = who(office(), request.cookies.get(COOKIE, ""), is_act=is_act)
    found: Colleague = g.colleague
    if found.needs_factor and request.blueprint not in _WITHOUT_FACTOR:
        raise FactorNeeded("the school asks for a second factor")
    return found


def form_token(purpose: str) -> str:
    """Return the hidden field's value for one form of ``purpose``, bound to this session."""
    if g.get("form_sent_again") == purpose:
        return request.form.get(TOKEN_FIELD, "")
    return new_token(office(), f"desk-{purpose}", _bound_to())


def sent_form(purpose: str) -> MultiDict[str, str]:
    """Return the sent form; its nonce is then in ``form_nonce()``. Raises PassRefused for one that is not ours."""
    require_plain_form(request)
    g.form_nonce = nonce_of(office(), f"desk-{purpose}", _bound_to(), request)
    return request.form


def show_sent_form_again(purpose: str) -> None:
    """Let the form of ``purpose``, which was ours, keep its token on the page that shows it again.

    What the database could not keep may be kept all the same, when only the answer to its commit was lost. Sent again
    under the same token it is one act.
    """
    g.form_sent_again = purpose


def form_nonce() -> bytes:
    """Return the nonce of the form read by :func:`sent_form`: the same form sent twice has the same."""
    nonce: bytes = g.form_nonce
    return nonce


def back_to(endpoint: str, **values: Any) -> AnyResponse:
    """Redirect after a POST, so that reloading sends nothing again."""
    return redirect(url_for(endpoint, **values), code=303)


def remember_session(response: Response, cookie: str) -> None:
    """Set the session cookie: for this browser's window only, never readable by scripts."""
    response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="Strict", path="/")


def status_of(refused: MailboxError) -> int:
    """Return the HTTP status that fits an error."""
    return _STATUS.get(type(refused), 400)


def forget_session(response: Response) -> None:
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")


def hide_desk_from_kiosks() -> None:
    """Answer a kiosk under /desk as if nothing were there, before any route could redirect or refuse a method.

    A forged kiosk cookie hides the desk just as well: nobody needs one who has work here.
    """
    if request.path.lstrip("/").partition("/")[0] == "desk":
        _no_kiosks()


def idle_seconds() -> int:
    """Return after how many seconds without an act a page goes back to the login."""
    return office().settings.session_idle_minutes * 60 + _GRACE_SECONDS


def _leave_when_idle(response: Response) -> Response:
    # The browser goes by itself and without a script; asking for the login page is no act of the session.
    if "colleague" in g and response.mimetype == "text/html" and "Location" not in response.headers:
        response.headers["Refresh"] = f"{idle_seconds()}; url={url_for('door.login', away=1)}"
    return response


def _bound_to() -> str:
    # The cookie itself goes through an HMAC only; a form made before login belongs to nobody.
    return request.cookies.get(COOKIE, "") or _NOBODY


def _no_kiosks() -> None:
    # Children's tablets must not even learn that the desk is here.
    if KIOSK_COOKIE in request.cookies:
        abort(404)


def _for_templates() -> dict[str, Any]:
    return {"form_token": form_token, "me": g.get("colleague"), "idle_seconds": idle_seconds}


def _to_login(_refused: MailboxError) -> AnyResponse:
    return back_to("door.login")


def _to_code(_refused: MailboxError) -> AnyResponse:
    return back_to("door.code")


def _to_factor(_refused: MailboxError) -> AnyResponse:
    return back_to("account.factor_page")


def _not_kept_page(refused: MailboxError) -> tuple[str, int]:
    """Say that the database takes nothing now, with the words that were typed: not even their own page can be shown."""
    return render_template("desk/problem.html", sentence=sentence_for(refused), typed=_typed_words()), 503


def _typed_words() -> list[str]:
    try:
        require_plain_form(request)
    except PassRefused:
        return []
    return [text for name in _TYPED if (text := text_of(request, name)).strip()]


def _page(sentence: str) -> str:
    return render_template("desk/problem.html", sentence=sentence)
