"""How fast the desk's list and its search are with 100 letters kept and with 10,000, few of them unread or all: in one
process, without a network.

One process, no network. Rows are written straight into the database, each with a box that opens: only what reading
costs is measured. Run it alone by ``python -m bench.desk``.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from bench.installation import HOUSE
from bench.report import Figure
from mailbox.config import PREFIX, load_settings
from mailbox.letters.content import NOTE, NoteContent
from mailbox.letters.post import Letter, post
from mailbox.letters.searching import search
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, found_school, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.sealing.box import BoxAddress, PublicKey, seal
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.store.keys import current_week_key
from mailbox.store.marked import set_mark
from mailbox.store.migrations import migrate
from mailbox.store.tables import Note, Thread, new_id
from triage.protocol import Assessment, Topic, Urgency

_FEW, _MANY, _SEARCHED = 100, 10_000, 2_000
_TIMES, _BATCH = 15, 500
_HTTPS = "https://localhost"
# Everybody may know it: the school lives in a temporary folder for a minute.
_PASSPHRASE = "量一量列表有多快的苹果树"  # noqa: S105
_WORDS = "今天午饭以后我一个人在操场边坐了很久，后来同桌来找我，我们一起去看了蚂蚁搬家。" * 3
_LEVELS = (Urgency.ROUTINE, Urgency.ROUTINE, Urgency.ROUTINE, Urgency.SOON, Urgency.URGENT)


@dataclass(frozen=True)
class _Desk:
    office: Office
    school_id: str
    reader: Colleague
    client: FlaskClient


def figures() -> list[Figure]:
    """Measure in a folder of its own; return the figures beside their targets."""
    with tempfile.TemporaryDirectory(prefix="qiaoqiaohua-desk-") as folder:
        desk = _desk(Path(folder))
        found = []
        kept = 1
        for waiting, number, name in (
            (_FEW, _FEW, "100 kept, all of them waiting"),
            (400, _MANY, "10,000 kept, 400 waiting"),
        ):
            _keep(desk, number - kept, waiting)
            kept = number
            found += _list_figures(desk, name)
        found += _search_figures(desk)
        desk.office.database.close()
    with tempfile.TemporaryDirectory(prefix="qiaoqiaohua-desk-") as folder:
        desk = _desk(Path(folder))
        _keep(desk, _MANY - 1, _MANY)
        found += _list_figures(desk, "10,000 kept, all of them waiting")
        desk.office.database.close()
    return found


def _list_figures(desk: _Desk, name: str) -> list[Figure]:
    return [
        Figure(f"list, {name}", _median_ms(lambda: _get(desk, "/desk/letters/")), "ms", 150),
        Figure("  its answered letters", _median_ms(lambda: _get(desk, "/desk/letters/?tab=answered")), "ms", 150),
        Figure("  whether it changed", _median_ms(lambda: _get(desk, "/desk/letters/state")), "ms"),
    ]


def _search_figures(desk: _Desk) -> list[Figure]:
    monday = desk.office.local_now().date()
    monday -= timedelta(days=monday.weekday())
    began = time.perf_counter()
    result = search(desk.office, desk.reader, ("蚂蚁",), monday - timedelta(weeks=60), monday)
    spent_s = time.perf_counter() - began
    a_letter_s = spent_s / result.looked_through
    return [
        Figure(f"search through {result.looked_through:,} letters", spent_s, "s"),
        Figure(f"  so through {_SEARCHED:,}", a_letter_s * _SEARCHED, "s", 1.0),
    ]


def _desk(folder: Path) -> _Desk:
    os.environ.update({f"{PREFIX}DATA_DIR": str(folder), f"{PREFIX}DATABASE_URL": f"sqlite:///{folder}/mailbox.db"})
    os.environ[f"{PREFIX}KEY_FILE"] = str(folder / "mailbox.key")
    settings = load_settings(os.environ, HOUSE)
    keys = KeyFile.create(settings.key_file)
    migrate(settings.database_url)
    office = Office(settings, Database(settings.database_url), keys, _assess)
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", _PASSPHRASE).person_id
    accept_invitation(office, invite(office, school_id, technician, "counselor", "林老师"), "lin", _PASSPHRASE)
    # A real letter, so that there is a key of this week.
    post(office, Letter(school_id, new_id(), "一封信", os.urandom(16)))
    cookie = log_in(office, "lin", _PASSPHRASE)
    client = create_app(office).test_client()
    client.set_cookie("__Host-desk", cookie, secure=True)
    return _Desk(office, school_id, who(office, cookie), client)


def _keep(desk: _Desk, number: int, waiting: int) -> None:
    """Write ``number`` threads with one letter each, spread over a year; the first ``waiting`` of them wait."""
    with desk.office.database.view() as view:
        week = current_week_key(view.session, desk.school_id)
    if week is None:
        raise RuntimeError("there is no key of this week")
    public = PublicKey.from_bytes(week.public_key)
    content = NoteContent(_WORDS, _assess(_WORDS, None)).to_bytes()
    for first in range(0, number, _BATCH):
        with desk.office.database.work() as work:
            for at in range(first, min(first + _BATCH, number)):
                rows = list(_thread(desk, at, at < waiting, week.id, public, content))
                work.session.add(rows[0])
                work.session.flush()
                work.session.add_all(rows[1:])
            work.commit()


def _thread(
    desk: _Desk, at: int, waits: bool, week_id: str, public: PublicKey, content: bytes
) -> Iterator[Thread | Note]:
    thread_id, note_id = new_id(), new_id()
    level = _LEVELS[at % len(_LEVELS)]
    about = {
        "school_id": desk.school_id,
        "urgency": level,
        "cause": None,
        "arrived_on": desk.office.local_now().date() - timedelta(days=at % 350),
        "arrived_half": ("morning", "afternoon", "evening")[at % 3],
    }
    thread = Thread(
        id=thread_id,
        lookup_tag=os.urandom(32),
        pepper_version=1,
        receipt_public=os.urandom(1_216),
        wrapped_receipt_key=os.urandom(125),
        state="waiting" if waits else "answered",
        closed=False,
        **about,
    )
    set_mark(thread, desk.office.marks.mac)
    yield thread
    yield Note(
        id=note_id,
        thread_id=thread_id,
        send_tag=os.urandom(32),
        window_tag=os.urandom(32),
        week_key_id=week_id,
        box=seal(public, BoxAddress(NOTE, thread_id, note_id), content),
        circumstances=os.urandom(1_700),
        place=1,
        read=not waits,
        **about,
    )


def _get(desk: _Desk, address: str) -> None:
    answer = desk.client.get(address, base_url=_HTTPS)
    if answer.status_code != 200:
        raise RuntimeError(f"{address} answered {answer.status_code}")


def _median_ms(look: Callable[[], None]) -> float:
    look()
    spent = []
    for _ in range(_TIMES):
        began = time.perf_counter()
        look()
        spent.append(time.perf_counter() - began)
    return statistics.median(spent) * 1_000


def _assess(_text: str, _adjustment: object) -> Assessment:
    return Assessment(Urgency.ROUTINE, None, (Topic.OTHER,), (), "说得很明白", {topic.value: 0.1 for topic in Topic})


if __name__ == "__main__":
    if not sys.platform.startswith("linux"):
        sys.exit("The other measurements need Linux; so does this one.")
    for figure in figures():
        print(figure.line())
