"""What is done once a day beside the other work: the backup, the thorough look, and telling when backups fail.

In a thread of its own: an alarm must not wait for a large backup.
"""

from __future__ import annotations

import logging
import threading
import time

from mailbox.office import Office
from mailbox.upkeep.alone import tell_that_it_runs
from mailbox.upkeep.backup_schedule import back_up_if_due
from mailbox.upkeep.backup_trouble import tell_of_trouble
from mailbox.upkeep.thorough import look_through_if_due

# The first look comes a minute after the start, when the first pages have been served.
_PAUSE_SECONDS = 60

_log = logging.getLogger("mailbox.upkeep")


def daily_upkeep(office: Office) -> None:
    """Do what is due."""
    back_up_if_due(office)
    tell_of_trouble(office)
    look_through_if_due(office)


def start_daily_upkeep(office: Office) -> None:
    """Look every minute, until the program ends, in a thread beside."""
    tell_that_it_runs(office.settings.data_dir)
    threading.Thread(target=_keep_up, args=(office,), name="daily-upkeep", daemon=True).start()


def _keep_up(office: Office) -> None:
    while True:
        time.sleep(_PAUSE_SECONDS)
        try:
            daily_upkeep(office)
        except Exception as failed:
            # Whatever it was, tomorrow's backup must be tried.
            _log.error("upkeep failed", extra={"error_class": type(failed).__name__})
