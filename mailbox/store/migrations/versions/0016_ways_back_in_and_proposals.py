"""what waits for a second voice, notices to the staff, void slips, proposals"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "account_wishes",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("agreed_by", sa.String(length=64), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        _of_person("account_wishes"),
    )
    op.create_index("uq_account_wishes_person", "account_wishes", ["school_id", "kind", "person_id"], unique=True)
    _table(
        "staff_notices",
        sa.Column("person_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("about_id", sa.String(length=64), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        _of_person("staff_notices"),
    )
    once = ["person_id", "kind", "about_id", "written_on"]
    op.create_index("uq_staff_notices_person", "staff_notices", once, unique=True)
    _table("void_slips", sa.Column("public_key", sa.LargeBinary(), nullable=False))
    op.create_index("ix_void_slips_school", "void_slips", ["school_id"])
    _table(
        "proposals",
        sa.Column("page", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("by_person_id", sa.String(length=64), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.Column("wrapped_words", sa.LargeBinary(), nullable=False),
        sa.Column("answered_by", sa.String(length=64), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("wrapped_answer", sa.LargeBinary(), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_proposals_page", "proposals", ["school_id", "state", "page"])


def _table(name: str, *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.String(length=32), nullable=False),
        *columns,
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f(f"fk_{name}_school_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _of_person(name: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id"), ondelete="CASCADE")
