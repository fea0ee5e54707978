"""indexes that hold all of what the list of letters shows, so that no row with its boxes is read for it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_LISTED = (
    "school_id",
    "state",
    "closed",
    "urgency",
    "cause",
    "arrived_on",
    "arrived_half",
    "kind",
    "passed_on",
    "claimed_by",
    "claimed_until",
)


def upgrade() -> None:
    op.create_index("ix_threads_list", "threads", list(_LISTED))
    # Its columns are the first two of the new one.
    op.drop_index("ix_threads_school_state", "threads")
    op.create_index(
        "ix_notes_unread",
        "notes",
        ["thread_id", "read"],
        sqlite_where=sa.text("read IS 0"),
        postgresql_where=sa.text("read IS false"),
    )
