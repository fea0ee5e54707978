"""The staff door: login, logout, and the first page after it. A wrong passphrase and an unknown name look the same.

Owns what the login page says; how often one may try is in ``known_devices``.
"""

from __future__ import annotations

from contextlib import suppress
from math import ceil

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.account import tries_of, wait_sentence
from counselor_ui.guard import (
    COOKIE,
    back_to,
    colleague,
    forget_session,
    guard,
    hide_desk_from_kiosks,
    remember_session,
    sent_form,
)
from counselor_ui.known_devices import limit_of_codes, limits_of, remember_device
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.errors import CodeNeeded, CodeRefused, NotKept, PassRefused, SessionRefused, WrongPassphrase
from mailbox.people.login import log_in, log_out, who
from mailbox.people.second_factor import give_code, person_awaited, tell_of_wrong_codes
from mailbox.rules.roles import HEAD
from mailbox.web.current import office, throttle
from mailbox.web.language import say

pages = Blueprint("door", __name__, url_prefix="/desk", template_folder="templates", static_folder="static")
guard(pages)
pages.before_app_request(hide_desk_from_kiosks)


@pages.get("/")
def home() -> AnyResponse:
    us = staff()
    if us.me in us.readers:
        return back_to("letters.queue_page")
    # Who waits for approval finds the list that says so.
    if us.me.state == "waiting":
        return back_to("people.people_page")
    return back_to("paper.paper_page" if us.me.role == HEAD else "devices.devices_page")


@pages.get("/login")
def login() -> str:
    return _login_page(away="away" in request.args, changed="changed" in request.args)


@pages.post("/login")
def log_in_here() -> Response:
    try:
        form = sent_form("login")
    except PassRefused:
        # What is no form of ours is not parsed, so the name is asked for again too.
        return _refused("", say("这一页放得太久了，请再试一次。"), 400)
    login_name = form.get("login_name", "").strip()
    limits = limits_of(login_name)
    wait_s = throttle().try_once(*limits)
    if wait_s:
        response = _refused(login_name, wait_sentence(wait_s), 429)
        response.headers["Retry-After"] = str(ceil(wait_s))
        return response
    try:
        cookie = log_in(office(), login_name, form.get("passphrase", ""))
    except WrongPassphrase:
        return _refused(login_name, say("登录名或口令不对，请再试一次。"), 400)
    throttle().give_back(*limits)
    response = make_response(back_to("door.home"))
    remember_session(response, cookie)
    # Who has only the passphrase must not get the longer patience of a known computer.
    if not _awaits_code(cookie):
        remember_device(response, login_name)
    return response


@pages.get("/code")
def code() -> str:
    """Ask for the second factor's code; who has given it, or has none, is sent on by the next page."""
    person_awaited(office(), request.cookies.get(COOKIE, ""))
    return render_template("desk/code.html", problem=None)


@pages.post("/code")
def give_code_here() -> Response:
    form, cookie = sent_form("code"), request.cookies.get(COOKIE, "")
    person_id, login_name = person_awaited(office(), cookie)
    limits = (tries_of(person_id), limit_of_codes(login_name))
    wait_s = throttle().try_once(*limits)
    if wait_s:
        # Where it cannot be kept now, the next refusal tells it.
        with suppress(NotKept):
            tell_of_wrong_codes(office(), person_id)
        return make_response(render_template("desk/code.html", problem=wait_sentence(wait_s)), 429)
    try:
        give_code(office(), cookie, form.get("code", ""))
    except CodeRefused as refused:
        return make_response(render_template("desk/code.html", problem=sentence_for(refused)), 400)
    throttle().give_back(*limits)
    response = make_response(back_to("door.home"))
    remember_device(response, login_name)
    return response


@pages.post("/still-here")
def still_here() -> Response:
    """Typing is work: it renews the session. Asked by the page's script while somebody types in any form."""
    sent_form("still-here")
    colleague()
    return Response(status=204)


@pages.post("/logout")
def log_out_here() -> Response:
    sent_form("logout")
    log_out(office(), request.cookies.get(COOKIE, ""))
    response = make_response(back_to("door.login"))
    forget_session(response)
    return response


def _refused(login_name: str, problem: str, status: int) -> Response:
    return make_response(_login_page(login_name, problem), status)


def _login_page(login_name: str = "", problem: str | None = None, *, away: bool = False, changed: bool = False) -> str:
    return render_template(
        "desk/login.html",
        login_name=login_name,
        problem=problem,
        away=away,
        still_in=away and _is_still_in(),
        changed=changed,
    )


def _awaits_code(cookie: str) -> bool:
    try:
        who(office(), cookie, is_act=False)
    except CodeNeeded:
        return True
    return False


def _is_still_in() -> bool:
    """Whether another window is still at work with this session; looking is no act of it."""
    try:
        who(office(), request.cookies.get(COOKIE, ""), is_act=False)
    except SessionRefused:
        return False
    return True
