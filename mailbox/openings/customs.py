"""What a school does at its opening beside opening, set by its lead: holding replies, and the summary by mail.

Both are off until somebody turns them on. A row that is not ours turns nothing on: who can only write the database
puts no words into a reply and sends no numbers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from mailbox.errors import Changed
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.holding_words import CHINESE, ENGLISH, OURS, clean_words
from mailbox.rules.roles import Act
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.openings import custom_of, end_custom
from mailbox.store.people import school_locked
from mailbox.store.tables import OpeningCustom, new_id

_log = logging.getLogger("mailbox.openings")


@dataclass(frozen=True)
class Customs:
    """``words``: by language; English may be empty. ``version`` names what is kept, empty where nothing is."""

    holds: bool
    words: dict[str, str]
    mail_channel_id: str | None
    version: str

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages in which there are words."""
        return tuple(language for language, words in self.words.items() if words)


def customs_of(office: Office, school_id: str) -> Customs:
    """Return what a school does at its opening."""
    with office.database.view() as view:
        return customs_in(office, view.session, school_id)


def customs_in(office: Office, session: Session, school_id: str) -> Customs:
    """As :func:`customs_of`, inside of a view that is open already."""
    row = custom_of(session, school_id)
    if row is None:
        return Customs(False, dict(OURS), None, "")
    version = row.mark.hex()[:32]
    if not carries_mark(row, office.marks.check):
        _log.error("the customs of an opening are not ours and count for nothing", extra={"row_id": row.id})
        # Named, so that a lead who saves the form puts a true one in its place.
        return Customs(False, dict(OURS), None, version)
    return Customs(row.holds, {CHINESE: row.chinese, ENGLISH: row.english}, row.mail_channel_id, version)


def change_holding(
    office: Office, school_id: str, by_person_id: str, *, holds: bool, chinese: str, english: str, seen_version: str
) -> None:
    """Offer holding replies in these words, or none. Raises NotAllowed, InputRefused(holding, …), Changed."""
    words = {CHINESE: clean_words(CHINESE, chinese), ENGLISH: clean_words(ENGLISH, english)}

    def changed(before: Customs, _session: Session) -> Customs:
        if before.version != seen_version:
            raise Changed("opening custom")
        return Customs(holds, words, before.mail_channel_id, "")

    change(office, school_id, by_person_id, f"opening.holding.{'on' if holds else 'off'}", changed)


def change(
    office: Office, school_id: str, by_person_id: str, act: str, changed: Callable[[Customs, Session], Customs]
) -> None:
    """Replace what is kept by what ``changed`` makes of it, in one transaction. Raises NotAllowed."""
    with office.database.work() as work:
        # Two leads at once meet here, before either looks what is there.
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_OPENING)
        wanted = changed(customs_in(office, work.session, school_id), work.session)
        end_custom(work.session, school_id)
        row = OpeningCustom(
            id=new_id(),
            school_id=school_id,
            holds=wanted.holds,
            chinese=wanted.words[CHINESE],
            english=wanted.words[ENGLISH],
            mail_channel_id=wanted.mail_channel_id,
        )
        set_mark(row, office.marks.mac)
        work.session.add(row)
        record(office, work.session, school_id, by_person_id, act)
        work.commit()
