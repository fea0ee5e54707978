"""Login by passphrase, and the reader who stands behind a session cookie. Owns the idle end.

Unknown names take the same time and end in the same error as a wrong passphrase.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from mailbox.errors import CodeNeeded, InputRefused, NotAuthentic, NotKept, SessionRefused, WrongPassphrase
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import authentic
from mailbox.rules.names import clean_name
from mailbox.rules.roles import READERS
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.passphrase import LockedKey, spend_the_same_time, unlock_private_key
from mailbox.sealing.session import lock_session, open_session, session_id_of
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import (
    CLOCK_STEP_SECONDS,
    end_every_session,
    end_idle_sessions,
    has_idle_session,
    person_by_login,
)
from mailbox.store.tables import DeskSession, Person, School

# How long after the passphrase the second factor's code may come.
CODE_PATIENCE_S = 300


@dataclass(frozen=True)
class Colleague:
    """Somebody at the desk, with their key in memory for one request."""

    person_id: str
    school_id: str
    role: str
    display_name: str
    private: PrivateKey = field(repr=False)
    # The school asks its readers for a second factor, and this one has none yet.
    needs_factor: bool = False
    has_factor: bool = False

    @property
    def is_reader(self) -> bool:
        """Whether the role is one that reads letters; ``letters.desk.require_reader`` decides whether they may."""
        return self.role in READERS


def log_in(office: Office, login_name: str, passphrase: str) -> str:
    """Check a passphrase and begin a session; return the cookie's value. Raises WrongPassphrase for every failure."""
    believed = _known_by(office, login_name)
    if not believed or believed[0].state not in {"active", "waiting"} or believed[0].locked_key is None:
        spend_the_same_time(passphrase)
        raise WrongPassphrase("no such name, or another passphrase")
    known = believed[0]
    private = unlock_private_key(LockedKey.from_bytes(believed[0].locked_key), passphrase, known.id)
    cookie, session_id, sealed = lock_session(private, known.id)
    now_seconds = int(office.clock().timestamp())
    with office.database.work() as work:
        end_idle_sessions(work.session, _idle_before_seconds(office), now_seconds)
        begun = DeskSession(
            id=session_id,
            school_id=known.school_id,
            person_id=known.id,
            sealed_key=sealed,
            last_act_seconds=now_seconds,
            awaits_code=True if known.wrapped_totp is not None else None,
        )
        set_mark(begun, office.marks.mac)
        work.session.add(begun)
        _no_longer_forgotten(office, work.session, known)
        record(office, work.session, known.school_id, known.id, "login")
        work.commit()
    return cookie


def _no_longer_forgotten(office: Office, session: Session, known: Person) -> None:
    """A link to start anew, made by a colleague, ends as soon as the passphrase is remembered."""
    if known.invitation_hash is not None:
        person = session.get_one(Person, known.id)
        person.invitation_hash = None
        set_mark(person, office.marks.mac)


def require_passphrase(office: Office, colleague: Colleague, passphrase: str) -> None:
    """Raise WrongPassphrase unless this is the passphrase of who is logged in."""
    with office.database.view() as view:
        person = view.session.get_one(Person, colleague.person_id)
    if person.locked_key is None:
        raise WrongPassphrase("there is no key to open")
    unlock_private_key(LockedKey.from_bytes(person.locked_key), passphrase, person.id)


def _known_by(office: Office, login_name: str) -> list[Person]:
    try:
        known_name = clean_name("login_name", login_name)
    except InputRefused:
        return []
    with office.database.view() as view:
        person = person_by_login(view.session, known_name)
        return authentic(office, [person]) if person else []


def who(office: Office, cookie: str, *, is_act: bool = True) -> Colleague:
    """Return who stands behind a cookie; polling (``is_act`` False) does not move the idle end.

    Raises SessionRefused.
    """
    session_id = session_id_of(cookie)
    now_seconds = int(office.clock().timestamp())
    idle_before = _idle_before_seconds(office)
    with office.database.view() as view:
        row = view.session.get(DeskSession, session_id)
        person = view.session.get(Person, row.person_id) if row else None
        needs_factor = person is not None and _needs_factor(view.session, person)
    is_over = row is not None and not idle_before <= row.last_act_seconds <= now_seconds + CLOCK_STEP_SECONDS
    if is_over:
        # A full disk or a lock must not turn the refusal into another error; the worker's next look deletes it.
        with suppress(NotKept):
            remove_idle_sessions(office)
    if row is None or person is None or is_over or not authentic(office, [person]):
        raise SessionRefused("ended")
    _require_ours(office, row)
    if person.state not in {"active", "waiting"}:
        raise SessionRefused("left")
    if row.awaits_code is not None:
        if row.last_act_seconds < now_seconds - CODE_PATIENCE_S:
            raise SessionRefused("ended")
        raise CodeNeeded("the code is still awaited")
    private = open_session(cookie, person.id, row.sealed_key)
    if is_act and row.last_act_seconds < now_seconds:
        with office.database.work() as work:
            # Locked, so that nobody deletes as idle what is being renewed.
            kept = work.session.get(DeskSession, session_id, with_for_update=True)
            if kept is None:
                raise SessionRefused("ended")
            kept.last_act_seconds = now_seconds
            work.commit()
    has_factor = person.wrapped_totp is not None
    return Colleague(person.id, person.school_id, person.role, person.display_name, private, needs_factor, has_factor)


def _needs_factor(session: Session, person: Person) -> bool:
    if person.role not in READERS or person.wrapped_totp is not None:
        return False
    school = session.get(School, person.school_id)
    return school is not None and bool(school.readers_need_code)


def remove_idle_sessions(office: Office) -> None:
    """Delete every session idle for ``settings.session_idle_minutes``, and its sealed key with it. Raises NotKept.

    Over is also one of a clock that ran ahead and was set right.
    """
    idle_before, now_seconds = _idle_before_seconds(office), int(office.clock().timestamp())
    with office.database.view() as view:
        if not has_idle_session(view.session, idle_before, now_seconds):
            return
    with office.database.work() as work:
        end_idle_sessions(work.session, idle_before, now_seconds)
        work.commit()
    # SQLite's journal would keep the half of a key that the row held, and the browser's folder may hold the other.
    office.database.wipe_removed()


def end_sessions_at_the_stop(office: Office) -> None:
    """End every session, since nobody watches over their time while the program is off.

    A browser keeps its cookie on the disk. Who takes a computer that was switched off, mailbox and desk in one, would
    find both halves of a reader's key. Raises NotKept.
    """
    with office.database.work() as work:
        end_every_session(work.session)
        work.commit()
    # With the last connection SQLite's journal goes, in which the rows still lie.
    office.database.close()


def _idle_before_seconds(office: Office) -> int:
    return int(office.clock().timestamp()) - office.settings.session_idle_minutes * 60


def _require_ours(office: Office, row: DeskSession) -> None:
    # A session that somebody wrote straight into the database could open no letter, but it could act in a name.
    try:
        check_mark(row, office.marks.check)
    except NotAuthentic:
        raise SessionRefused("not of this installation") from None


def log_out(office: Office, cookie: str) -> None:
    """End a session; ending one that is gone is no error."""
    with office.database.work() as work:
        row = work.session.get(DeskSession, session_id_of(cookie))
        if row is not None:
            work.session.delete(row)
        work.commit()
    if row is not None:
        office.database.wipe_removed()
