"""Earlier weeks for a new colleague: a reader who holds a week's key seals it to one more reader."""

from __future__ import annotations

import logging

from mailbox.errors import BoxNotOpened, NotAllowed, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.case_keys import share_earlier_cases
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers, public_keys
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.keyring import open_week_key, share_week_key
from mailbox.store.keys import copies_of_holder, week_keys_of
from mailbox.store.marked import check_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import WeekKey, WeekKeyCopy

_log = logging.getLogger("mailbox.people")


def share_earlier_weeks(office: Office, colleague: Colleague, person_id: str) -> int:
    """Seal every week the colleague can open and the other reader cannot, and the cases; return how many weeks.

    Letters closed to named readers are not of any week, so they stay with whom the child left them to.
    Raises NotAllowed for who is no reader, NotFound for a person who is none.
    """
    with office.database.work() as work:
        session = work.session
        # Two colleagues who share at once follow one another, so that no week is shared twice.
        school_locked(session, colleague.school_id)
        readers = public_keys(active_readers(office, session, colleague.school_id))
        if colleague.person_id not in readers:
            raise NotAllowed("only readers share weeks")
        if person_id not in readers:
            raise NotFound("reader")
        own, theirs = copies_of_holder(session, colleague.person_id), copies_of_holder(session, person_id)
        shared = [
            WeekKeyCopy(
                school_id=colleague.school_id,
                week_key_id=week_key.id,
                holder_id=person_id,
                box=share_week_key(private, week_key.id, person_id, readers[person_id]),
            )
            for week_key in week_keys_of(session, colleague.school_id)
            if week_key.id in own.keys() - theirs.keys()
            and (private := _opened(office, colleague, week_key, own[week_key.id]))
        ]
        session.add_all(shared)
        if shared:
            record(office, session, colleague.school_id, colleague.person_id, "weeks.share", person_id)
        if share_earlier_cases(office, session, colleague, person_id, readers[person_id]):
            record(office, session, colleague.school_id, colleague.person_id, "cases.share", person_id)
        work.commit()
    return len(shared)


def _opened(office: Office, colleague: Colleague, week_key: WeekKey, box: bytes) -> PrivateKey | None:
    """Return the week's private key, or None for a copy that is damaged or belongs to no week key of ours."""
    try:
        check_mark(week_key, office.marks.check)
        private = open_week_key(colleague.private, week_key.id, colleague.person_id, box)
    except (BoxNotOpened, NotAuthentic) as refused:
        # One damaged copy must not keep the other weeks from the new reader.
        _log.error(
            "a week key could not be opened", extra={"row_id": week_key.id, "error_class": type(refused).__name__}
        )
        return None
    if private.public().to_bytes() != week_key.public_key:
        # Whoever has the colleague's public key can seal them another key; it opens nothing, so it is not passed on.
        _log.error("a copy holds another key than its week's", extra={"row_id": week_key.id})
        return None
    return private
