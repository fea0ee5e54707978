"""What is done once a day beside the other work: what is old goes, the backup, the thorough look, telling of trouble.

In a thread of its own: an alarm must not wait for a large backup.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable
from itertools import count

from mailbox.office import Office
from mailbox.upkeep.alone import tell_that_it_runs
from mailbox.upkeep.backup_schedule import back_up_if_due, remove_old_backups
from mailbox.upkeep.backup_trouble import tell_of_trouble
from mailbox.upkeep.first_to_go import note_what_goes
from mailbox.upkeep.old_letters import remove_old_letters
from mailbox.upkeep.settled import date_is_settled
from mailbox.upkeep.thorough import look_through_if_due

# The first look comes a minute after the start, when the first pages have been served.
_PAUSE_SECONDS = 60
_OLD_EVERY_MINUTES = 30
_EVERY_MINUTE = (remove_old_backups, back_up_if_due, tell_of_trouble, look_through_if_due)

_log = logging.getLogger("mailbox.upkeep")


def daily_upkeep(office: Office) -> None:
    """Do what is due. What is old goes first, so that the day's backup does not hold it for another month."""
    _do(office, (remove_what_is_old, note_what_goes))
    _do(office, _EVERY_MINUTE)


def _do(office: Office, steps: Iterable[Callable[[Office], object]]) -> None:
    for step in steps:
        try:
            step(office)
        except Exception as failed:
            # Whatever it was, it must not keep the others from being done: today's backup above all.
            _log.error("upkeep failed", extra={"error_class": type(failed).__name__})


def remove_what_is_old(office: Office) -> None:
    """Remove letters that have had their days, once today can be believed to be today."""
    if date_is_settled(office):
        remove_old_letters(office)


def start_daily_upkeep(office: Office) -> None:
    """Look every minute, until the program ends, in a thread beside."""
    tell_that_it_runs(office.settings.data_dir)
    threading.Thread(target=_keep_up, args=(office,), name="daily-upkeep", daemon=True).start()


def _keep_up(office: Office) -> None:
    for minutes in count():
        time.sleep(_PAUSE_SECONDS)
        # Looking through all threads takes a moment where there are very many.
        if minutes % _OLD_EVERY_MINUTES:
            _do(office, _EVERY_MINUTE)
        else:
            daily_upkeep(office)
