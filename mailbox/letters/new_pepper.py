"""A thread whose code is at hand goes over to the newest pepper: the one moment in which that can be done.

Nobody but the child has the code, so threads whose code is never used again keep their pepper until they go.
"""

from __future__ import annotations

import logging

from mailbox.errors import Clash, NotAuthentic, NotKept
from mailbox.office import Office
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.receipt import ReceiptCode, derive_receipt, wrap_receipt_key
from mailbox.store.letters import thread_to_change
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import School, Thread

_log = logging.getLogger("mailbox.letters")


def go_over(office: Office, thread: Thread, code: ReceiptCode, private: PrivateKey | None) -> None:
    """Look up and wrap a thread under the newest pepper. Whatever hinders it must not keep a child from its answer.

    Call it only where an answer is read: that it was is in the clear anyway, so the pepper's number tells no more than
    that this happened since the pepper is there.
    """
    version = office.keys.pepper_version
    if private is None or thread.pepper_version == version:
        return
    try:
        with office.database.view() as view:
            salt = view.session.get_one(School, thread.school_id).receipt_salt
        secret = derive_receipt(code, salt, office.keys.peppers[version], version)
        with office.database.work() as work:
            kept = thread_to_change(work.session, thread.id, thread.school_id)
            if kept is None or kept.lookup_tag != thread.lookup_tag:
                return
            check_mark(kept, office.marks.check)
            kept.lookup_tag, kept.pepper_version = secret.lookup_tag, version
            kept.wrapped_receipt_key = wrap_receipt_key(secret, kept.id, private)
            set_mark(kept, office.marks.mac)
            work.commit()
    except (Clash, NotAuthentic, NotKept) as refused:
        _log.error("a thread stays with its pepper", extra={"row_id": thread.id, "error_class": type(refused).__name__})
