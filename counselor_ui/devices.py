"""Devices and alarms: the set-up steps, kiosks, siren pages, the test alarm and the channels an alarm takes.

Hides what a person may not do; the acts refuse it. A device's link is shown once, a channel's address never again.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.certificate import network_now
from counselor_ui.channel_words import ROBOT_ADDRESSES, apprise_address, problem_in_words, service_in_words
from counselor_ui.device_words import grades, place, sign
from counselor_ui.guard import back_to, colleague, guard, sent_form
from counselor_ui.help_page import check_is_due
from counselor_ui.people import Staff, staff
from counselor_ui.queue import slowed_kiosks
from counselor_ui.sentences import sentence_for
from counselor_ui.upkeep import alert_in_words
from mailbox.alarms.channels import ChannelLine, add_channel, channel_lines, remove_channel, try_channel
from mailbox.alarms.siren import CLOSED, acknowledge_closed, ring_test, ringing
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.people.listing import StationLine, station_lines
from mailbox.people.setup import Steps, steps
from mailbox.people.stations import KIOSK, change_station, invite_station, withdraw
from mailbox.rules.qr import qr_picture
from mailbox.rules.roles import Act
from mailbox.web.current import office
from mailbox.web.network import link_for_here, link_for_others, opens_elsewhere

pages = Blueprint("devices", __name__, url_prefix="/desk/devices", template_folder="templates")
guard(pages)


@pages.get("/")
def devices_page() -> str:
    return _devices_page()


@pages.post("/enroll/<any(kiosk, siren):kind>")
def enroll_station(kind: str) -> AnyResponse:
    form, me = sent_form("enroll"), colleague()
    name, room = form.get("name", "").strip(), form.get("room", "")
    try:
        # A reloaded answer or a double click must not fill the list with the same device twice.
        if (kind, name) in {(line.kind, line.name) for line in _stations()}:
            raise InputRefused("station", "there")
        where = (room, _grade(form.get("grade", ""))) if kind == KIOSK else (None, None)
        token = invite_station(office(), me.school_id, me.person_id, kind, name, *where)
    except InputRefused as refused:
        page = _devices_page(refused_at=kind, problem=sentence_for(refused), typed=name, typed_place=_place_of(form))
        return make_response(page, 400)
    return make_response(_link_page(kind, name, token))


@pages.post("/<station_id>/link")
def renew_link(station_id: str) -> AnyResponse:
    """Prepare a device anew whose link was lost; the lost one opens nothing any more."""
    sent_form("link")
    me, line = colleague(), _station(station_id)
    if line.state != "invited":
        raise NotFound("station")
    # The new one comes first: who may withdraw need not be who may enrol.
    token = invite_station(office(), me.school_id, me.person_id, line.kind, line.name, line.room, line.grade)
    withdraw(office(), me.school_id, me.person_id, station_id)
    return make_response(_link_page(line.kind, line.name, token))


@pages.get("/<station_id>/change")
def change_page(station_id: str) -> str:
    line = _station(station_id)
    return _change_page(line, {"name": line.name, "room": line.room or "", "grade": str(line.grade or "")})


@pages.post("/<station_id>/change")
def change(station_id: str) -> AnyResponse:
    """Say anew where a tablet stands and for which grade: it need not be enrolled again for that."""
    form, me, line = sent_form("change"), colleague(), _station(station_id)
    name, room = form.get("name", "").strip(), form.get("room", "")
    try:
        if any((other.kind, other.name) == (line.kind, name) and other.id != line.id for other in _stations()):
            raise InputRefused("station", "there")
        change_station(office(), me.school_id, me.person_id, line.id, name, room, _grade(form.get("grade", "")))
    except InputRefused as refused:
        page = _change_page(line, {"name": name, **_place_of(form)}, sentence_for(refused))
        return make_response(page, 400)
    return back_to("devices.devices_page", _anchor="kiosks")


@pages.get("/<station_id>/withdraw")
def withdraw_page(station_id: str) -> str:
    if not staff().may(Act.WITHDRAW_DEVICE):
        raise NotAllowed("withdraw")
    return render_template("school/withdraw.html", station=_station(station_id))


@pages.post("/<station_id>/withdraw")
def withdraw_station(station_id: str) -> AnyResponse:
    sent_form("withdraw")
    withdraw(office(), colleague().school_id, colleague().person_id, station_id)
    return back_to("devices.devices_page")


@pages.post("/test-alarm")
def ring() -> AnyResponse:
    sent_form("ring")
    ring_test(office(), colleague().school_id, colleague().person_id)
    return back_to("devices.devices_page")


@pages.post("/closed-alarm")
def end_closed_alarm() -> AnyResponse:
    """Somebody acts on the letters that nobody can open and that the page told of: the siren may be still."""
    shown = sent_form("closed").getlist("alarm")
    acknowledge_closed(office(), colleague().school_id, colleague().person_id, shown)
    return back_to("devices.devices_page")


@pages.post("/channels")
def add() -> AnyResponse:
    form, me = sent_form("channel"), colleague()
    name, address, owner = form.get("name", ""), form.get("address", ""), form.get("person", "")
    try:
        add_channel(office(), me.school_id, me.person_id, name, apprise_address(address), owner or None)
    except InputRefused as refused:
        problem = sentence_for(refused)
        page = _devices_page(refused_at="channel", problem=problem, typed=name, address=address, owner=owner)
        return make_response(page, 400)
    return back_to("devices.devices_page", _anchor="channels")


@pages.post("/channels/<channel_id>/try")
def try_one(channel_id: str) -> AnyResponse:
    """Send a test on this one alone, now, and say what happened."""
    sent_form("try-channel")
    try_channel(office(), colleague().school_id, colleague().person_id, channel_id)
    return back_to("devices.devices_page", tried=channel_id, _anchor="channels")


@pages.get("/channels/<channel_id>/remove")
def remove_channel_page(channel_id: str) -> str:
    if not staff().may(Act.CHANGE_CHANNELS):
        raise NotAllowed("channels")
    return render_template("school/remove_channel.html", channel=_channel(channel_id))


@pages.post("/channels/<channel_id>/remove")
def remove(channel_id: str) -> AnyResponse:
    sent_form("remove-channel")
    remove_channel(office(), colleague().school_id, colleague().person_id, channel_id)
    return back_to("devices.devices_page", _anchor="channels")


def _change_page(line: StationLine, typed: dict[str, str], problem: str = "") -> str:
    if line.kind != KIOSK:
        raise NotFound("station")
    if not staff().may(Act.ENROLL_DEVICE):
        raise NotAllowed("change")
    return render_template("school/change_kiosk.html", station=line, typed=typed, grades=grades(), problem=problem)


def _grade(value: str) -> int | None:
    if value not in {choice for choice, _words in grades()}:
        raise InputRefused("station", "grade")
    return int(value) if value else None


def _place_of(form: MultiDict[str, str]) -> dict[str, str]:
    return {"room": form.get("room", ""), "grade": form.get("grade", "")}


def _devices_page(
    *,
    refused_at: str = "",
    problem: str = "",
    typed: str = "",
    address: str = "",
    owner: str = "",
    typed_place: dict[str, str] | None = None,
) -> str:
    us, stations, school_id = staff(), _stations(), colleague().school_id
    done, rings = steps(office(), school_id), ringing(office(), school_id)
    return render_template(
        "school/devices.html",
        us=us,
        kiosks=[line for line in stations if line.kind == "kiosk"],
        sirens=[line for line in stations if line.kind == "siren"],
        channels=channel_lines(office(), school_id),
        network=network_now(),
        open_kinds={alarm.kind for alarm in rings},
        closed_alarms=[alarm.id for alarm in rings if alarm.kind == CLOSED],
        done=done,
        next_step=_next_step(done, us),
        refused_at=refused_at,
        problem=problem,
        typed=typed,
        address=address,
        owner=owner,
        tried=request.args.get("tried", ""),
        typed_place=typed_place or {},
        grades=grades(),
        place=place,
        sign=sign,
        help_check_due=check_is_due(school_id),
        slowed=dict(slowed_kiosks(school_id)),
        backup_alert=alert_in_words() if us.may(Act.SEE_UPKEEP) else "",
        today=office().local_now().date(),
        robots=ROBOT_ADDRESSES,
        service_in_words=service_in_words,
        problem_in_words=problem_in_words,
    )


def _next_step(done: Steps, us: Staff) -> str:
    """Return what the technician does next: counselor, siren, test, kiosk, or nothing.

    While the first counselor is on the way, the technician need not wait.
    """
    is_counselor_invited = any(line.is_reader for line in us.lines)
    in_order = {
        "counselor": done.reader or is_counselor_invited,
        "siren": done.siren,
        "test": done.test_heard,
        "kiosk": done.kiosk,
    }
    return next((step for step, is_done in in_order.items() if not is_done), "")


def _link_page(kind: str, name: str, token: str) -> str:
    endpoint = "kiosk.enroll_form" if kind == "kiosk" else "siren.enroll_form"
    link = link_for_others(endpoint, token=token)
    is_scanned = kind == "kiosk" and opens_elsewhere(link)
    qr = qr_picture(link) if is_scanned else None
    # A siren may well ring at the mailbox's own computer, which needs no certificate.
    here = link_for_here(endpoint, token=token) if kind == "siren" else None
    return render_template("school/device_link.html", kind=kind, name=name, link=link, qr=qr, here=here)


def _stations() -> list[StationLine]:
    return station_lines(office(), colleague().school_id)


def _station(station_id: str) -> StationLine:
    for line in _stations():
        if line.id == station_id:
            return line
    raise NotFound("station")


def _channel(channel_id: str) -> ChannelLine:
    for line in channel_lines(office(), colleague().school_id):
        if line.id == channel_id:
            return line
    raise NotFound("channel")
