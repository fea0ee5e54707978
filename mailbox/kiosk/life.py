"""The life of a tablet as a mailbox: that it is on, how long it stays enrolled, and what it is called when installed.

Records no use: the sign of life comes at fixed half hours of the clock, from whatever page is open.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from mailbox.errors import NotFound
from mailbox.kiosk.device import enrolment, pages, renew_enrolment
from mailbox.people.signs import still_there
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form
from mailbox.web.language import page_language, say

# As in tokens.css: the table the sheet lies on.
_PAPER = "#f3ead7"
_LONGEST_TOKEN = 100
_ICONS = (
    ("icons/192.png", "192x192", "any"),
    ("icons/512.png", "512x512", "any"),
    ("icons/maskable-192.png", "192x192", "maskable"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)


@pages.post("/still-there")
def tell_still_there() -> Response:
    """Keep that this tablet is on, to the half hour, and renew its cookie. Reads no body; the answer is empty."""
    if not _is_our_own_page():
        return Response(status=403)
    try:
        still_there(office(), enrolment())
    except NotFound:
        # Withdrawn: the page's script goes to the start, which says so, unless a child is writing.
        return Response(status=404)
    response = Response(status=204)
    renew_enrolment(response, enrolment())
    return response


@pages.post("/enroll")
def open_enrolment_link() -> AnyResponse:
    """Lead to a pasted enrolment link: an installed page has no address bar, and on an iPad cookies of its own."""
    require_plain_form(request)
    token = request.form.get("link", "").strip().rstrip("/").rpartition("/")[2][:_LONGEST_TOKEN]
    return redirect(url_for("kiosk.enroll_form", token=token or "-"), code=303)


@pages.get("/manifest.webmanifest")
def manifest() -> Response:
    """Say how the page is installed: full screen, under a name that tells nothing to who finds the icon."""
    name = say("悄悄话信箱")
    response = jsonify(
        {
            "name": name,
            "short_name": name,
            "lang": page_language(),
            "start_url": url_for("kiosk.home"),
            "scope": url_for("kiosk.home"),
            "id": url_for("kiosk.home"),
            "display": "fullscreen",
            "background_color": _PAPER,
            "theme_color": _PAPER,
            "icons": [
                {"src": url_for("web.static", filename=file), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for file, sizes, purpose in _ICONS
            ],
        }
    )
    response.mimetype = "application/manifest+json"
    return response


def _is_our_own_page() -> bool:
    # The cookie is SameSite=Strict already; a browser that says where a request comes from is believed as well.
    origin, site = request.headers.get("Origin"), request.headers.get("Sec-Fetch-Site", "same-origin")
    return site == "same-origin" and (origin is None or urlsplit(origin).netloc == request.host)
