"""Generations of the week key: a new one at each opening and at each change of the roster.

Made by the server with nobody logged in: the private half goes to the readers and the recovery key and is forgotten.
"""

from __future__ import annotations

import logging

from mailbox.errors import KioskClosed, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.roster import active_readers, public_keys, recovery_public
from mailbox.rules.school_week import end_of_week
from mailbox.sealing.keyring import RECOVERY_HOLDER, new_week_key
from mailbox.store.database import Session
from mailbox.store.keys import current_week_key, newest_generation, retire_week_keys
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import WeekKey, WeekKeyCopy, new_id

_log = logging.getLogger("mailbox.people")


def current_generation(office: Office, session: Session, school_id: str) -> WeekKey:
    """Return the authentic current week key, making one if the last opening left none.

    One that is not ours gives way to a new one: nothing may be sealed to it. Raises KioskClosed, NotAuthentic.
    """
    current = current_week_key(session, school_id)
    if current is None:
        # Several first notes at once follow one another here, and the later ones find what the first one made.
        school_locked(session, school_id)
        current = current_week_key(session, school_id)
    if current is None:
        return next_generation(office, session, school_id)
    try:
        check_mark(current, office.marks.check)
    except NotAuthentic:
        _log.error("the current week key is not authentic and is replaced", extra={"row_id": current.id})
        return next_generation(office, session, school_id)
    return current


def next_generation(office: Office, session: Session, school_id: str) -> WeekKey:
    """Make the next generation for the readers of this moment. Raises KioskClosed if there is no reader."""
    school = school_locked(session, school_id)
    if school is None:
        raise NotFound("school")
    readers = active_readers(office, session, school_id)
    if not readers:
        raise KioskClosed("nobody could read a letter")
    week_key_id = new_id()
    holders = public_keys(readers) | {RECOVERY_HOLDER: recovery_public(office, school)}
    public, boxes = new_week_key(week_key_id, holders)
    retire_week_keys(session, school_id)
    week_key = WeekKey(
        id=week_key_id,
        school_id=school_id,
        week=end_of_week(office.local_now(), school.opening_weekday, school.opening_hour),
        generation=newest_generation(session, school_id) + 1,
        current=True,
        public_key=public.to_bytes(),
    )
    set_mark(week_key, office.marks.mac)
    session.add(week_key)
    session.flush()
    session.add_all(
        WeekKeyCopy(school_id=school_id, week_key_id=week_key_id, holder_id=holder_id, box=box)
        for holder_id, box in boxes.items()
    )
    return week_key
