"""Who gets where: every address of the app, asked for by everybody there is. A new address needs a line in the table.

Forms carry a token of the asker's own session, so that what refuses them is the role and not the form.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from werkzeug.routing import Rule

from mailbox.alarms.siren import ring_test
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.listing import station_lines
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, enroll, invite_station, withdraw
from mailbox.rules.alarm_times import AlarmTimes
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, TECHNICIAN
from mailbox.web.forms import new_token
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import HTTPS, Browser, arrive, browser_at

ASKERS = ("nobody", "kiosk", "withdrawn", COUNSELOR, LEAD, HEAD, TECHNICIAN)
NOTHING = "0" * 32
_SESSION, _KIOSK = "__Host-desk", "__Host-kiosk"
# A form that lacks something is refused to who may send it as well; what matters is that it is no 403.
_CLASSES = {200: "ok", 204: "ok", 302: "ok", 303: "ok", 400: "bad", 409: "bad", 403: "no", 404: "none"}
_PURPOSE = re.compile(r'sent_form\(\s*"([^"]+)"')

# Who asks:  nobody  kiosk  withdrawn  counselor  lead  head  technician
# What comes: login (asked to log in), ok, bad (a form that lacks something), none (nothing is here), no (not allowed).
TABLE: dict[str, tuple[str, ...]] = {
    "login none none ok ok ok ok": (
        "account.account_page",
        "account.end_sessions",
        "account.factor_page",
        "alarms.alarms_page",
        "calendar.calendar_page",
        "devices.devices_page",
        "documents.documents_page",
        "retention.retention_page",
        "door.code",
        "door.give_code_here",
        "door.home",
        "door.still_here",
        "help_page.help_desk",
        "notices.seen",
        "people.drop_wish",
        "people.people_page",
        "proposals.remove",
    ),
    "login none none bad bad bad bad": (
        "account.factor_off",
        "account.factor_on",
        "account.new_passphrase",
    ),
    "login none none none none none none": (
        "documents.paper",
        "people.agree_to_wish",
        "account.new_spare_codes",
        "people.renew_link",
    ),
    "none none none none none none none": (
        "arrival.accept",
        "arrival.found",
        "arrival.invitation_page",
        "arrival.setup_page",
        "certificate.root_file",
        "certificate.root_page",
        "door.static",
        "kiosk.enroll_device",
        "kiosk.enroll_form",
        "kiosk.static",
        "siren.enroll_device",
        "siren.heard",
        "siren.siren_page",
        "siren.state",
        "web.static",
    ),
    "bad none none bad bad bad bad": (
        "recovery.let_in",
        "recovery.type_slip",
        "arrival.slips_kept",
        "door.log_in_here",
    ),
    "login none none no ok no ok": (
        "upkeep.upkeep_page",
        "calendar.change",
        "devices.add",
        "devices.change_page",
        "devices.enroll_station",
        "devices.renew_link",
    ),
    "login none none no no no ok": (
        "upkeep.look",
        "upkeep.make_backup",
    ),
    "login none none ok ok ok no": (
        "audit.acts_page",
        "beginnings.beginnings_page",
        "crisis_plan.plan_page",
        "crisis_plan.printed",
        "decisions.decisions_page",
        "duty.duty_page",
        "duty.sheet",
        "paper.paper_page",
        "people.take_factor_off",
    ),
    "login none none bad bad bad no": ("beginnings.change",),
    "ok none none ok ok ok ok": (
        "recovery.type_page",
        "blank_slips.sheet",
        "door.login",
        "letters.search_again",
        "siren.enroll_form",
    ),
    "login none none ok ok no ok": (
        "devices.end_closed_alarm",
        "devices.ring",
        "devices.withdraw_station",
    ),
    "login none none none none no no": (
        "decisions.ask_file",
        "decisions.file",
        "decisions.file_form",
        "decisions.file_key",
        "decisions.show_revealed",
        "decisions.take_back",
        "care.case_page",
        "care.close",
        "care.kept_report",
        "care.more_to_report",
        "care.part",
        "care.remarks",
        "care.reopen",
        "care.report",
        "care.report_page",
        "care.situations",
        "care.steps",
        "care.visit",
        "enclosures.for_parents",
        "enclosures.part",
        "paper.count",
        "paper.write_words",
        "people.put_out_page",
        "people.share_weeks",
        "talks.month_page",
    ),
    "login none none ok ok no no": (
        "care.cases_page",
        "care.new_case_page",
        "decisions.reveal_form",
        "hard_words.change",
        "learning.undo_adjustment",
        "letters.claim_letter",
        "letters.mark_prank",
        "letters.undo_pranks",
        "letters.edit",
        "letters.give_back",
        "letters.keep",
        "letters.keep_typing",
        "letters.letter_page",
        "letters.queue_page",
        "letters.queue_state",
        "letters.search",
        "letters.second_read",
        "letters.still_here",
        "opening.close",
        "opening.opening_page",
        "opening.replies_page",
        "opening_customs.customs_page",
        "people.put_out",
        "proposals.proposals_page",
        "recovery.ask_for_slips",
        "recovery.new_slips_page",
        "summary.summary_page",
        "talks.new_talk_page",
        "talks.talks_page",
        "appointments.call_off_page",
        "appointments.meetings_page",
        "appointments.times_page",
        "paper_notes.new_note_page",
    ),
    "login none none bad bad no no": (
        "care.new_case",
        "decisions.ask_reveal",
        "enclosures.passed_on",
        "learning.adopt_adjustment",
        "learning.learning_page",
        "letters.ask_second",
        "letters.mark_pranks",
        "letters.pranks_page",
        "letters.correct_level",
        "letters.preview",
        "letters.remark",
        "letters.reply",
        "opening.hold",
        "opening.open_now",
        "people.invite_somebody",
        "recovery.make_slips",
        "talks.new_talk",
        "appointments.call_off",
        "appointments.offer",
        "paper_notes.new_note",
    ),
    "login none none no bad no bad": ("devices.change",),
    "login none none none none none no": (
        "decisions.decide_on",
        "paper.chart",
        "paper.pdf",
        "paper.sheet",
    ),
    "login none none no none none no": ("decisions.seen",),
    "login none none no none no none": (
        "devices.remove",
        "devices.remove_channel_page",
    ),
    "login none none ok none no none": ("devices.withdraw_page",),
    "login none none ok bad no no": ("help_page.checked",),
    "login none none no bad no no": (
        "letters.hold",
        "crisis_plan.change",
        "help_page.save",
        "opening_customs.change_words",
        "opening_customs.mail_now",
    ),
    "login none none no none no no": (
        "opening_customs.remove",
        "proposals.answer",
    ),
    "none ok none none none none none": (
        "kiosk.choose",
        "kiosk.chosen",
        "kiosk.help_page",
        "kiosk.home",
        "kiosk.read",
        "kiosk.tell_still_there",
        "kiosk.write",
    ),
    "ok ok ok ok ok ok ok": (
        "kiosk.clear",
        "kiosk.manifest",
        "kiosk.open_enrolment_link",
    ),
    "login ok login login login login login": ("kiosk.forget_enrolment",),
    "login none none no ok no no": (
        "letters.end_hold",
        "alarms.save_times",
        "beginnings.add",
        "crisis_plan.situation_page",
        "duty.save",
        "opening_customs.add",
        "opening_customs.change_channel",
        "people.approve_counselor",
        "people.require_factor",
    ),
    "login none none no no ok no": ("alarms.reached",),
    "login none none none none no none": ("devices.try_one",),
    "login none none none ok no no": (
        "people.ask_for_role",
        "people.do_not_start_anew",
        "people.let_start_anew",
    ),
    "none bad none none none none none": (
        "kiosk.open_by_code",
        "kiosk.send",
        "kiosk.send_back",
        "kiosk.choose_time",
    ),
    "login none none ok no no no": ("proposals.make",),
}
# Going out ends the asker's session, so it is asked for by nobody here; test_login does.
NOT_WALKED = {"door.log_out_here"}

# What some forms must hold before anybody looks at who sends them.
FIELDS = {
    "alarms.save_times": {name: str(number) for name, number in AlarmTimes().numbers().items()},
    "calendar.change": {"opening_weekday": "4", "opening_hour": "15"},
    "beginnings.add": {"topic": "study", "chinese": "谢谢你写信来，{asker}", "english": ""},
    "devices.add": {"name": "门卫室", "service": "other", "address": "json://127.0.0.1:9/"},
    "devices.enroll_station": {"name": "图书角 {asker}"},
    "letters.search": {"words": "云"},
    "people.ask_for_role": {"role": "lead"},
    "proposals.make": {"words": "请改一改，{asker}"},
    "opening_customs.add": {"name": "教务处", "address": "{asker}@school.cn"},
    "opening_customs.change_words": {"chinese": "最晚〔那一天〕回你", "english": ""},
    "help_page.save": {
        **{"name-0": "林老师", "place-0": "二楼", "phone_place": "传达室"},
        **{"number-0": "12356", "words-0": "想找人说说话", "hours-0": "全天", "shown-0": "1", "order-0": "1"},
    },
}


@dataclass(frozen=True)
class Walk:
    """The app with somebody of every kind before it, and ids of what is there."""

    app: Flask
    school: SchoolAtWork
    browsers: dict[str, Browser]
    kiosks: dict[str, str]
    known: dict[str, dict[str, str]]

    def answer(self, asker: str, rule: Rule, method: str) -> str:
        browser = self.browsers[asker]
        if asker in self.kiosks:
            # One page takes the enrolment away.
            browser.carry(_KIOSK, self.kiosks[asker])
        address = self.address(asker, rule)
        headers = {"Accept-Language": "zh-CN"}
        if method == "GET":
            answer = browser.client.get(address, base_url=HTTPS, headers=headers)
        else:
            fields = {name: value.format(asker=asker) for name, value in FIELDS.get(rule.endpoint, {}).items()}
            data = {"token": self.token(browser, rule.endpoint), **fields}
            answer = browser.client.post(address, base_url=HTTPS, data=data, headers=headers)
        if answer.status_code == 303 and (answer.location or "").startswith("/desk/login"):
            return "login"
        return _CLASSES.get(answer.status_code, f"{answer.status_code // 100}xx")

    def address(self, asker: str, rule: Rule) -> str:
        values = {name: self.known[asker].get(name, NOTHING) for name in rule.arguments}
        with self.app.test_request_context(base_url=HTTPS):
            return self.app.url_map.bind("localhost", url_scheme="https").build(rule.endpoint, values)

    def token(self, browser: Browser, endpoint: str) -> str:
        found = _PURPOSE.search(inspect.getsource(self.app.view_functions[endpoint]))
        purpose = found[1] if found else "none"
        return new_token(self.school.office, f"desk-{purpose}", browser.cookie(_SESSION) or "nobody")


@pytest.fixture
def walk(school: SchoolAtWork) -> Walk:
    office, school_id, lin = school.office, school.school_id, school.counselor.person_id
    for role, login in ((LEAD, "zhou"), (HEAD, "xiaozhang")):
        person_id = accept_invitation(office, invite(office, school_id, lin, role, login), login, PASSPHRASE).person_id
        if role == LEAD:
            approve(office, school_id, lin, person_id)
    served = browser_at(office)
    app = served.client.application
    browsers = {asker: Browser(app.test_client()) for asker in ASKERS}
    logins = {COUNSELOR: "lin", LEAD: "zhou", HEAD: "xiaozhang", TECHNICIAN: "jishu"}
    kiosks = {}
    for asker in ("kiosk", "withdrawn"):
        _, cookie = enroll(office, invite_station(office, school_id, school.technician_id, KIOSK, asker))
        kiosks[asker] = cookie
    ring_test(office, school_id, school.technician_id)
    acknowledge_test_alarms(office, school_id)
    gone = next(line.id for line in station_lines(office, school_id) if line.name == "withdrawn")
    withdraw(office, school_id, school.technician_id, gone)
    for asker, login in logins.items():
        assert browsers[asker].log_in(login).status_code == 303
    return Walk(app, school, browsers, kiosks, {asker: things_for(school, asker) for asker in ASKERS})


def things_for(school: SchoolAtWork, asker: str) -> dict[str, str]:
    """Make what an address can name, for one asker alone: what one of them changes must not be gone for the next."""
    office, school_id, lin = school.office, school.school_id, school.counselor.person_id
    waits = accept_invitation(office, invite(office, school_id, lin, COUNSELOR, asker), f"waits-{asker}", PASSPHRASE)
    invite_station(office, school_id, school.technician_id, KIOSK, f"spare-{asker}")
    return {
        "thread_id": arrive(school, "今天的云像一只鸡"),
        "person_id": waits.person_id,
        "station_id": next(line.id for line in station_lines(office, school_id) if line.name == f"spare-{asker}"),
        "filename": "nothing.css",
        "kind": "kiosk",
        "page": "calendar",
        "section": "level",
        "situation": "bullying",
        "ends_on": "2026-10-02",
        "month": "2026-10",
    }


def routes(app: Flask) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE", "PATCH"}):
            yield rule, method


def test_everybody_gets_where_the_table_says_and_nowhere_else(walk: Walk) -> None:
    expected = {endpoint: line for line, endpoints in TABLE.items() for endpoint in endpoints}
    seen = {
        rule.endpoint: " ".join(walk.answer(asker, rule, method) for asker in ASKERS)
        for rule, method in routes(walk.app)
        if rule.endpoint not in NOT_WALKED
    }
    assert {one: line for one, line in seen.items() if expected.get(one) != line} == {}
    assert sorted(expected.keys() - seen.keys()) == []


def test_no_address_takes_two_kinds_of_asking() -> None:
    """Else one line of the table would speak for two."""
    assert sum(len(endpoints) for endpoints in TABLE.values()) == len(
        {endpoint for endpoints in TABLE.values() for endpoint in endpoints}
    )


def test_a_technician_makes_no_reader_of_themselves(walk: Walk) -> None:
    technician = walk.browsers[TECHNICIAN]
    for role in (COUNSELOR, LEAD, HEAD):
        token = new_token(walk.school.office, "desk-invite", technician.cookie(_SESSION))
        fields = {"token": token, "role": role, "display_name": "我自己"}
        assert technician.client.post("/desk/people/invite", base_url=HTTPS, data=fields).status_code == 403


def test_a_head_sees_the_schools_paper_and_not_the_bureaus(walk: Walk) -> None:
    head = walk.browsers[HEAD]
    assert head.get("/desk/").location == "/desk/paper/"
    assert head.get("/desk/paper/").status_code == 200
    assert head.get("/desk/paper/?for=bureau").status_code == 403
    assert "/desk/letters/" not in head.get("/desk/paper/").text


# What a counselor opens every day, by the addresses that anybody could type.
COUNSELOR_PAGES = (
    *("letters/", "letters/{thread_id}", "cases/", "cases/new/{thread_id}", "talks/", "talks/new"),
    *("summary/", "proposals/", "slips/new", "opening/"),
)


@pytest.mark.parametrize("asker", [HEAD, TECHNICIAN])
def test_who_is_no_reader_opens_no_page_of_a_counselor_by_its_address(walk: Walk, asker: str) -> None:
    wanted = [f"/desk/{page.format(**walk.known[COUNSELOR])}" for page in COUNSELOR_PAGES]
    opened = {page: walk.browsers[COUNSELOR].get(page).status_code for page in wanted}
    refused = {page: walk.browsers[asker].get(page) for page in wanted}
    assert set(opened.values()) == {200}, opened
    assert {answer.status_code for answer in refused.values()} <= {403, 404}
    assert not any("今天的云像一只鸡" in answer.text for answer in refused.values())


def test_a_technician_finds_no_form_of_a_reader_to_send(walk: Walk) -> None:
    technician = walk.browsers[TECHNICIAN]
    lin = walk.school.counselor.person_id
    for purpose, address in (("anew", "anew"), ("factor-off", "factor-off"), ("out", "out"), ("role", "role")):
        token = new_token(walk.school.office, f"desk-{purpose}", technician.cookie(_SESSION))
        sent = technician.client.post(
            f"/desk/people/{lin}/{address}", base_url=HTTPS, data={"token": token, "role": "counselor"}
        )
        assert sent.status_code == 403, address
