"""A school with a lead, a head and channels of their own, at the moment when an urgent letter has come."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from mailbox.alarms.channels import add_channel
from mailbox.alarms.duty import duty_of, save_duty
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.duty import read_shifts
from mailbox.rules.duty_list import DutyList, Turn
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from mailbox.store.outbox import all_calling_alarms, steps_of
from mailbox.store.tables import AuditRow, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.support.web_hook import WebHook, running_web_hook

MORNING = read_shifts("8:00-12:00")


@dataclass(frozen=True)
class Called:
    """Everybody by name; lin and he are on duty on school mornings, in this order."""

    school: SchoolAtWork
    lin: Colleague
    he: Colleague
    lead: Colleague
    head: Colleague

    def keep_list(self, **changes: object) -> None:
        turn = Turn(frozenset(range(5)), MORNING, (self.lin.person_id, self.he.person_id))
        wanted = DutyList(**({"turns": (turn,)} | changes))  # type: ignore[arg-type]
        office, school_id = self.school.office, self.school.school_id
        save_duty(office, school_id, self.lead.person_id, wanted, duty_of(office, school_id).version)

    @contextmanager
    def hooked(self, *people: Colleague | None) -> Iterator[list[WebHook]]:
        """Give each of ``people`` a web hook as their own channel; None for everybody's."""
        if not people:
            yield []
            return
        with running_web_hook() as hook, self.hooked(*people[1:]) as others:
            self.add(hook.apprise_url, people[0])
            yield [hook, *others]

    def add(self, address: str, person: Colleague | None = None, name: str = "") -> str:
        shown = name or (person.display_name if person else "大家的")
        person_id = person.person_id if person else None
        return add_channel(
            self.school.office, self.school.school_id, self.school.technician_id, shown, address, person_id
        )

    def urgent(self, *barred: Colleague) -> str:
        """Let an urgent letter come; return its thread, empty where lin may not see it."""
        named = frozenset(one.person_id for one in barred)
        before = {row.id for row in queue(self.school.office, self.lin)}
        post(self.school.office, Letter(self.school.school_id, new_id(), "【紧急】秘密的话", os.urandom(16), named))
        return next((row.id for row in queue(self.school.office, self.lin) if row.id not in before), "")

    def steps(self) -> list[tuple[str, str | None]]:
        """Return rung and person of every call of the open alarms."""
        with self.school.office.database.view() as view:
            alarms = [alarm.id for alarm in all_calling_alarms(view.session, self.school.school_id)]
            return [(step.rung, step.person_id) for step in steps_of(view.session, alarms)]

    def acts(self, beginning: str) -> list[str]:
        with self.school.office.database.view() as view:
            rows = view.session.query(AuditRow).order_by(AuditRow.place)
            return [row.act for row in rows if row.act.startswith(beginning)]


def called_school(school: SchoolAtWork) -> Called:
    def bring(role: str, login: str, name: str) -> Colleague:
        office, lin = school.office, school.counselor.person_id
        token = invite(office, school.school_id, lin, role, name)
        person_id = accept_invitation(office, token, login, PASSPHRASE).person_id
        if role == COUNSELOR:
            approve(office, school.school_id, lead_ids[0], person_id)
        elif role == LEAD:
            approve(office, school.school_id, lin, person_id)
            lead_ids.append(person_id)
        return who(office, log_in(office, login, PASSPHRASE))

    lead_ids: list[str] = []
    lead = bring(LEAD, "an", "安老师")
    he = bring(COUNSELOR, "he", "何老师")
    return Called(school, school.counselor, he, lead, bring(HEAD, "fang", "方校长"))
