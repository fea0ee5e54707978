"""case keys, cases with their entries and enclosures, follow-ups, talk records"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "case_keys",
        sa.Column("only_thread", sa.String(length=64), nullable=True),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("made_for", sa.String(length=64), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    _table(
        "case_key_copies",
        _of("case_key_id", "case_keys"),
        sa.Column("holder_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_case_key_copies_holder", "case_key_copies", ["case_key_id", "holder_id"], unique=True)
    _table(
        "cases",
        sa.Column("thread_id", sa.String(length=64), nullable=False),
        sa.Column("closed_thread", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_cases_thread", "cases", ["school_id", "thread_id"], unique=True)
    _table(
        "case_readers",
        _of("case_id", "cases"),
        sa.Column("reader_id", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_case_readers_case", "case_readers", ["case_id"])
    _table(
        "case_entries",
        _of("case_id", "cases"),
        sa.Column("case_key_id", sa.String(length=64), nullable=False),
        sa.Column("source_id", sa.String(length=64), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_case_entries_place", "case_entries", ["case_id", "place"], unique=True)
    _table(
        "case_enclosures",
        _of("case_id", "cases"),
        sa.Column("part_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("case_key_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_case_enclosures_part", "case_enclosures", ["case_id", "part_id"], unique=True)
    _table(
        "follow_ups",
        _of("case_id", "cases"),
        sa.Column("step", sa.String(length=16), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("done", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_follow_ups_step", "follow_ups", ["case_id", "step"], unique=True)
    op.create_index("ix_follow_ups_due", "follow_ups", ["school_id", "done", "due_on"])
    _table(
        "talk_records",
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("case_key_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_talk_records_author", "talk_records", ["school_id", "author_id"])


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f(f"fk_{name}_school_id"), ondelete="CASCADE"),
        *(
            sa.ForeignKeyConstraint(
                [column.name], [f"{column.info['of']}.id"], name=op.f(f"fk_{name}_{column.name}"), ondelete="CASCADE"
            )
            for column in columns
            if isinstance(column, sa.Column) and "of" in column.info
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _of(column: str, other: str) -> sa.Column[str]:
    return sa.Column(column, sa.String(length=32), nullable=False, info={"of": other})
