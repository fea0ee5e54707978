"""One's own login: the second factor, where one is logged in, and a new passphrase. For everybody of the staff.

Whom the school asks for a second factor comes here first. A secret and spare codes are shown once, on the answer to
their own form.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

from flask import Blueprint, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import COOKIE, back_to, colleague, forget_session, guard, sent_form
from counselor_ui.sentences import sentence_for
from counselor_ui.words import half_in_words
from mailbox.errors import CodeRefused, InputRefused, NotAuthentic, WrongPassphrase
from mailbox.people.own_login import change_passphrase, end_other_sessions, open_sessions
from mailbox.people.second_factor import offer, put_on, renew_spare_codes, spare_codes_left, take_off_own
from mailbox.rules.qr import qr_picture
from mailbox.rules.throttle import Pace
from mailbox.web.current import office, throttle
from mailbox.web.language import say
from mailbox.web.throttle import Limit

pages = Blueprint("account", __name__, url_prefix="/desk/account", template_folder="templates")
guard(pages)

_TRIES = Pace(burst=5, interval_s=60)


@dataclass(frozen=True)
class _Problem:
    """What was refused, and at which of the page's forms."""

    at: str
    sentence: str
    status: int = 400


@pages.get("/")
def account_page() -> str:
    return _page()


@pages.post("/passphrase")
def new_passphrase() -> AnyResponse:
    form, me = sent_form("passphrase"), colleague()
    if form.get("passphrase", "") != form.get("again", ""):
        return _again(_Problem("passphrase", sentence_for(InputRefused("passphrase", "differs"))))
    refused = _try(
        "passphrase", lambda: change_passphrase(office(), me, form.get("old", ""), form.get("passphrase", ""))
    )
    if refused:
        return _again(refused)
    response = make_response(back_to("door.login", changed=1))
    forget_session(response)
    return response


@pages.post("/sessions/end")
def end_sessions() -> AnyResponse:
    """End one other session, or without a name all of them."""
    form = sent_form("end-sessions")
    end_other_sessions(office(), colleague(), request.cookies.get(COOKIE, ""), form.get("session") or None)
    return back_to("account.account_page", _anchor="sessions")


@pages.get("/second-factor")
def factor_page() -> str:
    return _factor_page()


@pages.post("/second-factor")
def factor_on() -> AnyResponse:
    form, me = sent_form("factor-on"), colleague()
    wrapped = form.get("offer", "")
    try:
        spare = put_on(office(), me, wrapped, form.get("code", ""))
    except CodeRefused as refused:
        return make_response(_factor_page(wrapped, sentence_for(refused)), 400)
    except NotAuthentic:
        return make_response(_factor_page(problem=say("这一页放得太久了，请再试一次。")), 400)
    return _spare_page(spare)


@pages.post("/second-factor/off")
def factor_off() -> AnyResponse:
    form, me = sent_form("factor-off"), colleague()
    refused = _try("factor", lambda: take_off_own(office(), me, form.get("old", "")))
    return _again(refused) if refused else back_to("account.account_page")


@pages.post("/second-factor/spare")
def new_spare_codes() -> AnyResponse:
    sent_form("spare")
    return _spare_page(renew_spare_codes(office(), colleague()))


def wait_sentence(wait_s: float) -> str:
    """Return how long to wait after too many tries."""
    if wait_s <= 90:
        return say("试的次数有点多，请等 %(seconds)d 秒再试。信都好好地放着。", seconds=ceil(wait_s))
    return say("试的次数有点多，请等 %(minutes)d 分钟再试。信都好好地放着。", minutes=ceil(wait_s / 60))


def tries_of(person_id: str) -> Limit:
    """Return the counter of tries by who is half or wholly logged in: only they can spend it."""
    return (f"login/person/{person_id}", _TRIES)


def _try(at: str, act: object) -> _Problem | None:
    """Do what asks for the passphrase; what is wrong is counted, so that an open desk gives nobody endless tries."""
    limit = tries_of(colleague().person_id)
    wait_s = throttle().try_once(limit)
    if wait_s:
        return _Problem(at, wait_sentence(wait_s), 429)
    try:
        act()  # type: ignore[operator]
    except WrongPassphrase:
        return _Problem(at, say("现在的口令不对，请再写一次。"))
    except InputRefused as refused:
        throttle().give_back(limit)
        return _Problem(at, sentence_for(refused))
    throttle().give_back(limit)
    return None


def _again(problem: _Problem) -> AnyResponse:
    return make_response(_page(problem), problem.status)


def _page(problem: _Problem | None = None) -> str:
    me, today = colleague(), office().local_now().date()
    sessions = open_sessions(office(), me, request.cookies.get(COOKIE, ""))
    return render_template(
        "desk/account.html",
        problem=problem,
        sessions=[(line, half_in_words(line.last_on, line.last_half, today)) for line in sessions],
        has_factor=me.has_factor,
        spare_left=spare_codes_left(office(), me),
    )


def _factor_page(wrapped: str | None = None, problem: str = "") -> str:
    me = colleague()
    if me.has_factor:
        return _page()
    offered = offer(office(), me, wrapped)
    return render_template(
        "desk/second_factor.html", offered=offered, picture=qr_picture(offered.address), problem=problem
    )


def _spare_page(codes: list[str]) -> AnyResponse:
    shown = [f"{code[:5]} {code[5:]}" for code in codes]
    return make_response(render_template("desk/spare_codes.html", codes=shown, next=url_for("account.account_page")))
