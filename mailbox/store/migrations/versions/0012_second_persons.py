"""requests to a second person, notices of what was done alone, the second person of a correction"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _table(
        "approval_requests",
        _of("thread_id", "threads", nullable=True),
        _of("case_id", "cases", nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("requester_id", sa.String(length=64), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("rule", sa.String(length=16), nullable=True),
        sa.Column("level", sa.String(length=16), nullable=True),
        sa.Column("alone", sa.Boolean(), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_approval_requests_state", "approval_requests", ["school_id", "state"])
    _table(
        "approval_reasons",
        _of("request_id", "approval_requests"),
        sa.Column("holder_id", sa.String(length=64), nullable=False),
        sa.Column("box", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_approval_reasons_holder", "approval_reasons", ["request_id", "holder_id"], unique=True)
    _table(
        "approval_notices",
        _of("request_id", "approval_requests"),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("seen", sa.Boolean(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_approval_notices_person", "approval_notices", ["request_id", "person_id"], unique=True)
    op.add_column("corrections", sa.Column("second_id", sa.String(length=64), nullable=True))


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


def _of(column: str, other: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(column, sa.String(length=32), nullable=nullable, info={"of": other})
