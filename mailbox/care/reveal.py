"""The minute and the kiosk of a thread's letters: opened for one reader, for a rule that a person confirmed.

With a second person's consent; alone only where danger is now, and then those who must know are told. What is opened is
returned and kept nowhere.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime

from mailbox.care.approvals import (
    APPROVED,
    ask,
    can_be_used,
    is_the_same,
    new_request,
    own_request,
    require_reason,
    seal_reason,
)
from mailbox.care.second_person import Kind, subject_of_thread
from mailbox.care.telling import tell
from mailbox.errors import BoxNotOpened, Changed, InputRefused, TextRefused
from mailbox.letters.content import CIRCUMSTANCES
from mailbox.letters.opened import ReaderKeys
from mailbox.letters.paper import NO_KIOSK
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.sealed_json import json_from
from mailbox.store.approvals import requests_about
from mailbox.store.database import Session
from mailbox.store.letters import notes_of
from mailbox.store.marked import set_mark
from mailbox.store.people import station_in
from mailbox.store.tables import Note

# The protocol's urgent rules; docs/triage-protocol.md says what each of them is.
RULES = ("U1", "U2", "U3", "U4", "U5", "U6", "U7")

_log = logging.getLogger("mailbox.care")


@dataclass(frozen=True)
class Revealed:
    """When one letter of a thread was written, on the school's wall, and at which device; None if it does not open.

    ``from_box``: it came on paper, so the minute is that of who typed it in, and there is no device.
    """

    place: int
    minute: datetime | None = field(repr=False)
    station: str | None = field(default=None, repr=False)
    room: str | None = field(default=None, repr=False)
    from_box: bool = False


def ask_to_reveal(office: Office, colleague: Colleague, thread_id: str, rule: str, reason: str) -> str:
    """Ask a second person for a thread's minute and kiosk; return the request's id.

    Raises InputRefused (rule, reason, second_person), NotAllowed, NotFound.
    """
    _require(rule, reason)
    with office.database.work() as work:
        subject = subject_of_thread(office, work.session, colleague, thread_id)
        request_id = ask(office, work.session, colleague, Kind.REVEAL, subject, reason, rule=rule)
        work.commit()
    return request_id


def reveal_alone(office: Office, colleague: Colleague, thread_id: str, rule: str, reason: str) -> str:
    """Grant it to oneself because danger is now; return the request's id. Lead and head are told in the same act.

    A second click finds the first one's. Raises InputRefused (rule, reason), NotAllowed, NotFound.
    """
    _require(rule, reason)
    with office.database.work() as work:
        session = work.session
        subject = subject_of_thread(office, session, colleague, thread_id)
        for earlier in requests_about(session, Kind.REVEAL, thread_id, None, [APPROVED]):
            is_own = earlier.requester_id == colleague.person_id and can_be_used(office, earlier)
            if is_own and is_the_same(session, colleague, earlier, reason, rule=rule):
                return earlier.id
        request = new_request(office, session, colleague, Kind.REVEAL, subject, rule=rule, alone=True)
        holders = [colleague.person_id, *(reader.id for reader in subject.readers)]
        seal_reason(session, request, holders, subject.readers, reason)
        tell(office, session, request, subject)
        record(office, session, request.school_id, colleague.person_id, f"reveal.alone.{rule}", thread_id)
        work.commit()
    return request.id


def reveal(office: Office, colleague: Colleague, request_id: str) -> list[Revealed]:
    """Open minute and kiosk of each letter that was there when it was asked for, in their order.

    Whoever agreed did so to those: one that came later is asked for anew. Audited each time, with the rule.

    Raises Changed where nobody agreed or the time is over, NotAllowed, NotFound.
    """
    with office.database.work() as work:
        session = work.session
        request = own_request(office, session, colleague, request_id)
        if request.kind != Kind.REVEAL or not can_be_used(office, request):
            raise Changed("request")
        keys = ReaderKeys(session, colleague)
        letters = [note for note in notes_of(session, request.thread_id or "") if note.place <= request.letters]
        found = [_open(office, session, keys, note) for note in letters]
        if request.used_on is None:
            request.used_on = office.local_now().date()
            set_mark(request, office.marks.mac)
        record(office, session, request.school_id, colleague.person_id, f"reveal.{request.rule}", request.thread_id)
        work.commit()
    return found


def _open(office: Office, session: Session, keys: ReaderKeys, note: Note) -> Revealed:
    address = BoxAddress(CIRCUMSTANCES, note.thread_id, note.id)
    try:
        kept = json_from(keys.open(address, note.week_key_id, note.circumstances))
        minute = datetime.fromisoformat(kept["minute"]).astimezone(office.settings.zone)
        kiosk_id = str(kept["kiosk"])
    except (BoxNotOpened, TextRefused, ValueError, KeyError, TypeError, OverflowError):
        _log.error("minute and kiosk of a letter could not be opened", extra={"row_id": note.id})
        return Revealed(note.place, None)
    station = station_in(session, note.school_id, kiosk_id)
    if station is None:
        return Revealed(note.place, minute, from_box=kiosk_id == NO_KIOSK)
    return Revealed(note.place, minute, station.name, station.room)


def _require(rule: str, reason: str) -> None:
    if rule not in RULES:
        raise InputRefused("rule", "unknown")
    require_reason(reason)
