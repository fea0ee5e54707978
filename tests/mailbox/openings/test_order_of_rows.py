"""How rows lie on the disk must not tell which letter came first."""

from __future__ import annotations

import os

from sqlalchemy import text

from mailbox.letters.post import Letter, post
from mailbox.openings.opening import open_box_of
from tests.conftest import SchoolAtWork


def physical_order(school: SchoolAtWork, table: str) -> list[str]:
    # SQLite keeps these tables as trees by id; a PostgreSQL heap has places.
    place = "ctid" if school.office.database.engine.dialect.name == "postgresql" else "id"
    with school.office.database.view() as view:
        return list(view.session.scalars(text(f"SELECT id FROM {table} ORDER BY {place}")))  # noqa: S608


def test_after_an_opening_letters_lie_in_the_order_of_their_random_ids(school: SchoolAtWork) -> None:
    for number in range(12):
        post(school.office, Letter(school.school_id, "kiosk", f"第{number}封信", os.urandom(16)))
    open_box_of(school.office, school.school_id, school.office.local_now().date(), by_hand=True)
    for table in ("threads", "notes"):
        order = physical_order(school, table)
        assert len(order) == 12
        assert order == sorted(order)
