"""请另一位老师也读: a reader asks one colleague to read a thread too, until they say that they have.

Never somebody whom the child closed out. Words go as a remark, sealed; without words the audit alone tells of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from mailbox.errors import InputRefused
from mailbox.letters.asked import put_in_list, take_off_list
from mailbox.letters.desk import find_thread
from mailbox.letters.remarks import keep_remark, others_on, remark_content
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark
from mailbox.store.second_readings import handed_to, second_readings_of
from mailbox.store.tables import Thread


@dataclass(frozen=True)
class SecondReaders:
    """Who was asked to read a thread too (id to who asked), and who else could be (id to name).

    ``handed``: those among the asked to whom the thread was handed over.
    """

    asked: dict[str, str]
    handed: frozenset[str]
    may_be_asked: dict[str, str]


def second_readers(office: Office, colleague: Colleague, thread_id: str) -> SecondReaders:
    """Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        others = others_on(office, view.session, colleague, thread)
        asked = _asked(office, view.session, thread)
        shown = {id_: by for id_, by in asked.items() if id_ in others or id_ == colleague.person_id}
        handed = frozenset(id_ for id_ in shown if thread.id in handed_to(view.session, id_))
        return SecondReaders(shown, handed, {id_: name for id_, name in others.items() if id_ not in shown})


def ask_second_reader(
    office: Office, colleague: Colleague, thread_id: str, reader_id: str, text: str, *, form_nonce: bytes
) -> None:
    """Ask a colleague to read a thread too, with or without words. Who was asked already is not asked twice.

    Raises InputRefused (second_reader or remark), TextRefused, NotAllowed, NotFound.
    """
    content = remark_content(text) if text.strip() else None
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id, to_change=True)
        if reader_id not in others_on(office, session, colleague, thread):
            raise InputRefused("second_reader", "unknown")
        if content is not None:
            keep_remark(office, session, colleague, thread, content, form_nonce)
        if put_in_list(office, session, colleague, thread, reader_id):
            record(office, session, thread.school_id, colleague.person_id, "thread.second.ask", thread.id)
        work.commit()


def second_read(office: Office, colleague: Colleague, thread_id: str, text: str, *, form_nonce: bytes) -> None:
    """Say that one has read a thread as one was asked to, with or without words; a second time is harmless.

    Raises InputRefused (remark), TextRefused, NotAllowed, NotFound.
    """
    content = remark_content(text) if text.strip() else None
    with office.database.work() as work:
        session = work.session
        thread = find_thread(office, session, colleague, thread_id, to_change=True)
        if content is not None:
            keep_remark(office, session, colleague, thread, content, form_nonce)
        else:
            # A remark ends it already.
            take_off_list(office, session, colleague, thread)
        work.commit()


def _asked(office: Office, session: Session, thread: Thread) -> dict[str, str]:
    rows = second_readings_of(session, thread.id)
    return {row.reader_id: row.asked_by for row in rows if carries_mark(row, office.marks.check)}
