"""Queries on cases, their keys, follow-ups and talk records. SQL only; opens nothing and decides nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, delete, func, or_, select
from sqlalchemy.orm import Session

from mailbox.store.marked import Fields, set_mark
from mailbox.store.tables import (
    Case,
    CaseEnclosure,
    CaseEntry,
    CaseKey,
    CaseKeyCopy,
    CaseReader,
    ClosedTrace,
    FollowUp,
    HeldBox,
    NotePart,
    TalkRecord,
    is_id,
    new_id,
)

Mac = Callable[[str, Fields], bytes]


def newest_case_key(session: Session, school_id: str, only_thread: str | None) -> CaseKey | None:
    query = select(CaseKey).where(CaseKey.school_id == school_id, _of_thread(only_thread))
    return session.scalars(query.order_by(CaseKey.generation.desc()).limit(1)).one_or_none()


def newest_case_generation(session: Session, school_id: str) -> int:
    """Return the highest generation of the school's case keys, 0 if there is none yet."""
    return session.scalar(select(func.max(CaseKey.generation)).where(CaseKey.school_id == school_id)) or 0


def shared_case_keys(session: Session, school_id: str) -> Sequence[CaseKey]:
    """Return the keys of all readers, without those of closed threads."""
    query = select(CaseKey).where(CaseKey.school_id == school_id, _of_thread(None))
    return session.scalars(query.order_by(CaseKey.generation)).all()


def holders_of(session: Session, case_key_id: str) -> set[str]:
    return set(session.scalars(select(CaseKeyCopy.holder_id).where(CaseKeyCopy.case_key_id == case_key_id)))


def case_copies_of_holder(session: Session, holder_id: str) -> dict[str, bytes]:
    """Return the holder's boxes of private halves by case key id."""
    query = select(CaseKeyCopy.case_key_id, CaseKeyCopy.box).where(CaseKeyCopy.holder_id == holder_id)
    return {row.case_key_id: row.box for row in session.execute(query)}


def cases_seen_by(session: Session, school_id: str, reader_id: str) -> Sequence[Case]:
    query = select(Case).where(Case.school_id == school_id, case_visible_to(reader_id))
    return session.scalars(query.order_by(Case.id)).all()


def case_seen_by(
    session: Session, case_id: str, school_id: str, reader_id: str, *, to_change: bool = False
) -> Case | None:
    """Return a case; ``to_change`` locks its row until commit, so that two who write to it follow one another."""
    if not is_id(case_id):
        return None
    query = select(Case).where(Case.id == case_id, Case.school_id == school_id, case_visible_to(reader_id))
    return session.scalars(query.with_for_update(key_share=True) if to_change else query).one_or_none()


def case_of_thread(session: Session, thread_id: str, school_id: str, reader_id: str) -> Case | None:
    query = select(Case).where(Case.thread_id == thread_id, Case.school_id == school_id, case_visible_to(reader_id))
    return session.scalars(query).one_or_none()


def readers_of_case(session: Session, case_id: str) -> Sequence[CaseReader]:
    return session.scalars(select(CaseReader).where(CaseReader.case_id == case_id)).all()


def entries_of(session: Session, case_id: str) -> Sequence[CaseEntry]:
    query = select(CaseEntry).where(CaseEntry.case_id == case_id)
    return session.scalars(query.order_by(CaseEntry.place)).all()


def first_entry_of(session: Session, case_id: str) -> CaseEntry | None:
    query = select(CaseEntry).where(CaseEntry.case_id == case_id, CaseEntry.place == 1)
    return session.scalars(query).one_or_none()


def last_place(session: Session, case_id: str) -> int:
    return session.scalar(select(func.max(CaseEntry.place)).where(CaseEntry.case_id == case_id)) or 0


def copied_sources(session: Session, case_id: str) -> set[str]:
    """Return the ids of the letters, replies and corrections that a case holds a copy of."""
    query = select(CaseEntry.source_id).where(CaseEntry.case_id == case_id, CaseEntry.source_id.is_not(None))
    return {source_id for source_id in session.scalars(query) if source_id}


def enclosure_of(session: Session, case_id: str, part_id: str) -> CaseEnclosure | None:
    if not is_id(part_id):
        return None
    query = select(CaseEnclosure).where(CaseEnclosure.case_id == case_id, CaseEnclosure.part_id == part_id)
    return session.scalars(query).one_or_none()


def parts_of_note(session: Session, note_id: str) -> Sequence[NotePart]:
    query = select(NotePart).where(NotePart.note_id == note_id)
    return session.scalars(query.order_by(NotePart.place)).all()


def follow_ups_of(session: Session, case_id: str) -> Sequence[FollowUp]:
    query = select(FollowUp).where(FollowUp.case_id == case_id)
    return session.scalars(query.order_by(FollowUp.due_on, FollowUp.step.desc())).all()


def follow_ups_due(session: Session, school_id: str, reader_id: str, today: date) -> Sequence[FollowUp]:
    """Return what is due by today and not done, in cases that this reader may see, the oldest first."""
    query = select(FollowUp).join(Case, Case.id == FollowUp.case_id)
    due = query.where(FollowUp.school_id == school_id, FollowUp.done.is_(False), FollowUp.due_on <= today)
    return session.scalars(due.where(case_visible_to(reader_id)).order_by(FollowUp.due_on, FollowUp.id)).all()


def talks_of(session: Session, school_id: str, author_id: str) -> Sequence[TalkRecord]:
    query = select(TalkRecord).where(TalkRecord.school_id == school_id, TalkRecord.author_id == author_id)
    return session.scalars(query.order_by(TalkRecord.id)).all()


def talks_kept_since_before(session: Session, day: date) -> Sequence[TalkRecord]:
    """Return the talk records of all schools that were kept since before ``day``; another worker's are left to it."""
    query = select(TalkRecord).where(TalkRecord.kept_since < day).order_by(TalkRecord.school_id, TalkRecord.id)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def talks_without_month(session: Session) -> Sequence[TalkRecord]:
    """Return the talk records that were kept before their month was."""
    query = select(TalkRecord).where(TalkRecord.kept_since.is_(None))
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def cases_closed_before(session: Session, day: date) -> Sequence[Case]:
    """Return the cases of all schools that were closed before ``day``; another worker's are left to it."""
    query = select(Case).where(Case.state == "closed", Case.closed_on < day)
    return session.scalars(query.with_for_update(skip_locked=True)).all()


def remove_case(session: Session, case: Case, mac: Mac) -> None:
    """Remove a case and all that hangs on it; a closed thread's keys too, unless a talk is sealed to them."""
    if case.closed_thread:
        keep_traces(session, case.school_id, [case.id, case.thread_id], mac)
    session.delete(case)
    session.flush()
    if case.closed_thread:
        _drop_unneeded(session, CaseKey.school_id == case.school_id, CaseKey.only_thread == case.thread_id)


def keep_traces(session: Session, school_id: str, subject_ids: Sequence[str], mac: Mac) -> None:
    """Keep that these threads or cases were closed to some readers, for when they are gone."""
    query = select(ClosedTrace).where(ClosedTrace.school_id == school_id, ClosedTrace.subject_id.in_(subject_ids))
    known = {trace.subject_id: trace for trace in session.scalars(query)}
    for subject_id in subject_ids:
        trace = known.get(subject_id) or ClosedTrace(id=new_id(), school_id=school_id, subject_id=subject_id)
        # One that somebody wrote there before says the truth now, and becomes ours.
        set_mark(trace, mac)
        session.add(trace)
    session.flush()


def traces_of(session: Session, school_id: str) -> Sequence[ClosedTrace]:
    return session.scalars(select(ClosedTrace).where(ClosedTrace.school_id == school_id)).all()


def remove_talk(session: Session, talk: TalkRecord) -> None:
    """Remove a talk record, and the key of a closed thread if nothing else is sealed to it."""
    session.delete(talk)
    session.flush()
    _drop_unneeded(session, CaseKey.id == talk.case_key_id, CaseKey.only_thread.is_not(None))


def _drop_unneeded(session: Session, *which: ColumnElement[bool]) -> None:
    talk = select(TalkRecord.id).where(TalkRecord.case_key_id == CaseKey.id).exists()
    case = select(Case.id).where(Case.school_id == CaseKey.school_id, Case.thread_id == CaseKey.only_thread).exists()
    held = select(HeldBox.id).where(HeldBox.case_key_id == CaseKey.id).exists()
    session.execute(delete(CaseKey).where(*which, ~talk, ~case, ~held))


def drop_case_keys_of(session: Session, thread_ids: Sequence[str]) -> None:
    """Remove the keys of closed threads that went, unless a case or a talk is sealed to them."""
    _drop_unneeded(session, CaseKey.only_thread.in_(thread_ids))


def _of_thread(only_thread: str | None) -> ColumnElement[bool]:
    return CaseKey.only_thread.is_(None) if only_thread is None else CaseKey.only_thread == only_thread


def case_visible_to(reader_id: str) -> ColumnElement[bool]:
    """Return the condition that keeps the case of a closed thread from everybody but its readers."""
    named = select(CaseReader.id).where(CaseReader.case_id == Case.id, CaseReader.reader_id == reader_id)
    return or_(Case.closed_thread.is_(False), named.exists())
