"""The demonstration's school behind a served program: letters in every state, for tests that look at every page."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass

from mailbox.letters.picture_words import PICTURES
from mailbox.office import Office
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.upkeep.demo import PASSPHRASE, Demonstration, make_school
from tests.support.served import ServedApp
from triage.assessor import Assessor


@dataclass(frozen=True)
class ShownSchool:
    """Where it is served, one-time links of a kiosk and a siren page, who may log in, and two children's codes.

    ``code`` has an answer to read, ``meeting_code`` times to choose from.
    """

    url: str
    kiosk_link: str
    siren_link: str
    counselor: str
    technician: str
    lead: str
    head: str
    passphrase: str
    code: tuple[str, ...]
    meeting_code: tuple[str, ...]
    slips: tuple[list[str], list[str]]


def setup_link(served: ServedApp) -> str:
    """Return the link that the console of an installation without a school shows; it is served then."""
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
    served.start()
    return ShownSchool(
        url=served.url,
        kiosk_link=f"{served.url}/enroll/{told.kiosk_token}",
        siren_link=f"{served.url}/siren/enroll/{told.siren_token}",
        counselor=told.counselors[0],
        technician=told.technician,
        lead=told.lead,
        head=told.head,
        passphrase=PASSPHRASE,
        code=tuple(PICTURES[picture].word for picture in told.answered.code.pictures),
        meeting_code=tuple(PICTURES[picture].word for picture in told.invited.code.pictures),
        slips=told.slips,
    )
