"""holding replies, the day on which an opening took place, and the weekly summary by mail"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("replies", sa.Column("promised_on", sa.Date(), nullable=True))
    op.create_index(
        "ix_replies_answers",
        "replies",
        ["thread_id", "author_id"],
        sqlite_where=sa.text("promised_on IS NULL"),
        postgresql_where=sa.text("promised_on IS NULL"),
    )
    op.add_column("openings", sa.Column("opened_on", sa.Date(), nullable=True))
    op.create_table(
        "opening_customs",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("holds", sa.Boolean(), nullable=False),
        sa.Column("chinese", sa.String(length=600), nullable=False),
        sa.Column("english", sa.String(length=1_200), nullable=False),
        sa.Column("mail_channel_id", sa.String(length=64), nullable=True),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_opening_customs_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_opening_customs")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_opening_customs_school", "opening_customs", ["school_id"], unique=True)
    op.create_table(
        "summary_recipients",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("wrapped_address", sa.LargeBinary(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_summary_recipients_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_recipients")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "summary_mails",
        sa.Column("school_id", sa.String(length=32), nullable=False),
        sa.Column("report_id", sa.String(length=32), nullable=False),
        sa.Column("recipient_id", sa.String(length=32), nullable=False),
        sa.Column("state", sa.String(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", sa.BigInteger(), nullable=True),
        sa.Column("claimed_until", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(length=64), nullable=True),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_summary_mails_school_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["week_reports.id"], name=op.f("fk_summary_mails_report_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["recipient_id"], ["summary_recipients.id"], name=op.f("fk_summary_mails_recipient_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_mails")),
        sqlite_with_rowid=False,
    )
    op.create_index("uq_summary_mails_report", "summary_mails", ["report_id", "recipient_id"], unique=True)
    op.create_index("ix_summary_mails_state", "summary_mails", ["state", "next_attempt_at"])
