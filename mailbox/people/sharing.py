"""Earlier weeks for a new colleague: a reader who holds a week's key seals it to one more reader."""

from __future__ import annotations

import logging

from mailbox.errors import BoxNotOpened, NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers, public_keys
from mailbox.sealing.keyring import open_week_key, share_week_key
from mailbox.store.keys import copies_of_holder
from mailbox.store.tables import WeekKeyCopy

_log = logging.getLogger("mailbox.people")


def share_earlier_weeks(office: Office, colleague: Colleague, person_id: str) -> int:
    """Seal every week the colleague can open and the other reader cannot; return how many.

    Letters closed to named readers are not of any week, so they stay with whom the child left them to.
    Raises NotAllowed for who is no reader, NotFound for a person who is none.
    """
    with office.database.work() as work:
        session = work.session
        readers = public_keys(active_readers(office, session, colleague.school_id))
        if colleague.person_id not in readers:
            raise NotAllowed("only readers share weeks")
        if person_id not in readers:
            raise NotFound("reader")
        own, theirs = copies_of_holder(session, colleague.person_id), copies_of_holder(session, person_id)
        shared = 0
        for week_key_id in own.keys() - theirs.keys():
            try:
                private = open_week_key(colleague.private, week_key_id, colleague.person_id, own[week_key_id])
            except BoxNotOpened:
                # One damaged copy must not keep the other weeks from the new reader.
                _log.error("a week key could not be opened", extra={"row_id": week_key_id})
                continue
            box = share_week_key(private, week_key_id, person_id, readers[person_id])
            session.add(
                WeekKeyCopy(school_id=colleague.school_id, week_key_id=week_key_id, holder_id=person_id, box=box)
            )
            shared += 1
        if shared:
            record(office, session, colleague.school_id, colleague.person_id, "weeks.share", person_id)
        work.commit()
    return shared
