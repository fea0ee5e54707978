"""Whether today can be believed: letters go by the date, and a clock that jumps ahead must not remove them all.

The days on which the program ran are kept beside the data, the last few only. A date counts once the program has also
run on two other days of the ten before it; somebody notices a wrong year in less time.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from mailbox.office import Office
from mailbox.private_files import exchange

DAYS_NEEDED = 3
_WITHIN_DAYS = 10
_NAME = "days-seen.json"


def date_is_settled(office: Office) -> bool:
    """Note that the program runs today, and say whether it ran on enough days just before."""
    place, today = office.settings.data_dir / _NAME, office.local_now().date().toordinal()
    seen = _read(place)
    # What lies ahead was noted by a clock that was wrong, and what is long past proves nothing.
    days = sorted({day for day in seen if today - _WITHIN_DAYS <= day <= today} | {today})
    if days != seen:
        with suppress(OSError):
            exchange(place, json.dumps(days).encode("ascii"))
    return len(days) >= DAYS_NEEDED


def _read(place: Path) -> list[int]:
    try:
        return [int(day) for day in json.loads(place.read_text("ascii"))]
    except (OSError, ValueError, TypeError):
        return []
