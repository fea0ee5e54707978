"""A served installation with a school at work: technician, one counselor, and a kiosk that takes letters.

Made through the acts, for tests whose story begins after the set-up.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from mailbox.alarms.outbox import raise_alarm
from mailbox.office import Office, utc_now
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, enroll, invite_station
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from tests.support.served import ServedApp
from triage.protocol import Assessment, Urgency

PASSPHRASE = "苹果树下的第三只猫在打鼾"


@dataclass(frozen=True)
class StaffedSchool:
    """``office`` works on the served program's own database; ``kiosk_cookie`` is the enrolled tablet's.

    ``login`` and ``slips`` are the counselor's.
    """

    office: Office
    school_id: str
    counselor: Colleague
    kiosk_cookie: str
    technician_id: str
    login: str
    slips: tuple[list[str], list[str]]

    def kiosk_of_grade(self, grade: int) -> str:
        """Enrol one more kiosk, where children of ``grade`` sit; return its cookie."""
        invited = invite_station(self.office, self.school_id, self.technician_id, KIOSK, f"{grade}年级", grade=grade)
        return enroll(self.office, invited)[1]


def staff(served: ServedApp, mark: str = "", clock: Callable[[], datetime] = utc_now) -> StaffedSchool:
    """Found a school in an installation that is made; ``mark`` tells its login names from those of other schools."""
    settings = served.settings()
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), _never_asked, clock)
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, f"jishu{mark}", PASSPHRASE).person_id
    login = f"lin{mark}"
    token = invite(office, school_id, technician, "counselor", "林老师")
    slips = accept_invitation(office, token, login, PASSPHRASE).slips
    assert slips is not None
    with office.database.work() as work:
        raise_alarm(office, work.session, school_id, None, "test")
        work.commit()
    acknowledge_test_alarms(office, school_id)
    _, cookie = enroll(office, invite_station(office, school_id, technician, KIOSK, "三年级教室"))
    counselor = who(office, log_in(office, login, PASSPHRASE))
    return StaffedSchool(office, school_id, counselor, cookie, technician, login, slips)


def _never_asked(_text: str, _adjustment: object) -> Assessment:
    return Assessment(Urgency.ROUTINE, None, (), (), "", {})
