"""What every table has: an id that says nothing, no hidden row number, its types, and names for keys and indexes."""

from __future__ import annotations

import re
import secrets
from datetime import date
from typing import Any, ClassVar

from sqlalchemy import Boolean, Date, ForeignKey, Integer, LargeBinary, MetaData, String
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


def new_id() -> str:
    """Return 32 random hex digits: an id says nothing about order or time."""
    return secrets.token_hex(16)


def is_id(text: str) -> bool:
    """Say whether ``text`` could be an id; what cannot is not even asked for, as PostgreSQL knows no NUL in text."""
    return re.fullmatch("[0-9a-f]{32}", text) is not None


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: String(64),
        bytes: LargeBinary,
        date: Date,
        bool: Boolean,
        int: Integer,
    }

    # Every subclass is a table of its own and inherits the physical form: no hidden row number on SQLite.
    @declared_attr.directive
    @classmethod
    def __table_args__(cls) -> Any:
        return (*getattr(cls, "indexes", ()), {"sqlite_with_rowid": False})

    id: Mapped[str] = mapped_column(String(32), primary_key=True, default=new_id)


def of(table: str) -> Any:
    """Return a foreign key to a table's rows, with which a row goes."""
    return ForeignKey(f"{table}.id", ondelete="CASCADE")
