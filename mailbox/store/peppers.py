"""Which peppers threads were made with. SQL only."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from mailbox.store.tables import Thread


def threads_by_pepper(session: Session) -> dict[int, int]:
    """Return how many threads of all schools need each pepper."""
    query = select(Thread.pepper_version, func.count().label("number")).group_by(Thread.pepper_version)
    return {row.pepper_version: row.number for row in session.execute(query)}
