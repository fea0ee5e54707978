"""Recovery slips on their one page, and the login that begins with it. Keeps no word of them."""

from __future__ import annotations

from contextlib import suppress

from flask import Response, make_response, render_template, request

from counselor_ui.guard import COOKIE, form_token, remember_session
from counselor_ui.known_devices import remember_device
from mailbox.errors import MailboxError, SessionRefused
from mailbox.people.login import log_in, log_out
from mailbox.web.current import office
from mailbox.web.forms import new_token

Slips = tuple[list[str], list[str]]


def begin_session(response: Response, login_name: str, passphrase: str) -> str:
    """Log somebody in who just made their keys; whoever was at work in this browser is logged out."""
    with suppress(SessionRefused):
        log_out(office(), request.cookies.get(COOKIE, ""))
    cookie = log_in(office(), login_name, passphrase)
    remember_session(response, cookie)
    remember_device(response, login_name)
    return cookie


def slips_and_session(slips: Slips, name: str, school: str, login: tuple[str, str], **more: object) -> Response:
    """Show two slips to ``name``, who is logged in with the same answer."""
    response = make_response()
    try:
        cookie = begin_session(response, *login)
        # The browser holds the new session only after this answer, so the form is bound to it by hand.
        token = new_token(office(), "desk-slips", cookie)
    except MailboxError:
        # They can log in later; the slips cannot be shown later.
        token = form_token("slips")
    response.set_data(slips_page(slips, name, school, token, **more))
    return response


def slips_page(slips: Slips, name: str, school: str, token: str, **more: object) -> str:
    """Return the page that shows two slips once; ``name`` keeps the second one."""
    today = office().local_now().date()
    return render_template("school/slips.html", name=name, school=school, today=today, slips=slips, token=token, **more)
