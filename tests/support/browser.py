"""A real Chromium, driven by Playwright, that may talk to nobody but this machine."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, sync_playwright

HOW_TO_INSTALL = "The tests need Chromium: sudo apt install chromium (or CHROMIUM=/path/to/chrome)"
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_PLACES = ("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",)
_PATIENCE_MS = 30_000
_LOOK_AGAIN_MS = 50
# A browser that is tested calls nobody on its own.
_FLAGS = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-gpu",
    "--disable-quic",
    "--disable-sync",
    "--no-first-run",
)
TABLET = {"width": 1024, "height": 768}
DESK = {"width": 1366, "height": 900}
PHONE = {"width": 390, "height": 844}


def chromium() -> str:
    """Return the path of a Chromium. Raises RuntimeError saying what to install."""
    named = os.environ.get("CHROMIUM")
    for candidate in (*([named] if named else ()), *_NAMES, *_PLACES):
        found: str | None = shutil.which(candidate)
        if found:
            return found
    raise RuntimeError(HOW_TO_INSTALL)


@contextmanager
def running_browser() -> Iterator[Browser]:
    # Chromium's own sandbox cannot be set up by root.
    as_root = ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*_FLAGS, *as_root])
        try:
            yield browser
        finally:
            browser.close()


def wait_until(page: Page, expression: str) -> None:
    """Wait until a JavaScript expression is true on the page.

    Playwright's own ``wait_for_function`` evaluates it inside the page, where our policy forbids that.
    """
    for _ in range(_PATIENCE_MS // _LOOK_AGAIN_MS):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(_LOOK_AGAIN_MS)
    raise AssertionError(f"never true on the page: {expression}")


class Visitors:
    """People at the pages: each ``visit()`` has cookies of its own. Remembers whatever a page should not do."""

    def __init__(self, browser: Browser, traces: Path) -> None:
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._traces = traces
        self.wrongs: list[str] = []

    def visit(self, viewport: dict[str, int] | None = None, **wishes: Any) -> Page:
        """Open an empty page; ``wishes`` go to Playwright, e.g. ``java_script_enabled=False, locale="en"``."""
        wishes.setdefault("locale", "zh-CN")
        context = self._browser.new_context(viewport=viewport or DESK, **wishes)  # type: ignore[arg-type]
        context.set_default_timeout(_PATIENCE_MS)
        self._contexts.append(context)
        context.on("request", self._watch_request)
        context.on("console", self._watch_console)
        context.on("weberror", lambda error: self.wrongs.append(f"script failed: {error.error}"))
        return context.new_page()

    def keep_pictures(self) -> None:
        """Write what every open page shows into the test's own folder, for whoever reads the failure."""
        for number, page in enumerate(page for context in self._contexts for page in context.pages):
            page.screenshot(path=self._traces / f"page-{number}.png", full_page=True)

    def leave(self) -> None:
        for context in self._contexts:
            context.close()

    def _watch_request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and address.hostname not in {"127.0.0.1", "localhost"}:
            self.wrongs.append(f"loads from outside: {request.url}")

    def _watch_console(self, message: ConsoleMessage) -> None:
        # Chromium reports what the content security policy stopped as an error.
        if "Content Security Policy" in message.text:
            self.wrongs.append(message.text)
