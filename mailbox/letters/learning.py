"""Learning on: what this school's counselors judged moves the levels of triage, two numbers each, and never a word.

Owns which letters count as judged, how many are enough, and the adjustment in force. Letters are opened in memory with
the reader's own keys and forgotten; only numbers are kept, in the database and not in ``models/``, and can be undone.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from mailbox.errors import Changed, InputRefused, NotAuthentic
from mailbox.letters.desk import require_reader
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.store.adjustments import adjustment_in_force, end_adjustment
from mailbox.store.database import Session
from mailbox.store.letters import corrections_of_school, notes_of_school, threads_seen_by
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.tables import Correction, Note, TriageAdjustment, new_id
from triage.adjust import FEWEST_CORRECTIONS, FEWEST_WEEKS, HEADS, Adjustment, Judged, Proposal, propose
from triage.classifier import identity_of
from triage.protocol import AdjustmentBroken, Urgency

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

    made_on: date
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
    """Open what was judged, count it, and propose an adjustment where there is enough. Raises NotAllowed.

    Judged is a letter whose level a person corrected, or that was answered as it stood; of threads with one letter
    only, because a correction says nothing of which letter it means.
    """
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        judged, corrected_weeks = _judged(office, view.session, colleague)
        row = _believed(office, view.session, colleague.school_id)
    enough = len(corrected_weeks) >= FEWEST_CORRECTIONS and len(set(corrected_weeks)) >= FEWEST_WEEKS
    return Learning(
        corrections=len(corrected_weeks),
        weeks=len(set(corrected_weeks)),
        letters=len(judged),
        in_force=_in_force(office, row) if row else None,
        proposal=propose(judged, office.settings.model_dir) if enough else None,
    )


def adopt(office: Office, colleague: Colleague, shown: str) -> None:
    """Use the adjustment that was shown, from the next letter on. Raises NotAllowed, InputRefused, Changed.

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
        made_on=office.local_now().date(),
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
        end_adjustment(work.session, colleague.school_id)
        record(office, work.session, colleague.school_id, colleague.person_id, "triage.adjust.undo")
        work.commit()


def adjustment_of(office: Office, session: Session, school_id: str) -> Adjustment | None:
    """Return the adjustment by which a school's letters are read; one that is not ours counts for nothing."""
    row = _believed(office, session, school_id)
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


def _in_force(office: Office, row: TriageAdjustment) -> InForce:
    is_for_this_model = Adjustment.from_json(row.numbers).model == identity_of(office.settings.model_dir)
    return InForce(row.made_on, row.made_by, row.letters, is_for_this_model)


def _judged(office: Office, session: Session, colleague: Colleague) -> tuple[list[Judged], list[str]]:
    """Return the judged letters, and the week of each one that was corrected."""
    threads, _ = threads_seen_by(session, colleague.school_id, colleague.person_id)
    notes: defaultdict[str, list[Note]] = defaultdict(list)
    for note in notes_of_school(session, colleague.school_id):
        notes[note.thread_id].append(note)
    corrections = _last_corrections(office, session, colleague.school_id)
    keys = ReaderKeys(session, colleague)
    judged: list[Judged] = []
    corrected_weeks: list[str] = []
    for thread in threads:
        correction, own = corrections.get(thread.id), notes[thread.id]
        if len(own) != 1 or (correction is None and thread.state != "answered"):
            continue
        one = _as_judged(keys, own[0], correction)
        if one is not None:
            judged.append(one)
            corrected_weeks += [one.week] if correction else []
    return judged, corrected_weeks


def _as_judged(keys: ReaderKeys, note: Note, correction: Correction | None) -> Judged | None:
    """The letter as numbers; None if it does not open, or if triage had not read it."""
    content = open_note(keys, note).content
    if content is None or content.assessment.urgency is Urgency.UNSCREENED:
        return None
    scores = content.assessment.scores
    if any(head not in scores for head in HEADS):
        return None
    year, week, _ = note.arrived_on.isocalendar()
    level = Urgency(correction.urgency_after) if correction else content.assessment.urgency
    return Judged(f"{year}-{week:02}", scores, content.assessment.by_rules, level)


def _last_corrections(office: Office, session: Session, school_id: str) -> dict[str, Correction]:
    """Return each thread's last authentic correction."""
    last: dict[str, Correction] = {}
    for row in corrections_of_school(session, school_id):
        try:
            check_mark(row, office.marks.check)
        except NotAuthentic:
            continue
        last[row.thread_id] = row
    return last
