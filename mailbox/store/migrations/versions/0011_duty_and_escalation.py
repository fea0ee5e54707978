"""who is on duty, whose a channel is, whom an alarm called, and what a reminder has told"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("channels") as channels:
        channels.add_column(sa.Column("person_id", sa.String(length=64), nullable=True))
    with op.batch_alter_table("alarms") as alarms:
        alarms.add_column(sa.Column("next_step_at", sa.BigInteger(), nullable=True))
        alarms.add_column(sa.Column("held_until", sa.BigInteger(), nullable=True))
    with op.batch_alter_table("deliveries") as deliveries:
        deliveries.add_column(sa.Column("message", sa.String(length=64), nullable=True))
        deliveries.add_column(sa.Column("numbers", sa.String(length=64), nullable=True))
    _create(
        "alarm_steps",
        _of("alarm_steps", "alarms", "alarm_id"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("rung", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("by_person_id", sa.String(length=64), nullable=True),
        sa.Column("happened_at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_alarm_steps_alarm", "alarm_steps", ["alarm_id", "place"])
    _create(
        "reminders",
        _of("reminders", "threads", "thread_id"),
        sa.Column("day_ordinal", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=64), nullable=False),
    )
    op.create_index("uq_reminders_once", "reminders", ["day_ordinal", "thread_id", "reason"], unique=True)
    _create(
        "duty_plans",
        [sa.Column("wrapped_content", sa.LargeBinary(), nullable=False)],
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_duty_plans_school", "duty_plans", ["school_id"], unique=True)
    _create(
        "alarm_rules",
        [sa.Column("content", sa.String(length=400), nullable=False)],
        sa.Column("mark", sa.LargeBinary(), nullable=False),
    )
    op.create_index("uq_alarm_rules_school", "alarm_rules", ["school_id"], unique=True)


def _create(name: str, first: list[sa.schema.SchemaItem], *columns: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        *_of(name, "schools", "school_id"),
        *first,
        *columns,
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _of(name: str, owner: str, column: str) -> list[sa.schema.SchemaItem]:
    """Return a column with its key to a row with which this one goes."""
    key = sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=op.f(f"fk_{name}_{column}"), ondelete="CASCADE")
    return [sa.Column(column, sa.String(length=32), nullable=False), key]
