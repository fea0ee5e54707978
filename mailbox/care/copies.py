"""Sealing a thread's letters, replies, corrections and words between colleagues anew to the case key, each once and as
it stood.

Who has no key of a letter's week copies nothing of it; a colleague who has one does when opening the letter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from mailbox.care.entries import CASE_ENCLOSURE, EntryKind, add_entry
from mailbox.errors import NotAuthentic, NotFound
from mailbox.letters.opened import (
    ReaderKeys,
    open_corrections,
    open_note,
    open_part,
    open_remarks,
    open_reply,
)
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PublicKey, seal
from mailbox.store.care import copied_sources, enclosure_of, parts_of_note
from mailbox.store.database import Session
from mailbox.store.letters import corrections_of, notes_of, replies_of
from mailbox.store.marked import carries_mark
from mailbox.store.remarks import remarks_of
from mailbox.store.tables import Case, CaseEnclosure, CaseKey, Note, new_id

_Copy = tuple[str, EntryKind, dict[str, Any]]


def has_something_new(session: Session, case: Case) -> bool:
    """Say whether the thread holds what the case does not."""
    return not copied_sources(session, case.id).issuperset(_sources(session, case.thread_id))


def copy_thread(office: Office, session: Session, colleague: Colleague, case: Case, case_key: CaseKey) -> int:
    """Seal to the case what it does not hold yet and this reader can open; return how many entries that is.

    The caller holds the case's row locked.
    """
    copied, number = copied_sources(session, case.id), 0
    for source_id, kind, said in _opened(office, session, colleague, case.thread_id, copied):
        add_entry(office, session, case_key, case.id, new_id(), kind, colleague.person_id, said, source_id)
        number += 1
    for note in notes_of(session, case.thread_id):
        if note.id not in copied:
            _copy_parts(session, colleague, case, case_key, note)
    return number


def _sources(session: Session, thread_id: str) -> list[str]:
    written = (*notes_of(session, thread_id), *replies_of(session, thread_id))
    beside = (*corrections_of(session, thread_id), *remarks_of(session, thread_id))
    return [row.id for row in (*written, *beside)]


def _opened(
    office: Office, session: Session, colleague: Colleague, thread_id: str, copied: set[str]
) -> Iterator[_Copy]:
    keys = ReaderKeys(session, colleague)
    for note in notes_of(session, thread_id):
        opened = open_note(keys, note) if note.id not in copied else None
        if opened and opened.content:
            said = {
                "note_id": note.id,
                "arrived_on": note.arrived_on.isoformat(),
                "arrived_half": note.arrived_half,
                "letter": json.loads(opened.content.to_bytes()),
            }
            yield note.id, EntryKind.LETTER, said
    for reply in replies_of(session, thread_id):
        answered = open_reply(office, keys, reply) if reply.id not in copied else None
        if answered and answered.words is not None:
            text = answered.words.as_text
            yield reply.id, EntryKind.REPLY, _said(answered.author_id, reply.written_on.isoformat(), text)
    yield from _corrections(office, session, keys, thread_id, copied)
    yield from _remarks(office, session, keys, thread_id, copied)


def _corrections(
    office: Office, session: Session, keys: ReaderKeys, thread_id: str, copied: set[str]
) -> Iterator[_Copy]:
    rows = [row for row in corrections_of(session, thread_id) if carries_mark(row, office.marks.check)]
    for row, opened in zip(rows, open_corrections(office, session, keys, thread_id), strict=True):
        if row.id not in copied and opened.reason is not None:
            said = _said(row.person_id, row.corrected_on.isoformat(), opened.reason)
            levels = {"before": row.urgency_before, "after": row.urgency_after}
            yield row.id, EntryKind.CORRECTION, said | levels


def _remarks(office: Office, session: Session, keys: ReaderKeys, thread_id: str, copied: set[str]) -> Iterator[_Copy]:
    rows = [row for row in remarks_of(session, thread_id) if carries_mark(row, office.marks.check)]
    for row, opened in zip(rows, open_remarks(office, session, keys, thread_id), strict=True):
        if row.id not in copied and opened.text is not None:
            yield row.id, EntryKind.WORDS, _said(row.person_id, row.written_on.isoformat(), opened.text)


def _said(author_id: str, on: str, text: str) -> dict[str, Any]:
    return {"author": author_id, "written_on": on, "text": text}


def _copy_parts(session: Session, colleague: Colleague, case: Case, case_key: CaseKey, note: Note) -> None:
    keys, public = ReaderKeys(session, colleague), PublicKey.from_bytes(case_key.public_key)
    for part in parts_of_note(session, note.id):
        if enclosure_of(session, case.id, part.id) is not None:
            continue
        try:
            content = open_part(keys, part)
        except (NotFound, NotAuthentic):
            continue
        session.add(
            CaseEnclosure(
                id=new_id(),
                school_id=case.school_id,
                case_id=case.id,
                part_id=part.id,
                kind=part.kind,
                case_key_id=case_key.id,
                box=seal(public, BoxAddress(CASE_ENCLOSURE, case.id, part.id), content),
            )
        )
