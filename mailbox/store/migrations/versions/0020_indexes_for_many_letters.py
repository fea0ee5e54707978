"""indexes for a mailbox that keeps many letters: what waits, what came on a day, and what hangs on a thread or a week"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_LISTED = (
    "closed",
    "urgency",
    "cause",
    "arrived_half",
    "kind",
    "passed_on",
    "claimed_by",
    "claimed_until",
)
_IS_LIVE = "state NOT IN ('answered', 'prank')"


def upgrade() -> None:
    op.create_index(
        "ix_threads_waiting",
        "threads",
        ["school_id", "arrived_on", *_LISTED, "state"],
        sqlite_where=sa.text(_IS_LIVE),
        postgresql_where=sa.text(_IS_LIVE),
    )
    op.create_index(
        "ix_threads_closed",
        "threads",
        ["school_id", "closed"],
        sqlite_where=sa.text("closed IS NOT 0"),
        postgresql_where=sa.text("closed IS NOT false"),
    )
    op.drop_index("ix_threads_list", "threads")
    op.create_index("ix_threads_list", "threads", ["school_id", "arrived_on", "state", *_LISTED])
    op.create_index("ix_thread_readers_thread", "thread_readers", ["thread_id", "reader_id"])
    op.create_index("ix_notes_arrived", "notes", ["school_id", "arrived_on"])
    op.create_index("ix_notes_week", "notes", ["week_key_id"])
    op.create_index("ix_note_parts_thread", "note_parts", ["thread_id"])
    op.create_index("ix_reader_copies_thread", "reader_copies", ["thread_id"])
    op.create_index("ix_replies_written", "replies", ["school_id", "written_on"])
    op.create_index("ix_replies_week", "replies", ["week_key_id"])
    op.drop_index("ix_replies_school_state", "replies")
    op.create_index("ix_replies_school_state", "replies", ["school_id", "state", "released_on"])
    op.create_index("ix_corrections_thread", "corrections", ["thread_id", "place"])
    op.create_index("ix_corrections_changed", "corrections", ["school_id", "corrected_on"])
    op.create_index("ix_alarms_thread", "alarms", ["thread_id"])
    op.create_index("ix_alarms_state", "alarms", ["state"])
    op.create_index("ix_audit_moment", "audit", ["school_id", "moment_seconds"])
