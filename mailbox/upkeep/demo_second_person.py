"""The demonstration's second persons: what one colleague asks for and another one agreed to, or has yet to decide."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mailbox.care.case_file import ask_for_file
from mailbox.care.cases import keep_up
from mailbox.care.deciding import decide
from mailbox.care.reveal import ask_to_reveal
from mailbox.letters.post import Posted
from mailbox.office import Office
from mailbox.people.login import Colleague


def ask_second_persons(
    office: Office, people: dict[str, Colleague], told: Sequence[dict[str, Any]], kept: Sequence[Posted]
) -> None:
    """Ask now for what the story's letters say: what was asked for days ago would be over."""
    for letter, posted in zip(told, kept, strict=True):
        if "reveal" in letter:
            asked = letter["reveal"]
            by = people[asked["by"]]
            request_id = ask_to_reveal(office, by, posted.thread_id, asked["rule"], asked["why"])
            _agree(office, people, asked, request_id)
        if "case_file" in letter:
            asked = letter["case_file"]
            case = keep_up(office, people[asked["by"]], posted.thread_id)
            assert case is not None  # noqa: S101 - the story opened it.
            _agree(office, people, asked, ask_for_file(office, people[asked["by"]], case.id, asked["why"]))


def _agree(office: Office, people: dict[str, Colleague], asked: dict[str, Any], request_id: str) -> None:
    if "agreed" in asked:
        decide(office, people[asked["agreed"]], request_id, agrees=True)
