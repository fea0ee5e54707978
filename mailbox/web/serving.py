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
    waitress.serve(app, host=settings.listen_host, port=settings.listen_port, threads=_THREADS, ident=None)


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
        "loglevel": "warning",
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
