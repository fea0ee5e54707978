"""Takes a picture of every page for docs/pictures/pages, at tablet, desk and phone size, and lists them in a page.

Run by ``make pictures``; with names of folders it takes those alone anew. The school is the demonstration's, or one
that the walk founds; nothing of it is real. Pictures are brought to few colours, so that the project stays light.
"""

from __future__ import annotations

import io
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402 - the project's folder comes first on the path.
from playwright.sync_api import Browser, Page  # noqa: E402

from tests.support.browser import PHONE, running_browser  # noqa: E402
from tests.support.rare_scenes import set_up_scenes  # noqa: E402
from tests.support.scenes import (  # noqa: E402
    desk_scenes,
    head_scenes,
    kiosk_scenes,
    lead_scenes,
    technician_scenes,
    way_back_scenes,
)
from tests.support.served import ServedApp  # noqa: E402
from tests.support.shown import EVERYWHERE, make_shown, serve_copy, setup_link  # noqa: E402

OUT = ROOT / "docs" / "pictures" / "pages"
LIST = ROOT / "docs" / "pictures.md"
TABLET = {"width": 1024, "height": 600}
DESK = {"width": 1280, "height": 800}
COLOURS = 128
_SETTLE_MS = 400
_SETTINGS = {"web_workers": 1}


@dataclass(frozen=True)
class Walk:
    """One walk through pages at one size. ``founds``: it begins without a school, with the link that founds one."""

    folder: str
    scenes: Callable[[Page, Any], Iterator[str]]
    size: dict[str, int]
    wishes: dict[str, str] = field(default_factory=dict)
    founds: bool = False


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
    Walk("technician-phone", technician_scenes, PHONE),
    Walk("set-up", set_up_scenes, DESK, founds=True),
    Walk("set-up-phone", set_up_scenes, PHONE, founds=True),
    Walk("way-back", way_back_scenes, DESK),
)


def main(*folders: str) -> None:
    taken: dict[str, list[str]] = {}
    with running_browser() as browser, tempfile.TemporaryDirectory() as first:
        empty, made = ServedApp(Path(first, "empty"), _SETTINGS), ServedApp(Path(first, "made"), _SETTINGS)
        empty.flask("init")
        shutil.copytree(empty.data_dir, made.data_dir)
        told = make_shown(made)
        for walk in WALKS:
            if folders and walk.folder not in folders:
                continue
            shutil.rmtree(OUT / walk.folder, ignore_errors=True)
            wishes = {**_SETTINGS, "listen_host": EVERYWHERE} if walk.founds else _SETTINGS
            served = ServedApp(Path(first, walk.folder), wishes)
            if walk.founds:
                shutil.copytree(empty.data_dir, served.data_dir)
            begun = partial(setup_link, served) if walk.founds else partial(serve_copy, made, told, served)
            taken[walk.folder] = _take(browser, walk, served, begun)
            print(f"{walk.folder}: {len(taken[walk.folder])}", flush=True)
    listed = (_kept_list() if folders else {}) | taken
    LIST.write_text(_listed({walk.folder: listed.get(walk.folder, []) for walk in WALKS}), encoding="utf-8")
    for folder in OUT.iterdir():
        if folder.name not in {walk.folder for walk in WALKS}:
            shutil.rmtree(folder)


def _take(browser: Browser, walk: Walk, served: ServedApp, begin: Callable[[], object]) -> list[str]:
    context = browser.new_context(viewport=walk.size, **{"locale": "zh-CN", **walk.wishes})  # type: ignore[arg-type]
    names = []
    try:
        page = context.new_page()
        for name in walk.scenes(page, begin()):
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


def _kept_list() -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    for folder, name in re.findall(r"\(pictures/pages/([^/]+)/([^/]+)\.png\)", LIST.read_text("utf-8")):
        kept.setdefault(folder, []).append(name)
    return kept


def _listed(taken: dict[str, list[str]]) -> str:
    lines = ["# Pictures of every page", "", "Taken by `make pictures` from the demonstration's invented school.", ""]
    for folder, names in taken.items():
        lines += [f"## {folder}", ""]
        lines += [f"- [{name}](pictures/pages/{folder}/{name}.png)" for name in names]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


if __name__ == "__main__":
    main(*sys.argv[1:])
