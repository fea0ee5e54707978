"""Back in by the two paper slips: one person makes new keys, and all that the slips open is sealed to them anew.

The slips are the authority, both together; no role is, and a technician's least of all. Owns who may come back, and
that everybody else is told. Slips let in one person: new ones are made with the same act, or at the desk; until then
the key behind the used ones goes on receiving what is kept, and opens a backup, but lets in nobody else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from mailbox.errors import Changed, Clash, InputRefused, NotFound, SlipRefused
from mailbox.office import Office
from mailbox.people.arrivals import checked_login, require_good_passphrase
from mailbox.people.audit import record
from mailbox.people.closed_letters import held_before, ring_for_what_nobody_opens
from mailbox.people.generations import next_generation
from mailbox.people.notices import MAKE_SLIPS, SLIPS_FAILED, SLIPS_USED, tell
from mailbox.people.roster import authentic
from mailbox.people.sealed_anew import Resealed, seal_everything_anew
from mailbox.people.starting_anew import end_all_of
from mailbox.rules.names import clean_name
from mailbox.rules.roles import COUNSELOR, READERS
from mailbox.sealing.box import PrivateKey, PublicKey
from mailbox.sealing.passphrase import lock_private_key
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.people import all_schools, people_of, school_locked
from mailbox.store.tables import Person, School, VoidSlips, new_id
from mailbox.store.ways_back import void_slips_of

Slips = tuple[Sequence[str], Sequence[str]]
_MAY_COME_BACK = frozenset({"active", "waiting"})


@dataclass(frozen=True)
class Comeback:
    """Who may come back by the slips of a school: its readers (id, name, login name)."""

    school_id: str
    school_name: str
    readers: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class Newcomer:
    """A counselor who was not here before, for a school whose readers are all gone."""

    display_name: str
    login_name: str


@dataclass(frozen=True)
class Recovered:
    """Who reads again. ``slips`` are the new ones, shown once; None where they are still to be made at the desk."""

    person_id: str
    login_name: str
    resealed: Resealed
    slips: tuple[list[str], list[str]] | None = field(repr=False)


def whose_slips(office: Office, slips: Slips) -> Comeback:
    """Return the school of two slips and who may come back. Raises SlipRefused; wrong ones are told to the staff.

    Reasons besides those of a single slip: no pair, spent, void, another school.
    """
    try:
        school = _school_of(office, RecoveryKey.from_slips(*slips))
    except SlipRefused as refused:
        if refused.which == 0:
            _tell_of_wrong_slips(office)
        raise
    with office.database.view() as view:
        readers = [
            (person.id, person.display_name, person.login_name or "")
            for person in authentic(office, people_of(view.session, school.id))
            if person.role in READERS and person.state in _MAY_COME_BACK
        ]
    return Comeback(school.id, school.name, tuple(readers))


def come_back(
    office: Office, slips: Slips, who: str | Newcomer, passphrase: str, *, makes_slips: bool = True
) -> Recovered:
    """Let one person read again under a new passphrase: a reader's id, or a newcomer.

    Raises SlipRefused, InputRefused, NotFound for who may not come back, Changed if somebody else was faster.
    ``makes_slips`` False leaves the making of new slips to the person, at the desk.
    """
    old = RecoveryKey.from_slips(*slips)
    school = _school_of(office, old)
    login = _checked(office, school, who, passphrase)
    person_id = new_id() if isinstance(who, Newcomer) else who
    # All that is slow, before anything is locked.
    private = PrivateKey.generate()
    locked = lock_private_key(private, passphrase, person_id).to_bytes()
    fresh = RecoveryKey.generate() if makes_slips else None
    printed = fresh.slips() if fresh else None
    old_private = old.private_key()
    new_recovery = fresh.private_key().public() if fresh else old_private.public()
    try:
        with office.database.work() as work:
            session = work.session
            kept = school_locked(session, school.id)
            if kept is None or kept.recovery_public != old_private.public().to_bytes() or kept.slips_spent:
                raise Changed("the slips were used in this moment")
            check_mark(kept, office.marks.check)
            person = _person(office, session, kept, who, person_id)
            had = held_before(session, person.id)
            end_all_of(session, person)
            person.public_key, person.locked_key = private.public().to_bytes(), locked
            set_mark(person, office.marks.mac)
            session.flush()
            # Before the person is let in: who just waited did not read here when the letters came.
            resealed = seal_everything_anew(office, session, person, old_private, new_recovery)
            person.state, person.login_name, person.invitation_hash = "active", login, None
            set_mark(person, office.marks.mac)
            session.flush()
            if fresh is not None:
                set_recovery(office, session, kept, new_recovery)
            else:
                kept.slips_spent = True
                set_mark(kept, office.marks.mac)
                session.flush()
            next_generation(office, session, kept.id)
            ring_for_what_nobody_opens(office, session, kept.id, had)
            record(office, session, kept.id, person.id, "slips.used", person.id)
            tell(office, session, kept.id, SLIPS_USED, person.id)
            if fresh is None:
                tell(office, session, kept.id, MAKE_SLIPS, person.id, {person.id})
            work.commit()
    except Clash:
        raise InputRefused("login_name", "taken") from None
    return Recovered(person_id, login, resealed, printed)


def set_recovery(office: Office, session: Session, school: School, public: PublicKey) -> None:
    """Let a new recovery key take over; the slips of the earlier one let nobody in any more."""
    if school.recovery_public is not None:
        session.add(VoidSlips(id=new_id(), school_id=school.id, public_key=school.recovery_public))
    school.recovery_public, school.slips_spent = public.to_bytes(), None
    set_mark(school, office.marks.mac)
    session.flush()


def let_spent_slips_in_again(office: Office, session: Session, school_id: str) -> None:
    """After a restore by these very slips: whoever has a backup and both opens everything anyway.

    Refused, they would only lock out a school whose one reader forgot the passphrase before new ones were made.
    """
    school = school_locked(session, school_id)
    if school is not None and school.slips_spent and carries_mark(school, office.marks.check):
        school.slips_spent = None
        set_mark(school, office.marks.mac)
        record(office, session, school_id, None, "slips.again")


def _school_of(office: Office, recovery: RecoveryKey) -> School:
    public = recovery.private_key().public().to_bytes()
    with office.database.view() as view:
        for school in all_schools(view.session):
            if school.recovery_public == public and carries_mark(school, office.marks.check):
                if school.slips_spent:
                    raise SlipRefused(0, "spent")
                return school
        is_void = public in void_slips_of(view.session)
    raise SlipRefused(0, "void" if is_void else "another school")


def _checked(office: Office, school: School, who: str | Newcomer, passphrase: str) -> str:
    if isinstance(who, Newcomer):
        name = clean_name("display_name", who.display_name)
        return checked_login(who.login_name, passphrase, (name, school.name))
    with office.database.view() as view:
        person = _returning(office, view.session, school.id, who)
    require_good_passphrase(passphrase, (person.login_name or "", person.display_name, school.name))
    return person.login_name or ""


def _person(office: Office, session: Session, school: School, who: str | Newcomer, person_id: str) -> Person:
    if not isinstance(who, Newcomer):
        return _returning(office, session, school.id, who)
    name = clean_name("display_name", who.display_name)
    if any(one.display_name == name and one.state != "left" for one in people_of(session, school.id)):
        raise InputRefused("display_name", "here")
    person = Person(
        id=person_id, school_id=school.id, role=COUNSELOR, state="waiting", display_name=name, login_name=None
    )
    set_mark(person, office.marks.mac)
    session.add(person)
    session.flush()
    return person


def _returning(office: Office, session: Session, school_id: str, person_id: str) -> Person:
    for person in authentic(office, people_of(session, school_id)):
        if person.id == person_id and person.role in READERS and person.state in _MAY_COME_BACK:
            return person
    raise NotFound("reader")


def _tell_of_wrong_slips(office: Office) -> None:
    """Wrong slips name no school, so every school here is told; the audit says it without a name."""
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session) if school.recovery_public is not None]
    for school_id in schools:
        with office.database.work() as work:
            school_locked(work.session, school_id)
            record(office, work.session, school_id, None, "slips.refused")
            tell(office, work.session, school_id, SLIPS_FAILED, school_id)
            work.commit()
