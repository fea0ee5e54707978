"""what the children's kiosk needs: kinds and parts of letters, rooms and grades, signs of life, the help page"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("threads") as threads:
        threads.add_column(sa.Column("kind", sa.String(length=16), server_default="whisper", nullable=False))
        threads.add_column(sa.Column("passed_on", sa.Date(), nullable=True))
    with op.batch_alter_table("stations") as stations:
        stations.add_column(sa.Column("room", sa.String(length=80), nullable=True))
        stations.add_column(sa.Column("grade", sa.Integer(), nullable=True))
    op.create_table(
        "station_signs",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("station_id", sa.String(length=32), nullable=False),
        sa.Column("heard_at", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        _goes_with("station_signs", "school_id", "schools"),
        _goes_with("station_signs", "station_id", "stations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station_signs")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_station_signs_station", "station_signs", ["station_id"], unique=True)
    op.create_table(
        "help_pages",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("content", sa.String(length=8_000), nullable=False),
        sa.Column("checked_on", sa.Date(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        _goes_with("help_pages", "school_id", "schools"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_help_pages")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_help_pages_school", "help_pages", ["school_id"], unique=True)
    op.create_table(
        "note_parts",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("thread_id", sa.String(length=32), nullable=False),
        sa.Column("note_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("week_key_id", sa.String(length=32), nullable=True),
        sa.Column("box", sa.LargeBinary(), nullable=True),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        _goes_with("note_parts", "school_id", "schools"),
        _goes_with("note_parts", "thread_id", "threads"),
        _goes_with("note_parts", "note_id", "notes"),
        _goes_with("note_parts", "week_key_id", "week_keys"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note_parts")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_note_parts_note", "note_parts", ["note_id"])


def _goes_with(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}"), ondelete="CASCADE")
