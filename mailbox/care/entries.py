"""One entry of a case as bytes and as a row: sealed to the case key, marked, never changed afterwards.

Owns the kinds of entries and what makes the same form sent twice one entry. Decides nothing about who may write.
"""

from __future__ import annotations

import hmac
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from mailbox.errors import BoxNotOpened, NotAuthentic, TextRefused
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.rules.school_week import half_day
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box, seal, text_to_bytes
from mailbox.sealing.keyring import open_case_key
from mailbox.sealing.sealed_json import json_from
from mailbox.store.care import case_copies_of_holder, last_place
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import CaseEntry, CaseKey

CASE_ENTRY = "case-entry"
CASE_ENCLOSURE = "case-enclosure"
TALK = "talk"

_log = logging.getLogger("mailbox.care")


class EntryKind(StrEnum):
    """What an entry is. The first four are copies of what stood in the thread; words are those between colleagues."""

    LETTER = "letter"
    REPLY = "reply"
    CORRECTION = "correction"
    WORDS = "words"
    OPENED = "opened"
    SITUATION = "situation"
    STEP = "step"
    REMARK = "remark"
    REPORT = "report"
    ADDITION = "addition"
    FOLLOW_UP = "follow_up"
    CLOSED = "closed"
    REOPENED = "reopened"


@dataclass(frozen=True)
class OpenedEntry:
    """An entry as its reader sees it. ``kind`` is None where it does not open: ``problem`` no_key or damaged."""

    id: str
    kind: EntryKind | None
    by: str | None
    on: date | None
    half: str
    said: Mapping[str, Any] = field(default_factory=dict, repr=False)
    problem: str | None = None


class CaseKeys:
    """The case keys of one reader, opened when first needed and only for one request."""

    def __init__(self, session: Session, colleague: Colleague) -> None:
        self._colleague = colleague
        self._copies = case_copies_of_holder(session, colleague.person_id)
        self._opened: dict[str, PrivateKey] = {}

    def open(self, address: BoxAddress, case_key_id: str, box: bytes) -> bytes:
        """Raises BoxNotOpened."""
        if case_key_id not in self._copies:
            raise address.refuse("no case key")
        if case_key_id not in self._opened:
            copy = self._copies[case_key_id]
            self._opened[case_key_id] = open_case_key(
                self._colleague.private, case_key_id, self._colleague.person_id, copy
            )
        return open_box(self._opened[case_key_id], address, box)


def to_bytes(content: Mapping[str, Any]) -> bytes:
    """Return JSON. Raises TextRefused for half characters, without repeating them."""
    return text_to_bytes(json.dumps(content, ensure_ascii=False))


def from_bytes(raw: bytes) -> dict[str, Any]:
    """Raises ValueError, TypeError or TextRefused for what was sealed by somebody else and is no entry."""
    kept = json_from(raw)
    if not isinstance(kept, dict):
        raise TypeError("not an entry")
    return kept


def form_id(office: Office, form_nonce: bytes, owner_id: str, content: bytes) -> str:
    """Return the id of what one form makes: the same form with the same words is one row, however often it is sent."""
    key = office.keys.subkey("form/care")
    owner = hmac.digest(key, owner_id.encode("utf-8", "surrogatepass"), "sha256")
    return hmac.digest(key, owner + hmac.digest(key, content, "sha256") + form_nonce, "sha256")[:16].hex()


def add_entry(
    office: Office,
    session: Session,
    case_key: CaseKey,
    case_id: str,
    entry_id: str,
    kind: EntryKind,
    by: str,
    said: Mapping[str, Any],
    source_id: str | None = None,
) -> bool:
    """Append one entry in the act's own transaction; return False if this very one is there already.

    The caller holds the case's row locked. Raises TextRefused.
    """
    if session.get(CaseEntry, entry_id) is not None:
        return False
    now = office.local_now()
    content = to_bytes(
        {"kind": kind, "by": by, "on": now.date().isoformat(), "half": half_day(now), "said": dict(said)}
    )
    address = BoxAddress(CASE_ENTRY, case_id, entry_id)
    entry = CaseEntry(
        id=entry_id,
        school_id=case_key.school_id,
        case_id=case_id,
        case_key_id=case_key.id,
        source_id=source_id,
        place=last_place(session, case_id) + 1,
        box=seal(PublicKey.from_bytes(case_key.public_key), address, content),
    )
    set_mark(entry, office.marks.mac)
    session.add(entry)
    session.flush()
    return True


def open_entry(office: Office, keys: CaseKeys, entry: CaseEntry) -> OpenedEntry:
    """Open one entry; what does not open is shown as such and never takes the page down."""
    try:
        check_mark(entry, office.marks.check)
        kept = from_bytes(keys.open(BoxAddress(CASE_ENTRY, entry.case_id, entry.id), entry.case_key_id, entry.box))
        by, half, said = kept["by"], kept["half"], kept["said"]
        if not isinstance(by, str) or not isinstance(half, str) or not isinstance(said, dict):
            raise TypeError("not an entry")
        return OpenedEntry(entry.id, EntryKind(kept["kind"]), by, date.fromisoformat(kept["on"]), half, said)
    except BoxNotOpened as refused:
        problem = "no_key" if refused.reason == "no case key" else "damaged"
    except (NotAuthentic, TextRefused, ValueError, KeyError, TypeError):
        problem = "damaged"
    if problem == "damaged":
        _log.error("an entry of a case could not be opened", extra={"row_id": entry.id})
    return OpenedEntry(entry.id, None, None, None, "", problem=problem)
