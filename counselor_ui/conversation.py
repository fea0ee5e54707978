"""Letters, replies and changed levels of one thread in the order in which they came. Owns the order only.

Of letters the half-day is kept and of replies the day, so the order within one day is told by the thread's state.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from mailbox.letters.desk import OpenedCorrection, OpenedNote, OpenedRemark, OpenedReply, OpenedThread

_WITHIN_A_DAY = {"note": 0, "correction": 1, "remark": 2, "reply": 3}


@dataclass(frozen=True)
class Turn:
    """One thing that happened in a thread; ``kind`` says what ``what`` is: note, reply, correction or remark."""

    kind: str
    on: date
    what: OpenedNote | OpenedReply | OpenedCorrection | OpenedRemark


def in_time_order(opened: OpenedThread) -> list[Turn]:
    """Return the turns, oldest first. While a thread waits, the newest letter stands after every reply."""
    notes = [Turn("note", note.arrived_on, note) for note in opened.notes]
    replies = [Turn("reply", reply.written_on, reply) for reply in opened.replies]
    answers = [turn for turn, reply in zip(replies, opened.replies, strict=True) if reply.promised_on is None]
    corrections = [Turn("correction", changed.corrected_on, changed) for changed in opened.corrections]
    remarks = [Turn("remark", remark.written_on, remark) for remark in opened.remarks]
    newest = notes[-1] if opened.row.wrote_again else None
    turns = sorted(notes + replies + corrections + remarks, key=lambda turn: (turn.on, _WITHIN_A_DAY[turn.kind]))
    if newest is None:
        return turns
    last_reply = max(turns.index(answer) for answer in answers)
    if turns.index(newest) < last_reply:
        turns.insert(last_reply, turns.pop(turns.index(newest)))
    return turns
