"""One serving process under gunicorn's master: waitress's event loop takes requests whole, a few threads work on them.

Owns the loop, the sign of life to the master and the orderly end. Linux and macOS only; ``serving`` holds the settings.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable
from typing import Any

from gunicorn.glogging import Logger
from gunicorn.workers.base import Worker
from waitress import wasyncore

_LOOK_SECONDS = 1.0
_FINISH_SECONDS = 10.0


class EventLogger(Logger):
    """The master's log without request lines, addresses and minutes."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        # Where and how all other events go; `event_log` has said it before the server began.
        self.error_log.handlers[:] = logging.getLogger().handlers


class PatientWorker(Worker):
    """Serves until the master says stop, then takes nothing new and finishes what was begun.

    ``make_server`` is given by ``serving``: (app, sockets=…, threads=…) to a waitress server.
    """

    make_server: Callable[..., Any]
    _server: Any = None

    def run(self) -> None:
        # gunicorn wraps each listening socket in an object of its own.
        sockets = [getattr(listener, "sock", listener) for listener in self.sockets]
        self._server = self.make_server(self.wsgi, sockets=sockets, threads=self.cfg.threads)
        while self.alive and self.ppid == os.getppid():
            self._look()
        self._finish()

    def handle_exit(self, sig: int, frame: Any) -> None:
        super().handle_exit(sig, frame)
        if self._server is not None:
            # Otherwise the loop would sleep out its second first.
            self._server.pull_trigger()

    def _look(self) -> None:
        self.notify()
        wasyncore.loop(timeout=_LOOK_SECONDS, use_poll=True, map=self._server._map, count=1)

    def _finish(self) -> None:
        wasyncore.dispatcher.close(self._server)
        deadline = time.monotonic() + _FINISH_SECONDS
        while time.monotonic() < deadline and self._busy():
            self._look()
        self._server.task_dispatcher.shutdown()
        logging.shutdown()

    def _busy(self) -> bool:
        """Return whether a request is being sent to us, worked on, or answered."""
        return any(
            channel.requests or channel.request is not None or channel.total_outbufs_len
            for channel in list(self._server.active_channels.values())
        )
