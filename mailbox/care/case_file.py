"""A case as one encrypted file that leaves the house, when a second person agreed. Nothing of it is ever written here.

Owns what lies in the file: the case's entries as they are, the letters byte for byte, drawings and voices, and a page
to read. The passphrase belongs to a seed that only travels between two pages; until the consent ends it can be taken.
"""

from __future__ import annotations

import hmac
import io
import json
import re
import secrets
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from mailbox.care.approvals import ask, can_be_used, own_request, require_reason
from mailbox.care.entries import EntryKind, OpenedEntry
from mailbox.care.reading import OpenedCase, open_enclosure, read_case
from mailbox.care.second_person import Kind, subject_of_case
from mailbox.errors import Changed, NotFound, PassRefused
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.listing import names_of
from mailbox.people.login import Colleague
from mailbox.people.setup import school_name
from mailbox.sealing.case_file import passphrase_from, seal_file
from mailbox.store.marked import set_mark

FORM = 1
_SEED = re.compile("[0-9a-f]{32}")
_ENDINGS = {"image/png": "png", "audio/mpeg": "mp3"}


@dataclass(frozen=True)
class FileKey:
    """What a file is to be locked with: a seed for the form, and the passphrase to write down. Neither is kept."""

    seed: str = field(repr=False)
    passphrase: str = field(repr=False)


def ask_for_file(office: Office, colleague: Colleague, case_id: str, reason: str) -> str:
    """Ask a second person to agree to a case file; return the request's id.

    Raises InputRefused (reason, second_person), NotAllowed, NotFound.
    """
    require_reason(reason)
    with office.database.work() as work:
        subject = subject_of_case(office, work.session, colleague, case_id)
        request_id = ask(office, work.session, colleague, Kind.CASE_FILE, subject, reason)
        work.commit()
    return request_id


def new_key(office: Office, colleague: Colleague, request_id: str) -> FileKey:
    """Make a passphrase for a file that was agreed to. Raises Changed where it was not, NotAllowed, NotFound."""
    _agreed_case(office, colleague, request_id)
    seed = secrets.token_hex(16)
    return FileKey(seed, _passphrase(office, colleague, request_id, seed))


def take_file(
    office: Office, colleague: Colleague, request_id: str, seed: str, to_read: Callable[[OpenedCase], Mapping[str, str]]
) -> bytes:
    """Return the encrypted file; ``to_read`` makes texts for people of the opened case, by name. Audited each time.

    Raises PassRefused for a seed that is none, Changed where nobody agreed or the time is over, NotAllowed, NotFound.
    """
    case_id = _agreed_case(office, colleague, request_id)
    if not _SEED.fullmatch(seed):
        raise PassRefused("forged")
    opened = read_case(office, colleague, case_id)
    content = _packed(office, colleague, opened, to_read(opened))
    sealed = seal_file(_passphrase(office, colleague, request_id, seed), content)
    with office.database.work() as work:
        request = own_request(office, work.session, colleague, request_id)
        if not can_be_used(office, request):
            raise Changed("request")
        if request.used_on is None:
            request.used_on = office.local_now().date()
            set_mark(request, office.marks.mac)
        record(office, work.session, request.school_id, colleague.person_id, "case.file.take", case_id)
        work.commit()
    return sealed


def _agreed_case(office: Office, colleague: Colleague, request_id: str) -> str:
    """Return the case of a request that can be used now. Raises Changed, NotAllowed, NotFound."""
    with office.database.work() as work:
        request = own_request(office, work.session, colleague, request_id)
        if request.kind != Kind.CASE_FILE or request.case_id is None:
            raise NotFound("request")
        if not can_be_used(office, request):
            raise Changed("request")
        return request.case_id


def _passphrase(office: Office, colleague: Colleague, request_id: str, seed: str) -> str:
    key = office.keys.subkey("form/case-file")
    return passphrase_from(hmac.digest(key, f"{colleague.person_id}/{request_id}/{seed}".encode(), "sha256"))


def _packed(office: Office, colleague: Colleague, case: OpenedCase, to_read: Mapping[str, str]) -> bytes:
    """Return the ZIP, made in memory."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as folder:
        for name, text in to_read.items():
            folder.writestr(name, text)
        folder.writestr("case.json", json.dumps(_as_json(office, colleague, case), ensure_ascii=False, indent=1))
        for number, entry in enumerate(case.of_kind(EntryKind.LETTER), start=1):
            letter = entry.said.get("letter", {})
            folder.writestr(f"letters/{number}.txt", str(letter.get("text", "")))
            for place, part in enumerate(letter.get("parts", ()), start=1):
                _add_part(office, colleague, case, folder, str(part["id"]), f"letters/{number}-{place}")
    return packed.getvalue()


def _add_part(
    office: Office, colleague: Colleague, case: OpenedCase, folder: zipfile.ZipFile, part_id: str, name: str
) -> None:
    try:
        part = open_enclosure(office, colleague, case.line.id, part_id)
    except NotFound:
        # One that does not open must not keep the rest from whoever needs it; the file says so.
        folder.writestr(f"{name}.missing.txt", "这件画或录音打不开。 This drawing or recording does not open.\n")
        return
    folder.writestr(f"{name}.{_ENDINGS.get(part.media_type, 'bin')}", part.content)


def _as_json(office: Office, colleague: Colleague, case: OpenedCase) -> dict[str, Any]:
    return {
        "form": FORM,
        "school": school_name(office, colleague.school_id),
        "made_on": office.local_now().date().isoformat(),
        "made_by": colleague.person_id,
        "people": names_of(office, colleague.school_id),
        "state": case.line.state,
        "outcome": case.line.outcome,
        "has_gap": case.has_gap,
        "follow_ups": [
            {"step": row.step, "due_on": row.due_on.isoformat(), "done": row.done} for row in case.follow_ups
        ],
        "entries": [_entry(entry) for entry in case.entries],
    }


def _entry(entry: OpenedEntry) -> dict[str, Any]:
    on = entry.on.isoformat() if entry.on else None
    kept = {"id": entry.id, "kind": entry.kind, "by": entry.by, "on": on, "half": entry.half, "said": dict(entry.said)}
    return kept | ({"problem": entry.problem} if entry.problem else {})
