"""triage adjustments"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "triage_adjustments",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("made_by", sa.String(length=64), nullable=False),
        sa.Column("made_on", sa.String(length=10), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.String(length=400), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_triage_adjustments_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_triage_adjustments")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_triage_adjustments_school", "triage_adjustments", ["school_id"], unique=True)
