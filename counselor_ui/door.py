"""The staff door: login, logout, and the first page after it."""

from __future__ import annotations

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import COOKIE, back_to, colleague, forget_session, guard, remember_session, sent_form
from mailbox.errors import WrongPassphrase
from mailbox.people.login import log_in, log_out
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("door", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")
guard(pages)


@pages.get("/")
def home() -> AnyResponse:
    return back_to("letters.queue_page" if colleague().role == "counselor" else "devices.devices_page")


@pages.get("/login")
def login() -> str:
    return _login_page()


@pages.post("/login")
def log_in_here() -> Response | tuple[str, int]:
    form = sent_form("login")
    login_name = form.get("login_name", "")
    try:
        cookie = log_in(office(), login_name, form.get("passphrase", ""))
    except WrongPassphrase:
        return _login_page(login_name, say("登录名或口令不对, 请再试一次。")), 400
    response = make_response(back_to("door.home"))
    remember_session(response, cookie)
    return response


@pages.post("/logout")
def log_out_here() -> Response:
    sent_form("logout")
    log_out(office(), request.cookies.get(COOKIE, ""))
    response = make_response(back_to("door.login"))
    forget_session(response)
    return response


def _login_page(login_name: str = "", problem: str | None = None) -> str:
    return render_template("desk/login.html", login_name=login_name, problem=problem)
