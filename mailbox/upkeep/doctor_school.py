"""What the doctor looks at in one school: keys for every week and reader, and the ways that alarms take."""

from __future__ import annotations

from mailbox.alarms.channels import channel_lines
from mailbox.errors import NotAuthentic
from mailbox.office import Office
from mailbox.people.roster import active_readers, recovery_public
from mailbox.sealing.keyring import RECOVERY_HOLDER
from mailbox.store.database import Session
from mailbox.store.keys import current_week_key, holders_of_weeks, week_keys_of
from mailbox.store.marked import carries_mark
from mailbox.store.people import all_schools
from mailbox.store.tables import School
from mailbox.upkeep.findings import Check, Finding, State


def look_at_keys(office: Office, school_id: str | None = None) -> Finding:
    """Return the gravest of what is wrong with the keys of one school, or of all."""
    with office.database.view() as view:
        found = [_keys_of(office, view.session, school) for school in _schools(view.session, school_id)]
    return _gravest([*found, Finding(Check.KEYS)])


def look_at_channels(office: Office, school_id: str | None = None) -> Finding:
    """Return the channels that failed when they were last tried."""
    with office.database.view() as view:
        schools = [school.id for school in _schools(view.session, school_id)]
    failed = [line.name for each in schools for line in channel_lines(office, each) if line.problem]
    if failed:
        return Finding(Check.CHANNELS, State.NOW, "failed", {"names": "、".join(failed)})
    return Finding(Check.CHANNELS)


def _keys_of(office: Office, session: Session, school: School) -> Finding:
    readers = active_readers(office, session, school.id)
    if not readers:
        # A box that nobody can open yet takes no letter either.
        return Finding(Check.KEYS)
    try:
        recovery_public(office, school)
    except (NotAuthentic, ValueError):
        return Finding(Check.KEYS, State.NOW, "no_recovery")
    weeks, holders = week_keys_of(session, school.id), holders_of_weeks(session, school.id)
    if not all(carries_mark(week, office.marks.check) for week in weeks):
        return Finding(Check.KEYS, State.NOW, "not_ours")
    names = {reader.id: reader.display_name for reader in readers}
    current = current_week_key(session, school.id)
    if current is not None and not names.keys() | {RECOVERY_HOLDER} <= holders.get(current.id, set()):
        return Finding(Check.KEYS, State.NOW, "current_lacks")
    # A week whose time is over has no copy at all any more.
    kept = [holders[week.id] for week in weeks if week.id in holders]
    if any(not names.keys() & held for held in kept):
        return Finding(Check.KEYS, State.SOON, "nobody_holds")
    lacking = [name for reader_id, name in names.items() if any(reader_id not in held for held in kept)]
    if lacking:
        return Finding(Check.KEYS, State.SOON, "not_shared", {"names": "、".join(sorted(lacking))})
    return Finding(Check.KEYS)


def _schools(session: Session, school_id: str | None) -> list[School]:
    return [school for school in all_schools(session) if school_id in (None, school.id)]


def _gravest(found: list[Finding]) -> Finding:
    return max(found, key=lambda finding: list(State).index(finding.state))
