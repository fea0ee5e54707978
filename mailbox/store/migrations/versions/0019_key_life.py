"""spent slips, wishes that end, boxes of earlier slips, and traces of removed closed letters"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("schools", sa.Column("slips_spent", sa.Boolean(), nullable=True))
    op.add_column("account_wishes", sa.Column("agreed_on", sa.Date(), nullable=True))
    for table in ("week_key_copies", "case_key_copies", "reader_copies"):
        op.add_column(table, sa.Column("of_earlier_slips", sa.Boolean(), nullable=True))
    op.create_table(
        "closed_traces",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("subject_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_closed_traces_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_traces")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_closed_traces_subject", "closed_traces", ["school_id", "subject_id"], unique=True)
