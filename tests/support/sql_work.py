"""How much work the database has with an act, as the database tells it: the same on a busy machine as on a quiet one.

SQLite counts the steps of its virtual machine; PostgreSQL says for each statement how many rows it looked at.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_STEPS_AT_ONCE = 10


@contextmanager
def counted_steps(engine: Engine) -> Iterator[list[int]]:
    """Yield a list of one number: the steps of SQLite's virtual machine so far, on all connections, to the ten."""
    steps = [0]

    def count() -> None:
        steps[0] += _STEPS_AT_ONCE

    def begin(connection: Any, *_: object) -> None:
        connection.set_progress_handler(count, _STEPS_AT_ONCE)

    def end(connection: Any, *_: object) -> None:
        if connection is not None:
            connection.set_progress_handler(None, 0)

    with _listening(engine, "checkout", begin), _listening(engine, "checkin", end):
        yield steps


@contextmanager
def kept_statements(engine: Engine) -> Iterator[list[tuple[str, Any]]]:
    """Yield a list that gathers every statement with its parameters."""
    kept: list[tuple[str, Any]] = []

    def keep(_connection: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        kept.append((statement, parameters))

    with _listening(engine, "before_cursor_execute", keep):
        yield kept


def work_of(engine: Engine, act: Callable[[], object]) -> int:
    """Do ``act`` once; return the steps of SQLite, or the rows that PostgreSQL looked at."""
    if engine.dialect.name == "sqlite":
        with counted_steps(engine) as steps:
            act()
        return steps[0]
    with kept_statements(engine) as kept:
        act()
    return sum(_rows_looked_at(engine, *statement) for statement in kept)


def _rows_looked_at(engine: Engine, statement: str, parameters: Any) -> int:
    # What an INSERT names is not looked at, and it could not be done twice.
    if not statement.lstrip("( \n").upper().startswith(("SELECT", "WITH", "UPDATE", "DELETE")):
        return 0
    with engine.connect() as connection:
        try:
            said: Any = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {statement}", parameters).scalar()
        finally:
            connection.rollback()
    plan = (json.loads(said) if isinstance(said, str) else said)[0]["Plan"]
    return _rows_of(plan)


def _rows_of(plan: dict[str, Any]) -> int:
    looked_at = 0
    if "Relation Name" in plan and plan["Node Type"] != "ModifyTable":
        each = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
        looked_at = round(each * plan["Actual Loops"])
    return looked_at + sum(_rows_of(part) for part in plan.get("Plans", []))


@contextmanager
def _listening(engine: Engine, name: str, listener: Callable[..., object]) -> Iterator[None]:
    event.listen(engine, name, listener)
    try:
        yield
    finally:
        event.remove(engine, name, listener)
