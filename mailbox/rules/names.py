"""Names that people give: to themselves, a school, a device, a channel. Pure; refuses what no list could show."""

from __future__ import annotations

import unicodedata

from mailbox.errors import InputRefused

LONGEST_NAME = 40
# Control characters (NUL is refused by PostgreSQL), half characters, and line ends of every kind.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_VISIBLE = frozenset("LNPS")
# Marks that nobody sees: they turn the words beside them around, lay notes over them, or make two names look the same.
# They come with what is pasted, so they are left out and not refused. Joiners stay: faces and Mongolian need them.
_UNSEEN = dict.fromkeys(
    [0x61C, 0x200B, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF, *range(0xFFF9, 0xFFFC)]
    + [0xE0001, *range(0xE0020, 0xE0080)]
)


def clean_name(field: str, text: str, reason: str = "blank_or_long", longest: int = LONGEST_NAME) -> str:
    """Return a name of 1 to ``longest`` characters without the blanks around it. Raises InputRefused(field, reason)."""
    name = text.translate(_UNSEEN).strip()
    categories = [unicodedata.category(character) for character in name]
    if len(name) > longest or not _UNSHOWN.isdisjoint(categories):
        raise InputRefused(field, reason)
    if not any(category[0] in _VISIBLE for category in categories):
        raise InputRefused(field, reason)
    return name
