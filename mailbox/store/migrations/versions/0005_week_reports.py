"""weeks in numbers, and the half-days that waiting is counted from"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("notes") as notes:
        notes.add_column(sa.Column("read_on", sa.Date(), nullable=True))
        notes.add_column(sa.Column("read_half", sa.String(length=16), nullable=True))
    with op.batch_alter_table("replies") as replies:
        replies.add_column(sa.Column("written_half", sa.String(length=16), nullable=True))
    op.create_table(
        "week_reports",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("numbers", sa.String(length=4_000), nullable=False),
        sa.Column("topics", sa.String(length=2_000), nullable=True),
        sa.Column("words", sa.String(length=4_000), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_week_reports_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_week_reports")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_week_reports_week", "week_reports", ["school_id", "ends_on"], unique=True)
