"""What takes two voices besides letting a reader in: new recovery slips, and who is lead.

One reader asks and a second voice agrees, as for a new reader; where there is nobody else to ask, the one decides
alone, audited. A consent to new slips ends after a week, and once it would not be enough any more: who gave it left, or
somebody came who could be asked. Owns what waits; the slips themselves are made in ``new_slips``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.notices import tell
from mailbox.people.roster import authentic, require_person
from mailbox.people.second_voice import may_be_second_voice
from mailbox.rules.roles import COUNSELOR, LEAD, READERS, Act
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.people import people_of, school_locked
from mailbox.store.tables import AccountWish, Person, new_id
from mailbox.store.ways_back import wish_in, wishes_of

SLIPS = "slips"
KINDS = (SLIPS, LEAD, COUNSELOR)
# For how long a consent to new slips holds: printing takes minutes, and who agreed still remembers why.
AGREED_DAYS = 7


@dataclass(frozen=True)
class WishLine:
    """What waits: ``kind`` slips, lead or counselor; about whom, asked by whom; and what the onlooker may do.

    ``until``: the last day on which slips that were agreed to may be made.
    """

    id: str
    kind: str
    person_id: str
    name: str
    asked_by: str
    is_agreed: bool
    may_agree: bool
    may_drop: bool
    until: date | None = None


def ask(office: Office, colleague: Colleague, kind: str, person_id: str) -> None:
    """Ask for new slips in one's own hands, or for a reader to be lead or counselor. Asking twice is asking once.

    Where nobody else could agree it counts as agreed. Raises NotAllowed, NotFound, InputRefused for a role they have.
    """
    if kind not in KINDS:
        raise NotFound("wish")
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        require_person(office, session, school_id, colleague.person_id, Act.ASK_SECOND_VOICE)
        if kind == SLIPS and person_id != colleague.person_id:
            raise NotAllowed("slips are made in one's own hands")
        person = _reader(office, session, school_id, person_id)
        if kind == person.role:
            raise InputRefused("role", "has_it")
        if any(one.kind == kind and one.person_id == person_id for one in _believed(office, session, school_id)):
            return
        for row in wishes_of(session, school_id):
            # Somebody is to be the one or the other, and a row that is not ours or has ended gives way.
            if row.person_id == person_id and (row.kind == kind or SLIPS not in {row.kind, kind}):
                session.delete(row)
        session.flush()
        wish = AccountWish(
            id=new_id(), school_id=school_id, kind=kind, person_id=person_id, asked_by=colleague.person_id
        )
        set_mark(wish, office.marks.mac)
        session.add(wish)
        session.flush()
        record(office, session, school_id, colleague.person_id, f"wish.{kind}", person_id)
        if may_be_second_voice(colleague.role, colleague.person_id, wish.asked_by, _active(office, session, school_id)):
            _agree(office, session, wish, colleague.person_id)
        work.commit()


def agree(office: Office, colleague: Colleague, wish_id: str) -> None:
    """Be the second voice: a role is changed at once, slips may then be made. Raises NotAllowed, NotFound."""
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        wish = _wish(office, session, school_id, wish_id)
        active = _active(office, session, school_id)
        if not may_be_second_voice(active.get(colleague.person_id, ""), colleague.person_id, wish.asked_by, active):
            raise NotAllowed("a second voice is needed")
        # Who asked may have left or lost the say in the meantime.
        require_person(office, session, school_id, wish.asked_by, Act.ASK_SECOND_VOICE)
        if wish.agreed_by is None:
            _agree(office, session, wish, colleague.person_id)
        work.commit()


def drop(office: Office, colleague: Colleague, wish_id: str) -> None:
    """Say no, or take one's own wish back; what is gone is no error. Raises NotAllowed."""
    with office.database.work() as work:
        session, school_id = work.session, colleague.school_id
        school_locked(session, school_id)
        try:
            wish = _wish(office, session, school_id, wish_id)
        except NotFound:
            return
        if not _may_drop(colleague.person_id, wish, _active(office, session, school_id)):
            raise NotAllowed("a second voice is needed")
        session.delete(wish)
        record(office, session, school_id, colleague.person_id, "wish.drop", wish.person_id)
        work.commit()


def wish_lines(office: Office, colleague: Colleague) -> list[WishLine]:
    """Return what waits in the school, as this person sees it."""
    with office.database.view() as view:
        session, school_id, me = view.session, colleague.school_id, colleague.person_id
        rows = _believed(office, session, school_id)
        if not rows:
            return []
        active = _active(office, session, school_id)
        names = {person.id: person.display_name for person in people_of(session, school_id)}
    return [
        WishLine(
            row.id,
            row.kind,
            row.person_id,
            names.get(row.person_id, ""),
            names.get(row.asked_by, ""),
            row.agreed_by is not None,
            row.agreed_by is None and may_be_second_voice(active.get(me, ""), me, row.asked_by, active),
            _may_drop(me, row, active),
            row.agreed_on + timedelta(days=AGREED_DAYS) if row.agreed_on else None,
        )
        for row in rows
    ]


def agreed_slips(office: Office, session: Session, school_id: str, person_id: str) -> AccountWish:
    """Return the agreed wish of somebody who may make new slips. Raises NotAllowed."""
    for row in _believed(office, session, school_id):
        if row.kind == SLIPS and row.person_id == person_id and row.agreed_by is not None:
            return row
    raise NotAllowed("a second voice is needed")


def _agree(office: Office, session: Session, wish: AccountWish, by_person_id: str) -> None:
    if wish.kind == SLIPS:
        wish.agreed_by, wish.agreed_on = by_person_id, office.local_now().date()
        set_mark(wish, office.marks.mac)
        record(office, session, wish.school_id, by_person_id, "wish.slips.agree", wish.person_id)
        return
    person = _reader(office, session, wish.school_id, wish.person_id)
    person.role = wish.kind
    set_mark(person, office.marks.mac)
    session.delete(wish)
    session.flush()
    record(office, session, wish.school_id, by_person_id, f"reader.role.{wish.kind}", person.id)
    tell(office, session, wish.school_id, wish.kind, person.id, by=by_person_id)
    if person.id not in {wish.asked_by, by_person_id}:
        tell(office, session, wish.school_id, wish.kind, person.id, {person.id})


def _may_drop(person_id: str, wish: AccountWish, active: dict[str, str]) -> bool:
    voice = may_be_second_voice(active.get(person_id, ""), person_id, wish.asked_by, active)
    return voice or person_id in {wish.asked_by, wish.person_id}


def _wish(office: Office, session: Session, school_id: str, wish_id: str) -> AccountWish:
    wish = wish_in(session, school_id, wish_id)
    if wish is None or not _holds(office, wish, _active(office, session, school_id)):
        raise NotFound("wish")
    return wish


def _believed(office: Office, session: Session, school_id: str) -> list[AccountWish]:
    """Return what waits; one that is not ours, or whose consent ended, is none."""
    rows = wishes_of(session, school_id)
    active = _active(office, session, school_id) if rows else {}
    return [row for row in rows if _holds(office, row, active)]


def _holds(office: Office, wish: AccountWish, active: dict[str, str]) -> bool:
    if not carries_mark(wish, office.marks.check):
        return False
    if wish.agreed_by is None:
        return True
    today = office.local_now().date()
    if wish.agreed_on is None or not today - timedelta(days=AGREED_DAYS) <= wish.agreed_on <= today:
        return False
    return may_be_second_voice(active.get(wish.agreed_by, ""), wish.agreed_by, wish.asked_by, active)


def _active(office: Office, session: Session, school_id: str) -> dict[str, str]:
    everybody = authentic(office, people_of(session, school_id))
    return {person.id: person.role for person in everybody if person.state == "active"}


def _reader(office: Office, session: Session, school_id: str, person_id: str) -> Person:
    for person in authentic(office, people_of(session, school_id)):
        if person.id == person_id and person.role in READERS and person.state == "active":
            return person
    raise NotFound("reader")
