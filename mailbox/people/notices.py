"""What somebody of the staff is to know: shown on every page of theirs until they say that they do. Never content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import authentic
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.people import people_of
from mailbox.store.tables import StaffNotice, new_id
from mailbox.store.ways_back import notice_of, notices_for, remove_notice

# Somebody got a new passphrase by the two slips; two slips were tried that are none; new slips were made.
SLIPS_USED, SLIPS_FAILED, SLIPS_MADE = "slips_used", "slips_failed", "slips_made"
# Whose slips were read by a program that could not show new ones: they are to make new ones at the desk.
MAKE_SLIPS = "make_slips"
# Somebody gave the right passphrase of this person and very many wrong codes after it.
CODES_WRONG = "codes_wrong"
# A reader was put out by a colleague.
PUT_OUT = "put_out"


@dataclass(frozen=True)
class NoticeLine:
    """One thing to know: ``kind`` as in the table, whom it is about by name, and the day."""

    id: str
    kind: str
    name: str
    written_on: date
    is_about_me: bool


def tell(
    office: Office,
    session: Session,
    school_id: str,
    kind: str,
    about_id: str,
    to: set[str] | None = None,
    *,
    by: str | None = None,
) -> None:
    """Write a notice to everybody who works here, but not to whom it is about nor to who did it; or to ``to`` alone.

    The same notice is written once a day.
    """
    today = office.local_now().date()
    everybody = {
        person.id
        for person in authentic(office, people_of(session, school_id))
        if person.state in {"active", "waiting"}
    }
    for person_id in sorted(everybody - {about_id, by} if to is None else to):
        if notice_of(session, person_id, kind, about_id, today) is not None:
            continue
        notice = StaffNotice(
            id=new_id(), school_id=school_id, person_id=person_id, kind=kind, about_id=about_id, written_on=today
        )
        set_mark(notice, office.marks.mac)
        session.add(notice)
    session.flush()


def notices_to(office: Office, colleague: Colleague) -> list[NoticeLine]:
    """Return what this person has not yet said that they know; a row that is not ours says nothing."""
    with office.database.view() as view:
        rows = [row for row in notices_for(view.session, colleague.person_id) if carries_mark(row, office.marks.check)]
        if not rows:
            return []
        names = {person.id: person.display_name for person in people_of(view.session, colleague.school_id)}
    return [
        NoticeLine(row.id, row.kind, names.get(row.about_id, ""), row.written_on, row.about_id == colleague.person_id)
        for row in rows
    ]


def notice_seen(office: Office, colleague: Colleague, notice_id: str) -> None:
    """Somebody says that they know; what is gone already is no error."""
    with office.database.work() as work:
        remove_notice(work.session, colleague.person_id, notice_id)
        work.commit()
