"""The first letters of a term that go soon, for the list's notice: looked for once a day, so that no page counts them.

Week after week some letters go, and nobody needs to be told of each; after a holiday somebody may want to look. Only
letters open to every reader are counted, so that the notice says the same to all of them.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import fields
from datetime import date
from pathlib import Path

from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.private_files import exchange
from mailbox.store.people import all_schools
from mailbox.upkeep.gone import gone_days
from mailbox.upkeep.retention_report import GoingDay, going_next

NOTICE_DAYS = 30
_NAME = "letters-going.json"
_MADE_ON = "made_on"


def note_what_goes(office: Office) -> None:
    """Look what goes within a month, unless that was done today, and keep the numbers beside the data."""
    today = office.local_now().date().isoformat()
    place = office.settings.data_dir / _NAME
    if _read(place).get(_MADE_ON) == today:
        return
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session)]
    kept: dict[str, object] = {_MADE_ON: today}
    for school_id in schools:
        going = going_next(office, school_id, NOTICE_DAYS, only_open=True)
        if going:
            numbers = [sum(getattr(one, word) for one in going) for word in ("conversations", "waiting", "unread")]
            kept[school_id] = [going[0].day.isoformat(), *numbers]
    with suppress(OSError):
        exchange(place, json.dumps(kept).encode("ascii"))


def first_to_go(office: Office, colleague: Colleague) -> GoingDay | None:
    """Return what goes within a month where nothing went for a month; None otherwise."""
    kept = _read(office.settings.data_dir / _NAME).get(colleague.school_id)
    if not isinstance(kept, list) or len(kept) != len(fields(GoingDay)):
        return None
    try:
        going = GoingDay(date.fromisoformat(kept[0]), *map(int, kept[1:]))
    except (ValueError, TypeError):
        return None
    went = any(line.numbers.get("conversations") for line in gone_days(office, colleague.school_id, NOTICE_DAYS))
    return None if went else going


def _read(place: Path) -> dict[str, object]:
    try:
        kept = json.loads(place.read_text("ascii"))
        return kept if isinstance(kept, dict) else {}
    except (OSError, ValueError):
        return {}
