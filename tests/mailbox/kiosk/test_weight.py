"""The first page is light enough for a weak wireless, and asks for its scripts all at once."""

from __future__ import annotations

from playwright.sync_api import Response

from tests.mailbox.kiosk.classroom import LOW_TABLET, Classroom, touch

MOST_BYTES = 150_000


def test_the_first_page_weighs_at_most_150_kb_without_its_fonts_and_loads_no_script_that_waits_for_another(
    classroom: Classroom,
) -> None:
    page = classroom.tablet(LOW_TABLET)
    page.context.new_cdp_session(page).send("Network.clearBrowserCache")
    answers: list[Response] = []

    # Playwright cannot hang itself on a list's own method.
    def remember(answer: Response) -> None:
        answers.append(answer)

    page.on("response", remember)
    page.goto(classroom.url)
    page.wait_for_load_state("networkidle")
    assert touch(page, "写信").is_visible()
    weights = {
        answer.url: sum(answer.request.sizes()[part] for part in ("responseHeadersSize", "responseBodySize"))
        for answer in answers
        if not answer.url.endswith(".woff2")
    }
    assert 0 < sum(weights.values()) <= MOST_BYTES, weights
    scripts = {address for address in weights if "/page/" in address}
    named = page.evaluate(
        "[...document.querySelectorAll('link[rel=modulepreload], script')].map(one => one.href || one.src)"
    )
    assert scripts == set(named)
