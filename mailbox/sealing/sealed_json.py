"""JSON out of a box. Whoever has a public key can seal something of their own to it, so what comes out is not believed.

Owns what is refused: nesting of thousands, numbers that no letter holds, and half characters, which no page can show.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from mailbox.sealing.box import bytes_to_text, text_to_bytes

# Longer ones would not fit where a number is made of them.
_LONGEST_NUMBER = 25


def json_from(raw: bytes) -> Any:
    """Return what was sealed as JSON. Raises TextRefused (no text, half a character), ValueError (no JSON of ours)."""
    text = bytes_to_text(raw)
    try:
        kept = json.loads(text, parse_int=_whole, parse_float=_finite, parse_constant=_refuse)
        # We write every character as itself, so an escape is rare; half a character can only come as one.
        written_again = json.dumps(kept, ensure_ascii=False) if "\\u" in text else ""
    except RecursionError:
        raise ValueError("nested too deeply") from None
    text_to_bytes(written_again)
    return kept


def _whole(digits: str) -> int:
    return int(digits) if len(digits) < _LONGEST_NUMBER else _refuse(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    return number if abs(number) < 1e100 else _refuse(digits)


def _refuse(_digits: str) -> NoReturn:
    raise ValueError("no number of ours")
