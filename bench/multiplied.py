"""Old letters once more, within the database: a million of them in minutes where each made alone would take an hour.

A copy has ids and tags of its own and everything else, its mark too, from one of five thousand patterns; of each box
and key only the beginning, or a million would fill the disk. So it stands in every table and index, and does not open;
what looks every row through would complain of it.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import LargeBinary

from bench.bulk import columns_of, fast_cursor
from mailbox.office import Office
from mailbox.store.tables import Alarm, Base, Correction, Note, Reply, Thread

_PATTERNS = 5_000
_KEPT_BYTES = 200
_OWN_TAGS = ("lookup_tag", "send_tag", "window_tag")


def multiply(office: Office, before: date, number: int) -> None:
    """Keep ``number`` threads more, like those of the days before ``before`` that are open to every reader."""
    is_sqlite = office.database.engine.dialect.name == "sqlite"
    new_id = "lower(hex(randomblob(16)))" if is_sqlite else "replace(gen_random_uuid()::text, '-', '')"
    tag = "randomblob(32)" if is_sqlite else "decode(md5(random()::text) || md5(random()::text), 'hex')"
    lies_by_id = " WITHOUT ROWID" if is_sqlite else ""
    open_to_all = "closed IS 0" if is_sqlite else "closed IS false"
    with fast_cursor(office) as cursor:
        cursor.execute(
            "CREATE TEMP TABLE pattern AS SELECT id FROM threads"  # noqa: S608 - the words are our own.
            f" WHERE arrived_on < '{before.isoformat()}' AND {open_to_all} LIMIT {_PATTERNS}"
        )
        cursor.execute("SELECT count(*) FROM pattern")
        times = number // cursor.fetchone()[0]
        cursor.execute(f"CREATE TEMP TABLE more (thread_id varchar(32) PRIMARY KEY, old varchar(32)){lies_by_id}")
        cursor.execute(
            f"INSERT INTO more WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted"  # noqa: S608
            f" WHERE i <= {times}) SELECT {new_id}, id FROM counted CROSS JOIN pattern LIMIT {number}"
        )
        for of in (Thread, Note, Reply, Correction, Alarm):
            name = of.__tablename__
            key = "id" if of is Thread else "thread_id"
            # SQLite would gather all that is to be written first, if it came out of the same table.
            cursor.execute(
                f"CREATE TEMP TABLE old_{name} AS SELECT * FROM {name}"  # noqa: S608
                f" WHERE {key} IN (SELECT id FROM pattern)"
            )
            cursor.execute(f"CREATE INDEX i_old_{name} ON old_{name} ({key})")
            names = columns_of(of)
            values = ", ".join(_value(of, column, new_id, tag) for column in names)
            cursor.execute(
                f"INSERT INTO {name} ({', '.join(names)}) SELECT {values}"  # noqa: S608
                f" FROM more CROSS JOIN old_{name} AS o WHERE o.{key} = more.old"
            )
        audit = "id, school_id, place, person_id, act, subject_id, moment_seconds, previous_mark, mark"
        # In front of the chain, whose end the acts go on from.
        place = "(SELECT min(place) FROM audit) - row_number() OVER ()"
        said = f"{new_id}, a.school_id, {place}, a.person_id, a.act, more.thread_id, a.moment_seconds, {tag}, {tag}"
        cursor.execute(
            f"INSERT INTO audit ({audit}) SELECT {said} FROM more CROSS JOIN"  # noqa: S608
            " (SELECT * FROM audit WHERE act = 'thread.answer' LIMIT 1) AS a"
        )


def _value(of: type[Base], column: str, new_id: str, tag: str) -> str:
    if column == "thread_id" or (of is Thread and column == "id"):
        return "more.thread_id"
    if column == "id":
        # Near its thread, so that tables and indexes grow in one sweep.
        return f"substr(more.thread_id, 1, 10) || substr({new_id}, 11)"
    if column in _OWN_TAGS:
        return tag
    is_bytes = isinstance(Base.metadata.tables[of.__tablename__].columns[column].type, LargeBinary)
    return f"substr(o.{column}, 1, {_KEPT_BYTES})" if is_bytes else f"o.{column}"
