"""PostgreSQL keeps no examples of boxes, keys and look-ups in its statistics"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # ANALYZE, which PostgreSQL runs by itself, writes values of each column into a table of its own, where they would
    # outlive their letter. No query of ours is planned by what stands in such a column.
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    binary = sa.text(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = current_schema() AND data_type = 'bytea'"
    )
    for table, column in connection.execute(binary).all():
        # Given its own type once more, a column loses the examples that are kept already; nothing is written anew.
        op.execute(f'ALTER TABLE "{table}" ALTER "{column}" TYPE bytea, ALTER "{column}" SET STATISTICS 0')
