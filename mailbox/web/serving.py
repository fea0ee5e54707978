"""Serving in production: several worker processes on Linux and macOS, one process on Windows, the same HTTP in each.

waitress speaks HTTP everywhere: it takes a whole request before a thread works on it, so that a slow sender holds up
nobody. gunicorn's master starts, watches and replaces the processes where the system can fork. Owns their settings
only. No access log: it would keep addresses, agents and exact minutes. Figures and reasons: docs/decisions/0005; of
HTTPS, 0011.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from typing import Any

from flask import Flask

from mailbox.config import Settings
from mailbox.upkeep.tls.keeping import Folder
from mailbox.web import event_log
from mailbox.web.bodies import MAX_FORM_BYTES, MAX_LETTER_BYTES
from mailbox.web.network import Reach, reach_of
from mailbox.web.receiving import Channel
from mailbox.web.secure import Shown, make_secure
from mailbox.web.turns import Turns

# A note is mostly computing, and two threads keep one processor busy; each holds the memory of one key derivation.
# Letters with a drawing or a recording have threads of their own beside these (turns.py).
THREADS_A_WORKER = 3
THREADS_ALONE = 4
_NEVER_ON_DISK = 2**40

HTTP: dict[str, Any] = {
    # No name and no version of ours in any answer.
    "ident": None,
    # A body that is a little too large gets our own kind page; one that is much too large is not even taken.
    "max_request_body_size": MAX_LETTER_BYTES + 4 * MAX_FORM_BYTES,
    "max_request_header_size": 16_384,
    # waitress would lay what is large into a temporary file: a letter must never come near the disk in the clear.
    "inbuf_overflow": _NEVER_ON_DISK,
    "outbuf_overflow": _NEVER_ON_DISK,
    "connection_limit": 1_000,
    "channel_timeout": 30,
    "cleanup_interval": 5,
    "log_socket_errors": False,
    "asyncore_use_poll": True,
}


def serve(
    app: Flask,
    settings: Settings,
    when_worker_starts: Callable[[], None],
    when_stopped: Callable[[], None],
    *,
    alone: bool = sys.platform == "win32",
) -> None:
    """Serve ``app`` until stopped; ``when_worker_starts`` runs once in every serving process, ``when_stopped`` once.

    ``alone`` serves in this one process; Windows has no other way. Raises SettingsRefused where it cannot be begun.
    """
    make_server = _server_maker(settings)
    event_log.install(settings)
    # That requests wait a moment for each other is no event.
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)
    if alone:
        when_worker_starts()
        try:
            make_server(app, host=settings.listen_host, port=settings.listen_port, threads=THREADS_ALONE).run()
        finally:
            when_stopped()
    else:
        _serve_in_workers(app, settings, when_worker_starts, when_stopped, make_server)


def _server_maker(settings: Settings) -> Callable[..., Any]:
    """Return what makes a waitress server, speaking TLS where the network is served. Raises SettingsRefused."""
    from waitress.server import create_server

    shown = Shown(Folder.of(settings.data_dir).server) if reach_of(settings) is Reach.HTTPS else None

    def make(app: Any, *, threads: int, **where: Any) -> Any:
        server = create_server(app, _dispatcher=Turns(threads), threads=threads, **where, **HTTP)
        server.channel_class = Channel
        if shown is not None:
            make_secure(server, shown, also_plain_for_all=settings.root_over_plain_http)
        return server

    return make


def _serve_in_workers(
    app: Flask,
    settings: Settings,
    when_worker_starts: Callable[[], None],
    when_stopped: Callable[[], None],
    make_server: Callable[..., Any],
) -> None:
    from gunicorn.app.base import BaseApplication

    from mailbox.web.worker import EventLogger, PatientWorker

    class OurWorker(PatientWorker):
        pass

    OurWorker.make_server = staticmethod(make_server)

    host = f"[{settings.listen_host}]" if ":" in settings.listen_host else settings.listen_host
    options: dict[str, Any] = {
        "bind": f"{host}:{settings.listen_port}",
        "workers": settings.web_workers,
        "worker_class": OurWorker,
        "threads": THREADS_A_WORKER,
        # What the model and the dictionary take is loaded once and shared by all workers.
        "preload_app": True,
        "accesslog": None,
        "errorlog": "-",
        "loglevel": "warning",
        "logger_class": EventLogger,
        # A worker finishes what was begun within ten seconds. One that is told to stop while it is still starting does
        # not hear it, and nobody should wait half a minute for that one.
        "graceful_timeout": 15,
        # A door for remote control that nobody here needs, and a megabyte of it.
        "control_socket_disable": True,
        "post_worker_init": lambda _worker: when_worker_starts(),
        # In the first process alone, when the others are gone.
        "on_exit": lambda _master: when_stopped(),
    }

    class Served(BaseApplication):
        def load_config(self) -> None:
            for name, value in options.items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            # Frozen objects are not visited by the collector, so forked pages stay shared.
            gc.collect()
            gc.freeze()
            return app

    Served().run()
