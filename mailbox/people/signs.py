"""That a tablet is on: told at fixed half hours, whether somebody uses it or not, and kept as one number a tablet.

Owns the only thing that is known of a tablet between two letters. Keeps no history and records no use.
"""

from __future__ import annotations

from contextlib import suppress

from mailbox.errors import Clash, NotKept
from mailbox.office import Office
from mailbox.people.stations import KIOSK, identify
from mailbox.rules.signs import half_hour_of
from mailbox.store.stations import has_sign_of, keep_sign


def still_there(office: Office, cookie: str) -> None:
    """Keep the half hour in which the enrolled kiosk behind ``cookie`` told that it is on. Raises NotFound."""
    station = identify(office, cookie, KIOSK)
    heard_at = half_hour_of(int(office.clock().timestamp()))
    with office.database.view() as view:
        # A sign of a clock that ran ahead is moved back: else a tablet that is gone would look alive until that day.
        if has_sign_of(view.session, station.id, heard_at):
            return
    # Two pages of one tablet may tell at once, and a full disk must trouble no child: the next half hour tells again.
    with suppress(Clash, NotKept), office.database.work() as work:
        keep_sign(work.session, station.school_id, station.id, heard_at)
        work.commit()
