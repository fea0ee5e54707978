"""A real SMTP server on loopback that keeps what it receives, and can be told to refuse."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.support.ports import free_port

_PATIENCE_SECONDS = 30


class SmtpServer:
    """``host`` and ``port`` to send to; ``messages`` in order of arrival; the next ``refusals`` messages get 451."""

    def __init__(self, port: int) -> None:
        self.host = "127.0.0.1"
        self.port = port
        self.messages: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.refusals = 0
        self._arrived = threading.Condition()

    @property
    def apprise_url(self) -> str:
        """The channel as Apprise wants it, from mailbox@school.invalid to counselor@school.invalid, in the clear."""
        return (
            f"mailto://{self.host}:{self.port}/?mode=insecure&from=mailbox@school.invalid&to=counselor@school.invalid"
        )

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        with self._arrived:
            if self.refusals:
                self.refusals -= 1
                return "451 try again later"
            # EmailMessage decodes base64 and quoted-printable, so that tests see what a person would read.
            self.messages.append(message_from_bytes(raw, EmailMessage, policy=policy.default))
            self.recipients.append(list(envelope.rcpt_tos))
            self._arrived.notify_all()
        return "250 kept"

    def wait_for(self, count: int) -> list[EmailMessage]:
        """Return the messages once ``count`` of them are here. Raises AssertionError when they do not come."""
        with self._arrived:
            came = self._arrived.wait_for(lambda: len(self.messages) >= count, _PATIENCE_SECONDS)
            assert came, f"{len(self.messages)} of {count} messages came"
            return list(self.messages)


def text_of(message: EmailMessage) -> str:
    """Return subject and readable body of ``message``, decoded."""
    body = message.get_body(("plain", "html"))
    return f"{message['Subject']}\n{body.get_content() if body else ''}"


@contextmanager
def running_smtp_server() -> Iterator[SmtpServer]:
    server = SmtpServer(free_port())
    controller = Controller(server, hostname=server.host, port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()
