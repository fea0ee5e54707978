"""How a school and its people arrive: the one-time set-up link, invitations, and the recovery slips shown once.

Owns the set-up secret, which lives in memory only. Keeps no passphrase and no slip: what the first counselor is shown
exists in that one answer.
"""

from __future__ import annotations

import hmac
import secrets

from flask import Blueprint, Flask, current_app, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import COOKIE, back_to, guard, sent_form
from counselor_ui.sentences import sentence_for
from counselor_ui.slips import begin_session, slips_and_session
from mailbox.errors import InputRefused, MailboxError, NotFound, SessionRefused
from mailbox.people.arrivals import Invitation, accept_invitation, checked_login, found_school, invitation
from mailbox.people.login import who
from mailbox.people.setup import no_school_yet, school_name
from mailbox.people.stations import readers_to_name
from mailbox.rules.throttle import Pace
from mailbox.web.current import office, throttle

pages = Blueprint("arrival", __name__, template_folder="templates")
guard(pages)

# Everybody can read the example on the page, so nobody may take it.
EXAMPLE = "qianbihe wuding manpao juzi"
_SECRET = "setup_secret"  # noqa: S105 - the name of a place, not a secret.
_SETUP = ("setup", Pace(burst=1, interval_s=60))
_WEEKDAYS = range(7)
_HOURS = range(7, 21)


def install(app: Flask) -> None:
    """Give ``app`` a fresh set-up secret; made before the workers are forked, so that all of them know it."""
    app.extensions[_SECRET] = secrets.token_urlsafe(24)


def setup_path(app: Flask) -> str:
    """Return the path of the set-up link; whoever opens it founds the school."""
    return f"/setup/{app.extensions[_SECRET]}"


@pages.get("/setup/<secret>")
def setup_page(secret: str) -> str:
    _require_secret(secret)
    if not no_school_yet(office()):
        raise NotFound("setup")
    return _setup_form(MultiDict({"opening_weekday": "4", "opening_hour": "15"}))


@pages.post("/setup/<secret>")
def found(secret: str) -> AnyResponse:
    """Found the school and make the technician's keys in one go, so that no half-founded school waits for a link."""
    _require_secret(secret)
    form = sent_form("setup")
    try:
        weekday, hour = _moment(form)
        _checked_passphrase(form)
        # Of a double click the second is told that the first one did it.
        if throttle().try_once(_SETUP) or not no_school_yet(office()):
            return make_response(render_template("school/founded.html"), 409)
        try:
            _, token = found_school(office(), form.get("school_name", ""), weekday, hour)
        except MailboxError:
            throttle().give_back(_SETUP)
            raise
    except InputRefused as refused:
        return make_response(_setup_form(form, sentence_for(refused)), 400)
    try:
        accept_invitation(office(), token, form.get("login_name", ""), form.get("passphrase", ""))
    except MailboxError:
        # The school is there: its technician goes on by the same kind of link as everybody else.
        return back_to("arrival.invitation_page", token=token)
    response = make_response(back_to("devices.devices_page"))
    begin_session(response, form.get("login_name", "").strip(), form.get("passphrase", ""))
    return response


@pages.get("/invitation/<token>")
def invitation_page(token: str) -> str:
    return _invitation_form(token, invitation(office(), token))


@pages.post("/invitation/<token>")
def accept(token: str) -> AnyResponse:
    invited = invitation(office(), token)
    # Asked before the keys are made: once there are slips, nothing may come between them and the answer.
    school = school_name(office(), invited.school_id)
    form = sent_form("invitation")
    try:
        _checked_passphrase(form)
        arrival = accept_invitation(office(), token, form.get("login_name", ""), form.get("passphrase", ""))
    except InputRefused as refused:
        page = _invitation_form(token, invited, form.get("login_name", ""), sentence_for(refused))
        return make_response(page, 400)
    if arrival.slips is not None:
        login = (form.get("login_name", "").strip(), form.get("passphrase", ""))
        return slips_and_session(arrival.slips, invited.display_name, school, login)
    if arrival.state == "waiting":
        readers = readers_to_name(office(), invited.school_id)
        return make_response(render_template("school/waiting.html", invited=invited, readers=readers))
    response = make_response(back_to("devices.devices_page"))
    begin_session(response, form.get("login_name", "").strip(), form.get("passphrase", ""))
    return response


@pages.post("/invitation/kept")
def slips_kept() -> AnyResponse:
    """Go on once both slips are said to be on paper; the words themselves are gone already."""
    form = sent_form("slips")
    if not {"first", "second"} <= form.keys():
        return make_response(render_template("school/slips_unticked.html"), 400)
    return back_to("door.home")


@pages.errorhandler(NotFound)
def used_link(_refused: NotFound) -> tuple[str, int]:
    is_setup = request.endpoint in {"arrival.setup_page", "arrival.found"}
    return render_template("school/used.html", is_setup=is_setup), 404


def _require_secret(secret: str) -> None:
    expected: str = current_app.extensions[_SECRET]
    if not hmac.compare_digest(secret.encode("utf-8", "surrogatepass"), expected.encode()):
        raise NotFound("setup")


def _moment(form: MultiDict[str, str]) -> tuple[int, int]:
    weekday, hour = form.get("opening_weekday", type=int), form.get("opening_hour", type=int)
    if weekday is None or hour is None or weekday not in _WEEKDAYS or hour not in _HOURS:
        raise InputRefused("opening", "unknown")
    return weekday, hour


def _checked_passphrase(form: MultiDict[str, str]) -> None:
    passphrase = form.get("passphrase", "")
    checked_login(form.get("login_name", ""), passphrase, (form.get("school_name", ""),))
    if passphrase != form.get("again", ""):
        raise InputRefused("passphrase", "differs")
    if passphrase.strip().lower() == EXAMPLE:
        raise InputRefused("passphrase", "example")


def _setup_form(form: MultiDict[str, str], problem: str | None = None) -> str:
    return render_template(
        "school/setup.html", form=form, problem=problem, weekdays=_WEEKDAYS, hours=_HOURS, example=EXAMPLE
    )


def _invitation_form(token: str, invited: Invitation, login_name: str = "", problem: str | None = None) -> str:
    return render_template(
        "school/invitation.html",
        token=token,
        invited=invited,
        school=school_name(office(), invited.school_id),
        login_name=login_name,
        problem=problem,
        somebody_else=_somebody_else(),
        example=EXAMPLE,
    )


def _somebody_else() -> str | None:
    """Return who is at work in this browser already; going on here logs them out."""
    try:
        return who(office(), request.cookies.get(COOKIE, ""), is_act=False).display_name
    except SessionRefused:
        return None
