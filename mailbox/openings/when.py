"""When a school's box is opened next. Owns the question only; the rule is in ``school_week``."""

from __future__ import annotations

from datetime import datetime

from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.rules.school_week import next_opening
from mailbox.store.tables import School


def next_opening_of(office: Office, school_id: str) -> datetime:
    """Return the next opening on the school's clock. Raises NotFound."""
    with office.database.view() as view:
        school = view.session.get(School, school_id)
    if school is None:
        raise NotFound("school")
    return next_opening(office.local_now(), school.opening_weekday, school.opening_hour)
