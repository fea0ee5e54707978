"""Answered letters of years, thousands at once: rows that no test opens, as long as rows are."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Engine, insert, text

from mailbox.store.tables import Alarm, AuditRow, Correction, Note, Reply, Thread, WeekKey, new_id

_A_DAY = 10


def keep_answered(engine: Engine, school_id: str, week: WeekKey, author_id: str, newest: date, number: int) -> None:
    """Keep ``number`` answered threads, each with a letter and a reply; every fifth rang once, and was corrected.

    They are of the days up to ``newest``, ten of each day.
    """
    rows: dict[Any, list[dict[str, object]]] = {
        Thread: [],
        Note: [],
        Reply: [],
        Alarm: [],
        Correction: [],
        AuditRow: [],
    }
    for at in range(number):
        thread_id, day = new_id(), newest - timedelta(days=at // _A_DAY)
        of_school, of_thread = {"school_id": school_id}, {"school_id": school_id, "thread_id": thread_id}
        of_week = {"week_key_id": week.id}
        level: dict[str, object] = {"urgency": "routine", "cause": None, "arrived_on": day, "arrived_half": "morning"}
        thread = {"lookup_tag": os.urandom(32), "pepper_version": 1, "receipt_public": bytes(1_216), "mark": bytes(32)}
        state = {"wrapped_receipt_key": bytes(125), "state": "answered", "closed": False, "kind": "whisper"}
        rows[Thread].append({"id": thread_id, **of_school, **thread, **state, **level})
        tags = {"send_tag": os.urandom(32), "window_tag": os.urandom(32), "box": bytes(500), "place": 1, "read": True}
        rows[Note].append({**of_thread, **of_week, **tags, **level})
        reply: dict[str, object] = {"author_id": author_id, "reader_box": bytes(500), "state": "released", "place": 1}
        days = {"written_on": day, "released_on": day, "collected": True}
        rows[Reply].append({**of_thread, **of_week, **reply, **days, "mark": bytes(32)})
        # In front of the chain, which tests go on with.
        act: dict[str, object] = {"place": -number * 10 - at, "person_id": author_id, "act": "thread.answer"}
        marks = {"previous_mark": bytes(32), "mark": bytes(32)}
        rows[AuditRow].append({**of_school, **act, **marks, "subject_id": thread_id, "moment_seconds": at})
        if at % 5 == 0:
            rows[Alarm].append({**of_thread, "kind": "urgent", "state": "acknowledged"})
            levels = {"urgency_before": "urgent", "urgency_after": "routine", "corrected_on": day, "place": 1}
            rows[Correction].append({**of_thread, **of_week, **levels, "person_id": author_id, "mark": bytes(32)})
    with engine.begin() as connection:
        for of, some in rows.items():
            connection.execute(insert(of), some)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if engine.dialect.name == "postgresql":
            # As it does by itself, some time after so many rows came.
            connection.execute(text("VACUUM ANALYZE"))
