"""second factors with their spare codes, who proposed a person, and sessions that still wait for a code"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("schools") as schools:
        schools.add_column(sa.Column("readers_need_code", sa.Boolean(), nullable=True))
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("invited_by", sa.String(length=64), nullable=True))
        people.add_column(sa.Column("wrapped_totp", sa.LargeBinary(), nullable=True))
        people.add_column(sa.Column("totp_step", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("desk_sessions") as sessions:
        sessions.add_column(sa.Column("awaits_code", sa.Boolean(), nullable=True))
    op.create_table(
        "spare_codes",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("code_tag", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_spare_codes_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_spare_codes_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spare_codes")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_spare_codes_person", "spare_codes", ["person_id"])
