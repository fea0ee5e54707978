"""The worker's round: what is due is delivered, told, opened, counted, mailed and removed, every few seconds.

Owns the order and that an error of one round does not end the next. What is done lies in the rooms that own it.
"""

from __future__ import annotations

import time

import click

from mailbox.alarms.escalation import call_due
from mailbox.alarms.reminders import remind_of_overdue
from mailbox.alarms.worker import deliver_due
from mailbox.office import Office
from mailbox.openings.mailing import Print, send_due_mails
from mailbox.openings.opening import open_what_is_due
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.people.login import remove_idle_sessions
from mailbox.upkeep.daily import start_daily_upkeep
from mailbox.upkeep.heartbeat import beat
from mailbox.upkeep.retention import remove_old_cases, remove_old_reply_copies, remove_old_talks
from mailbox.upkeep.tls.keeping import Keeper

PAUSE_SECONDS = 5


def look_once(office: Office, print_summary: Print) -> None:
    """Deliver what is due, open what is due, remove what has had its time."""
    beat(office)
    # What is on its way goes first, whatever may be wrong with whom to call next.
    deliver_due(office)
    if call_due(office) + remind_of_overdue(office):
        deliver_due(office)
    open_what_is_due(office)
    freeze_ended_weeks(office)
    send_due_mails(office, print_summary)
    remove_old_reply_copies(office)
    remove_old_cases(office)
    remove_old_talks(office)
    remove_idle_sessions(office)


def work_forever(office: Office, keeper: Keeper, print_summary: Print) -> None:
    """Look every few seconds. An error is named and tried again: a worker that ends leaves alarms unsent."""
    start_daily_upkeep(office)
    while True:
        try:
            keeper.look()
            look_once(office, print_summary)
        except Exception as failed:
            click.echo(f"worker: {type(failed).__name__}", err=True)
        time.sleep(PAUSE_SECONDS)
