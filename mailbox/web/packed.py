"""Styles, scripts and drawings go out packed, because a school's wireless is slow.

Files that are the same for everybody, and nothing else: how well a page packs would tell what is on it (BREACH).
"""

from __future__ import annotations

import gzip

from flask import Flask, Response, request

_PACKED_TYPES = {"text/css", "text/javascript", "application/javascript", "image/svg+xml"}


def install(app: Flask) -> None:
    """Let ``app`` send each of its static texts packed to browsers that unpack; each is packed once a process."""
    kept: dict[str, bytes] = {}

    @app.after_request
    def pack(response: Response) -> Response:
        is_file = (request.endpoint or "").endswith("static") and response.mimetype in _PACKED_TYPES
        # A part of a file, an answer without one, and a question about its size alone stay as they are.
        if not is_file or request.method != "GET" or response.status_code != 200:
            return response
        response.headers["Vary"] = "Accept-Encoding"
        name, _ = response.get_etag()
        if not name or not request.accept_encodings["gzip"]:
            return response
        response.direct_passthrough = False
        plain = response.get_data()
        if name not in kept:
            kept[name] = gzip.compress(plain, 9, mtime=0)
        response.set_data(kept[name])
        response.headers["Content-Encoding"] = "gzip"
        # The bytes are others, the file is the same.
        response.set_etag(name, weak=True)
        return response
