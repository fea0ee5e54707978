"""The demonstration's school with somebody of every kind before its pages, put back to its first morning at will.

What one hostile input does to the school must not shut the door that the next one is to try.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from mailbox.office import Office
from mailbox.people.listing import station_lines
from mailbox.people.login import log_in, who
from mailbox.people.stations import KIOSK, enroll, invite_station, withdraw
from mailbox.rules.roles import TECHNICIAN
from mailbox.upkeep.demo import PASSPHRASE, make_school
from mailbox.web import current
from mailbox.web.event_log import EventFormatter
from mailbox.web.throttle import Throttle
from tests.support.pages import pages_of

HTTPS = "https://localhost"
DESK, KIOSK_COOKIE, SIREN = "__Host-desk", "__Host-kiosk", "__Host-siren"
STAFF = {"counselor": "lin", "second": "he", "waiting": "zhou", "lead": "an", "head": "xiaozhang", TECHNICIAN: "jishu"}
EVERYBODY = (*STAFF, "nobody", "kiosk", "withdrawn", "siren")


@dataclass
class Cast:
    """``cookies`` is what each carries; ``log`` every line that a served program would have printed."""

    app: Flask
    office: Office
    school_id: str
    cookies: dict[str, tuple[str, str] | None]
    log: list[str] = field(default_factory=list)
    _kept: Path = Path()

    def client(self, name: str) -> FlaskClient:
        client = self.app.test_client()
        cookie = self.cookies[name]
        if cookie:
            client.set_cookie(*cookie, secure=True)
        return client

    def keep(self) -> None:
        """Remember the school as it stands now."""
        self._kept = self._file.with_suffix(".kept")
        self.office.database.wipe_removed()
        self.office.database.close()
        shutil.copy(self._file, self._kept)

    def put_back(self) -> None:
        """Let the school be as it was kept, and nobody have tried anything."""
        self.office.database.close()
        for name in ("-wal", "-shm"):
            self._file.with_name(self._file.name + name).unlink(missing_ok=True)
        shutil.copy(self._kept, self._file)
        current.install(self.app, self.office, Throttle())

    @property
    def _file(self) -> Path:
        return Path(self.office.settings.database_url.removeprefix("sqlite:///"))


def make_cast(office: Office) -> Cast:
    """Tell the demonstration's story and let everybody in it come to the door."""
    shown = make_school(office)
    cookies: dict[str, tuple[str, str] | None] = {
        name: (DESK, log_in(office, login, PASSPHRASE)) for name, login in STAFF.items()
    }
    me = who(office, (cookies[TECHNICIAN] or ("", ""))[1])
    gone = invite_station(office, me.school_id, me.person_id, KIOSK, "withdrawn")
    cookies["nobody"] = None
    cookies["kiosk"] = KIOSK_COOKIE, enroll(office, shown.kiosk_token)[1]
    cookies["siren"] = SIREN, enroll(office, shown.siren_token)[1]
    cookies["withdrawn"] = KIOSK_COOKIE, enroll(office, gone)[1]
    lines = station_lines(office, me.school_id)
    withdraw(office, me.school_id, me.person_id, next(line.id for line in lines if line.name == "withdrawn"))
    invite_station(office, me.school_id, me.person_id, KIOSK, "未来的平板")
    cast = Cast(pages_of(office), office, me.school_id, cookies)
    cast.keep()
    return cast


@contextmanager
def listening(cast: Cast) -> Iterator[None]:
    """Write down every line of the log, in the form in which a served program prints it."""

    class Listener(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            cast.log.append(self.format(record))

    listener, root = Listener(), logging.getLogger()
    listener.setFormatter(EventFormatter())
    root.addHandler(listener)
    try:
        yield
    finally:
        root.removeHandler(listener)
