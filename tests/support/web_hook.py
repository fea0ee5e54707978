"""A real web hook on loopback that keeps the JSON it is sent, and can be told to refuse."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_PATIENCE_SECONDS = 30


class WebHook:
    """``url`` to post to; ``posts`` in order of arrival; the next ``refusals`` posts get 503.

    ``delay_s`` says for each post how long its answer is kept back.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.url = f"http://127.0.0.1:{port}/alarm"
        self.apprise_url = f"json://127.0.0.1:{port}/alarm"
        self.posts: list[dict[str, Any]] = []
        self.refusals = 0
        self.delay_s: Callable[[], float] = float
        self._arrived = threading.Condition()

    def receive(self, body: bytes) -> int:
        """Keep one post and return the status to answer with."""
        with self._arrived:
            if self.refusals:
                self.refusals -= 1
                return 503
            self.posts.append(json.loads(body))
            self._arrived.notify_all()
            return 200

    def wait_for(self, count: int) -> list[dict[str, Any]]:
        """Return the posts once ``count`` of them are here. Raises AssertionError when they do not come."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.posts) >= count, _PATIENCE_SECONDS)
            assert came, f"{len(self.posts)} of {count} posts came"
            return list(self.posts)


@contextmanager
def running_web_hook() -> Iterator[WebHook]:
    hook: WebHook

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = hook.receive(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(hook.delay_s())
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing: the posts are the record."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        hook = WebHook(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield hook
        finally:
            server.shutdown()
