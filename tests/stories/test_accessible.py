"""axe-core finds nothing on any page, in light and dark, at tablet, phone and desk size, in both languages; a child
reaches everything with a finger, also where the page is magnified twice or the screen is narrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from mailbox.upkeep.demo import Demonstration
from tests.support.browser import DESK, PHONE
from tests.support.rare_scenes import set_up_scenes
from tests.support.reach import out_of_reach
from tests.support.scenes import desk_scenes, head_scenes, kiosk_scenes, lead_scenes, technician_scenes, way_back_scenes
from tests.support.served import ServedApp
from tests.support.shown import EVERYWHERE, ShownSchool, make_shown, serve_copy, setup_link

LOW_TABLET = {"width": 1024, "height": 600}
# What a low tablet shows of a page at 200 %, and the narrowest screen that WCAG 1.4.10 asks for.
MAGNIFIED = {"width": 512, "height": 300}
NARROW = {"width": 320, "height": 568}
# Beyond axe's own list: the contrast that we promise (7:1 on the children's pages), and targets that a finger hits.
FOR_CHILDREN = {"color-contrast-enhanced": {"enabled": True}, "target-size": {"enabled": True}}
FOR_STAFF = {"target-size": {"enabled": True}}


@pytest.fixture(scope="module")
def made(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[ServedApp, Demonstration]:
    """The demonstration's school, made once: each walk begins with a copy of it."""
    app = ServedApp(tmp_path_factory.mktemp("made"), {"web_workers": 1})
    app.make_of(sqlite_template)
    return app, make_shown(app)


@pytest.fixture
def school(made: tuple[ServedApp, Demonstration], served_app: Callable[..., ServedApp]) -> ShownSchool:
    return serve_copy(*made, served_app(web_workers=1))


def faults(page: Page, rules: dict[str, Any]) -> list[str]:
    """Return what axe finds on the page as it stands: rule, and the places it names."""
    page.evaluate(Axe().axe_script)
    # Our styles are of this address and there already; only what is wrong comes back, not all that was looked at.
    options = {"rules": rules, "resultTypes": ["violations"], "preload": False}
    found = page.evaluate("options => axe.run(document, options).then(found => found.violations)", options)
    return [f"{fault['id']}: {[node['target'] for node in fault['nodes']][:4]}" for fault in found]


def out_of_reach_at(page: Page, sizes: list[dict[str, int]]) -> list[str]:
    """Return what is out of reach on the page as it stands, on its own screen and on screens of ``sizes``."""
    own = page.viewport_size
    assert own
    found = out_of_reach(page)
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        found += [f"{size['width']} by {size['height']}: {fault}" for fault in out_of_reach(page)]
    page.set_viewport_size(own)
    return found


@contextmanager
def visiting(browser: Browser, size: dict[str, int], **wishes: str) -> Iterator[Page]:
    # A context of its own: axe tries inline styles, which the pages' policy rightly stops.
    context = browser.new_context(viewport=size, reduced_motion="reduce", **{"locale": "zh-CN", **wishes})  # type: ignore[arg-type]
    yield context.new_page()
    context.close()


@pytest.mark.parametrize(
    ("size", "others", "wishes"),
    [
        (LOW_TABLET, [MAGNIFIED, NARROW], {"color_scheme": "light"}),
        (PHONE, [], {"color_scheme": "dark", "locale": "en"}),
    ],
    ids=["chinese-tablet", "english-dark-phone"],
)
def test_a_child_finds_no_page_with_a_fault_and_a_finger_reaches_everything(
    school: ShownSchool,
    browser: Browser,
    size: dict[str, int],
    others: list[dict[str, int]],
    wishes: dict[str, str],
) -> None:
    with visiting(browser, size, **wishes) as page:
        found = {
            name: faults(page, FOR_CHILDREN) + out_of_reach_at(page, others) for name in kiosk_scenes(page, school)
        }
    assert {name: at for name, at in found.items() if at} == {}


@pytest.mark.parametrize(
    ("size", "wishes"),
    [(DESK, {"color_scheme": "light"}), (PHONE, {"color_scheme": "dark", "locale": "en"})],
    ids=["chinese-desk", "english-dark-phone"],
)
def test_nobody_at_school_finds_a_page_with_a_fault(
    school: ShownSchool, browser: Browser, size: dict[str, int], wishes: dict[str, str]
) -> None:
    found = {}
    # Each walk logs in by itself.
    for walk in (desk_scenes, lead_scenes, head_scenes, technician_scenes, way_back_scenes):
        with visiting(browser, size, **wishes) as page:
            found.update({name: faults(page, FOR_STAFF) for name in walk(page, school)})
    assert {name: at for name, at in found.items() if at} == {}


@pytest.mark.parametrize(
    ("size", "wishes"),
    [(DESK, {"color_scheme": "light"}), (PHONE, {"color_scheme": "dark", "locale": "en"})],
    ids=["chinese-desk", "english-dark-phone"],
)
def test_who_sets_a_school_up_finds_no_page_with_a_fault(
    made_app: Callable[..., ServedApp], browser: Browser, size: dict[str, int], wishes: dict[str, str]
) -> None:
    with visiting(browser, size, **wishes) as page:
        link = setup_link(made_app(web_workers=1, listen_host=EVERYWHERE))
        found = {name: faults(page, FOR_STAFF) for name in set_up_scenes(page, link)}
    assert {name: at for name, at in found.items() if at} == {}
