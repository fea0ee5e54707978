"""A tiny app under the real server, for what no page of ours does: fail, take its time, answer with very much.

Run as a program: ``python -m tests.support.small_service PORT``; one more word ``alone`` serves in one process, and
``tls=FOLDER`` serves the network too, with the certificates that lie in ``FOLDER/tls``; ``tls-only=FOLDER`` does not
even give the network the root by plain HTTP.
"""

from __future__ import annotations

import sys
import threading
import time
from dataclasses import replace
from pathlib import Path

from flask import Flask, request

from mailbox.config import Settings
from mailbox.web import serving

MUCH = 8 * 1024 * 1024


def make_app() -> Flask:
    app = Flask(__name__)

    @app.get("/")
    def home() -> str:
        return "here"

    @app.post("/fail/<token>")
    def fail(token: str) -> str:
        raise ValueError(f"{token} {request.form['words']} {request.remote_addr} {request.user_agent}")

    @app.post("/take-your-time")
    def take_your_time() -> str:
        time.sleep(1)
        return "done"

    @app.get("/scheme")
    def scheme() -> str:
        return f"{request.scheme} {request.is_secure}"

    @app.get("/who")
    def who() -> str:
        return f"{request.remote_addr} {request.scheme}"

    @app.get("/much")
    def much() -> bytes:
        return bytes(MUCH)

    @app.post("/length")
    def length() -> str:
        return str(len(request.get_data()))

    return app


def fail_in_a_thread() -> None:
    """End one thread with an error that holds words, once in every serving process."""

    def fail() -> None:
        raise RuntimeError("words from a thread")

    threading.Thread(target=fail).start()


class FailingBeforeFlask:
    """Fails outside Flask, so that the server itself has to say so."""

    def __init__(self, app: Flask) -> None:
        self._app = app.wsgi_app

    def __call__(self, environ, start_response):  # type: ignore[no-untyped-def]
        if environ["PATH_INFO"].startswith("/fail-early"):
            raise KeyError(environ["PATH_INFO"] + environ["HTTP_USER_AGENT"])
        return self._app(environ, start_response)


if __name__ == "__main__":
    nowhere = Path("/nowhere")
    small = make_app()
    small.wsgi_app = FailingBeforeFlask(small)  # type: ignore[method-assign]
    words = sys.argv[2:]
    settings = Settings(nowhere, "sqlite://", nowhere, nowhere, listen_port=int(sys.argv[1]))
    for word in words:
        how, _, folder = word.partition("=")
        if folder:
            settings = replace(settings, data_dir=Path(folder), listen_host="0.0.0.0")  # noqa: S104
            settings = replace(settings, root_over_plain_http=how == "tls")
    serving.serve(small, settings, fail_in_a_thread, lambda: None, alone="alone" in words)
