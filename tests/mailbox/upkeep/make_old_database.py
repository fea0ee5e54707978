"""Makes the database of an invented school at the newest revision, to be kept for the tests of later versions.

Run once before each release: ``python -m tests.mailbox.upkeep.make_old_database``. What it wrote stays as it is: it
is what a school has on its disk. A revision as argument makes an older one, with the program of that day.
"""

from __future__ import annotations

import json
import lzma
import os
import sqlite3
import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from mailbox.alarms.channels import add_channel
from mailbox.alarms.siren import ring_test
from mailbox.care.cases import open_case
from mailbox.config import Settings
from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from mailbox.letters.post import Letter, post
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, approve, found_school, invite
from mailbox.people.login import log_in, who
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, enroll, invite_station
from mailbox.sealing import passphrase
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.passphrase import Argon2Cost
from mailbox.store.database import Database
from mailbox.store.migrations import _config
from triage.protocol import Assessment, Topic, Urgency

KEPT = Path(__file__).parent / "old_databases"
PASSPHRASE = "苹果树下的第三只猫在打鼾"
THEN = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)


def make(folder: Path, revision: str) -> dict[str, object]:
    """Make database and key file in ``folder``; return what people of the school know."""
    passphrase.DEFAULT_COST = Argon2Cost(memory_kib=64, passes=1)
    config = _config()
    settings = Settings(folder, f"sqlite:///{folder / 'mailbox.db'}", folder / "mailbox.key", folder)
    config.attributes["url"] = settings.database_url
    command.upgrade(config, revision)
    keys = KeyFile.create(settings.key_file)
    assessed = Assessment(Urgency.ROUTINE, None, (Topic.OTHER,), (), "说得很明白", {})
    office = Office(settings, Database(settings.database_url), keys, lambda _text, _adjustment: assessed, lambda: THEN)
    school_id, token = found_school(office, "青山小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    arrival = accept_invitation(office, invite(office, school_id, technician, "counselor", "林老师"), "lin", PASSPHRASE)
    he = accept_invitation(
        office, invite(office, school_id, arrival.person_id, "counselor", "何老师"), "he", PASSPHRASE
    ).person_id
    approve(office, school_id, arrival.person_id, he)
    lin = who(office, log_in(office, "lin", PASSPHRASE))
    _, kiosk_cookie = enroll(office, invite_station(office, school_id, technician, KIOSK, "三年级教室"))
    ring_test(office, school_id, technician)
    acknowledge_test_alarms(office, school_id)
    add_channel(office, school_id, technician, "门卫室", "json://127.0.0.1:9/")
    open_code = post(office, Letter(school_id, "kiosk", "我想养一盆多肉", os.urandom(16))).code
    thread_id = queue(office, lin)[0].id
    later = replace(office, clock=lambda: THEN + timedelta(hours=1))
    lin = who(office, log_in(later, "lin", PASSPHRASE))
    answer(later, lin, thread_id, "放在窗台上吧", release_now=True, form_nonce=os.urandom(16))
    open_case(later, lin, thread_id, ["other"], "想多陪陪这个孩子")
    post(later, Letter(school_id, "kiosk", "这封信不给何老师看", os.urandom(16), frozenset({he})))
    office.database.close()
    assert arrival.slips is not None
    return {
        "revision": ScriptDirectory.from_config(config).get_revision(revision).revision,
        "school_id": school_id,
        "passphrase": PASSPHRASE,
        "slips": arrival.slips,
        "pictures": list(open_code.pictures),
        "kiosk_cookie": kiosk_cookie,
        "key_file": settings.key_file.read_text("ascii"),
    }


def plain_copy(database: Path) -> bytes:
    """Return the database in one file, without its journal."""
    one = database.with_suffix(".one")
    with sqlite3.connect(database) as connection:
        connection.execute("VACUUM INTO ?", (str(one),))
    connection.close()
    return one.read_bytes()


if __name__ == "__main__":
    asked = sys.argv[1] if len(sys.argv) > 1 else "head"
    with tempfile.TemporaryDirectory() as made:
        known = make(Path(made), asked)
        kept = KEPT if len(sys.argv) < 3 else Path(sys.argv[2])
        (kept / f"{known['revision']}.db.xz").write_bytes(lzma.compress(plain_copy(Path(made) / "mailbox.db")))
        (kept / f"{known['revision']}.json").write_text(json.dumps(known, ensure_ascii=False, indent=1), "utf-8")
