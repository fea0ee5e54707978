"""Print how soon the first page shows on a slow tablet: this machine's Chromium with its processor throttled six times.

``.venv/bin/python tools/try_old_chromium/speed.py``, on a machine that does nothing else.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.browser import running_browser
from tests.support.served import ServedApp
from tests.support.shown import show_school

SLOWER = 6
TRIES = 5
_TIMES = """() => {
    const page = performance.getEntriesByType("navigation")[0];
    const painted = performance.getEntriesByName("first-contentful-paint")[0];
    return [painted ? painted.startTime : NaN, page.domContentLoadedEventEnd];
}"""

with tempfile.TemporaryDirectory() as folder, running_browser() as browser:
    served = ServedApp(Path(folder) / "served", {"web_workers": 1})
    try:
        school = show_school(served)
        context = browser.new_context(viewport={"width": 1024, "height": 600}, locale="zh-CN")
        page = context.new_page()
        page.goto(school.kiosk_link)
        page.click("button.primary")
        page.wait_for_selector("a.button.primary")
        page.close()
        for _ in range(TRIES):
            page = context.new_page()
            tools = context.new_cdp_session(page)
            tools.send("Network.clearBrowserCache")
            tools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            page.goto(school.url)
            page.wait_for_load_state("networkidle")
            painted, ready = page.evaluate(_TIMES)
            print(f"first words {painted:.0f} ms, all buttons answer {ready:.0f} ms")
            page.close()
    finally:
        served.stop()
