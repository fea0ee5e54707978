"""What a browser and a keyboard might remember of a field, a title or an address: each is asked not to."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from werkzeug.test import TestResponse

from mailbox.rules.letter_kinds import LetterKind
from tests.mailbox.kiosk.tablet import Tablet, code_of

TYPED = {"text", "search", "url", "tel"}
SILENT = {"autocomplete": "off", "autocorrect": "off", "autocapitalize": "off", "spellcheck": "false"}


class Fields(HTMLParser):
    """The attributes of what can be typed into, of the forms, and the title."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.typed: list[dict[str, str]] = []
        self.forms: list[dict[str, str]] = []
        self.titles: list[str] = []
        self._in_title = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "textarea" or (tag == "input" and given.get("type", "text") in TYPED):
            self.typed.append(given)
        if tag == "form":
            self.forms.append(given)
        self._in_title = tag == "title"

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.titles.append(data)
            self._in_title = False


def every_page(tablet: Tablet) -> list[TestResponse]:
    """Return each page on which a child, or a teacher at a child's tablet, finds something to type or to read."""
    sent = tablet.send("我想家了")
    pages = [tablet.get(path) for path in ("/", "/to", "/write", "/read", "/help", "/nowhere", "/enroll/used")]
    pages += [tablet.post("/to", kind=kind.value) for kind in LetterKind]
    replies = tablet.open_tapped(code_of(sent))
    stranger = tablet.client.application.test_client()
    pages += [
        sent,
        replies,
        tablet.write_back(replies, ""),
        tablet.send(""),
        tablet.open_typed("大象"),
        stranger.get("/"),
    ]
    # Words that lie on a page without a form.
    return [*pages, Tablet(stranger, tablet.school).post("/write", token="x", words="我想家了")]


@pytest.fixture
def found(tablet: Tablet) -> list[Fields]:
    return [Fields(page.text) for page in every_page(tablet)]


def test_nothing_typed_is_remembered_corrected_or_sent_to_a_spelling_service(found: list[Fields]) -> None:
    fields = [field for page in found for field in page.typed]
    assert len(fields) > 15
    for field in fields:
        wanted = {"autocomplete": "off", "spellcheck": "false"} if "readonly" in field else SILENT
        assert {name: field.get(name) for name in wanted} == wanted, field
        assert "readonly" in field or field.get("enterkeyhint"), field
        # A name that a browser knows would bring what it has kept for it.
        assert field.get("name", "") not in {"name", "email", "tel", "address", "username", "password", "q", "search"}


def test_no_form_is_filled_in_by_the_browser_or_sent_into_an_address(found: list[Fields]) -> None:
    forms = [form for page in found for form in page.forms]
    assert len(forms) > 10
    for form in forms:
        assert form["method"] == "post", form
        assert form.get("autocomplete") == "off" or "data-plain" in form, form


def test_every_page_has_the_same_title(found: list[Fields]) -> None:
    assert {tuple(page.titles) for page in found} == {("悄悄话信箱",)}
