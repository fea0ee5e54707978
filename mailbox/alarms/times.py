"""A school's alarm times as they are kept. A row that is not ours counts for nothing: the defaults hold then."""

from __future__ import annotations

import json
import logging

from mailbox.errors import InputRefused, NotAuthentic
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.alarm_times import AlarmTimes, checked
from mailbox.rules.roles import Act
from mailbox.store.database import Session
from mailbox.store.duty import alarm_rule_of
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import AlarmRule, new_id

_log = logging.getLogger("mailbox.alarms")


def times_of(office: Office, session: Session, school_id: str) -> AlarmTimes:
    """Return the school's times, or the defaults."""
    kept = alarm_rule_of(session, school_id)
    if kept is None:
        return AlarmTimes()
    try:
        check_mark(kept, office.marks.check)
        return checked(json.loads(kept.content))
    except (NotAuthentic, InputRefused, ValueError, TypeError, KeyError) as refused:
        _log.error("alarm times are not ours and count for nothing", extra={"error_class": type(refused).__name__})
        return AlarmTimes()


def alarm_times(office: Office, school_id: str) -> AlarmTimes:
    """As :func:`times_of`, in a view of its own."""
    with office.database.view() as view:
        return times_of(office, view.session, school_id)


def change_times(office: Office, school_id: str, by_person_id: str, numbers: dict[str, int]) -> None:
    """Keep the times from now on. Raises NotAllowed, InputRefused("alarm_times", name)."""
    content = json.dumps(checked(numbers).numbers())
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_ALARM_TIMES)
        kept = alarm_rule_of(work.session, school_id)
        if kept is None:
            kept = AlarmRule(id=new_id(), school_id=school_id, content=content, mark=b"")
            work.session.add(kept)
        kept.content = content
        set_mark(kept, office.marks.mac)
        record(office, work.session, school_id, by_person_id, "alarm.times")
        work.commit()
