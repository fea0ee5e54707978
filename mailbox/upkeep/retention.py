"""What is removed in time: the child's copy of a reply, so that a stolen PC has little to try codes on; old cases with
their reminders; old talk records. What went is told in numbers, by the audit.
"""

from __future__ import annotations

import logging
from collections import Counter
from datetime import timedelta

from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.store.care import (
    cases_closed_before,
    remove_case,
    remove_talk,
    talks_kept_since_before,
    talks_without_month,
)
from mailbox.store.letters import replies_released_before
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.upkeep.gone import count_gone

_log = logging.getLogger("mailbox.upkeep")


def remove_old_reply_copies(office: Office) -> int:
    """Remove each child's copy that could be read for ``settings.reply_copy_days``; return how many went.

    The readers' copy stays with its week. A row that is not ours loses its copy too, but it gains no mark of ours.
    """
    oldest_kept = office.local_now().date() - timedelta(days=office.settings.reply_copy_days)
    with office.database.view() as view:
        if not replies_released_before(view.session, oldest_kept):
            return 0
    removed: Counter[str] = Counter()
    with office.database.work() as work:
        for reply in replies_released_before(work.session, oldest_kept):
            try:
                check_mark(reply, office.marks.check)
            except NotAuthentic:
                _log.error("an old reply is not authentic", extra={"row_id": reply.id})
                reply.child_box = None
            else:
                reply.child_box = None
                set_mark(reply, office.marks.mac)
                removed[reply.school_id] += 1
        for school_id, number in sorted(removed.items()):
            count_gone(office, work.session, school_id, {"child_copies": number})
        work.commit()
    if removed:
        office.database.wipe_removed()
    return removed.total()


def remove_old_cases(office: Office) -> int:
    """Remove each case that was closed ``settings.case_days`` ago, with its letters, reports and reminders.

    Returns how many.

    An open case stays, however old. One whose row is not ours stays too: somebody may want it forgotten.
    """
    oldest_kept = office.local_now().date() - timedelta(days=office.settings.case_days)
    with office.database.view() as view:
        if not cases_closed_before(view.session, oldest_kept):
            return 0
    removed = 0
    with office.database.work() as work:
        for case in cases_closed_before(work.session, oldest_kept):
            try:
                check_mark(case, office.marks.check)
            except NotAuthentic:
                _log.error("an old case is not authentic and stays", extra={"row_id": case.id})
            else:
                remove_case(work.session, case, office.marks.mac)
                count_gone(office, work.session, case.school_id, {"cases": 1}, closed=case.closed_thread)
                record(office, work.session, case.school_id, None, "case.forget", case.id)
                removed += 1
        work.commit()
    if removed:
        office.database.wipe_removed()
    return removed


def remove_old_talks(office: Office) -> int:
    """Remove each talk record ``settings.talk_days`` after the month it was written down in; return how many.

    A record from before the month was kept begins its time now. One whose row is not ours stays.
    """
    today = office.local_now().date()
    # The whole month must be over, so that no record goes a day early.
    first_kept = (today - timedelta(days=office.settings.talk_days)).replace(day=1)
    with office.database.view() as view:
        found = (*talks_kept_since_before(view.session, first_kept), *talks_without_month(view.session))
        # A row that is not ours, and stays, must not take the write lock at every look.
        if not any(carries_mark(talk, office.marks.check) for talk in found):
            return 0
    removed: Counter[str] = Counter()
    with office.database.work() as work:
        for talk in talks_without_month(work.session):
            if carries_mark(talk, office.marks.check):
                talk.kept_since = today.replace(day=1)
                set_mark(talk, office.marks.mac)
        for talk in talks_kept_since_before(work.session, first_kept):
            if carries_mark(talk, office.marks.check):
                remove_talk(work.session, talk)
                removed[talk.school_id] += 1
            else:
                _log.error("an old talk record is not authentic and stays", extra={"row_id": talk.id})
        for school_id, number in sorted(removed.items()):
            # Their ids say nothing to anybody; whose they were is nobody's business any more.
            count_gone(office, work.session, school_id, {"talks": number})
            record(office, work.session, school_id, None, f"talk.forget.{number}")
        work.commit()
    if removed:
        office.database.wipe_removed()
    return removed.total()
