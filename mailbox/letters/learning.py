"""Learning on: what this school's counselors judged moves the levels of triage, two numbers each, and never a word.

Owns which letters count as judged, how many are enough, and the adjustment in force. Letters are opened in memory with
the reader's own keys and forgotten; only numbers are kept, in the database and not in ``models/``, and can be undone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass

from mailbox.errors import Changed, InputRefused, MailboxError, NotAuthentic
from mailbox.letters.desk import require_reader
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.store.adjustments import adjustment_in_force, end_adjustment
from mailbox.store.database import Session
from mailbox.store.letters import corrections_of_school, notes_to_learn_from, replies_of_school, threads_seen_by
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.tables import Correction, Note, TriageAdjustment, new_id
from triage.adjust import (
    FEWEST_CORRECTIONS,
    FEWEST_WEEKS,
    LEVEL_HEADS,
    Adjustment,
    Judged,
    Proposal,
    Reference,
    propose,
)
from triage.held_out import load_reference
from triage.protocol import AdjustmentBroken, ModelMissing, Urgency

__all__ = [
    "FEWEST_CORRECTIONS",
    "FEWEST_WEEKS",
    "InForce",
    "Learning",
    "adjustment_of",
    "adopt",
    "learning",
    "undo",
]

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class InForce:
    """The adjustment that is used now; ``is_for_this_model`` is false after the model was exchanged."""

    made_on: str
    made_by: str
    letters: int
    is_for_this_model: bool


@dataclass(frozen=True)
class Learning:
    """How far a school has come: corrections and weeks so far, what is in force, and, with enough, a proposal."""

    corrections: int
    weeks: int
    letters: int
    in_force: InForce | None
    proposal: Proposal | None


def learning(office: Office, colleague: Colleague) -> Learning:
    """Open what was judged, count it, and propose an adjustment where there is enough.

    Judged is a letter whose level a person corrected, or that was answered as it stood; of threads with one letter
    only, because a correction says nothing of which letter it means, and of threads open to every reader, so that
    nobody learns from a number that a closed one exists. Raises NotAllowed, InputRefused (the model can't be read).
    """
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        keys = ReaderKeys(view.session, colleague)
        found = _to_learn_from(office, view.session, colleague)
        row = _believed(office, view.session, colleague.school_id)
    reference = _reference(office)
    judged, corrected_weeks = _opened(keys, found, reference.model)
    enough = len(corrected_weeks) >= FEWEST_CORRECTIONS and len(set(corrected_weeks)) >= FEWEST_WEEKS
    return Learning(
        corrections=len(corrected_weeks),
        weeks=len(set(corrected_weeks)),
        letters=len(judged),
        in_force=_in_force(row, reference) if row else None,
        proposal=propose(judged, reference) if enough else None,
    )


def adopt(office: Office, colleague: Colleague, shown: str) -> None:
    """Use the adjustment that was shown, from the next letter on. Raises NotAllowed, InputRefused, Changed, Clash.

    ``shown`` is its JSON. It is made anew: nobody may bring numbers of their own, and what has changed is shown again.
    """
    now = learning(office, colleague)
    if now.proposal is None:
        raise InputRefused("adjustment", "too_few")
    if now.proposal.adjustment.to_json() != shown:
        raise Changed("adjustment")
    row = TriageAdjustment(
        id=new_id(),
        school_id=colleague.school_id,
        made_by=colleague.person_id,
        made_on=office.local_now().date().isoformat(),
        letters=now.letters,
        numbers=shown,
    )
    set_mark(row, office.marks.mac)
    with office.database.work() as work:
        require_reader(office, work.session, colleague)
        end_adjustment(work.session, colleague.school_id)
        work.session.add(row)
        record(office, work.session, colleague.school_id, colleague.person_id, "triage.adjust", row.id)
        work.commit()


def undo(office: Office, colleague: Colleague) -> None:
    """Read letters with the model as it came, from the next one on. Raises NotAllowed."""
    with office.database.work() as work:
        require_reader(office, work.session, colleague)
        if end_adjustment(work.session, colleague.school_id):
            record(office, work.session, colleague.school_id, colleague.person_id, "triage.adjust.undo")
        work.commit()


def adjustment_of(office: Office, school_id: str) -> Adjustment | None:
    """Return the adjustment by which a school's letters are read; whatever is wrong with it, a letter is not lost.

    It has a view of its own: on PostgreSQL a statement that fails takes its whole transaction with it.
    """
    try:
        with office.database.view() as view:
            row = _believed(office, view.session, school_id)
    except (MailboxError, TypeError, ValueError) as broken:
        _log.error("the adjustment of triage cannot be read", extra={"error_class": type(broken).__name__})
        return None
    return Adjustment.from_json(row.numbers) if row else None


def _believed(office: Office, session: Session, school_id: str) -> TriageAdjustment | None:
    row = adjustment_in_force(session, school_id)
    if row is None:
        return None
    try:
        check_mark(row, office.marks.check)
        Adjustment.from_json(row.numbers)
    except (NotAuthentic, AdjustmentBroken):
        _log.error("an adjustment of triage is not ours and is not used", extra={"row_id": row.id})
        return None
    return row


def _reference(office: Office) -> Reference:
    try:
        return load_reference(office.settings.model_dir)
    except ModelMissing:
        _log.error("the model's folder cannot be read for an adjustment")
        raise InputRefused("adjustment", "no_model") from None


def _in_force(row: TriageAdjustment, reference: Reference) -> InForce:
    is_for_this_model = Adjustment.from_json(row.numbers).model == reference.model
    return InForce(row.made_on, row.made_by, row.letters, is_for_this_model)


def _to_learn_from(office: Office, session: Session, colleague: Colleague) -> list[tuple[Note, Correction | None]]:
    """Return the only letter of each judged thread, sealed, and the thread's last correction."""
    check = office.marks.check
    kept = corrections_of_school(session, colleague.school_id)
    corrections = {row.thread_id: row for row in kept if carries_mark(row, check)}
    replies = replies_of_school(session, colleague.school_id)
    answered = {reply.thread_id for reply in replies if reply.promised_on is None and carries_mark(reply, check)}
    threads, _ = threads_seen_by(session, colleague.school_id, colleague.person_id)
    judged = {
        thread.id
        for thread in threads
        if not thread.closed
        and (thread.id in corrections or (thread.state == "answered" and thread.id in answered))
        and carries_mark(thread, check)
    }
    notes: defaultdict[str, list[Note]] = defaultdict(list)
    for note in notes_to_learn_from(session, colleague.school_id):
        if note.thread_id in judged:
            notes[note.thread_id].append(note)
    return [(own[0], corrections.get(thread_id)) for thread_id, own in notes.items() if len(own) == 1]


def _opened(
    keys: ReaderKeys, found: list[tuple[Note, Correction | None]], model: str
) -> tuple[list[Judged], list[str]]:
    """Return the letters that open as numbers, and the week of each one that was corrected."""
    judged: list[Judged] = []
    corrected_weeks: list[str] = []
    for note, correction in found:
        one = _as_judged(keys, note, correction, model)
        if one is not None:
            judged.append(one)
            corrected_weeks += [one.week] if correction else []
    return judged, corrected_weeks


def _as_judged(keys: ReaderKeys, note: Note, correction: Correction | None, model: str) -> Judged | None:
    """The letter as numbers; None if it does not open, or if this very model had not read it."""
    content = open_note(keys, note).content
    if content is None or content.assessment.model != model or content.assessment.urgency is Urgency.UNSCREENED:
        return None
    if content.parts or content.today:
        # Its level is not what the words alone gave: a drawing or the child's own answer raised it.
        return None
    scores = content.assessment.scores
    # Written so that what is no number is no probability either.
    if not all(0 <= scores.get(head, -1) <= 1 for head in LEVEL_HEADS):
        return None
    year, week, _ = note.arrived_on.isocalendar()
    level = Urgency(correction.urgency_after) if correction else content.assessment.urgency
    return Judged(f"{year}-{week:02}", scores, content.assessment.by_rules, level)
