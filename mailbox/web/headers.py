"""Headers of every answer: nothing is cached, framed, sniffed or loaded from elsewhere."""

from __future__ import annotations

from flask import Flask, Response, request

_POLICY = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self'",
        "font-src 'self'",
        "script-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
# Also of what the server answers itself (`refusals`), so that no answer goes without them.
ALWAYS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
# On the children's pages alone a voice may be recorded, and listened to before it is sent.
_WHERE_CHILDREN_SPEAK = {
    "Content-Security-Policy": f"{_POLICY}; media-src blob:",
    "Permissions-Policy": ALWAYS["Permissions-Policy"].replace("microphone=()", "microphone=(self)"),
}
# The page of a letter, and of the case that keeps it, plays the child's voice to its reader.
_WHERE_VOICES_ARE_HEARD = {"Content-Security-Policy": f"{_POLICY}; media-src 'self'"}
_MORE = {"kiosk": _WHERE_CHILDREN_SPEAK, "letters": _WHERE_VOICES_ARE_HEARD, "care": _WHERE_VOICES_ARE_HEARD}


def install(app: Flask) -> None:
    """Set the headers on every answer of ``app``; only pictures, styles and fonts may be kept by the browser."""

    @app.after_request
    def set_headers(response: Response) -> Response:
        more = _MORE.get(request.blueprint or "", {})
        for name, value in {**ALWAYS, **more}.items():
            response.headers[name] = value
        is_file = (request.endpoint or "").endswith("static") and request.method in ("GET", "HEAD")
        if is_file and response.status_code == 200:
            response.headers["Cache-Control"] = "public, max-age=86400"
        else:
            response.headers["Cache-Control"] = "no-store"
        return response
