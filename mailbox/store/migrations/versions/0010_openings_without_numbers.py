"""openings hold no numbers: ended weeks have reports of their own"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("openings", "numbers")
