"""The opening: held replies become readable and the next generation of the week key begins.

By the worker at the school's hour, or by hand. A missed Friday is made good at the next look, once.
"""

from __future__ import annotations

import logging
from datetime import date

from mailbox.errors import Clash, MailboxError, NotFound, NotKept
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.generations import next_generation
from mailbox.people.roster import active_readers
from mailbox.people.school_calendar import school_days
from mailbox.store.letters import release_held
from mailbox.store.openings import opening_of
from mailbox.store.order import forget_order
from mailbox.store.people import all_schools, school_locked
from mailbox.store.tables import Opening

_log = logging.getLogger("mailbox.openings")


def open_what_is_due(office: Office) -> list[str]:
    """Open the box of every school whose opening is due and has not taken place; return those schools' ids.

    A school whose box cannot be opened is logged and left for the next look.
    """
    now = office.local_now()
    with office.database.view() as view:
        due = [
            (school.id, school_days(office, view.session, school).calendar.last_opening(now), school.created_on)
            for school in all_schools(view.session)
        ]
    opened = [
        school_id
        for school_id, day, founded in due
        if day is not None and day >= founded and _open_due(office, school_id, day)
    ]
    if opened:
        _forget_order(office)
    return opened


def open_box_of(office: Office, school_id: str, day: date, *, by_hand: bool = False) -> bool:
    """Open one school's box for ``day``; return whether this call did it. By hand it always releases what is held."""
    opened = _open_once(office, school_id, day, by_hand=by_hand)
    if opened:
        _forget_order(office)
    return opened


def _open_due(office: Office, school_id: str, day: date) -> bool:
    try:
        return _open_once(office, school_id, day)
    except MailboxError as refused:
        # One school's trouble must not keep the others closed; the worker's next look tries it again.
        _log.error("a box could not be opened", extra={"row_id": school_id, "error_class": type(refused).__name__})
        return False


def _open_once(office: Office, school_id: str, day: date, *, by_hand: bool = False) -> bool:
    try:
        return _open(office, school_id, day, by_hand=by_hand)
    except Clash:
        # Another worker opened in the same moment; once is enough.
        return False


def _forget_order(office: Office) -> None:
    try:
        forget_order(office.database)
    except NotKept as refused:
        # The box is open all the same; the rows lie in their old order until the next opening.
        _log.error("the rows could not be laid in a new order", extra={"error_class": str(refused)})


def _open(office: Office, school_id: str, day: date, *, by_hand: bool) -> bool:
    with office.database.work() as work:
        school = school_locked(work.session, school_id)
        if school is None:
            raise NotFound("school")
        known = opening_of(work.session, school_id, day, by_hand=by_hand) is not None
        if known and not by_hand:
            return False
        release_held(work.session, school_id, office.local_now().date())
        if active_readers(office, work.session, school_id):
            next_generation(office, work.session, school_id)
        if not known:
            work.session.add(Opening(school_id=school_id, due_on=day, by_hand=by_hand))
        record(office, work.session, school_id, None, "opening.by_hand" if by_hand else "opening")
        work.commit()
    return True
