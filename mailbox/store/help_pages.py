"""Queries on what a school says about help. SQL only; checks no mark."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from mailbox.store.tables import HelpPage

# Asked for with every page.
_OF_SCHOOL = select(HelpPage).where(HelpPage.school_id == bindparam("school_id"))


def help_page_of(session: Session, school_id: str) -> HelpPage | None:
    """Return the school's help page, of which there is at most one."""
    return session.scalars(_OF_SCHOOL, {"school_id": school_id}).one_or_none()


def end_help_page(session: Session, school_id: str) -> None:
    session.execute(delete(HelpPage).where(HelpPage.school_id == school_id))
