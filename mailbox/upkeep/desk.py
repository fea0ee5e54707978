"""What a technician does about the computer from the desk, and what a lead sees of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act
from mailbox.upkeep.alone import alone
from mailbox.upkeep.backup_schedule import back_up, usual_folder
from mailbox.upkeep.doctor import examine, look_at_backup
from mailbox.upkeep.findings import Finding, State
from mailbox.upkeep.thorough import last_look, look_through


@dataclass(frozen=True)
class Upkeep:
    """The findings, the day of the last thorough look, and where and how long backups are kept."""

    findings: list[Finding]
    looked_on: date | None
    folder: Path
    hour: int
    days: int


def upkeep_of(office: Office, colleague: Colleague) -> Upkeep:
    """Raises NotAllowed."""
    settings = office.settings
    _require(office, colleague, Act.SEE_UPKEEP)
    looked = last_look(settings)
    looked_on = looked.day(settings).date() if looked else None
    found = examine(office, looked, colleague.school_id)
    return Upkeep(found, looked_on, usual_folder(settings), settings.backup_hour, settings.backup_days)


def back_up_by(office: Office, colleague: Colleague) -> None:
    """Make a backup where the settings say. Raises NotAllowed, UpkeepRefused."""
    _require(office, colleague, Act.DO_UPKEEP, "backup.make")
    back_up(office)


def look_through_by(office: Office, colleague: Colleague) -> None:
    """Look everything through now. Raises NotAllowed, UpkeepRefused (busy)."""
    _require(office, colleague, Act.DO_UPKEEP, "upkeep.look")
    with alone(office.settings.data_dir):
        look_through(office)


def backup_alert(office: Office) -> Finding | None:
    """Return what is wrong with the backups when somebody must act now."""
    found = look_at_backup(office.settings, office.clock())
    return found if found.state is State.NOW else None


def _require(office: Office, colleague: Colleague, act: Act, recorded: str = "") -> None:
    if not recorded:
        with office.database.view() as view:
            require_person(office, view.session, colleague.school_id, colleague.person_id, act)
        return
    with office.database.work() as work:
        require_person(office, work.session, colleague.school_id, colleague.person_id, act)
        record(office, work.session, colleague.school_id, colleague.person_id, recorded)
        work.commit()
