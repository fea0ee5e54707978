"""Threads written straight into the database, as many as a test wants: no letter is sealed for them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from mailbox.office import Office
from mailbox.store.marked import set_mark
from mailbox.store.tables import Note, Reply, Thread, ThreadReader, new_id


@dataclass(frozen=True)
class Kept:
    """What the list shows of one thread. ``readers``: to whom it is left, empty for open to all."""

    id: str
    urgency: str = "routine"
    cause: str | None = None
    arrived_on: date = date(2026, 3, 2)
    arrived_half: str = "morning"
    state: str = "waiting"
    kind: str = "whisper"
    readers: tuple[str, ...] = ()
    claimed_by: str | None = None
    claimed_until: int | None = None
    read: bool = False
    reply_by: str | None = None


def keep(office: Office, school_id: str, kept: Iterable[Kept]) -> None:
    """Write the rows in one transaction; their boxes hold nothing that opens."""
    with office.database.work() as work:
        for one in kept:
            thread = Thread(
                id=one.id,
                school_id=school_id,
                lookup_tag=os.urandom(32),
                pepper_version=1,
                receipt_public=bytes(1_216),
                wrapped_receipt_key=bytes(125),
                urgency=one.urgency,
                cause=one.cause,
                state=one.state,
                arrived_on=one.arrived_on,
                arrived_half=one.arrived_half,
                closed=bool(one.readers),
                kind=one.kind,
                claimed_by=one.claimed_by,
                claimed_until=one.claimed_until,
                mark=b"",
            )
            set_mark(thread, office.marks.mac)
            work.session.add(thread)
            work.session.flush()
            work.session.add_all(_beside(office, school_id, one))
        work.commit()


def _beside(office: Office, school_id: str, one: Kept) -> list[Note | Reply | ThreadReader]:
    rows: list[Note | Reply | ThreadReader] = [
        Note(
            school_id=school_id,
            thread_id=one.id,
            send_tag=os.urandom(32),
            window_tag=os.urandom(32),
            box=bytes(1_700),
            urgency=one.urgency,
            cause=one.cause,
            arrived_on=one.arrived_on,
            arrived_half=one.arrived_half,
            place=1,
            read=one.read,
        )
    ]
    if one.reply_by:
        rows.append(
            Reply(
                school_id=school_id,
                thread_id=one.id,
                author_id=one.reply_by,
                state="released",
                written_on=one.arrived_on,
                place=1,
                mark=b"",
            )
        )
    for reader_id in one.readers:
        reader = ThreadReader(id=new_id(), school_id=school_id, thread_id=one.id, reader_id=reader_id, mark=b"")
        set_mark(reader, office.marks.mac)
        rows.append(reader)
    return rows
