"""How people and schools come to be: founding, invitation, making keys, approval, leaving.

Owns the states invited → waiting → active → left. The recovery key is made in the first counselor's own session and
returned once; nothing keeps it.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field

from mailbox.errors import Clash, InputRefused, NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.closed_letters import held_before, ring_for_what_nobody_opens
from mailbox.people.generations import next_generation
from mailbox.people.notices import PUT_OUT, tell
from mailbox.people.roster import HEAD, READERS, TECHNICIAN, active_readers, authentic, require_person
from mailbox.people.second_voice import require_second_voice
from mailbox.people.starting_anew import end_of_old_key
from mailbox.rules.names import clean_name
from mailbox.rules.passphrases import passphrase_problem
from mailbox.rules.roles import ROLES, Act
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.passphrase import lock_private_key
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Session
from mailbox.store.keys import remove_copies_of
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import end_sessions_of, people_of, person_by_invitation, school_locked
from mailbox.store.tables import Person, School, new_id
from mailbox.store.ways_back import remove_wishes_about


@dataclass(frozen=True)
class Arrival:
    """What a person sees once after making keys: the two recovery slips, if this was the first counselor."""

    person_id: str
    state: str
    slips: tuple[list[str], list[str]] | None = field(repr=False)


@dataclass(frozen=True)
class Invitation:
    """Whom an unused invitation is for; ``makes_slips`` if the school's recovery slips will be made with it."""

    school_id: str
    role: str
    display_name: str
    makes_slips: bool
    starts_anew: bool = False

    @property
    def is_reader(self) -> bool:
        """Whether it is for somebody who will read letters."""
        return self.role in READERS


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def found_school(office: Office, name: str, opening_weekday: int, opening_hour: int) -> tuple[str, str]:
    """Found a school; return its id and the technician's one-time invitation token. Raises InputRefused.

    ``opening_weekday`` 0 is Monday, ``opening_hour`` 0 to 23.
    """
    if opening_weekday not in range(7) or opening_hour not in range(24):
        raise InputRefused("opening", "unknown")
    with office.database.work() as work:
        school = School(
            id=new_id(),
            name=clean_name("school_name", name),
            created_on=office.local_now().date(),
            opening_weekday=opening_weekday,
            opening_hour=opening_hour,
            receipt_salt=os.urandom(16),
            recovery_public=None,
            test_alarm_heard=False,
        )
        set_mark(school, office.marks.mac)
        work.session.add(school)
        work.session.flush()
        token = _invite(office, work.session, school.id, TECHNICIAN, "技术老师")
        record(office, work.session, school.id, None, "school.found")
        work.commit()
    return school.id, token


def invite(office: Office, school_id: str, by_person_id: str, role: str, display_name: str) -> str:
    """Invite somebody for a role; return the one-time token. Readers are let in by a second voice afterwards.

    A technician invites a reader only while the school has no reader. Raises NotAllowed, InputRefused.
    """
    if role not in ROLES:
        raise InputRefused("role", "unknown")
    with office.database.work() as work:
        school_locked(work.session, school_id)
        act = _invitation_act(role, first=not active_readers(office, work.session, school_id))
        require_person(office, work.session, school_id, by_person_id, act)
        name = clean_name("display_name", display_name)
        token = _invite(office, work.session, school_id, role, name, by_person_id)
        record(office, work.session, school_id, by_person_id, f"invite.{role}")
        work.commit()
    return token


def invitation(office: Office, token: str) -> Invitation:
    """Return whom an invitation is for. Raises NotFound for a used or unknown one."""
    with office.database.view() as view:
        person = _invited(office, view.session, token)
        school = view.session.get_one(School, person.school_id)
    check_mark(school, office.marks.check)
    makes_slips = person.role in READERS and school.recovery_public is None
    return Invitation(school.id, person.role, person.display_name, makes_slips, person.state == "active")


def checked_login(login_name: str, passphrase: str, names: Iterable[str] = ()) -> str:
    """Return the login name as it is kept. Raises InputRefused for a name or a passphrase that will not do."""
    login = clean_name("login_name", login_name)
    require_good_passphrase(passphrase, (login, *names))
    return login


def require_good_passphrase(passphrase: str, names: Iterable[str] = ()) -> None:
    """Raise InputRefused for a passphrase that somebody would guess; ``names`` are what a stranger can know."""
    problem = passphrase_problem(passphrase, names)
    if problem is not None:
        raise InputRefused("passphrase", problem)


def accept_invitation(office: Office, token: str, login_name: str, passphrase: str) -> Arrival:
    """Make a person's keys under their own passphrase. Raises NotFound for a used or unknown invitation, InputRefused.

    The first reader is active at once and receives the recovery slips; each later one waits for a reader's approval.
    """
    with office.database.view() as view:
        person = _invited(office, view.session, token)
        person_id, names = person.id, (person.display_name, view.session.get_one(School, person.school_id).name)
    login = checked_login(login_name, passphrase, names)
    private = PrivateKey.generate()
    locked = lock_private_key(private, passphrase, person_id).to_bytes()
    try:
        return _arrive(office, token, login, private, locked)
    except Clash:
        raise InputRefused("login_name", "taken") from None


def approve(office: Office, school_id: str, by_person_id: str, person_id: str) -> None:
    """A second voice lets a waiting reader in: they read from now on. Raises NotAllowed, NotFound."""
    with office.database.work() as work:
        school_locked(work.session, school_id)
        person = _find(office, work.session, school_id, person_id, "waiting")
        require_second_voice(office, work.session, by_person_id, person)
        person.state = "active"
        set_mark(person, office.marks.mac)
        work.session.flush()
        next_generation(office, work.session, school_id)
        record(office, work.session, school_id, by_person_id, "reader.approve", person_id)
        work.commit()


def leave(office: Office, school_id: str, by_person_id: str, person_id: str) -> None:
    """Put a person out at once: sessions end, all that is sealed to them goes, and a new generation begins.

    Counselors put anybody out, everybody may go, and who may invite takes an invitation back. Raises NotFound, and
    NotAllowed, also for the last reader: the box would have nobody, and for the last one who could invite anybody.
    """
    with office.database.work() as work:
        # Two readers who put each other out at once follow one another here: the second is no reader any more.
        school_locked(work.session, school_id)
        readers = active_readers(office, work.session, school_id)
        person = _find(office, work.session, school_id, person_id, None)
        if person_id != by_person_id:
            # An invitation is taken back by whoever may give it.
            is_invited = person.state == "invited"
            act = _invitation_act(person.role, first=not readers) if is_invited else Act.PUT_OUT
            require_person(office, work.session, school_id, by_person_id, act)
        if [reader.id for reader in readers] == [person_id]:
            raise NotAllowed("the last reader cannot leave")
        if not any(
            other.state == "active" and other.id != person_id for other in _people(office, work.session, school_id)
        ):
            raise NotAllowed("nobody would be left to invite anybody")
        was_active = person.state == "active"
        person.state, person.locked_key, person.login_name = "left", None, None
        person.invitation_hash = None
        set_mark(person, office.marks.mac)
        closed = held_before(work.session, person_id)
        end_sessions_of(work.session, person_id)
        remove_copies_of(work.session, person_id)
        remove_wishes_about(work.session, person_id)
        if person.role in READERS and readers:
            work.session.flush()
            next_generation(office, work.session, school_id)
        ring_for_what_nobody_opens(office, work.session, school_id, closed)
        record(office, work.session, school_id, by_person_id, "person.leave", person_id)
        if person.role in READERS and person_id != by_person_id and was_active:
            # One reader may put another out at once; nobody does it unseen.
            tell(office, work.session, school_id, PUT_OUT, person_id, by=by_person_id)
        work.commit()


def _invitation_act(role: str, *, first: bool) -> Act:
    if role == TECHNICIAN:
        return Act.INVITE_TECHNICIAN
    if role == HEAD:
        return Act.INVITE_HEAD
    return Act.INVITE_FIRST_READER if first else Act.INVITE_READER


def _invite(
    office: Office, session: Session, school_id: str, role: str, display_name: str, by_person_id: str | None = None
) -> str:
    token = secrets.token_urlsafe(24)
    person = Person(
        id=new_id(),
        school_id=school_id,
        role=role,
        state="invited",
        display_name=display_name,
        login_name=None,
        invitation_hash=token_hash(token),
        public_key=None,
        locked_key=None,
        invited_by=by_person_id,
    )
    set_mark(person, office.marks.mac)
    session.add(person)
    session.flush()
    return token


def _invited(office: Office, session: Session, token: str) -> Person:
    person = person_by_invitation(session, token_hash(token))
    # An active person with an invitation forgot their passphrase; a colleague lets them start anew.
    if person is None or person.state not in {"invited", "active"}:
        raise NotFound("invitation")
    check_mark(person, office.marks.check)
    return person


def _arrive(office: Office, token: str, login: str, private: PrivateKey, locked: bytes) -> Arrival:
    with office.database.work() as work:
        person = _invited(office, work.session, token)
        school = school_locked(work.session, person.school_id)
        if school is None:
            raise NotFound("school")
        check_mark(school, office.marks.check)
        first = person.role in READERS and school.recovery_public is None
        starts_anew = person.state == "active"
        closed = held_before(work.session, person.id)
        if starts_anew:
            end_of_old_key(office, work.session, person)
        person.login_name, person.invitation_hash = login, None
        person.public_key, person.locked_key = private.public().to_bytes(), locked
        person.state = "active" if first or person.role not in READERS else "waiting"
        set_mark(person, office.marks.mac)
        slips = _make_recovery(office, school) if first else None
        if starts_anew:
            # The weeks to come are sealed to who can open them now.
            work.session.flush()
            next_generation(office, work.session, school.id)
            ring_for_what_nobody_opens(office, work.session, school.id, closed)
        record(office, work.session, school.id, person.id, "keys.made")
        work.commit()
    return Arrival(person.id, person.state, slips)


def _people(office: Office, session: Session, school_id: str) -> list[Person]:
    return authentic(office, people_of(session, school_id))


def _find(office: Office, session: Session, school_id: str, person_id: str, state: str | None) -> Person:
    for person in _people(office, session, school_id):
        if person.id == person_id and (state is None or person.state == state):
            return person
    raise NotFound("person")


def _make_recovery(office: Office, school: School) -> tuple[list[str], list[str]]:
    recovery = RecoveryKey.generate()
    school.recovery_public = recovery.private_key().public().to_bytes()
    set_mark(school, office.marks.mac)
    return recovery.slips()
