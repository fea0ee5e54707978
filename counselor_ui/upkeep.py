"""The computer and its backups: what the doctor found, and the two things that a technician may do from here."""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form
from counselor_ui.people import staff
from counselor_ui.upkeep_words import check_in_words, finding_in_words, refusal_in_words
from mailbox.errors import UpkeepRefused
from mailbox.rules.roles import Act
from mailbox.upkeep.desk import back_up_by, backup_alert, look_through_by, upkeep_of
from mailbox.web.current import office

pages = Blueprint("upkeep", __name__, url_prefix="/desk/upkeep", template_folder="templates")
guard(pages)

_DONE = frozenset({"backup", "look"})


@pages.get("/")
def upkeep_page() -> str:
    return _page()


@pages.post("/backup")
def make_backup() -> AnyResponse:
    sent_form("upkeep")
    me = colleague()
    try:
        back_up_by(office(), me)
    except UpkeepRefused as refused:
        return make_response(_page(refusal_in_words(refused)), 409)
    return back_to("upkeep.upkeep_page", done="backup")


@pages.post("/look")
def look() -> AnyResponse:
    sent_form("upkeep")
    me = colleague()
    try:
        look_through_by(office(), me)
    except UpkeepRefused as refused:
        return make_response(_page(refusal_in_words(refused)), 409)
    return back_to("upkeep.upkeep_page", done="look")


def alert_in_words() -> str:
    """Return what is wrong with the backups when somebody must act now, for the page that a technician sees first."""
    found = backup_alert(office())
    return finding_in_words(found) if found else ""


def _page(problem: str = "") -> str:
    done = request.args.get("done", "")
    return render_template(
        "school/upkeep.html",
        upkeep=upkeep_of(office(), colleague()),
        may_act=staff().may(Act.DO_UPKEEP),
        problem=problem,
        done=done if done in _DONE else "",
        check_in_words=check_in_words,
        finding_in_words=finding_in_words,
    )
