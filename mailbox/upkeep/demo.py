"""The demonstration: a school with invented letters in every state, made through the same acts as a real one.

Owns the story only. Its passphrase is known to everybody, so it refuses a folder that is not its own.
"""

from __future__ import annotations

import os
import shutil
import tomllib
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Any

from mailbox.alarms.channels import add_channel
from mailbox.alarms.duty import save_duty
from mailbox.alarms.siren import ring_test
from mailbox.care.appointments import offer_times
from mailbox.care.cases import open_case, remark, tick
from mailbox.care.follow_ups import follow_up_done
from mailbox.care.plan import Step
from mailbox.care.reading import read_case
from mailbox.care.school_plan import save_steps
from mailbox.errors import SettingsRefused
from mailbox.letters.answer import answer, claim, correct
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.drafts import keep_draft
from mailbox.letters.found import FoundOnPaper
from mailbox.letters.paper import enter_note
from mailbox.letters.passing import mark_passed_on
from mailbox.letters.post import Letter, Posted, SentPart, post, write_back
from mailbox.letters.remarks import write_remark
from mailbox.letters.reply_words import Choice, MeetingTime
from mailbox.letters.second_reading import ask_second_reader
from mailbox.office import Office
from mailbox.openings.customs import change_holding
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.recipients import add_recipient
from mailbox.people.arrivals import accept_invitation, approve, found_school, invite
from mailbox.people.beginnings import add_beginning
from mailbox.people.help_page import Help, Helper, save_help
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.proposals import propose
from mailbox.people.school_calendar import calendar_for
from mailbox.people.stations import KIOSK, SIREN, acknowledge_test_alarms, enroll, invite_station, open_kiosk
from mailbox.rules.duty import read_shifts
from mailbox.rules.duty_list import DutyList, Turn
from mailbox.rules.holding_words import CHINESE, ENGLISH, OURS
from mailbox.rules.letter_kinds import LetterKind, Mood
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from mailbox.rules.school_week import half_day
from mailbox.upkeep.demo_drawing import house_and_sun
from mailbox.upkeep.demo_second_person import ask_second_persons
from triage.protocol import Topic, Urgency

STORY = tomllib.loads((Path(__file__).parent / "demo_school.toml").read_text(encoding="utf-8"))
PASSPHRASE: str = STORY["passphrase"]
_MARK = "this-is-a-demonstration"
_FOUNDED_DAYS_AGO = 10


@dataclass(frozen=True)
class Demonstration:
    """What a visitor needs: who may log in, one-time links for a kiosk and a siren page, and the codes of two children.

    ``answered`` has an answer to read, ``invited`` times to choose from. ``slips`` are the two recovery slips.
    """

    technician: str
    counselors: tuple[str, ...]
    lead: str
    head: str
    kiosk_token: str
    siren_token: str
    answered: Posted
    invited: Posted
    slips: tuple[list[str], list[str]] = field(repr=False)


def clear_folder(folder: Path) -> None:
    """Make the demonstration's folder anew. Raises SettingsRefused for a folder that holds something else."""
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).exists():
        raise SettingsRefused("data_dir", f"{folder} is not a demonstration's folder; name an empty one")
    shutil.rmtree(folder, ignore_errors=True)
    # The folder above is a school's own later on, and `parents` would leave it open to others.
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700)
    (folder / _MARK).touch()


def make_school(office: Office) -> Demonstration:
    """Tell the whole story, from the founding ten days ago to this morning; return how to look at it."""
    now = office.clock()
    then = _at(office, now, _FOUNDED_DAYS_AGO, 9)
    school_id, token = found_school(then, STORY["school"], opening_weekday=4, opening_hour=15)
    technician = accept_invitation(then, token, "jishu", PASSPHRASE).person_id
    first = accept_invitation(then, invite(then, school_id, technician, COUNSELOR, "林老师"), "lin", PASSPHRASE)
    assert first.slips is not None  # noqa: S101 - the first reader of a school always makes them.
    lin = who(then, log_in(then, "lin", PASSPHRASE))
    he = _colleague(then, school_id, lin.person_id, COUNSELOR, "he", "何老师")
    approve(then, school_id, lin.person_id, he.person_id)
    # A lead is let in by who did not invite her; a head reads nothing and needs no second voice.
    an = _colleague(then, school_id, lin.person_id, LEAD, "an", "安老师")
    approve(then, school_id, he.person_id, an.person_id)
    _colleague(then, school_id, an.person_id, HEAD, "xiaozhang", "方校长")
    own_steps = [Step("", **step) for step in STORY["plan"]["steps"]]
    save_steps(then, school_id, an.person_id, STORY["plan"]["about"], own_steps, seen_version="")
    kiosk_id = _open_the_kiosk(then, school_id, technician)
    tellers = _Tellers(office, now, school_id, kiosk_id, {"lin": lin, "he": he})
    kept = [tellers.tell(letter) for letter in STORY["letters"]]
    tellers.write_backs(kept)
    ask_second_persons(office, tellers.people, STORY["letters"], kept)
    newcomer = invite(office, school_id, he.person_id, COUNSELOR, "周老师")
    accept_invitation(office, newcomer, "zhou", PASSPHRASE)
    # What children are told, and the beginnings of replies, are the lead's to change.
    _say_where_help_is(office, school_id, an.person_id)
    _say_who_is_on_duty(office, school_id, lin.person_id, he.person_id, an.person_id)
    own = STORY["beginning"]
    add_beginning(office, school_id, an.person_id, Topic(own["topic"]), own["chinese"], own["english"])
    words = {"chinese": OURS[CHINESE], "english": OURS[ENGLISH]}
    change_holding(office, school_id, an.person_id, holds=True, seen_version="", **words)
    add_recipient(office, school_id, an.person_id, "方校长", "fang@school.invalid")
    propose(office, lin, STORY["proposal"]["page"], STORY["proposal"]["words"])
    # A channel that nobody answers, so that the desk shows what a failed alarm looks like.
    add_channel(office, school_id, technician, "门卫室的电脑（没有开机）", "json://127.0.0.1:9/")
    return Demonstration(
        technician="jishu",
        counselors=("lin", "he", "zhou"),
        lead="an",
        head="xiaozhang",
        kiosk_token=invite_station(office, school_id, technician, KIOSK, "图书角的平板", "一楼图书角", 2),
        siren_token=invite_station(office, school_id, technician, SIREN, "值班室"),
        answered=kept[0],
        invited=kept[-1],
        slips=first.slips,
    )


@dataclass(frozen=True)
class _Tellers:
    """The story's people at work; each letter moves the clock to its own day."""

    office: Office
    now: datetime
    school_id: str
    kiosk_id: str
    people: dict[str, Colleague]

    def tell(self, letter: dict[str, Any]) -> Posted:
        then = _at(self.office, self.now, letter["days_ago"], letter["hour"])
        open_what_is_due(then)
        barred = frozenset({self.people[letter["not_for"]].person_id} if "not_for" in letter else ())
        posted = self._paper(then, letter) if letter.get("paper") else post(then, self._letter(letter, barred))
        thread_id = posted.thread_id
        self._work_on(then, letter, thread_id)
        if "times" in letter:
            self._meet(then, letter, posted)
        if "case" in letter:
            self._follow(then, letter, thread_id)
        if letter.get("passed_on"):
            mark_passed_on(then, self.people["lin"], thread_id)
        return posted

    def _paper(self, then: Office, letter: dict[str, Any]) -> Posted:
        local, lin = then.local_now(), self.people["lin"]
        found = FoundOnPaper(local.date(), half_day(local), lin.person_id)
        return enter_note(then, lin, letter["words"], found, frozenset(), os.urandom(16)).posted

    def _meet(self, then: Office, letter: dict[str, Any], posted: Posted) -> None:
        """Offer times of the next school days, and let the child choose one if it does."""
        lin = self.people["lin"]
        open_thread(then, lin, posted.thread_id)
        with self.office.database.view() as view:
            calendar = calendar_for(self.office, view.session, self.school_id)
        days = [self.office.local_now().date()]
        for _ in letter["times"]:
            days.append(calendar.next_school_day(days[-1]))
        times = [
            MeetingTime(days[one["after"]], time.fromisoformat(one["at"].zfill(5)), one["place"])
            for one in letter["times"]
        ]
        offer_times(then, lin, posted.thread_id, letter["reply"], times, release_now=True, form_nonce=os.urandom(16))
        if "chooses" in letter:
            about = collect(then, self.school_id, posted.code).about_times
            assert about is not None  # noqa: S101 - it was offered three lines above.
            choice = Choice(about.id, letter["chooses"])
            chosen = Letter(self.school_id, self.kiosk_id, "", os.urandom(16), choice=choice)
            write_back(then, chosen, posted.thread_id)

    def _follow(self, then: Office, letter: dict[str, Any], thread_id: str) -> None:
        lin, told = self.people["lin"], letter["case"]
        case_id = open_case(then, lin, thread_id, told["about"], told["why"])
        for step in told["steps"]:
            tick(then, lin, case_id, step, done=True, form_nonce=os.urandom(16))
        remark(then, lin, case_id, told["remark"], os.urandom(16))
        for told_visit in told["visits"]:
            later = _at(self.office, self.now, letter["days_ago"] - told_visit["after"], letter["hour"])
            visits = {row.step: row.id for row in read_case(later, lin, case_id).follow_ups}
            follow_up_done(later, lin, case_id, visits[told_visit["step"]], told_visit["words"], os.urandom(16))

    def _letter(self, letter: dict[str, Any], barred: frozenset[str]) -> Letter:
        return Letter(
            self.school_id,
            self.kiosk_id,
            letter["words"],
            os.urandom(16),
            barred,
            kind=LetterKind(letter.get("kind", LetterKind.WHISPER)),
            mood=Mood(letter["mood"]) if "mood" in letter else None,
            details=letter.get("details", {}),
            parts=(SentPart("drawing", house_and_sun()),) if letter.get("draws") else (),
        )

    def write_backs(self, kept: list[Posted]) -> None:
        """Let the children who came back read their answers and write again, after the opening."""
        for letter, posted in zip(STORY["letters"], kept, strict=True):
            if "back" not in letter:
                continue
            then = _at(self.office, self.now, letter["back_days_ago"], 16)
            opened = collect(then, self.school_id, posted.code)
            again = Letter(self.school_id, self.kiosk_id, letter["back"], os.urandom(16))
            write_back(then, again, opened.thread_id)

    def _work_on(self, then: Office, letter: dict[str, Any], thread_id: str) -> None:
        if "remark" in letter:
            he = self.people["he"].person_id
            write_remark(then, self.people["lin"], thread_id, letter["remark"], form_nonce=os.urandom(16), hand_to=he)
        if "second" in letter:
            asked = self.people["lin"].person_id
            ask_second_reader(then, self.people["he"], thread_id, asked, letter["second"], form_nonce=os.urandom(16))
        if "claim" in letter:
            claim(replace(then, clock=self.office.clock), self.people[letter["claim"]], thread_id)
        if "read" in letter:
            open_thread(then, self.people[letter["read"]], thread_id)
        if "level" in letter:
            correct(then, self.people["lin"], thread_id, Urgency(letter["level"]), letter["reason"])
        if "draft" in letter:
            keep_draft(then, self.people["lin"], thread_id, letter["draft"], seen_version="")
        if "by" in letter:
            colleague = self.people[letter["by"]]
            open_thread(then, colleague, thread_id)
            now = letter["when"] == "now"
            answer(then, colleague, thread_id, letter["reply"], release_now=now, form_nonce=os.urandom(16))


def _colleague(office: Office, school_id: str, by: str, role: str, login_name: str, name: str) -> Colleague:
    accept_invitation(office, invite(office, school_id, by, role, name), login_name, PASSPHRASE)
    return who(office, log_in(office, login_name, PASSPHRASE))


def _say_where_help_is(office: Office, school_id: str, by_person_id: str) -> None:
    shifts = read_shifts("7:40-12:00，13:30-17:30")
    helpers = (Helper("林老师", "二楼心理室"), Helper("何老师", "三楼办公室"))
    off_duty = "晚上和周末，传达室的老师在，敲门就可以。"
    shown = Help(helpers, "传达室", duty=dict.fromkeys(range(5), shifts), off_duty_words=off_duty)
    save_help(office, school_id, by_person_id, shown, seen_version="")


def _say_who_is_on_duty(office: Office, school_id: str, lin: str, he: str, an: str) -> None:
    morning = Turn(frozenset(range(5)), read_shifts("7:40-12:00"), (lin, he))
    afternoon = Turn(frozenset(range(5)), read_shifts("13:30-17:30"), (he, lin))
    # Numbers that nobody has.
    phones = {lin: "138 0000 0001", he: "138 0000 0002", an: "138 0000 0003"}
    save_duty(office, school_id, an, DutyList((morning, afternoon), fallback=an, phones=phones), seen_version="")


def _open_the_kiosk(office: Office, school_id: str, technician: str) -> str:
    _, cookie = enroll(office, invite_station(office, school_id, technician, KIOSK, "三楼走廊的平板", "教学楼三楼"))
    ring_test(office, school_id, technician)
    acknowledge_test_alarms(office, school_id)
    return open_kiosk(office, cookie).id


def _at(office: Office, now: datetime, days_ago: int, hour: int) -> Office:
    """Return the same office on an earlier day, at ``hour`` of the school's clock, never after now."""
    local = now.astimezone(office.settings.zone) - timedelta(days=days_ago)
    moment = min(local.replace(hour=hour, minute=20, second=0, microsecond=0), now)
    return replace(office, clock=lambda: moment)
