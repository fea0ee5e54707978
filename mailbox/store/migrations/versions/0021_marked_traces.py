"""traces of closed letters that went carry a mark"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody can tell any more who wrote those that are there. What was recorded about
    # closed letters that went shows to a lead again without them; 0019, which brought them, was never released.
    op.execute("DELETE FROM closed_traces")
    op.add_column("closed_traces", sa.Column("mark", sa.LargeBinary(), nullable=False, server_default=sa.text("''")))
