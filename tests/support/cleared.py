"""One PostgreSQL database for test after test, emptied in between: making one costs twenty times as much.

Owns that a test finds no row and no connection of another. A test that altered a table leaves the database to itself;
the next one gets a fresh copy of the template.
"""

from __future__ import annotations

import uuid

import psycopg
from psycopg import sql

# What the tables are, as text; rows and where they lie do not count.
_SHAPE = """
    SELECT md5(string_agg(line, ',' ORDER BY line)) FROM (
        SELECT concat_ws(' ', attrelid::regclass, attname, atttypid, attnotnull, attnum) AS line FROM pg_attribute
            JOIN pg_class ON pg_class.oid = attrelid WHERE relnamespace = 'public'::regnamespace AND NOT attisdropped
        UNION ALL SELECT concat_ws(' ', conrelid::regclass, conname, convalidated) FROM pg_constraint
            WHERE connamespace = 'public'::regnamespace
        UNION ALL SELECT concat_ws(' ', tgrelid::regclass, tgname, tgenabled) FROM pg_trigger WHERE NOT tgisinternal
    ) AS lines
"""
_END_OTHERS = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)
# Foreign keys and triggers are not asked: every table is emptied.
_WITHOUT_TRIGGERS = "SET session_replication_role = replica"
_OF_THE_MIGRATIONS = "alembic_version"


def create_database(address: str, name: str, template: str | None = None) -> str:
    """Make a database in the cluster at ``address``, empty or like ``template``; return its address."""
    like = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template)) if template else sql.SQL("")
    with psycopg.connect(_plain(address) + "/postgres", autocommit=True) as admin:
        admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)) + like)
    return f"{address}/{name}"


class ClearedDatabase:
    """Lends a migrated database without rows, again and again."""

    def __init__(self, address: str, template: str) -> None:
        self._address = address
        self._template = template
        self._lent: str | None = None
        with psycopg.connect(f"{_plain(address)}/{template}") as made:
            self._shape = made.execute(_SHAPE).fetchone()
            tables = made.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        names = [sql.Identifier(name) for (name,) in tables if name != _OF_THE_MIGRATIONS]
        self._empty_all = sql.SQL("; ").join(sql.SQL("DELETE FROM {}").format(name) for name in names)

    def lend(self) -> str:
        """Return the address of the database; whoever used it before has lost it."""
        if self._lent is None or not self._is_cleared(self._lent):
            self._lent = create_database(self._address, f"test_{uuid.uuid4().hex}", self._template)
        return self._lent

    def _is_cleared(self, address: str) -> bool:
        with psycopg.connect(_plain(address), autocommit=True) as admin:
            admin.execute(_END_OTHERS)
            if admin.execute(_SHAPE).fetchone() != self._shape:
                return False
            admin.execute(_WITHOUT_TRIGGERS)
            admin.execute(self._empty_all)
        return True


def _plain(address: str) -> str:
    return address.replace("+psycopg", "")
