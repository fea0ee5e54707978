"""The rows of one thread made those of another: other ids, tags and days, the same boxes. Marks nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from datetime import date

from mailbox.store.tables import Base, Correction, Note, ReaderCopy, Reply, Thread, new_id


class Fresh:
    """Ids and tags for ``number`` threads, in their order: as tables and indexes lie, so each page is written once."""

    def __init__(self, number: int) -> None:
        self._ids: dict[type[Base], Iterator[str]] = {
            of: iter(sorted(new_id() for _ in range(number))) for of in (Thread, Note, Reply)
        }
        self._tags = {name: iter(sorted(os.urandom(32) for _ in range(number))) for name in ("lookup_tag", "send_tag")}

    def id_of(self, row: Base) -> str:
        return next(self._ids[type(row)]) if type(row) in self._ids else new_id()

    def tag(self, name: str) -> bytes:
        return next(self._tags[name])


def copy_onto(
    pattern: Sequence[Base],
    fresh: Fresh,
    day: date,
    week_key_id: str,
    child_copies_since: date,
    child_boxes: dict[int, bytes | None],
) -> None:
    """Change the rows of a thread, the thread first, into those of another that came on ``day``.

    ``child_boxes`` remembers, by row, the child's copies: replies before ``child_copies_since`` have none any more.
    """
    anew = {row.id: fresh.id_of(row) for row in pattern}
    thread_id = anew[pattern[0].id]
    for row in pattern:
        changed: dict[str, object] = {"id": anew[row.id]}
        if isinstance(row, Thread):
            changed |= {"lookup_tag": fresh.tag("lookup_tag"), "arrived_on": day}
        else:
            changed |= {"thread_id": thread_id}
        if isinstance(row, Note):
            changed |= {"send_tag": fresh.tag("send_tag"), "window_tag": os.urandom(32)}
            changed |= {"arrived_on": day, "read_on": day}
        if isinstance(row, Reply):
            child_boxes.setdefault(id(row), row.child_box)
            changed |= {"child_box": child_boxes[id(row)] if day >= child_copies_since else None}
            changed |= {"written_on": day, "released_on": day}
        if isinstance(row, Correction):
            changed |= {"corrected_on": day}
        if isinstance(row, ReaderCopy):
            changed |= {"message_id": anew[row.message_id]}
        if isinstance(row, Note | Reply | Correction) and row.week_key_id:
            changed |= {"week_key_id": week_key_id}
        # Past SQLAlchemy, whose book-keeping would take most of the time; no session knows these rows.
        row.__dict__.update(changed)
