"""The siren page of a staffed room: no login, its own enrolment cookie, no word of any letter.

Owns that cookie and how the page looks at the open alarms; gives access to nothing else. An urgent alarm ends only when
the letter is opened at the desk; a test alarm ends here.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, jsonify, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, guard
from mailbox.alarms.siren import ringing
from mailbox.errors import NotFound
from mailbox.people.stations import SIREN, acknowledge_test_alarms, enroll, identify, kind_of_invitation
from mailbox.web.current import office
from mailbox.web.forms import new_token, nonce_of, require_plain_form

COOKIE = "__Host-siren"
_COOKIE_SECONDS = 400 * 24 * 3_600
_HEARD = "siren-heard"

pages = Blueprint("siren", __name__, url_prefix="/siren", template_folder="templates")
guard(pages)


@pages.get("/enroll/<token>")
def enroll_form(token: str) -> str:
    return render_template("school/siren_enroll.html", token=token)


@pages.post("/enroll/<token>")
def enroll_device(token: str) -> AnyResponse:
    # Asked before the link is used: a kiosk's link that was opened here still makes a kiosk.
    if kind_of_invitation(office(), token) != SIREN:
        raise NotFound("siren")
    _, cookie = enroll(office(), token)
    response = make_response(back_to("siren.siren_page"))
    response.set_cookie(
        COOKIE, cookie, max_age=_COOKIE_SECONDS, secure=True, httponly=True, samesite="Strict", path="/"
    )
    return response


@pages.get("", strict_slashes=False)
def siren_page() -> str:
    return render_template("school/siren.html", **_look())


@pages.get("/state")
def state() -> AnyResponse:
    """Return what rings, as ids and kinds; with a test alarm the token that its button needs, fresh for hours."""
    return jsonify(_look())


@pages.post("/heard")
def heard() -> AnyResponse:
    siren = identify(office(), request.cookies.get(COOKIE, ""), SIREN)
    require_plain_form(request)
    nonce_of(office(), _HEARD, siren.id, request)
    acknowledge_test_alarms(office(), siren.school_id)
    return back_to("siren.siren_page")


@pages.errorhandler(NotFound)
def not_enrolled(_refused: NotFound) -> tuple[str | AnyResponse, int]:
    if request.endpoint == "siren.state":
        return jsonify({"alarms": []}), 404
    is_link = request.endpoint in {"siren.enroll_form", "siren.enroll_device"}
    return render_template("school/siren_unknown.html", is_link=is_link), 404


def _look() -> dict[str, Any]:
    siren = identify(office(), request.cookies.get(COOKIE, ""), SIREN)
    alarms = [{"id": alarm.id, "kind": alarm.kind} for alarm in ringing(office(), siren.school_id)]
    is_test = any(alarm["kind"] == "test" for alarm in alarms)
    return {"alarms": alarms, "token": new_token(office(), _HEARD, siren.id) if is_test else ""}
