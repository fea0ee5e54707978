"""The drill: a backup of a running mailbox, a computer that is lost, two slips of paper: and all goes on as before."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from mailbox.alarms.channels import add_channel
from mailbox.alarms.siren import ring_test
from mailbox.office import Office
from mailbox.sealing.key_file import KeyFile
from mailbox.store.database import Database
from mailbox.upkeep.tls.keeping import Folder, look_up
from tests.stories.people import Child, Counselor, tablet
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, staff
from tests.support.tls import asked, trusting
from tests.support.web_hook import WebHook

ANSWERED, WAITING = "操场边上能不能种一排向日葵", "我想养一盆多肉，放在教室的窗台上"
ANSWER = "好主意，我们已经问了校工叔叔。"


def test_a_lost_computer_is_replaced_with_a_backup_and_two_slips(
    served_app: Callable[..., ServedApp], visitors: Visitors, web_hook: WebHook, tmp_path: Path
) -> None:
    served = served_app(web_workers=1)
    served.flask("init")
    served.flask("tls", "init", "--address", "127.0.0.1")
    school = staff(served)
    add_channel(school.office, school.school_id, school.technician_id, "门卫室", web_hook.apprise_url)
    school.office.database.close()
    served.start()
    root = look_up(Folder.of(served.data_dir)).authority.der
    page = tablet(visitors)
    cookie = {"name": "__Host-kiosk", "value": school.kiosk_cookie, "url": served.url.replace("http:", "https:")}
    page.context.add_cookies([{**cookie, "secure": True, "httpOnly": True, "sameSite": "Strict"}])
    child, counselor = Child(page, served.url), Counselor(visitors.visit())
    code = child.write(ANSWERED)
    counselor.log_in(served.url, school.login, PASSPHRASE)
    assert counselor.open(0) == ANSWERED
    counselor.reply(ANSWER, now=True)
    child.write(WAITING)

    # While all of that is served, a backup on a stick; then the computer is gone.
    stick = tmp_path / "stick"
    stick.mkdir()
    served.flask("backup", str(stick))
    served.stop()
    shutil.rmtree(served.data_dir)
    (served.folder / "empty.toml").write_text("")

    # An empty one, the stick, and what stands on two pieces of paper.
    (backup,) = stick.iterdir()
    typed = "".join(f"{' '.join(slip)}\n" for slip in school.slips)
    said = served.flask("restore", str(backup), given=typed)
    assert "打不开 / do not open: 0" in said
    served.flask("init")
    served.start()

    # The tablet trusts the same root, is still enrolled, and the old code still opens the answer.
    assert asked(served.port, trusting(root), "/certificate/school-root.crt")[1] == root
    assert child.read(code) == [ANSWER]
    # The counselor opens the letter that waited, with the old passphrase.
    counselor.log_in(served.url, school.login, PASSPHRASE)
    assert counselor.open(0) == WAITING
    # An alarm still reaches the porter's computer.
    settings = served.settings()
    office = Office(settings, Database(settings.database_url), KeyFile.load(settings.key_file), school.office.assess)
    ring_test(office, school.school_id, school.technician_id)
    office.database.close()
    assert "测试" in str(web_hook.wait_for(1)[0])
