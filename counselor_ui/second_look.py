"""The second look before something goes to a child: what the check finds, and whether it was shown and meant.

Owns how a form carries what was shown, so that nothing is asked twice and what is new is asked. Forbids nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from flask import request

from counselor_ui.guard import colleague
from mailbox.letters.own_words import own_words_of
from mailbox.rules.gentle_check import Find, look_again
from mailbox.web.current import office


def finds_in(thread_id: str, text: str) -> list[Find]:
    """Return what the check finds in words for the child of a thread. Raises NotAllowed, NotFound."""
    own = own_words_of(office(), colleague(), thread_id)
    return look_again(text, own.texts, own.names)


def names_of(finds: Iterable[Find], text: str) -> list[str]:
    """Return what the form carries, so that what was shown once is not asked twice, and what is new is."""
    return sorted({_name(find, text) for find in finds})


def is_to_be_shown(finds: Iterable[Find], text: str) -> bool:
    """Say whether the sent form has not seen all of the finds, or does not say that it is meant so."""
    return not {_name(find, text) for find in finds} <= _seen_and_meant()


def _name(find: Find, text: str) -> str:
    return f"{find.kind}:{text[find.start : find.end]}"


def _seen_and_meant() -> set[str]:
    if "anyway" not in request.form:
        return set()
    return {name.replace("\r\n", "\n") for name in request.form.getlist("seen")}
