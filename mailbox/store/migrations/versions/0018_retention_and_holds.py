"""legal holds, boxes that outlive their week, and what went each day"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create(
        "legal_holds",
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("placed_by", sa.String(length=64), nullable=False),
        sa.Column("second_id", sa.String(length=64), nullable=True),
        sa.Column("placed_on", sa.Date(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_legal_holds_thread", "legal_holds", ["thread_id"], unique=True)
    _create(
        "held_boxes",
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("case_key_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_held_boxes_message", "held_boxes", ["message_id", "kind"], unique=True)
    op.create_index("ix_held_boxes_thread", "held_boxes", ["thread_id"])
    _create(
        "retention_days",
        sa.Column("gone_on", sa.Date(), nullable=False),
        sa.Column("numbers", sa.String(length=8_000), nullable=False),
    )
    op.create_index("uq_retention_days_day", "retention_days", ["school_id", "gone_on"], unique=True)


def _create(table: str, *columns: sa.Column[object]) -> None:
    of_thread = [
        sa.ForeignKeyConstraint(["thread_id"], ["threads.id"], name=op.f(f"fk_{table}_thread_id"), ondelete="CASCADE")
        for column in columns
        if column.name == "thread_id"
    ]
    op.create_table(
        table,
        sa.Column("school_id", sa.String(length=32), nullable=False),
        *columns,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f(f"fk_{table}_school_id"), ondelete="CASCADE"),
        *of_thread,
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
        sqlite_with_rowid=False,
    )
