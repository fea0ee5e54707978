"""the school's own calendar"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "calendars",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=8_000), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_calendars_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendars")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_calendars_school", "calendars", ["school_id"], unique=True)
