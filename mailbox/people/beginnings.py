"""The beginnings of replies that a school uses: ours, changed or hidden, and its own.

Owns who may change them and what a beginning may hold. Rows that are not ours count for nothing: who has the database
only must not put words into a counselor's reply.
"""

from __future__ import annotations

import logging
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from mailbox.errors import Changed, InputRefused, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.help_page import help_in
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.beginnings import OURS, Beginning
from mailbox.rules.roles import Act
from mailbox.store.beginnings import beginnings_in, end_beginning
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import Beginning as Row
from mailbox.store.tables import new_id
from triage.protocol import Topic

MAX_CHINESE = 400
MAX_ENGLISH = 900
MAX_OWN = 100
# What no page could show; a half character cannot be kept at all.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})

_log = logging.getLogger("mailbox.people")


@dataclass(frozen=True)
class SchoolBeginning:
    """One beginning as a school has it. ``version`` names what is kept about it, empty for ours untouched."""

    words: Beginning
    is_ours: bool
    is_changed: bool
    is_hidden: bool
    version: str

    @property
    def key(self) -> str:
        return self.words.key


def beginnings_of(office: Office, school_id: str) -> list[SchoolBeginning]:
    """Return all of a school, the hidden ones too, by topic; of one topic ours come first."""
    with office.database.view() as view:
        return _beginnings(office, view.session, school_id)


def offered_beginnings(office: Office, school_id: str, topics: Sequence[Topic]) -> list[Beginning]:
    """Return what is offered for a letter of ``topics``, in their order, with the school's first person and place."""
    with office.database.view() as view:
        kept = _beginnings(office, view.session, school_id)
        helpers = help_in(office, view.session, school_id).helpers
    person, place = (helpers[0].name, helpers[0].place) if helpers else ("", "")
    shown = [one.words for one in kept if not one.is_hidden]
    return [one.filled(person, place) for topic in dict.fromkeys(topics) for one in shown if one.topic is topic]


def add_beginning(office: Office, school_id: str, by_person_id: str, topic: Topic, chinese: str, english: str) -> None:
    """Add one of the school's own. Raises NotAllowed, InputRefused(beginning, …); the same words twice are one."""
    chinese, english = _clean(chinese, MAX_CHINESE), _clean(english, MAX_ENGLISH)
    _require_words(chinese)
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_BEGINNINGS)
        own = [one for one in _beginnings(office, work.session, school_id) if not one.is_ours]
        if any((one.words.topic, one.words.chinese, one.words.english) == (topic, chinese, english) for one in own):
            return
        if len(own) >= MAX_OWN:
            raise InputRefused("beginning", "too_many")
        _keep(office, work.session, _row(school_id, topic, None, chinese, english))
        record(office, work.session, school_id, by_person_id, "beginning.add")
        work.commit()


def change_beginning(
    office: Office, school_id: str, by_person_id: str, key: str, chinese: str, english: str, seen_version: str
) -> None:
    """Say one otherwise. Raises NotAllowed, NotFound, InputRefused(beginning, …), Changed (a colleague was faster)."""
    chinese, english = _clean(chinese, MAX_CHINESE), _clean(english, MAX_ENGLISH)
    _require_words(chinese)
    _replace(office, school_id, by_person_id, key, seen_version, "beginning.change", chinese=chinese, english=english)


def hide_beginning(office: Office, school_id: str, by_person_id: str, key: str, seen_version: str) -> None:
    """Offer one no more. Raises NotAllowed, NotFound, Changed."""
    _replace(office, school_id, by_person_id, key, seen_version, "beginning.hide", hidden=True)


def show_beginning(office: Office, school_id: str, by_person_id: str, key: str, seen_version: str) -> None:
    """Offer a hidden one again, with the words it had. Raises NotAllowed, NotFound, Changed."""
    _replace(office, school_id, by_person_id, key, seen_version, "beginning.show", hidden=False)


def restore_beginning(office: Office, school_id: str, by_person_id: str, key: str, seen_version: str) -> None:
    """Give one of ours its words back, shown; one of the school's own goes. Raises NotAllowed, NotFound, Changed."""
    with office.database.work() as work:
        found = _find(office, work.session, school_id, by_person_id, key, seen_version)
        _end(work.session, school_id, key)
        record(office, work.session, school_id, by_person_id, "beginning.restore" if found.is_ours else "beginning.end")
        work.commit()


def _replace(
    office: Office,
    school_id: str,
    by_person_id: str,
    key: str,
    seen_version: str,
    act: str,
    *,
    chinese: str | None = None,
    english: str | None = None,
    hidden: bool | None = None,
) -> None:
    with office.database.work() as work:
        before = _find(office, work.session, school_id, by_person_id, key, seen_version)
        row = _row(
            school_id,
            before.words.topic,
            key if before.is_ours else None,
            before.words.chinese if chinese is None else chinese,
            before.words.english if english is None else english,
            hidden=before.is_hidden if hidden is None else hidden,
        )
        if not before.is_ours:
            row.id = key
        _end(work.session, school_id, key)
        _keep(office, work.session, row)
        record(office, work.session, school_id, by_person_id, act)
        work.commit()


def _find(
    office: Office, session: Session, school_id: str, by_person_id: str, key: str, seen_version: str
) -> SchoolBeginning:
    """Return the one that is to be changed, while nobody else of the school changes anything."""
    school_locked(session, school_id)
    require_as_lead(office, session, school_id, by_person_id, Act.CHANGE_BEGINNINGS)
    found = next((one for one in _beginnings(office, session, school_id) if one.key == key), None)
    if found is None:
        raise NotFound("beginning")
    if found.version != seen_version:
        raise Changed("beginning")
    return found


def _end(session: Session, school_id: str, key: str) -> None:
    """Remove what is kept under a key, also a row that is not ours and stands in the way."""
    for row in beginnings_in(session, school_id):
        if key in (row.instead_of, row.id):
            end_beginning(session, school_id, row.id)
            session.expunge(row)


def _keep(office: Office, session: Session, row: Row) -> None:
    set_mark(row, office.marks.mac)
    session.add(row)
    session.flush()


def _row(
    school_id: str, topic: Topic, instead_of: str | None, chinese: str, english: str, *, hidden: bool = False
) -> Row:
    return Row(
        id=new_id(),
        school_id=school_id,
        topic=topic.value,
        instead_of=instead_of,
        chinese=chinese,
        english=english,
        hidden=hidden,
    )


def _beginnings(office: Office, session: Session, school_id: str) -> list[SchoolBeginning]:
    kept = [row for row in beginnings_in(session, school_id) if _is_believed(office, row)]
    of_ours = {row.instead_of: row for row in kept if row.instead_of}
    ours = [_ours(one, of_ours.get(one.key)) for one in OURS.values()]
    own = [_as_kept(row, row.id, is_ours=False) for row in kept if row.instead_of is None]
    order = list(Topic)
    return sorted(ours + own, key=lambda one: (order.index(one.words.topic), not one.is_ours))


def _ours(one: Beginning, row: Row | None) -> SchoolBeginning:
    return _as_kept(row, one.key, is_ours=True) if row else SchoolBeginning(one, True, False, False, "")


def _as_kept(row: Row, key: str, *, is_ours: bool) -> SchoolBeginning:
    words = Beginning(key, Topic(row.topic), row.chinese, row.english)
    is_changed = is_ours and (words.chinese, words.english) != (OURS[key].chinese, OURS[key].english)
    return SchoolBeginning(words, is_ours, is_changed, row.hidden, row.mark.hex()[:32])


def _is_believed(office: Office, row: Row) -> bool:
    if carries_mark(row, office.marks.check):
        return True
    _log.error("a beginning is not ours and is not shown", extra={"row_id": row.id})
    return False


def _clean(text: str, most: int) -> str:
    """Return the words without blanks around them. Raises InputRefused(beginning, blank_or_long)."""
    words = text.replace("\r\n", "\n").strip()
    unshown = any(unicodedata.category(sign) in _UNSHOWN for sign in words if sign != "\n")
    if len(words) > most or unshown:
        raise InputRefused("beginning", "blank_or_long")
    return words


def _require_words(chinese: str) -> None:
    if not chinese:
        raise InputRefused("beginning", "blank_or_long")
