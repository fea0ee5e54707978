"""Pages that somebody sees once, or when something is not as usual: set-up, codes, questions before an end, refusals.

Ways there for ``scenes``: by what people press, and where a page needs a misfortune, by sending what it leaves behind.
"""

from __future__ import annotations

import base64
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from playwright.sync_api import Page

from tests.support.shown import ShownSchool

PASSPHRASE = "windmill pickles tundra velvet"
WORDS = "我写了很久，想说的都在这里"
NOBODY = "0" * 32
_PLAIN, _WITH_FILES = "application/x-www-form-urlencoded", "multipart/form-data"
_SEND = """([action, kind, fields]) => {
  const form = document.createElement("form");
  form.method = "post";
  form.action = action;
  form.enctype = kind;
  for (const [name, value] of Object.entries(fields)) {
    const field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    field.value = value;
    form.append(field);
  }
  document.body.append(form);
  form.submit();
}"""


def set_up_scenes(page: Page, setup_link: str) -> Iterator[str]:
    """Found a school from the link in the console; its first counselor comes, sees the slips and invites one more."""
    page.goto(urljoin(setup_link, "/certificate"))
    yield "certificate"
    page.goto(setup_link)
    yield "set-up"
    sent = {"token": page.input_value("[name=token]"), "school_name": "青山小学", "login_name": "jishu"}
    sent |= {name: page.input_value(f"[name={name}]") for name in ("opening_weekday", "opening_hour")}
    page.fill("[name=school_name]", "青山小学")
    _choose_login(page, "jishu")
    page.wait_for_selector(".steps")
    yield "set-up-four-steps"
    page.fill("[name=display_name]", "林老师")
    page.click("form:has([name=display_name]) button")
    invitation = page.locator("#link").inner_text()
    yield "invitation-to-give"
    page.goto(setup_link)
    yield "set-up-link-used"
    # The counselor opens it in a window of her own.
    page.context.clear_cookies()
    _send(page, setup_link, **sent, passphrase=PASSPHRASE, again=PASSPHRASE)
    yield "set-up-sent-twice"
    page.goto(invitation)
    yield "invitation"
    _choose_login(page, "lin")
    page.wait_for_selector(".slip")
    yield "slips-of-the-first"
    page.eval_on_selector("form:has([name=first])", "form => { form.noValidate = true }")
    page.click("form:has([name=first]) button.primary")
    page.wait_for_selector("form.narrow [name=first]")
    yield "slips-not-ticked"
    page.check("[name=first]")
    page.check("[name=second]")
    page.click("form:has([name=first]) button.primary")
    page.wait_for_selector(".bar")
    yield "queue-empty"
    page.goto(urljoin(setup_link, "/desk/people/"))
    page.fill("#invite [name=display_name]", "何老师")
    page.click("#invite button")
    invitation = page.locator("#link").inner_text()
    page.context.clear_cookies()
    page.goto(invitation)
    _choose_login(page, "he")
    page.wait_for_selector("main ul.plain")
    yield "waits-to-be-let-in"


def kiosk_trouble_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A used link, an address with nothing, a letter sent again after the screen was cleared, a tablet taken back."""
    page.goto(school.kiosk_link)
    yield "enrol-link-used"
    page.goto(f"{school.url}/nowhere")
    yield "nothing-here"
    _send(page, "/read", _WITH_FILES)
    yield "form-not-read"
    page.goto(f"{school.url}/write")
    token = page.input_value("form:has(textarea) [name=token]")
    page.goto(f"{school.url}/clear")
    _send(page, "/write", token=token, words=WORDS)
    page.wait_for_selector("figcaption")
    page.goto(f"{school.url}/clear")
    _send(page, "/write", token=token, words=WORDS)
    page.wait_for_selector("details.help-panel[open]")
    yield "sent-already"
    page.context.clear_cookies()
    page.goto(school.url)
    _send(page, "/write", words=WORDS)
    page.wait_for_selector("#words")
    yield "not-a-kiosk-words-kept"
    host = urlsplit(school.url).hostname or ""
    kiosk = {"name": "__Host-kiosk", "value": "taken-back", "domain": host, "path": "/", "secure": True}
    page.context.add_cookies([kiosk])  # type: ignore[list-item]
    page.goto(school.url)
    page.wait_for_selector("details.help-panel[open]")
    yield "taken-back"
    page.context.clear_cookies()
    page.goto(school.closed_kiosk_link)
    page.click("button.primary")
    page.wait_for_selector("a.button.primary")
    page.goto(school.url)
    yield "kiosk-closed"
    _send(page, "/write", token=token, words=WORDS)
    # Words are on the screen, so they can be hidden.
    page.wait_for_selector("[data-hide-now]:visible")
    yield "kiosk-closed-words-kept"
    with _database_away(school.database):
        page.goto(school.url)
        yield "not-kept-nothing-written"
        _send(page, "/write", token=token, words=WORDS)
        yield "not-kept"


def letter_home_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A letter home as it is printed, and a letter that was shredded while somebody wrote to it."""
    page.goto(f"{school.url}/desk/letters/?kind=to_parents")
    page.locator(".queue a.open").first.click()
    page.wait_for_selector(".reply-form, .turn")
    letter = page.url
    page.goto(f"{letter}/print")
    yield "letter-home-to-print"
    page.goto(letter)
    token = page.input_value("form[action$='/remark'] [name=token]")
    _send(page, f"/desk/letters/{NOBODY}/remark", token=token, remark=WORDS)
    page.wait_for_selector("textarea[readonly]")
    yield "letter-gone"


def device_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """What is asked before a device, a channel or a person goes, and what is printed for a classroom."""
    for link, name in (
        ("a[href$='/change']", "kiosk-to-change"),
        ("a[href$='/withdraw']", "device-to-withdraw"),
        ("a[href$='/remove']", "channel-to-remove"),
    ):
        page.goto(f"{school.url}/desk/devices/")
        page.locator(link).first.click()
        page.wait_for_selector("main form button")
        yield name
    page.goto(f"{school.url}/desk/devices/")
    form = page.locator("form.kiosk").last
    form.locator("[name=name]").fill("图书角")
    form.locator("button").click()
    page.wait_for_selector(".once")
    yield "kiosk-link"
    page.goto(f"{school.url}/desk/blank-slips/")
    yield "blank-slips"


def second_factor_scenes(page: Page, school: ShownSchool, login: str) -> Iterator[str]:
    """The spare codes, once, and the question for a code at the next login. Who asks is logged in."""
    page.goto(f"{school.url}/desk/account/second-factor")
    letters = page.locator("p.once.words").text_content() or ""
    secret = base64.b32decode(letters.replace(" ", ""))
    now = TOTP(secret, 6, SHA1(), 30).generate(int(time.time())).decode()  # noqa: S303 - as telephones reckon it.
    page.fill("[name=code]", now)
    page.click("form:has([name=code]) button.primary")
    page.wait_for_selector("ul.once.words")
    yield "spare-codes"
    page.goto(f"{school.url}/desk/account/")
    page.click(".bar .leave button")
    page.fill("[name=login_name]", login)
    page.fill("[name=passphrase]", school.passphrase)
    page.click("button.primary")
    page.wait_for_selector("[name=code]")
    yield "code"


def siren_scenes(page: Page, school: ShownSchool) -> Iterator[str]:
    """A siren page before its link, its link, and calling for somebody to open the demonstration's urgent letters."""
    page.goto(f"{school.url}/siren")
    yield "siren-not-enrolled"
    page.goto(school.siren_link)
    yield "siren-enrol"
    page.click("main form button")
    page.wait_for_url("**/siren")
    page.wait_for_selector("#siren section:visible")
    yield "siren"


def _choose_login(page: Page, login_name: str) -> None:
    page.fill("[name=login_name]", login_name)
    page.fill("[name=passphrase]", PASSPHRASE)
    page.fill("[name=again]", PASSPHRASE)
    page.click("form:has([name=again]) button.primary")


def _send(page: Page, action: str, kind: str = _PLAIN, **fields: str) -> None:
    with page.expect_navigation():
        page.evaluate(_SEND, [action, kind, fields])


@contextmanager
def _database_away(database: Path) -> Iterator[None]:
    """Let the program find one of its tables gone for a moment, as after a disk's fault."""
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        other.execute("ALTER TABLE stations RENAME TO stations_away")
        try:
            yield
        finally:
            other.execute("ALTER TABLE stations_away RENAME TO stations")
