"""Tells a school that its backups fail or are too old: a notice on its channels, once a day, after quiet hours."""

from __future__ import annotations

from dataclasses import replace

from mailbox.alarms.outbox import deliver_on, raise_notice
from mailbox.alarms.times import times_of
from mailbox.office import Office
from mailbox.people.roster import authentic
from mailbox.rules.alarm_times import quiet_ends
from mailbox.rules.roles import Act, may
from mailbox.store.database import Session
from mailbox.store.outbox import channels_of
from mailbox.store.people import all_schools, people_of
from mailbox.store.tables import Channel
from mailbox.upkeep.backup_schedule import keep_result, last_result

_KIND, _MESSAGE = "reminder", "backup"


def tell_of_trouble(office: Office) -> bool:
    """Tell every school, once a day; return whether it was told now. Where no channel is, only the desk says it."""
    result, today = last_result(office.settings), office.local_now().toordinal()
    if not result.trouble(office.clock()) or result.told_on == today:
        return False
    with office.database.work() as work:
        for school in all_schools(work.session):
            channels = _channels(office, work.session, school.id)
            if channels:
                notice = raise_notice(office, work.session, school.id, _KIND)
                told_at = quiet_ends(office.local_now(), times_of(office, work.session, school.id))
                deliver_on(
                    office, work.session, notice, channels, message=_MESSAGE, not_before=int(told_at.timestamp())
                )
        work.commit()
    keep_result(office.settings, replace(result, told_on=today))
    return True


def _channels(office: Office, session: Session, school_id: str) -> list[Channel]:
    """Return everybody's channels, and the own ones of those who can do something about it."""
    able = {
        person.id
        for person in authentic(office, people_of(session, school_id))
        if person.state == "active" and may(person.role, Act.SEE_UPKEEP)
    }
    return [channel for channel in channels_of(session, school_id) if channel.person_id in {None, *able}]
