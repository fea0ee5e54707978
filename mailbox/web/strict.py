"""How strictly a request is read: what two programs could read in two ways is refused, before a page sees it.

waitress reads HTTP. This refuses besides: a body whose length is not said before it (nobody's browser sends a form so,
and two lengths are how one request is hidden in another), no address or two of them, and what waitress would break on.
What is refused is not asked for its body.
"""

from __future__ import annotations

import re

from waitress.parser import HTTPRequestParser, ParsingError

_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{1,5})?")
_IN_PIECES = b"\ntransfer-encoding"


class StrictParser(HTTPRequestParser):  # type: ignore[misc]
    """One request as it comes in; ``error`` is set where it is refused."""

    def received(self, data: bytes) -> int:
        taken = int(super().received(data))
        if self.error is not None:
            # Otherwise waitress would first ask for the body of what is refused.
            self.expect_continue = False
        return taken

    def parse_header(self, header_plus: bytes) -> None:
        """Raises ParsingError, which is answered with 400."""
        if _IN_PIECES in header_plus.lower():
            raise ParsingError("a body in pieces")
        try:
            super().parse_header(header_plus)
        except ValueError:
            # An address with half a bracket, a length of five thousand digits: waitress would end the connection.
            raise ParsingError("not read") from None
        host = self.headers.get("HOST")
        if host is None and self.version == "1.1":
            raise ParsingError("no address")
        if host is not None and not _HOST.fullmatch(host):
            raise ParsingError("no address")
