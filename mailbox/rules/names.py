"""Names that people give: to themselves, a school, a device, a channel. Pure; refuses what no list could show."""

from __future__ import annotations

import unicodedata

from mailbox.errors import InputRefused

LONGEST_NAME = 40
# Control characters (NUL is refused by PostgreSQL), half characters, and line ends of every kind.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})
_VISIBLE = frozenset("LNPS")


def clean_name(field: str, text: str, reason: str = "blank_or_long") -> str:
    """Return a name of 1 to 40 characters without the blanks around it. Raises InputRefused(field, reason)."""
    name = text.strip()
    categories = [unicodedata.category(character) for character in name]
    if len(name) > LONGEST_NAME or not _UNSHOWN.isdisjoint(categories):
        raise InputRefused(field, reason)
    if not any(category[0] in _VISIBLE for category in categories):
        raise InputRefused(field, reason)
    return name
