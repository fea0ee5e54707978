"""The second factor of somebody's login: setting it up, giving its code, spare codes, and taking it off.

A code is good once. What is told of a wrong one helps whoever has a telephone with a slow clock and nobody else.
Without the telephone a spare code opens; without both a colleague takes the factor off, which the audit keeps.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field

from mailbox.errors import Changed, CodeRefused, InputRefused, NotAllowed, NotAuthentic, NotFound, SessionRefused
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import CODE_PATIENCE_S, Colleague, require_passphrase
from mailbox.people.notices import CODES_WRONG, tell
from mailbox.people.roster import authentic, require_person
from mailbox.rules.roles import Act
from mailbox.sealing.second_factor import (
    DIGITS,
    app_address,
    minutes_slow,
    new_secret,
    new_spare_codes,
    secret_in_letters,
    spare_tag,
    step_of,
    unwrap_secret,
    wrap_secret,
)
from mailbox.sealing.session import session_id_of
from mailbox.store.accounts import count_spare_codes, remove_spare_codes, spare_codes_with, use_spare_code, use_step
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.people import end_sessions_of, school_locked
from mailbox.store.tables import DeskSession, Person, School, SpareCode, new_id
from mailbox.store.ways_back import notice_of

_ISSUER = "悄悄话信箱"


@dataclass(frozen=True)
class Offer:
    """A new secret that nothing keeps yet: ``wrapped`` goes through the form and comes back with the first code."""

    wrapped: str = field(repr=False)
    address: str = field(repr=False)
    letters: str = field(repr=False)


def offer(office: Office, colleague: Colleague, wrapped: str | None = None) -> Offer:
    """Return a secret to take into an app; the same one again for a form that came back. Raises NotAuthentic."""
    key = _key(office)
    secret = new_secret() if wrapped is None else unwrap_secret(key, colleague.person_id, _raw(colleague, wrapped))
    sealed = wrapped or base64.urlsafe_b64encode(wrap_secret(key, colleague.person_id, secret)).decode("ascii")
    return Offer(sealed, app_address(secret, colleague.display_name, _ISSUER), secret_in_letters(secret))


def put_on(office: Office, colleague: Colleague, wrapped: str, code: str) -> list[str]:
    """Keep the offered secret once its first code fits; return the spare codes, shown once.

    Raises CodeRefused, NotAuthentic, and Changed for who has a second factor already.
    """
    raw = _raw(colleague, wrapped)
    step = _fitting(office, unwrap_secret(_key(office), colleague.person_id, raw), _digits(code))
    with office.database.work() as work:
        school_locked(work.session, colleague.school_id)
        person = _person(office, work.session, colleague.school_id, colleague.person_id)
        if person.wrapped_totp is not None:
            raise Changed("second factor")
        person.wrapped_totp, person.totp_step = raw, step
        set_mark(person, office.marks.mac)
        spare = _new_spare_codes(office, work.session, person)
        record(office, work.session, person.school_id, person.id, "factor.on")
        work.commit()
    return spare


def renew_spare_codes(office: Office, colleague: Colleague) -> list[str]:
    """Make ten new spare codes; the old ones open nothing any more. Raises NotFound without a second factor."""
    with office.database.work() as work:
        school_locked(work.session, colleague.school_id)
        person = _person(office, work.session, colleague.school_id, colleague.person_id)
        if person.wrapped_totp is None:
            raise NotFound("second factor")
        spare = _new_spare_codes(office, work.session, person)
        record(office, work.session, person.school_id, person.id, "factor.spare")
        work.commit()
    return spare


def spare_codes_left(office: Office, colleague: Colleague) -> int:
    with office.database.view() as view:
        return count_spare_codes(view.session, colleague.person_id)


def give_code(office: Office, cookie: str, code: str) -> None:
    """Finish a login with the code of now, or with a spare code. Raises CodeRefused, SessionRefused."""
    session_id, now_s = session_id_of(cookie), int(office.clock().timestamp())
    with office.database.work() as work:
        row, person = _half_in(office, work.session, session_id, now_s)
        if row.awaits_code is None or person.wrapped_totp is None:
            return
        digits = _digits(code)
        if len(digits) == DIGITS and digits.isdecimal():
            step = _fitting(office, unwrap_secret(_key(office), person.id, person.wrapped_totp), digits)
            # Counted in one statement, so that of two at once one is late.
            if not use_step(work.session, person.id, step):
                raise CodeRefused("used")
            act = "login.code"
        else:
            _use_spare(office, work.session, person, code)
            act = "login.spare_code"
        row.awaits_code, row.last_act_seconds = None, now_s
        set_mark(row, office.marks.mac)
        record(office, work.session, person.school_id, person.id, act)
        work.commit()


def person_awaited(office: Office, cookie: str) -> tuple[str, str]:
    """Return id and login name of whose code is awaited, for counting their tries. Raises SessionRefused."""
    with office.database.view() as view:
        person = _half_in(office, view.session, session_id_of(cookie), int(office.clock().timestamp()))[1]
        return person.id, person.login_name or ""


def tell_of_wrong_codes(office: Office, person_id: str) -> None:
    """Let somebody know, once a day, that very many wrong codes came after their right passphrase. Raises NotKept."""
    today = office.local_now().date()
    with office.database.view() as view:
        # Who goes on trying makes no more work than a look.
        if notice_of(view.session, person_id, CODES_WRONG, person_id, today) is not None:
            return
        school_id = view.session.get_one(Person, person_id).school_id
    with office.database.work() as work:
        school_locked(work.session, school_id)
        tell(office, work.session, school_id, CODES_WRONG, person_id, {person_id})
        work.commit()


def take_off_own(office: Office, colleague: Colleague, passphrase: str) -> None:
    """Take one's own second factor off. Raises WrongPassphrase."""
    require_passphrase(office, colleague, passphrase)
    _take_off(office, colleague, colleague.person_id, "factor.off")


def take_off(office: Office, colleague: Colleague, person_id: str) -> None:
    """Take a colleague's lost second factor off; their sessions end. Raises NotAllowed, NotFound."""
    if person_id == colleague.person_id:
        raise NotAllowed("a colleague takes it off")
    _take_off(office, colleague, person_id, "factor.off_by_colleague", Act.TAKE_OFF_SECOND_FACTOR)


def require_for_readers(office: Office, colleague: Colleague, *, wanted: bool) -> None:
    """Ask every reader for a second factor, or no longer. Raises NotAllowed, also for a lead who has none."""
    with office.database.work() as work:
        school = school_locked(work.session, colleague.school_id)
        if school is None:
            raise NotFound("school")
        require_person(office, work.session, school.id, colleague.person_id, Act.REQUIRE_SECOND_FACTOR)
        if wanted and _person(office, work.session, school.id, colleague.person_id).wrapped_totp is None:
            raise InputRefused("second_factor", "own_first")
        check_mark(school, office.marks.check)
        if bool(school.readers_need_code) != wanted:
            school.readers_need_code = True if wanted else None
            set_mark(school, office.marks.mac)
            record(office, work.session, school.id, colleague.person_id, f"factor.{'needed' if wanted else 'optional'}")
        work.commit()


def is_required(office: Office, school_id: str) -> bool:
    """Whether readers of this school need a second factor. Raises NotAuthentic for a school's row that is not ours."""
    with office.database.view() as view:
        school = view.session.get_one(School, school_id)
        check_mark(school, office.marks.check)
        return bool(school.readers_need_code)


def _take_off(office: Office, colleague: Colleague, person_id: str, act: str, needed: Act | None = None) -> None:
    with office.database.work() as work:
        school_locked(work.session, colleague.school_id)
        if needed is not None:
            require_person(office, work.session, colleague.school_id, colleague.person_id, needed)
        person = _person(office, work.session, colleague.school_id, person_id)
        # A second click finds nothing to take off and is harmless.
        if person.wrapped_totp is not None:
            person.wrapped_totp, person.totp_step = None, None
            set_mark(person, office.marks.mac)
            remove_spare_codes(work.session, person.id)
            if person_id != colleague.person_id:
                end_sessions_of(work.session, person.id)
            record(office, work.session, colleague.school_id, colleague.person_id, act, person.id)
        work.commit()


def _half_in(office: Office, session: Session, session_id: str, now_s: int) -> tuple[DeskSession, Person]:
    row = session.get(DeskSession, session_id)
    if row is None or row.last_act_seconds < now_s - CODE_PATIENCE_S or not carries_mark(row, office.marks.check):
        raise SessionRefused("ended")
    person = session.get(Person, row.person_id)
    if person is None or person.state not in {"active", "waiting"} or not authentic(office, [person]):
        raise SessionRefused("ended")
    return row, person


def _fitting(office: Office, secret: bytes, digits: str) -> int:
    now_s = int(office.clock().timestamp())
    step = step_of(secret, digits, now_s)
    if step is None:
        slow = minutes_slow(secret, digits, now_s)
        raise CodeRefused("wrong") if slow is None else CodeRefused("slow_clock", slow)
    return step


def _use_spare(office: Office, session: Session, person: Person, code: str) -> None:
    tag = spare_tag(office.keys.subkey("login/spare-codes"), person.id, code)
    for spare in spare_codes_with(session, person.id, tag):
        if carries_mark(spare, office.marks.check) and use_spare_code(session, spare.id):
            return
    raise CodeRefused("wrong")


def _new_spare_codes(office: Office, session: Session, person: Person) -> list[str]:
    remove_spare_codes(session, person.id)
    codes, key = new_spare_codes(), office.keys.subkey("login/spare-codes")
    for code in codes:
        kept = SpareCode(
            id=new_id(), school_id=person.school_id, person_id=person.id, code_tag=spare_tag(key, person.id, code)
        )
        set_mark(kept, office.marks.mac)
        session.add(kept)
    return codes


def _person(office: Office, session: Session, school_id: str, person_id: str) -> Person:
    person = session.get(Person, person_id)
    if person is None or person.school_id != school_id or not authentic(office, [person]):
        raise NotFound("person")
    return person


def _key(office: Office) -> bytes:
    return office.keys.subkey("login/second-factor")


def _digits(code: str) -> str:
    return "".join(code.split())


def _raw(colleague: Colleague, wrapped: str) -> bytes:
    try:
        return base64.b64decode(wrapped, altchars=b"-_", validate=True)
    except ValueError:
        raise NotAuthentic("people", colleague.person_id) from None
