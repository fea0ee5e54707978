"""Talk records (谈心记录): a dated, sealed record of a conversation, and a counselor's own list of them.

Linked to a thread only where the child gave its name; the link lies in the box too. A record is never changed.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import date

from mailbox.care.entries import TALK, CaseKeys, form_id, from_bytes, to_bytes
from mailbox.errors import BoxNotOpened, InputRefused, NotAuthentic, TextRefused
from mailbox.letters.desk import find_thread, require_reader
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.letters.recipients import left_to
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.case_keys import current_case_key
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress, PublicKey, seal
from mailbox.store.care import talks_of
from mailbox.store.database import Session
from mailbox.store.letters import notes_of
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import TalkRecord, Thread

LONGEST_FIELD = 80
LONGEST_WORDS = 2_000
_FIRST_YEAR = 2000

_log = logging.getLogger("mailbox.care")


@dataclass(frozen=True)
class Talk:
    """One conversation: the day, with whom (as the counselor writes it), what was said, what was agreed."""

    on: date
    who: str = field(repr=False)
    words: str = field(repr=False)
    agreed: str = field(default="", repr=False)
    thread_id: str | None = None


@dataclass(frozen=True)
class TalkList:
    """A counselor's own talks, the newest first, and how many do not open."""

    talks: list[tuple[str, Talk]]
    unopened: int

    def of_month(self, month: str) -> list[tuple[str, Talk]]:
        """Return those of a month, YYYY-MM, the oldest first: a list to print."""
        return [row for row in reversed(self.talks) if row[1].on.strftime("%Y-%m") == month]

    @property
    def months(self) -> list[str]:
        """The months with a talk, the newest first."""
        return list(dict.fromkeys(talk.on.strftime("%Y-%m") for _, talk in self.talks))


def named_child(office: Office, colleague: Colleague, thread_id: str) -> str | None:
    """Return the name that the child left in a thread, or None: only then may a talk name the thread."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        return _name_in(view.session, colleague, thread)


def write_talk(office: Office, colleague: Colleague, talk: Talk, form_nonce: bytes) -> str:
    """Keep a talk; return its id; the same form twice is one. Raises InputRefused (talk_day, talk_who, talk_words).

    Raises InputRefused (talk_thread) for the thread of a child who gave no name, NotAllowed, NotFound.
    """
    _require_acceptable(talk, office.local_now().date())
    content = to_bytes(
        {
            "on": talk.on.isoformat(),
            "who": talk.who.strip(),
            "words": talk.words.strip(),
            "agreed": talk.agreed.strip(),
            "thread": talk.thread_id,
        }
    )
    talk_id = form_id(office, form_nonce, colleague.person_id, content)
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        only_thread, named = _holders(office, session, colleague, talk.thread_id)
        # This holds the school's row: the same form sent twice at once finds its talk below.
        case_key = current_case_key(office, session, colleague.school_id, only_thread, named)
        if session.get(TalkRecord, talk_id) is not None:
            return talk_id
        address = BoxAddress(TALK, colleague.person_id, talk_id)
        kept = TalkRecord(
            id=talk_id,
            school_id=colleague.school_id,
            author_id=colleague.person_id,
            case_key_id=case_key.id,
            box=seal(PublicKey.from_bytes(case_key.public_key), address, content),
            kept_since=office.local_now().date().replace(day=1),
        )
        set_mark(kept, office.marks.mac)
        session.add(kept)
        record(office, session, colleague.school_id, colleague.person_id, "talk.write", talk_id)
        work.commit()
    return talk_id


def own_talks(office: Office, colleague: Colleague) -> TalkList:
    """Return the counselor's own talks. Raises NotAllowed."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        keys = CaseKeys(view.session, colleague)
        rows = talks_of(view.session, colleague.school_id, colleague.person_id)
        opened = [(row.id, _open(office, keys, row)) for row in rows]
    talks = [(talk_id, talk) for talk_id, talk in opened if talk is not None]
    return TalkList(sorted(talks, key=lambda row: (row[1].on, row[0]), reverse=True), len(opened) - len(talks))


def _open(office: Office, keys: CaseKeys, row: TalkRecord) -> Talk | None:
    try:
        check_mark(row, office.marks.check)
        kept = from_bytes(keys.open(BoxAddress(TALK, row.author_id, row.id), row.case_key_id, row.box))
        thread_id = kept["thread"]
        return Talk(
            date.fromisoformat(kept["on"]),
            str(kept["who"]),
            str(kept["words"]),
            str(kept["agreed"]),
            None if thread_id is None else str(thread_id),
        )
    except (BoxNotOpened, NotAuthentic, TextRefused, ValueError, KeyError, TypeError):
        _log.error("a talk record could not be opened", extra={"row_id": row.id})
        return None


def _holders(
    office: Office, session: Session, colleague: Colleague, thread_id: str | None
) -> tuple[str | None, set[str] | None]:
    """Return the closed thread and its readers, if the talk belongs to one; what follows from it is for them alone."""
    if thread_id is None:
        return None, None
    thread = find_thread(office, session, colleague, thread_id)
    check_mark(thread, office.marks.check)
    if _name_in(session, colleague, thread) is None:
        raise InputRefused("talk_thread", "no_name")
    return (thread.id, left_to(office, session, thread.id)) if thread.closed else (None, None)


def _name_in(session: Session, colleague: Colleague, thread: Thread) -> str | None:
    keys = ReaderKeys(session, colleague)
    for note in notes_of(session, thread.id):
        content = open_note(keys, note).content
        name = content.details.get("name", "").strip() if content else ""
        if name:
            return name
    return None


def _require_acceptable(talk: Talk, today: date) -> None:
    if talk.on.year < _FIRST_YEAR or talk.on > today:
        raise InputRefused("talk_day", "future")
    if not talk.who.strip() or len(talk.who) > LONGEST_FIELD:
        raise InputRefused("talk_who", "blank_or_long")
    if not talk.words.strip() or max(len(talk.words), len(talk.agreed)) > LONGEST_WORDS:
        raise InputRefused("talk_words", "blank_or_long")
