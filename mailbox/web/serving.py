"""Serving in production: several worker processes on Linux and macOS (gunicorn), one process on Windows (waitress).

Owns the servers' settings only. No access log: it would keep addresses, agents and exact minutes.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask

from mailbox.config import Settings
from mailbox.web.forms import MAX_FORM_BYTES

_THREADS = 8


def serve(app: Flask, settings: Settings, when_worker_starts: Callable[[], None]) -> None:
    """Serve ``app`` until stopped; ``when_worker_starts`` runs once in every serving process."""
    if sys.platform == "win32":
        _serve_in_one_process(app, settings, when_worker_starts)
    else:
        _serve_in_workers(app, settings, when_worker_starts)


def _serve_in_one_process(app: Flask, settings: Settings, when_worker_starts: Callable[[], None]) -> None:
    import waitress

    when_worker_starts()
    waitress.serve(
        app,
        host=settings.listen_host,
        port=settings.listen_port,
        threads=_THREADS,
        ident=None,
        # What is larger is refused while it arrives: waitress would keep it in a file, where no words may be.
        max_request_body_size=MAX_FORM_BYTES,
    )


def _serve_in_workers(app: Flask, settings: Settings, when_worker_starts: Callable[[], None]) -> None:
    from gunicorn.app.base import BaseApplication

    options: dict[str, Any] = {
        "bind": f"{settings.listen_host}:{settings.listen_port}",
        "workers": settings.web_workers,
        "worker_class": "gthread",
        "threads": _THREADS,
        # What the model and the dictionary take is loaded once and shared by all workers.
        "preload_app": True,
        "accesslog": None,
        "errorlog": "-",
        # Its warnings about requests it cannot read name the address they came from.
        "loglevel": "error",
        "post_worker_init": lambda _worker: when_worker_starts(),
    }

    class Served(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Flask:
            # Frozen objects are not visited by the collector, so forked pages stay shared.
            gc.collect()
            gc.freeze()
            return app

    Served().run()
