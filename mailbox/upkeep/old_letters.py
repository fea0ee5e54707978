"""Letters that have had their days: whole conversations first, then the keys of weeks that nothing needs any more.

Owns what stays all the same: a thread under a legal hold, which goes over to the boxes sealed for it, and one whose
open case does not hold all of it yet. Once a day, at a calm hour; what is long overdue goes at any hour.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from mailbox.care.copies import has_something_new
from mailbox.care.legal_hold import drop_what_nobody_holds, held_threads, is_held, strip_held
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.school_calendar import calendar_for
from mailbox.store.care import drop_case_keys_of
from mailbox.store.database import Session
from mailbox.store.erasing import erase_removed
from mailbox.store.letters import thread_to_change
from mailbox.store.marked import carries_mark
from mailbox.store.people import all_schools
from mailbox.store.retention import (
    count_messages,
    is_quiet,
    open_cases_of,
    quiet_threads,
    remove_threads,
    remove_week_keys,
    unneeded_week_keys,
)
from mailbox.store.tables import Thread
from mailbox.upkeep.gone import count_gone

# By how many days the calm hour may be missed, on a computer that is on during lessons only.
PATIENCE_DAYS = 3
# So few at once that a child who sends in this moment does not wait.
_AT_ONCE = 100
_LESSONS_BEGIN, _LESSONS_END = 7, 19

_log = logging.getLogger("mailbox.upkeep")


def remove_old_letters(office: Office) -> int:
    """Remove each conversation ``settings.letter_days`` after its last message; return how many went.

    Before them goes what was sealed for holds that came to nothing, then the keys of weeks that seal nothing any more;
    what was removed is written over afterwards.
    """
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session)]
    gone = weeks = unheld = 0
    for school_id in schools:
        unheld += drop_what_nobody_holds(office, school_id)
        gone += _remove_threads(office, school_id)
        weeks += _remove_weeks(office, school_id)
    if gone or weeks or unheld:
        erase_removed(office.database)
    return gone


def first_day_kept(office: Office) -> date:
    """Return the day on or after which a message keeps its conversation."""
    return office.local_now().date() - timedelta(days=office.settings.letter_days)


def gone_for_good_days(office: Office) -> int:
    """Return after how many days a conversation is in no backup of ours either, on a computer that is on every day."""
    settings = office.settings
    return settings.letter_days + 1 + PATIENCE_DAYS + settings.backup_days + 1


def _remove_threads(office: Office, school_id: str) -> int:
    with office.database.view() as view:
        due = _due_day(office, view.session, school_id)
        held, stays = held_threads(office, view.session, school_id), set[str]()
        # What stays must not take the write lock at every look.
        while found := quiet_threads(view.session, school_id, due, held | stays, _AT_ONCE):
            stays |= {thread.id for thread in found} - {thread.id for thread in _going(office, view.session, found)}
            if not stays.issuperset(thread.id for thread in found):
                break
    _strip_held(office, held, school_id, due)
    removed = 0
    while found:
        with office.database.work() as work:
            found = quiet_threads(work.session, school_id, due, held | stays, _AT_ONCE)
            going = _going(office, work.session, found)
            stays |= {thread.id for thread in found} - {thread.id for thread in going}
            _remove(office, work.session, school_id, going)
            work.commit()
        removed += len(going)
    return removed


def _strip_held(office: Office, held: set[str], school_id: str, due: date) -> None:
    for thread_id in sorted(held):
        with office.database.work() as work:
            thread = thread_to_change(work.session, thread_id, school_id)
            if thread and is_quiet(work.session, thread, due) and strip_held(office, work.session, thread):
                work.commit()


def _due_day(office: Office, session: Session, school_id: str) -> date:
    """Return the day since which a thread must be quiet to go now."""
    now = office.local_now()
    is_lesson = calendar_for(office, session, school_id).is_school_day(now.date())
    is_calm = not is_lesson or not _LESSONS_BEGIN <= now.hour < _LESSONS_END
    return first_day_kept(office) - timedelta(days=0 if is_calm else PATIENCE_DAYS)


def _going(office: Office, session: Session, found: Sequence[Thread]) -> list[Thread]:
    """Return those that may go. One that is not ours stays: somebody may want it forgotten."""
    behind = {
        case.thread_id
        for case in open_cases_of(session, [thread.id for thread in found])
        if has_something_new(session, case)
    }
    going = []
    for thread in found:
        if not carries_mark(thread, office.marks.check):
            _log.error("an old thread is not authentic and stays", extra={"row_id": thread.id})
        elif thread.id not in behind and not is_held(office, session, thread.id):
            going.append(thread)
    return going


def _remove(office: Office, session: Session, school_id: str, going: Sequence[Thread]) -> None:
    for closed in (False, True):
        ids = [thread.id for thread in going if thread.closed is closed]
        if ids:
            numbers = {"conversations": len(ids), **count_messages(session, ids)}
            count_gone(office, session, school_id, numbers, closed=closed)
            remove_threads(session, ids, office.marks.mac)
            drop_case_keys_of(session, ids)
    if going:
        # Their ids say nothing to anybody; the chain keeps how many went, so that nobody can deny it.
        record(office, session, school_id, None, f"letters.forget.{len(going)}")


def _remove_weeks(office: Office, school_id: str) -> int:
    """Remove the keys of ended weeks that seal nothing any more; return how many went."""
    # A week is named by its end: its first letters may be gone some days before that is so long ago.
    ended_before = first_day_kept(office) + timedelta(days=7)
    with office.database.view() as view:
        if not unneeded_week_keys(view.session, school_id, ended_before):
            return 0
    with office.database.work() as work:
        keys = unneeded_week_keys(work.session, school_id, ended_before)
        weeks = [key.week for key in keys]
        remove_week_keys(work.session, [key.id for key in keys])
        count_gone(office, work.session, school_id, {}, weeks=weeks)
        record(office, work.session, school_id, None, f"weeks.forget.{len(keys)}")
        work.commit()
    return len(keys)
