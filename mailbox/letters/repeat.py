"""Tags by which a letter that is sent twice is one letter. They say nothing to who has not the form's nonce.

Owns what "the same letter" means: the same form with the same words, answers, names and bytes of its parts.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from mailbox.letters.letter import Letter, require_acceptable
from mailbox.office import Office
from mailbox.sealing.box import text_to_bytes


@dataclass(frozen=True)
class SentForm:
    """Tags of one form with one content, and when it came in."""

    digest: bytes = field(repr=False)
    send_tag: bytes = field(repr=False)
    window_tag: Callable[[int], bytes] = field(repr=False)
    now_seconds: int

    @classmethod
    def of(cls, office: Office, letter: Letter) -> SentForm:
        """Return the tags of an acceptable letter. Raises NoteRefused, TextRefused."""
        require_acceptable(letter)
        key = office.keys.subkey("form/repeat")
        # Each piece is shortened by itself, so that no two letters share their bytes by where one piece ends.
        pieces = b"".join(hmac.digest(key, piece, "sha256") for piece in _pieces(letter))
        digest = hmac.digest(key, pieces, "sha256")
        send_tag = hmac.digest(key, b"send" + letter.form_nonce + digest, "sha256")

        def window_tag(window: int) -> bytes:
            return hmac.digest(key, b"window" + window.to_bytes(8, "big") + letter.form_nonce + digest, "sha256")

        return cls(digest, send_tag, window_tag, int(office.clock().timestamp()))


def _pieces(letter: Letter) -> Iterator[bytes]:
    yield "\n".join(sorted(letter.not_for_readers)).encode()
    yield text_to_bytes(letter.text)
    yield f"{letter.kind} {letter.mood or ''} {letter.today}".encode()
    for name, text in sorted(letter.details.items()):
        yield name.encode()
        yield text_to_bytes(text)
    for part in letter.parts:
        # As it was sent: what is made of it need not be the same bytes twice.
        yield part.kind.encode()
        yield hashlib.sha256(part.content).digest()
    if letter.choice:
        yield f"choice {letter.choice.reply_id} {letter.choice.time}".encode()
