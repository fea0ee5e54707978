"""How the body of a request is read: in memory alone, and only as far as its page allows.

Owns the two limits. A form with a drawing or a recording is multipart, and whoever parses one lays what is large into a
temporary file unless told otherwise; nothing that a child sends may come near the disk in the clear.
"""

from __future__ import annotations

from io import BytesIO

from flask import Request

# 4,000 characters of any script, percent-encoded, several times over: a letter too long is answered, not cut off.
MAX_FORM_BYTES = 262_144
# The largest drawing, the longest recording and the words, and room for what is a little too large: that one is told
# kindly which of them it was, and its words come back. The sum is held by a test.
MAX_LETTER_BYTES = 12 * 1_024 * 1_024


class InMemoryRequest(Request):
    """A request whose files are kept in memory, whatever their size."""

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> BytesIO:
        return BytesIO()
