"""A database that keeps what it was given and dies before it can say so. Owns that trick; knows no table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

from mailbox.store.database import Session


@contextmanager
def lost_answer_of_a_commit(engine: Engine) -> Iterator[None]:
    """Lose the connection right after the next commit of a unit of work on ``engine``."""
    dialect = engine.dialect
    commit = dialect.do_commit
    watched: list[bool] = []

    def commit_and_lose(connection: Any) -> None:
        commit(connection)
        dialect.do_commit = commit  # type: ignore[method-assign]
        assert dialect.dbapi is not None
        raise dialect.dbapi.OperationalError("server closed the connection unexpectedly")

    def begin_to_watch(_session: object) -> None:
        if not watched:
            watched.append(True)
            dialect.do_commit = commit_and_lose  # type: ignore[method-assign, assignment]

    # What is only read is rolled back, so the first commit is that of an act.
    event.listen(Session, "before_commit", begin_to_watch)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", begin_to_watch)
    assert watched and dialect.do_commit == commit, "nothing was committed"
