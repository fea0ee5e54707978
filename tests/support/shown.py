"""The demonstration's school behind a served program: letters in every state, for tests that look at every page."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path

from mailbox.letters.picture_words import PICTURES
from mailbox.office import Office
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.people.arrivals import accept_invitation, found_school
from mailbox.people.stations import KIOSK, invite_station
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.upkeep.demo import PASSPHRASE, Demonstration, make_school
from tests.support.served import ServedApp
from tests.support.tls import made
from triage.assessor import Assessor

# A program that listens here serves the network, by HTTPS.
EVERYWHERE = "0.0.0.0"  # noqa: S104 - a name for what the settings say.


@dataclass(frozen=True)
class ShownSchool:
    """Where it is served, one-time links of a kiosk and a siren page, who may log in, and two children's codes.

    ``code`` has an answer to read, ``meeting_code`` times to choose from. ``closed_kiosk_link`` is of another school,
    to which no counselor has come yet. ``database`` is the file that all of it lies in.
    """

    url: str
    kiosk_link: str
    closed_kiosk_link: str
    siren_link: str
    counselor: str
    technician: str
    lead: str
    head: str
    passphrase: str
    code: tuple[str, ...]
    meeting_code: tuple[str, ...]
    slips: tuple[list[str], list[str]]
    database: Path


def setup_link(served: ServedApp) -> str:
    """Return the link that the console of an installation without a school shows; it is served then.

    One that is to serve the network gets certificates first.
    """
    settings = served.settings()
    if settings.listen_host == EVERYWHERE:
        made(settings.data_dir)
    served.start()
    found = re.search(r"http://\S+/setup/\S+", served.log())
    assert found
    return found[0]


def show_school(served: ServedApp) -> ShownSchool:
    """Make the demonstration's school in an installation, which is made too unless it is, and serve it."""
    return serve_shown(served, make_shown(served))


def make_shown(served: ServedApp) -> Demonstration:
    """Make the demonstration's school in an installation, which is made too unless it is."""
    settings = served.settings()
    if not settings.key_file.exists():
        served.flask("init")
    database = Database(settings.database_url)
    office = Office(settings, database, KeyFile.load(settings.key_file), Assessor.load(settings.model_dir).assess)
    told = make_school(office)
    freeze_ended_weeks(office)
    database.close()
    return told


def serve_copy(made: ServedApp, told: Demonstration, served: ServedApp) -> ShownSchool:
    """Serve the school of another installation, which is not served, from an empty one: all of it is in its files."""
    shutil.copytree(made.data_dir, served.data_dir)
    return serve_shown(served, told)


def serve_shown(served: ServedApp, told: Demonstration) -> ShownSchool:
    closed_token = _kiosk_without_readers(served)
    served.start()
    return ShownSchool(
        url=served.url,
        kiosk_link=f"{served.url}/enroll/{told.kiosk_token}",
        closed_kiosk_link=f"{served.url}/enroll/{closed_token}",
        siren_link=f"{served.url}/siren/enroll/{told.siren_token}",
        counselor=told.counselors[0],
        technician=told.technician,
        lead=told.lead,
        head=told.head,
        passphrase=PASSPHRASE,
        code=tuple(PICTURES[picture].word for picture in told.answered.code.pictures),
        meeting_code=tuple(PICTURES[picture].word for picture in told.invited.code.pictures),
        slips=told.slips,
        database=served.settings().data_dir / "mailbox.db",
    )


def _kiosk_without_readers(served: ServedApp) -> str:
    """Found one more school in the installation, to which only a technician has come; return a kiosk's invitation."""
    settings = served.settings()
    database = Database(settings.database_url)
    office = Office(settings, database, KeyFile.load(settings.key_file), Assessor.load(settings.model_dir).assess)
    school_id, token = found_school(office, "白云小学", opening_weekday=4, opening_hour=15)
    technician_id = accept_invitation(office, token, "baiyun", PASSPHRASE).person_id
    invited = invite_station(office, school_id, technician_id, KIOSK, "阅览室")
    database.close()
    return invited
