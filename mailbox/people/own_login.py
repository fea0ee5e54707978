"""One's own login: a new passphrase, and where one is logged in. A new passphrase ends every session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime

from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.people.arrivals import require_good_passphrase
from mailbox.people.audit import record
from mailbox.people.login import Colleague, require_passphrase
from mailbox.people.roster import authentic
from mailbox.rules.school_week import half_day
from mailbox.sealing.passphrase import lock_private_key
from mailbox.sealing.session import session_id_of
from mailbox.store.accounts import sessions_of
from mailbox.store.marked import carries_mark
from mailbox.store.people import end_sessions_of
from mailbox.store.tables import DeskSession, Person, School


@dataclass(frozen=True)
class SessionLine:
    """One login that is still open: here or elsewhere, and the half-day of its last act. No device is known."""

    id: str
    is_here: bool
    last_on: date
    last_half: str


def change_passphrase(office: Office, colleague: Colleague, old: str, new: str) -> None:
    """Lock the same key under a new passphrase and end every session. Raises WrongPassphrase, InputRefused."""
    require_passphrase(office, colleague, old)
    with office.database.view() as view:
        person = view.session.get_one(Person, colleague.person_id)
        names = (person.login_name or "", person.display_name, view.session.get_one(School, person.school_id).name)
    require_good_passphrase(new, names)
    locked = lock_private_key(colleague.private, new, colleague.person_id).to_bytes()
    with office.database.work() as work:
        kept = work.session.get_one(Person, colleague.person_id, with_for_update=True)
        # Of a person whom somebody put out or let start anew in this moment, the old key must not come back.
        if (
            kept.public_key != person.public_key
            or kept.locked_key != person.locked_key
            or not authentic(office, [kept])
        ):
            raise NotFound("key")
        kept.locked_key = locked
        end_sessions_of(work.session, kept.id)
        record(office, work.session, kept.school_id, kept.id, "passphrase.change")
        work.commit()
    # The same key under the old passphrase, which somebody may know, must not lie on in SQLite's journal.
    office.database.wipe_removed()


def login_name_of(office: Office, colleague: Colleague) -> str:
    """Return the name with which somebody logs in."""
    with office.database.view() as view:
        return view.session.get_one(Person, colleague.person_id).login_name or ""


def open_sessions(office: Office, colleague: Colleague, cookie: str) -> list[SessionLine]:
    """Return where one is logged in, this browser first."""
    here, now_s = session_id_of(cookie), int(office.clock().timestamp())
    idle_before = now_s - office.settings.session_idle_minutes * 60
    with office.database.view() as view:
        rows = [
            row
            for row in sessions_of(view.session, colleague.person_id)
            if row.last_act_seconds >= idle_before and row.awaits_code is None and carries_mark(row, office.marks.check)
        ]
    return sorted((_line(office, row, here) for row in rows), key=lambda line: not line.is_here)


def end_other_sessions(office: Office, colleague: Colleague, cookie: str, session_id: str | None = None) -> None:
    """End one of one's other sessions, or all of them; ending what is gone is no error."""
    here = session_id_of(cookie)
    with office.database.work() as work:
        ended = [
            row
            for row in sessions_of(work.session, colleague.person_id)
            if row.id != here and session_id in {None, row.id}
        ]
        for row in ended:
            work.session.delete(row)
        if ended:
            record(office, work.session, colleague.school_id, colleague.person_id, "session.end")
        work.commit()
    if ended:
        office.database.wipe_removed()


def _line(office: Office, row: DeskSession, here: str) -> SessionLine:
    last = datetime.fromtimestamp(row.last_act_seconds, UTC).astimezone(office.settings.zone)
    return SessionLine(row.id, row.id == here, last.date(), half_day(last))
