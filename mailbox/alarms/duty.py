"""The duty list as it is kept: who, when, who stands in, and the telephones, all wrapped under the key file.

Owns its form and who may change it. The worker must reach people with nobody logged in, so no reader's key is needed;
a row that is not ours names nobody, and an alarm then calls all readers.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from mailbox.errors import BoxNotOpened, Changed, InputRefused, NotAuthentic
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import authentic
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.duty import read_shifts
from mailbox.rules.duty_list import MOST_AWAY, MOST_TURNS, Away, DutyList, Turn
from mailbox.rules.roles import Act
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap
from mailbox.store.database import Session
from mailbox.store.duty import duty_plan_of
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import people_of, school_locked
from mailbox.store.tables import DutyPlan, new_id

_PURPOSE = "channel/duty-list"
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{3,18}[0-9]")
_LONGEST_AWAY_DAYS = 400

_log = logging.getLogger("mailbox.alarms")


@dataclass(frozen=True)
class KeptDuty:
    """The list and the row it came from; ``version`` is empty where nothing was kept yet."""

    duty: DutyList = field(default_factory=DutyList)
    version: str = ""


def duty_of(office: Office, school_id: str) -> KeptDuty:
    """Return the school's list, or an empty one."""
    with office.database.view() as view:
        return duty_in(office, view.session, school_id)


def duty_in(office: Office, session: Session, school_id: str) -> KeptDuty:
    """As :func:`duty_of`, inside of a view that is open already."""
    row = duty_plan_of(session, school_id)
    if row is None:
        return KeptDuty()
    try:
        check_mark(row, office.marks.check)
        content = unwrap(office.keys.subkey(_PURPOSE), _place(school_id, row.id), row.wrapped_content)
        return KeptDuty(_from_json(content), row.id)
    except (NotAuthentic, BoxNotOpened, InputRefused, ValueError, KeyError, TypeError) as refused:
        _log.error("a duty list is not ours and names nobody", extra={"error_class": type(refused).__name__})
        # Named, so that a lead who saves the form puts a true one in its place.
        return KeptDuty(version=row.id)


def save_duty(office: Office, school_id: str, by_person_id: str, wanted: DutyList, seen_version: str) -> None:
    """Say from now on who is on duty.

    Raises NotAllowed, InputRefused (duty_turn, duty_away, duty_phone, duty_person), and Changed when a colleague was
    faster than who saw ``seen_version``.
    """
    wanted = _clean(wanted)
    row_id = new_id()
    content = wrap(office.keys.subkey(_PURPOSE), _place(school_id, row_id), _to_json(wanted))
    row = DutyPlan(id=row_id, school_id=school_id, wrapped_content=content)
    set_mark(row, office.marks.mac)
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_DUTY)
        before = duty_plan_of(work.session, school_id)
        if (before.id if before else "") != seen_version:
            raise Changed("duty")
        _require_staff(office, work.session, school_id, wanted)
        if before is not None:
            work.session.delete(before)
            work.session.flush()
        work.session.add(row)
        record(office, work.session, school_id, by_person_id, "duty.change")
        work.commit()


def _clean(wanted: DutyList) -> DutyList:
    if len(wanted.turns) > MOST_TURNS or len(wanted.away) > MOST_AWAY:
        raise InputRefused("duty_turn", "too_many")
    if any(not (turn.weekdays and turn.shifts and turn.people) for turn in wanted.turns):
        raise InputRefused("duty_turn", "incomplete")
    for away in wanted.away:
        if away.last < away.first:
            raise InputRefused("duty_away", "backwards")
        if (away.last - away.first).days > _LONGEST_AWAY_DAYS:
            raise InputRefused("duty_away", "too_long")
        if away.person in away.deputies:
            raise InputRefused("duty_away", "own_deputy")
    phones = {person: " ".join(phone.split()) for person, phone in wanted.phones.items() if phone.strip()}
    if any(not phone.isascii() or _PHONE.fullmatch(phone) is None for phone in phones.values()):
        raise InputRefused("duty_phone", "number")
    return replace(wanted, phones=phones)


def _require_staff(office: Office, session: Session, school_id: str, wanted: DutyList) -> None:
    staff = {one.id for one in authentic(office, people_of(session, school_id)) if one.state == "active"}
    if not _people(wanted) <= staff:
        raise InputRefused("duty_person", "unknown")


def _people(duty: DutyList) -> set[str]:
    named: set[str] = {duty.fallback} if duty.fallback else set()
    named.update(*(turn.people for turn in duty.turns), duty.phones)
    for away in duty.away:
        named |= {away.person, *away.deputies}
    return named


def without_leavers(duty: DutyList, staff: Iterable[str]) -> DutyList:
    """Return the list as it is with those who work here now: who left is on duty nowhere and has no telephone."""
    here = set(staff)
    turns = [replace(turn, people=tuple(one for one in turn.people if one in here)) for turn in duty.turns]
    away = [replace(one, deputies=tuple(who for who in one.deputies if who in here)) for one in duty.away]
    return DutyList(
        turns=tuple(turn for turn in turns if turn.people),
        away=tuple(one for one in away if one.person in here),
        fallback=duty.fallback if duty.fallback in here else None,
        phones={person: phone for person, phone in duty.phones.items() if person in here},
    )


def _to_json(duty: DutyList) -> bytes:
    turns = [[sorted(turn.weekdays), " ".join(map(str, turn.shifts)), turn.people] for turn in duty.turns]
    away = [[one.person, one.first.isoformat(), one.last.isoformat(), one.deputies] for one in duty.away]
    content = {"turns": turns, "away": away, "fallback": duty.fallback, "phones": duty.phones}
    return json.dumps(content, ensure_ascii=False).encode()


def _from_json(content: bytes) -> DutyList:
    kept: dict[str, Any] = json.loads(content)
    return DutyList(
        turns=tuple(Turn(frozenset(days), read_shifts(hours), tuple(people)) for days, hours, people in kept["turns"]),
        away=tuple(
            Away(person, date.fromisoformat(first), date.fromisoformat(last), tuple(deputies))
            for person, first, last, deputies in kept["away"]
        ),
        fallback=kept["fallback"],
        phones=dict(kept["phones"]),
    )


def _place(school_id: str, row_id: str) -> BoxAddress:
    return BoxAddress("duty", school_id, row_id)
