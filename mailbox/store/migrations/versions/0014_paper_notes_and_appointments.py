"""nothing: paper notes and times to meet lie in boxes that are there already, see docs/decisions/0023"""

from __future__ import annotations

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass
