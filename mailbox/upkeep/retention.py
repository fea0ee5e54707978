"""What is removed in time: the child's copy of a reply, so that a stolen PC has little to try codes on; old cases."""

from __future__ import annotations

import logging
from datetime import timedelta

from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.store.care import cases_closed_before, remove_case
from mailbox.store.letters import replies_released_before
from mailbox.store.marked import check_mark, set_mark

_log = logging.getLogger("mailbox.upkeep")


def remove_old_reply_copies(office: Office) -> int:
    """Remove each child's copy that could be read for ``settings.reply_copy_days``; return how many went.

    The readers' copy stays with its week. A row that is not ours loses its copy too, but it gains no mark of ours.
    """
    oldest_kept = office.local_now().date() - timedelta(days=office.settings.reply_copy_days)
    with office.database.view() as view:
        if not replies_released_before(view.session, oldest_kept):
            return 0
    removed = 0
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
                removed += 1
        work.commit()
    return removed


def remove_old_cases(office: Office) -> int:
    """Remove each case that was closed ``settings.case_days`` ago, with its letters and reports; return how many.

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
                remove_case(work.session, case)
                record(office, work.session, case.school_id, None, "case.forget", case.id)
                removed += 1
        work.commit()
    return removed
