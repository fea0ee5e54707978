"""Whether all of a children's page can be seen and pressed on the screen as it stands. Knows no scene and no test."""

from __future__ import annotations

from playwright.sync_api import Page

# A finger of seven years.
TOUCH_PX = 72
# Each place is brought into sight as a child would bring it, by scrolling; then its middle line must be its own.
_FAULTS = """touch => {
    const found = [];
    const page = document.documentElement;
    const over = page.scrollWidth - page.clientWidth;
    if (over > 0) found.push(`wider than the screen by ${over}`);
    const layer = document.querySelector("[data-alone]") || document.body;
    const shown = place => place.checkVisibility({ visibilityProperty: true }) && place.getClientRects().length > 0;
    const pressed = "a, button, summary, label.button, label.swatch, textarea, select, input:not([type=hidden])";
    const said = "h1, h2, p, li, dd, dt, legend, figcaption, a.button, button, summary, label";
    const name = place => `${place.tagName} ${(place.textContent || place.name || "").trim().slice(0, 12)}`;
    const head = document.querySelector("header.top");
    const shut = [...layer.querySelectorAll("details.field:not([open])")];
    shut.forEach(drawer => { drawer.open = true; });
    for (const place of layer.querySelectorAll(pressed)) {
        if (!shown(place) || place.matches("label.button *, label.swatch *")) continue;
        if (head && head.contains(place)) scrollTo(0, 0);
        else place.scrollIntoView({ block: "center" });
        const box = place.getBoundingClientRect();
        if (Math.min(box.width, box.height) < touch) found.push(`${name(place)}: ${box.width} by ${box.height}`);
        const middle = box.top + box.height / 2;
        const across = [box.left + 4, box.left + box.width / 2, box.right - 4];
        const isOwn = x => place.contains(document.elementFromPoint(x, middle));
        if (!across.every(isOwn)) found.push(`${name(place)}: out of reach`);
    }
    for (const place of layer.querySelectorAll(said)) {
        if (!shown(place) || place.closest(".unseen")) continue;
        const box = place.getBoundingClientRect();
        const cut = place.scrollWidth > place.clientWidth + 1 && getComputedStyle(place).display !== "inline";
        if (cut || box.left < -1 || box.right > innerWidth + 1) found.push(`${name(place)}: cut off`);
    }
    if (head && shown(head)) {
        scrollTo(0, page.scrollHeight);
        const left = Math.max(0, head.getBoundingClientRect().bottom);
        if (left > innerHeight / 3) found.push(`the head takes ${left} of ${innerHeight}`);
    }
    shut.forEach(drawer => { drawer.open = false; });
    scrollTo(0, 0);
    return found;
}"""


def out_of_reach(page: Page) -> list[str]:
    """Return what is too small for a finger, covered, cut off or beyond the edge, each with its first words."""
    return [str(fault) for fault in page.evaluate(_FAULTS, TOUCH_PX)]
