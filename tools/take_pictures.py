"""Takes a picture of every page for docs/pictures/pages, at tablet, desk and phone size, and lists them in a page.

Run by ``make pictures``. The school is the demonstration's, made anew; nothing of it is real. Pictures are brought to
few colours, so that the project stays light.
"""

from __future__ import annotations

import io
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402 - the project's folder comes first on the path.
from playwright.sync_api import Browser, Page  # noqa: E402

from tests.support.browser import PHONE, running_browser  # noqa: E402
from tests.support.scenes import (  # noqa: E402
    desk_scenes,
    head_scenes,
    kiosk_scenes,
    lead_scenes,
    technician_scenes,
    way_back_scenes,
)
from tests.support.served import ServedApp  # noqa: E402
from tests.support.shown import ShownSchool, show_school  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "pages"
LIST = ROOT / "docs" / "pictures.md"
TABLET = {"width": 1024, "height": 600}
DESK = {"width": 1280, "height": 800}
COLOURS = 128
_SETTLE_MS = 400


@dataclass(frozen=True)
class Walk:
    """One walk through pages at one size."""

    folder: str
    scenes: Callable[[Page, ShownSchool], Iterator[str]]
    size: dict[str, int]
    wishes: dict[str, str] = field(default_factory=dict)


WALKS = (
    Walk("kiosk-tablet", kiosk_scenes, TABLET),
    Walk("kiosk-tablet-dark", kiosk_scenes, TABLET, {"color_scheme": "dark"}),
    Walk("kiosk-phone", kiosk_scenes, PHONE),
    Walk("kiosk-phone-english", kiosk_scenes, PHONE, {"locale": "en"}),
    Walk("desk", desk_scenes, DESK),
    Walk("desk-phone", desk_scenes, PHONE),
    Walk("desk-english-dark", desk_scenes, DESK, {"locale": "en", "color_scheme": "dark"}),
    Walk("lead", lead_scenes, DESK),
    Walk("head", head_scenes, DESK),
    Walk("technician", technician_scenes, DESK),
    Walk("way-back", way_back_scenes, DESK),
)


def main() -> None:
    shutil.rmtree(OUT, ignore_errors=True)
    taken: dict[str, list[str]] = {}
    with running_browser() as browser:
        for walk in WALKS:
            with tempfile.TemporaryDirectory() as folder:
                taken[walk.folder] = _take(browser, walk, Path(folder))
            print(f"{walk.folder}: {len(taken[walk.folder])}")
    LIST.write_text(_listed(taken), encoding="utf-8")


def _take(browser: Browser, walk: Walk, folder: Path) -> list[str]:
    served = ServedApp(folder, {"web_workers": 1})
    context = browser.new_context(viewport=walk.size, **{"locale": "zh-CN", **walk.wishes})  # type: ignore[arg-type]
    names = []
    try:
        school = show_school(served)
        page = context.new_page()
        for name in walk.scenes(page, school):
            page.wait_for_timeout(_SETTLE_MS)
            _keep(page.screenshot(full_page=True), OUT / walk.folder / f"{name}.png")
            names.append(name)
    finally:
        context.close()
        served.stop()
    return names


def _keep(picture: bytes, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    few = Image.open(io.BytesIO(picture)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(place, optimize=True)


def _listed(taken: dict[str, list[str]]) -> str:
    lines = ["# Pictures of every page", "", "Taken by `make pictures` from the demonstration's invented school.", ""]
    for folder, names in taken.items():
        lines += [f"## {folder}", ""]
        lines += [f"- [{name}](pictures/pages/{folder}/{name}.png)" for name in names]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main()
