"""The opening: held replies become readable and the next generation of the week key begins.

By the worker at the school's hour, or by hand. A missed Friday is made good at the next look, once. Somebody at the
desk may make good a missed one too, or open on the very day before its hour: see ``rules.early_opening``.
"""

from __future__ import annotations

import logging
from datetime import date

from mailbox.errors import Clash, InputRefused, MailboxError, NotFound, NotKept
from mailbox.letters.desk import require_reader
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.generations import next_generation
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers
from mailbox.people.school_calendar import school_days
from mailbox.rules.early_opening import may_open_early
from mailbox.store.database import Session
from mailbox.store.letters import drop_replies, release_held
from mailbox.store.openings import opening_of, untrue_holding
from mailbox.store.order import forget_order
from mailbox.store.people import all_schools, school_locked
from mailbox.store.tables import Opening, School

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


def open_at_desk(office: Office, colleague: Colleague) -> None:
    """Open by a reader's hand: what was missed, as the worker would, or today's opening before its hour.

    Raises NotAllowed, InputRefused(opening_now, not_today) where the rule does not let them, and Clash where somebody
    was faster.
    """
    with office.database.view() as view:
        missed = missed_opening(office, view.session, colleague.school_id)
    by_hand, day = missed is None, missed or office.local_now().date()
    _open(office, colleague.school_id, day, by_hand=by_hand, by=colleague)
    _forget_order(office)


def missed_opening(office: Office, session: Session, school_id: str) -> date | None:
    """Return the day of an opening that is due and has not taken place. Raises NotFound."""
    school = session.get(School, school_id)
    if school is None:
        raise NotFound("school")
    due = school_days(office, session, school).calendar.last_opening(office.local_now())
    if due is None or due < school.created_on or opening_of(session, school_id, due, by_hand=False):
        return None
    return due


def _open_due(office: Office, school_id: str, day: date) -> bool:
    try:
        return _open_once(office, school_id, day)
    except MailboxError as refused:
        # One school's trouble must not keep the others closed; the worker's next look tries it again.
        _log.error("a box could not be opened", extra={"row_id": school_id, "error_class": type(refused).__name__})
        return False


def _open_once(office: Office, school_id: str, day: date, *, by_hand: bool = False) -> bool:
    try:
        _open(office, school_id, day, by_hand=by_hand)
    except Clash:
        # Another worker, or somebody at the desk, opened before or in the same moment; once is enough.
        return False
    return True


def _forget_order(office: Office) -> None:
    try:
        forget_order(office.database)
    except NotKept as refused:
        # The box is open all the same; the rows lie in their old order until the next opening.
        _log.error("the rows could not be laid in a new order", extra={"error_class": str(refused)})


def _open(office: Office, school_id: str, day: date, *, by_hand: bool, by: Colleague | None = None) -> None:
    """Raises Clash if it was opened for that day already; at the program's own command by hand that is no matter."""
    today = office.local_now().date()
    with office.database.work() as work:
        school = school_locked(work.session, school_id)
        if school is None:
            raise NotFound("school")
        if by is not None:
            require_reader(office, work.session, by)
        known = opening_of(work.session, school_id, day, by_hand=by_hand)
        if known is not None and (by is not None or not by_hand):
            raise Clash
        if by is not None and by_hand:
            _require_early(office, work.session, school)
        _drop_untrue_holding(office, work.session, school_id, today)
        release_held(work.session, school_id, today)
        if active_readers(office, work.session, school_id):
            next_generation(office, work.session, school_id)
        if known is None:
            known = Opening(school_id=school_id, due_on=day, by_hand=by_hand)
            work.session.add(known)
        known.opened_on = today
        person_id = by.person_id if by else None
        record(office, work.session, school_id, person_id, "opening.by_hand" if by_hand else "opening")
        work.commit()


def _require_early(office: Office, session: Session, school: School) -> None:
    calendar = school_days(office, session, school).calendar
    if not may_open_early(calendar, office.local_now(), opened_today=False):
        raise InputRefused("opening_now", "not_today")


def _drop_untrue_holding(office: Office, session: Session, school_id: str, today: date) -> None:
    """Take back holding replies that are not true any more: the child wrote again, it became urgent, the day has come.

    The letters stay where they are, waiting for an answer, and the audit says what was taken back.
    """
    untrue = untrue_holding(session, school_id, today)
    drop_replies(session, [reply.id for reply in untrue])
    for reply in untrue:
        record(office, session, school_id, None, "thread.hold_reply.back", reply.thread_id)
