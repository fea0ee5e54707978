"""HTTPS by one command; a tablet gets the root by its page, is enrolled by the code, and may use what needs safety."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from playwright.sync_api import Browser, Error, Page

from mailbox.upkeep.tls.keeping import Folder, look_up
from mailbox.upkeep.tls.places import local_addresses
from tests.support.browser import TABLET, Visitors, chromium
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE, staff

SECURE = "[isSecureContext, typeof navigator.mediaDevices, document.cookie]"


@pytest.fixture
def served(made_app: Callable[..., ServedApp]) -> Iterator[ServedApp]:
    app = made_app()
    here = [word for address in local_addresses() for word in ("--address", str(address))]
    app.flask("tls", "init", "--address", "127.0.0.1", *here)
    staff(app)
    app.start()
    yield app
    app.stop()


@pytest.fixture
def tablet(served: ServedApp, browser: Browser, tmp_path: Path) -> Iterator[Page]:
    """A tablet on which the school's certificate counts as trusted; whether it truly is, tests of handshakes ask."""
    public = look_up(Folder.of(served.data_dir)).server.key.public_key()
    spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pin = base64.b64encode(hashlib.sha256(spki).digest()).decode()
    flags = ["--no-sandbox", "--disable-gpu", f"--ignore-certificate-errors-spki-list={pin}"]
    trusting = browser.browser_type.launch(executable_path=chromium(), args=flags)
    people = Visitors(trusting, tmp_path)
    yield people.visit(TABLET)
    people.leave()
    trusting.close()
    assert people.wrongs == []


def test_a_tablet_is_enrolled_over_https_and_may_record_there(
    served: ServedApp, tablet: Page, visitors: Visitors
) -> None:
    desk = visitors.visit()
    desk.goto(f"{served.url}/desk/login")
    desk.locator("[name=login_name]").fill("jishu")
    desk.locator("[name=passphrase]").fill(PASSPHRASE)
    desk.locator("main form button").click()
    # Whoever goes elsewhere before the answer is there is not logged in.
    desk.wait_for_selector(".bar")
    desk.goto(f"{served.url}/desk/devices/")
    kept = look_up(Folder.of(served.data_dir))
    assert kept.authority.fingerprint in desk.locator("#network").inner_text()
    code = desk.locator("#network svg.qr")
    assert (code.bounding_box() or {}).get("width", 0) >= 200
    form = desk.locator("#kiosks form.line")
    form.locator("[name=name]").fill("二楼图书角")
    form.locator("button").click()
    link = desk.locator("#link").inner_text()
    assert link.startswith("https://") and desk.locator("svg.qr").is_visible()
    # Left once, neither the link nor its code comes back.
    desk.goto(f"{served.url}/desk/devices/")
    with suppress(Error):
        desk.go_back()
    assert desk.get_by_role("img", name="登记链接的二维码").count() == 0

    tablet.goto(f"https://127.0.0.1:{served.port}/enroll/" + link.rpartition("/")[2])
    assert tablet.evaluate(SECURE) == [True, "object", ""]
    tablet.locator("form button").click()
    (cookie,) = tablet.context.cookies()
    assert (cookie["name"], cookie["secure"], cookie["httpOnly"]) == ("__Host-kiosk", True, True)
    answer = tablet.goto(f"https://127.0.0.1:{served.port}/write")
    assert answer is not None and answer.status == 200
    assert tablet.locator("textarea").count() == 1


def test_a_tablet_without_the_root_is_stopped_and_led_to_the_root_page(
    served: ServedApp, visitors: Visitors, browser: Browser
) -> None:
    page = visitors.visit(TABLET)
    with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
        page.goto(f"https://127.0.0.1:{served.port}/")
    page = visitors.visit(TABLET)
    page.goto(f"{served.url}/certificate")
    with page.expect_download() as started:
        page.get_by_role("link", name="下载根证书").click()
    got = Path(started.value.path()).read_bytes()
    assert got == look_up(Folder.of(served.data_dir)).authority.der
    assert started.value.suggested_filename == "school-root.crt"
    # From this PC's own address in the network the server is asked as a tablet asks it; without a network, by TLS only.
    for address in local_addresses()[:1]:
        context = browser.new_context(locale="zh-CN")
        page = context.new_page()
        page.goto(f"http://{address}:{served.port}/write")
        assert page.url == f"http://{address}:{served.port}/certificate"
        assert page.locator("h1").inner_text() == "让这台设备信任学校的信箱"
        assert page.evaluate("isSecureContext") is False
        context.close()
