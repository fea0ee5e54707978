"""Replies that are being written: sealed to their author alone, one for each thread and author.

Owns that nothing typed is lost between two lessons, and that of two pages the newer one's words stay. Nobody else
can open a draft, the school's other readers included; it goes when the reply is sent, and with its thread.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field

from mailbox.errors import BoxNotOpened, Changed, InputRefused, NotAuthentic, TextRefused
from mailbox.letters.answer import MAX_REPLY_CHARACTERS
from mailbox.letters.desk import find_thread
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, bytes_to_text, open_box, seal, text_to_bytes
from mailbox.store.drafts import draft_by, drop_draft
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import Draft as DraftRow
from mailbox.store.tables import new_id

DRAFT = "draft"

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class Draft:
    """What its author wrote last. ``version`` names this saving; ``text`` is None where it does not open."""

    version: str
    text: str | None = field(repr=False)


def draft_of(office: Office, colleague: Colleague, thread_id: str) -> Draft | None:
    """Return one's own draft in a thread. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        find_thread(office, view.session, colleague, thread_id)
        row = draft_by(view.session, thread_id, colleague.person_id)
        return Draft(row.id, _text_of(office, colleague, row)) if row else None


def keep_draft(office: Office, colleague: Colleague, thread_id: str, text: str, seen_version: str) -> str:
    """Keep what is written so far; nothing written removes the draft. Return the new version, empty without one.

    Raises Changed when another page has kept other words since ``seen_version``, InputRefused, TextRefused,
    NotAllowed, NotFound, NotKept.
    """
    if len(text) > MAX_REPLY_CHARACTERS:
        raise InputRefused("reply", "blank_or_long")
    content = text_to_bytes(text)
    with office.database.work() as work:
        # The thread's row is locked: two pages of one author come one after the other.
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        before = draft_by(work.session, thread.id, colleague.person_id)
        if before is not None:
            if _text_of(office, colleague, before) == text:
                return before.id
            if before.id != seen_version:
                raise Changed("draft")
            drop_draft(work.session, thread.id, colleague.person_id)
        version = ""
        if text.strip():
            version = new_id()
            row = DraftRow(
                id=version,
                school_id=thread.school_id,
                thread_id=thread.id,
                author_id=colleague.person_id,
                box=seal(colleague.private.public(), BoxAddress(DRAFT, thread.id, version), content),
            )
            set_mark(row, office.marks.mac)
            work.session.add(row)
        if before is None and version:
            # Once for each draft: a page saves every few seconds, and how fast somebody writes is nobody's business.
            record(office, work.session, thread.school_id, colleague.person_id, "thread.draft", thread.id)
        work.commit()
    return version


def _text_of(office: Office, colleague: Colleague, row: DraftRow) -> str | None:
    try:
        check_mark(row, office.marks.check)
        return bytes_to_text(open_box(colleague.private, BoxAddress(DRAFT, row.thread_id, row.id), row.box))
    except (BoxNotOpened, NotAuthentic, TextRefused, ValueError, TypeError):
        _log.error("a draft could not be opened", extra={"row_id": row.id})
        return None
