"""Draw the icons of the installed page from our own mailbox drawing: python tools/make_icons.py

Needs the Chromium of the tests. Run it again after a change of mailbox.svg or of the colour of the paper; the drawings
and what is made of them are ours, under the project's licence.
"""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import Page

HOUSE = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(HOUSE))

from tests.support.browser import running_browser  # noqa: E402

STATIC = HOUSE / "mailbox" / "web" / "static"
PAPER = "#f3ead7"
# How much of the icon the mailbox fills, and whether paper reaches the edge: a mask may cut 10% off each side.
KINDS = {
    "192.png": (192, 0.92, False),
    "512.png": (512, 0.92, False),
    "maskable-192.png": (192, 0.7, True),
    "maskable-512.png": (512, 0.7, True),
    "apple-touch-icon.png": (180, 0.78, True),
}


def draw(page: Page, drawing: str, size: int, share: float, is_full: bool) -> bytes:
    """Return one icon as PNG: the drawing in the middle, on paper or on nothing."""
    ground, inner = PAPER if is_full else "transparent", round(size * share)
    page.set_viewport_size({"width": size, "height": size})
    page.set_content(
        f"<body style='margin:0;background:{ground};display:grid;place-content:center;height:{size}px'>"
        f"<div style='width:{inner}px;height:{inner}px'>{drawing}</div>"
    )
    return page.screenshot(omit_background=not is_full)


def main() -> None:
    drawing = (STATIC / "mailbox.svg").read_text("utf-8")
    (STATIC / "icons").mkdir(exist_ok=True)
    with running_browser() as browser:
        page = browser.new_page()
        for name, (size, share, is_full) in KINDS.items():
            (STATIC / "icons" / name).write_bytes(draw(page, drawing, size, share, is_full))


if __name__ == "__main__":
    main()
