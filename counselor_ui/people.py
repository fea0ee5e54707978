"""Who works here: the list, invitations, approval, earlier weeks for a newcomer, and putting somebody out.

Hides what a person may not do; the acts refuse it. A link is shown once, on the answer to its own form.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, forget_session, guard, sent_form
from counselor_ui.sentences import N_, sentence_for
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.people.arrivals import approve, invite, leave
from mailbox.people.listing import PersonLine, people_lines
from mailbox.people.second_factor import is_required, require_for_readers, take_off
from mailbox.people.second_voice import may_be_second_voice
from mailbox.people.sharing import share_earlier_weeks
from mailbox.people.starting_anew import start_anew, stop_anew
from mailbox.people.wishes import agree, ask, drop, wish_lines
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, TECHNICIAN, Act, may
from mailbox.web.current import office

pages = Blueprint("people", __name__, url_prefix="/desk/people", template_folder="templates")
guard(pages)

ROLE_WORDS = {
    COUNSELOR: N_("心理老师：看信、写回信"),
    LEAD: N_("负责人：看信，也管值班、警报和平板"),
    HEAD: N_("校长：看学校的小结，不看信"),
    TECHNICIAN: N_("技术老师：管设备，不看信"),
}
_ROLE_TAGS = {COUNSELOR: N_("能看信"), LEAD: N_("负责人，能看信"), HEAD: N_("看小结"), TECHNICIAN: N_("管设备")}


@dataclass(frozen=True)
class Staff:
    """The people of a school as one of them sees it."""

    me: PersonLine
    lines: list[PersonLine]

    @property
    def readers(self) -> list[PersonLine]:
        return [line for line in self.lines if line.is_reader and line.state == "active"]

    def line(self, person_id: str) -> PersonLine:
        """Raises NotFound."""
        for line in self.lines:
            if line.id == person_id:
                return line
        raise NotFound("person")

    def may(self, act: Act) -> bool:
        return self.me.state == "active" and may(self.me.role, act)

    def may_as_lead(self, act: Act) -> bool:
        """As :meth:`may`; in a school without a lead its counselors stand in for one."""
        stands_in = self.me.role == COUNSELOR and not any(line.role == LEAD for line in self.readers)
        return self.me.state == "active" and may(LEAD if stands_in else self.me.role, act)

    def may_invite(self, role: str) -> bool:
        if role == TECHNICIAN:
            return self.may(Act.INVITE_TECHNICIAN)
        if role == HEAD:
            return self.may(Act.INVITE_HEAD)
        return self.may(Act.INVITE_READER if self.readers else Act.INVITE_FIRST_READER)

    @property
    def roles_to_invite(self) -> list[str]:
        """The roles this person may invite somebody for, the usual one first."""
        return [role for role in (COUNSELOR, LEAD, HEAD, TECHNICIAN) if self.may_invite(role)]

    def may_let_start_anew(self, line: PersonLine) -> bool:
        return line in self.readers and line != self.me and self.may(Act.START_ANEW)

    def may_take_factor_off(self, line: PersonLine) -> bool:
        return line.has_second_factor and line != self.me and self.may(Act.TAKE_OFF_SECOND_FACTOR)

    @property
    def lead_to_ask_for(self) -> list[tuple[PersonLine, str]]:
        """The readers whose role one may ask to change, each with the role they would have."""
        if self.me not in self.readers or not self.may(Act.ASK_SECOND_VOICE):
            return []
        return [(line, COUNSELOR if line.role == LEAD else LEAD) for line in self.readers]

    def may_approve(self, line: PersonLine) -> bool:
        active = {other.id: other.role for other in self.lines if other.state == "active"}
        return line.state == "waiting" and may_be_second_voice(self.me.role, self.me.id, line.invited_by, active)

    def may_take_back(self, line: PersonLine) -> bool:
        return line.state == "invited" and self.may_invite(line.role)

    def may_put_out(self, line: PersonLine) -> bool:
        return self.may_take_back(line) or line == self.me or self.may(Act.PUT_OUT)

    def is_last_reader(self, line: PersonLine) -> bool:
        return self.readers == [line]

    def is_last_of_all(self, line: PersonLine) -> bool:
        return [other for other in self.lines if other.state == "active"] == [line]


def staff() -> Staff:
    """Return everybody, and who of them asks. Raises SessionRefused."""
    me = colleague()
    lines = people_lines(office(), me.school_id)
    return Staff(next(line for line in lines if line.id == me.person_id), lines)


@pages.get("/")
def people_page() -> str:
    return _people_page()


@pages.post("/invite")
def invite_somebody() -> AnyResponse:
    form, me = sent_form("invite"), colleague()
    name, role = form.get("display_name", "").strip(), form.get("role", COUNSELOR)
    try:
        # A reloaded answer or a double click must not fill the list with the same person twice.
        if name in {line.display_name for line in staff().lines}:
            raise InputRefused("display_name", "invited")
        token = invite(office(), me.school_id, me.person_id, role, name)
    except InputRefused as refused:
        return make_response(_people_page(name, sentence_for(refused)), 400)
    return make_response(_link_page(role, name, token))


@pages.post("/<person_id>/link")
def renew_link(person_id: str) -> AnyResponse:
    """Invite somebody anew whose link was lost; the lost one opens nothing any more."""
    sent_form("link")
    me, line = colleague(), staff().line(person_id)
    if line.state != "invited":
        raise NotFound("invitation")
    leave(office(), me.school_id, me.person_id, person_id)
    token = invite(office(), me.school_id, me.person_id, line.role, line.display_name)
    return make_response(_link_page(line.role, line.display_name, token))


@pages.post("/<person_id>/approve")
def approve_counselor(person_id: str) -> AnyResponse:
    sent_form("approve")
    approve(office(), colleague().school_id, colleague().person_id, person_id)
    return back_to("people.people_page")


@pages.post("/<person_id>/share")
def share_weeks(person_id: str) -> AnyResponse:
    sent_form("share")
    if share_earlier_weeks(office(), colleague(), person_id) == 0:
        return make_response(render_template("school/nothing_to_share.html", person=staff().line(person_id)))
    return back_to("people.people_page")


@pages.post("/<person_id>/anew")
def let_start_anew(person_id: str) -> AnyResponse:
    """Make a link for a reader who forgot the passphrase."""
    sent_form("anew")
    line = staff().line(person_id)
    token = start_anew(office(), colleague(), person_id)
    return make_response(_link_page(line.role, line.display_name, token))


@pages.post("/<person_id>/anew/stop")
def do_not_start_anew(person_id: str) -> AnyResponse:
    sent_form("anew-stop")
    stop_anew(office(), colleague(), person_id)
    return back_to("people.people_page")


@pages.post("/<person_id>/factor-off")
def take_factor_off(person_id: str) -> AnyResponse:
    sent_form("factor-off")
    take_off(office(), colleague(), person_id)
    return back_to("people.people_page")


@pages.post("/factor-required")
def require_factor() -> AnyResponse:
    form = sent_form("factor-required")
    try:
        require_for_readers(office(), colleague(), wanted=form.get("wanted") == "yes")
    except InputRefused as refused:
        return make_response(_people_page(problem=sentence_for(refused)), 400)
    return back_to("people.people_page")


@pages.post("/<person_id>/role")
def ask_for_role(person_id: str) -> AnyResponse:
    """Ask that a reader be lead, or no longer; a second voice changes it."""
    form = sent_form("role")
    try:
        ask(office(), colleague(), form.get("role", ""), person_id)
    except InputRefused as refused:
        return make_response(_people_page(problem=sentence_for(refused)), 400)
    return back_to("people.people_page", _anchor="lead")


@pages.post("/wishes/<wish_id>/agree")
def agree_to_wish(wish_id: str) -> AnyResponse:
    sent_form("wish-agree")
    agree(office(), colleague(), wish_id)
    return back_to("people.people_page")


@pages.post("/wishes/<wish_id>/drop")
def drop_wish(wish_id: str) -> AnyResponse:
    sent_form("wish-drop")
    drop(office(), colleague(), wish_id)
    return back_to("people.people_page")


@pages.get("/<person_id>/out")
def put_out_page(person_id: str) -> str:
    us = staff()
    line = us.line(person_id)
    if not us.may_put_out(line):
        raise NotAllowed("put out")
    return render_template("school/put_out.html", us=us, person=line)


@pages.post("/<person_id>/out")
def put_out(person_id: str) -> AnyResponse:
    sent_form("out")
    me = colleague()
    leave(office(), me.school_id, me.person_id, person_id)
    if person_id != me.person_id:
        return back_to("people.people_page")
    response = make_response(render_template("school/you_left.html", name=me.display_name, me=None))
    forget_session(response)
    return response


def _people_page(name: str = "", problem: str | None = None) -> str:
    return render_template(
        "school/people.html",
        us=staff(),
        name=name,
        problem=problem,
        role_words=ROLE_WORDS,
        role_tags=_ROLE_TAGS,
        wishes=wish_lines(office(), colleague()),
        may_require_factor=staff().may(Act.REQUIRE_SECOND_FACTOR),
        factor_is_required=is_required(office(), colleague().school_id),
    )


def _link_page(role: str, name: str, token: str) -> str:
    link = url_for("arrival.invitation_page", token=token, _external=True)
    return render_template("school/invited.html", role=role, name=name, link=link)
