"""a school's own crisis plan, second readers, when a talk was kept, and who has hard words covered first"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "crisis_plans",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("situation", sa.String(length=32), nullable=False),
        sa.Column("wrapped_steps", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_crisis_plans_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_crisis_plans")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_crisis_plans_situation", "crisis_plans", ["school_id", "situation"], unique=True)
    op.create_table(
        "second_readings",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("reader_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_second_readings_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["thread_id"], ["threads.id"], name=op.f("fk_second_readings_thread_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["reader_id"], ["people.id"], name=op.f("fk_second_readings_reader_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_second_readings")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_second_readings_reader", "second_readings", ["reader_id", "thread_id"], unique=True)
    with op.batch_alter_table("talk_records") as talks:
        talks.add_column(sa.Column("kept_since", sa.Date(), nullable=True))
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("covers_hard_words", sa.Boolean(), nullable=True))
