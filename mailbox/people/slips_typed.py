"""Two paper slips on their way through a form: typed by two people, one after the other, and kept nowhere.

Owns what was typed so far and how it travels: sealed under the key file and a cookie together, so that neither the page
nor the computer alone gives it away. A wrong word is asked for again by its place; the others are never shown again.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from mailbox.errors import PassRefused, SlipRefused
from mailbox.office import Office
from mailbox.sealing.derivation import derive
from mailbox.sealing.passes import accept_pass, issue_pass
from mailbox.sealing.recovery import SLIP_WORDS, require_slip, unknown_places, words_in

# How long two people may take with the typing.
TYPING_SECONDS = 1_800
BOTH = 2


@dataclass(frozen=True)
class TypedSlips:
    """The slips typed so far, at most two, of 24 words each; an empty word is one to type again."""

    slips: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    @property
    def gaps(self) -> list[int]:
        """The places, counted from 1, that are to be typed again on the slip that came last."""
        return [place for place, word in enumerate(self.slips[-1], start=1) if not word] if self.slips else []

    @property
    def which(self) -> int:
        """Which slip is being typed now, 1 or 2; 0 once both are there."""
        if self.gaps:
            return len(self.slips)
        return 0 if len(self.slips) == BOTH else len(self.slips) + 1

    @property
    def pair(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Both slips. Raises SlipRefused while one is missing."""
        if self.which:
            raise SlipRefused(self.which, "needs 24 words")
        return self.slips[0], self.slips[1]

    def with_slip(self, text: str) -> TypedSlips:
        """Add a whole slip. Raises SlipRefused: needs 24 words, the same slip twice, a word is not right (a wrong one
        that stands on the list, or two that changed places)."""
        words = words_in(text)
        if len(words) != SLIP_WORDS:
            raise SlipRefused(self.which, "needs 24 words")
        wrong = set(unknown_places(words))
        return self._checked(tuple("" if place in wrong else word for place, word in enumerate(words, start=1)))

    def with_words(self, again: Mapping[int, str]) -> TypedSlips:
        """Fill gaps, by place. Raises SlipRefused as :meth:`with_slip`; what is still wrong stays a gap."""
        filled = list(self.slips[-1])
        for place in self.gaps:
            word = words_in(again.get(place, ""))
            filled[place - 1] = word[0] if len(word) == 1 and not unknown_places(word) else ""
        return TypedSlips(self.slips[:-1])._checked(tuple(filled))

    def _checked(self, words: tuple[str, ...]) -> TypedSlips:
        added = TypedSlips((*self.slips, words))
        if not added.gaps:
            require_slip(len(added.slips), words)
            if words in self.slips:
                raise SlipRefused(len(added.slips), "the same slip twice")
        return added


def seal_typed(office: Office, cookie: str, typed: TypedSlips) -> str:
    """Return what was typed as an opaque text for a hidden field; ``cookie`` is a random text of that browser."""
    payload = json.dumps(typed.slips).encode()
    return issue_pass(_key(office, cookie), "slips", cookie, payload, int(office.clock().timestamp()))


def open_typed(office: Office, cookie: str, sealed: str) -> TypedSlips:
    """Return what was typed. Raises PassRefused (forged, stale)."""
    if not cookie:
        raise PassRefused("forged")
    now_s = int(office.clock().timestamp())
    payload = accept_pass(_key(office, cookie), "slips", cookie, sealed, now_s, TYPING_SECONDS)
    return TypedSlips(tuple(tuple(words) for words in json.loads(payload)))


def _key(office: Office, cookie: str) -> bytes:
    return derive(office.keys.subkey("form/slips") + cookie.encode("utf-8", "surrogatepass"), "recovery/typed")
