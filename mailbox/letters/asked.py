"""Who was asked to read a thread too, or got it from a colleague: it stands in their list until they have done so.

Steps inside of other acts; the caller holds the thread's row locked and commits.
"""

from __future__ import annotations

from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.store.database import Session
from mailbox.store.marked import set_mark
from mailbox.store.second_readings import end_second_reading, second_readings_of
from mailbox.store.tables import SecondReading, Thread, new_id


def put_in_list(
    office: Office, session: Session, colleague: Colleague, thread: Thread, reader_id: str, *, with_remark: str = ""
) -> bool:
    """Put a thread into a reader's list; return False if it stands there already. The caller records why.

    ``with_remark``: the id of the remark that hands the thread over, which counts for more than having been asked.
    """
    if reader_id in {row.reader_id for row in second_readings_of(session, thread.id)}:
        if not with_remark:
            return False
        end_second_reading(session, thread.id, reader_id)
    asked = SecondReading(
        id=with_remark or new_id(),
        school_id=thread.school_id,
        thread_id=thread.id,
        reader_id=reader_id,
        asked_by=colleague.person_id,
    )
    set_mark(asked, office.marks.mac)
    session.add(asked)
    return True


def take_off_list(office: Office, session: Session, colleague: Colleague, thread: Thread) -> None:
    """Take a thread off one's own list, and record it where it stood there."""
    if end_second_reading(session, thread.id, colleague.person_id):
        record(office, session, thread.school_id, colleague.person_id, "thread.second.read", thread.id)
