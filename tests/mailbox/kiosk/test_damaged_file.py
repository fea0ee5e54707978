"""SQLite's file is damaged while the mailbox serves: kind pages, no code for what is not kept, and people are told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from mailbox.alarms.channels import add_channel
from mailbox.alarms.worker import deliver_due
from mailbox.people.login import log_in
from mailbox.upkeep.backup_schedule import back_up_if_due
from mailbox.upkeep.backup_trouble import tell_of_trouble
from mailbox.upkeep.desk import backup_alert
from mailbox.upkeep.doctor import examine
from mailbox.upkeep.findings import State
from mailbox.upkeep.thorough import look_through
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.kiosk.tablet import HTTPS, Tablet, code_of, words_in
from tests.support.page_words import words_of_page
from tests.support.web_hook import WebHook

FIRST, SECOND, MORE = "第一封信到了", "我写了很久，硬盘却坏了", "还有一件事"


def with_a_hole(school: SchoolAtWork) -> None:
    """Spoil the page in which the threads begin; everything else is as it was."""
    with school.office.database.view() as view:
        root = view.session.scalar(text("SELECT rootpage FROM sqlite_master WHERE name = 'threads'"))
        size = view.session.scalar(text("PRAGMA page_size"))
    _write_over(school, (int(root) - 1) * int(size), int(size))


def from_its_first_byte(school: SchoolAtWork) -> None:
    _write_over(school, 0, 64 * 1_024)


def _write_over(school: SchoolAtWork, start: int, length: int) -> None:
    # All of it lies in the file, and nobody has read of it what nobody can read any more.
    assert school.office.database.wipe_removed()
    school.office.database.close()
    with (Path(school.office.settings.data_dir) / "mailbox.db").open("r+b") as file:
        file.seek(start)
        file.write(os.urandom(length))


@pytest.mark.parametrize("damaged", [with_a_hole, from_its_first_byte])
def test_a_damaged_file_shows_no_code_keeps_the_words_and_is_told(
    tablet: Tablet, damaged: Callable[[SchoolAtWork], None], web_hook: WebHook
) -> None:
    office, school = tablet.school.office, tablet.school
    add_channel(office, school.school_id, school.technician_id, "值班手机", web_hook.apprise_url)
    opened, token = tablet.open_typed("".join(code_of(tablet.send(FIRST)))), tablet.token("/write")
    session = log_in(office, "lin", PASSPHRASE)
    damaged(school)
    sent = tablet.post("/write", token=token, words=SECOND)
    assert (sent.status_code, words_in(sent), code_of(sent)) == (503, SECOND, [])
    written_back = tablet.write_back(opened, MORE)
    assert (written_back.status_code, words_in(written_back)) == (503, MORE)
    assert "已经送到了" not in words_of_page(written_back.text)
    # The counselor is told on the desk, and the technician by the doctor; a backup of it is none.
    desk = tablet.client.application.test_client()
    desk.set_cookie("__Host-desk", session, secure=True)
    assert desk.get("/desk/letters/", base_url=HTTPS).status_code == 503
    looked = look_through(office)
    assert looked.complaint
    assert any(finding.state is State.NOW for finding in examine(office, looked) if finding.check.value != "backup")
    assert back_up_if_due(office) is None
    # Where the rest of the file still holds, it is told on the channels too.
    if damaged is with_a_hole:
        assert tell_of_trouble(office)
        assert (deliver_due(office), len(web_hook.posts)) == (1, 1)
    alert = backup_alert(office)
    assert alert is not None and (alert.reason, alert.told["reason"]) == ("failed", "database")
