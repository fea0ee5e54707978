"""Alembic's entry: runs the revisions in one transaction on the URL it was given."""

from __future__ import annotations

from alembic import context

from mailbox.store.database import open_engine
from mailbox.store.tables import Base

engine = open_engine(context.config.attributes["url"])
with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=Base.metadata, render_as_batch=connection.dialect.name == "sqlite"
    )
    with context.begin_transaction():
        context.run_migrations()
engine.dispose()
