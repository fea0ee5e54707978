"""Sending the weekly summary: each mail once, tried again with growing pauses, by one of the school's e-mail channels.

Numbers only, as the school's paper shows them. Several workers may run: a mail belongs to whom the conditional update
let in. What the mail says is made by whoever calls, since words belong to the pages.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field

from mailbox.alarms.channels import SendingFailed, send_mail
from mailbox.errors import BoxNotOpened, NotAuthentic
from mailbox.office import Office
from mailbox.openings.customs import customs_in
from mailbox.openings.recipients import address_of
from mailbox.people.audit import record
from mailbox.store.mailing import claim_mail, due_mails
from mailbox.store.outbox import channel_in
from mailbox.store.tables import Channel, SummaryMail, SummaryRecipient

CLAIM_SECONDS = 300
FIRST_PAUSE_SECONDS = 60
LONGEST_PAUSE_SECONDS = 6 * 3_600

_log = logging.getLogger("mailbox.openings")


@dataclass(frozen=True)
class Printed:
    """A summary ready to be mailed."""

    title: str
    text: str = field(repr=False)
    file_name: str
    pdf: bytes = field(repr=False)


# From a school to its newest summary.
Print = Callable[[Office, str], Printed]


def send_due_mails(office: Office, print_summary: Print) -> int:
    """Send the mails that are due; return how many were sent. Failures are kept with the mail and tried again.

    Ends at the first failure: alarms are sent by the same worker, and must not wait for twenty mails that hang.
    """
    with office.database.view() as view:
        waiting = due_mails(view.session, _now(office))
    sent = 0
    for mail_id in waiting:
        was_sent = _send(office, mail_id, print_summary)
        sent += bool(was_sent)
        if was_sent is False:
            break
    return sent


def pause_after(attempts: int) -> int:
    """Return the seconds to wait after the ``attempts``-th failure: one minute, two, four … up to six hours."""
    return int(min(FIRST_PAUSE_SECONDS * 2 ** min(attempts - 1, 20), LONGEST_PAUSE_SECONDS))


def _send(office: Office, mail_id: str, print_summary: Print) -> bool | None:
    """Return whether a mail was sent; None where another worker has it."""
    with office.database.work() as work:
        if not claim_mail(work.session, mail_id, _now(office), _now(office) + CLAIM_SECONDS):
            return None
        mail = work.session.get_one(SummaryMail, mail_id)
        recipient = work.session.get_one(SummaryRecipient, mail.recipient_id)
        channel_id = customs_in(office, work.session, mail.school_id).mail_channel_id
        channel = channel_in(work.session, mail.school_id, channel_id) if channel_id else None
        work.commit()
    problem = _try_to_send(office, recipient, channel, print_summary)
    with office.database.work() as work:
        kept = work.session.get(SummaryMail, mail_id)
        # Taken off the list, or overtaken by the next week's, in the meantime.
        if kept is not None:
            kept.state, kept.problem, kept.claimed_until = "waiting" if problem else "sent", problem, None
            kept.next_attempt_at = _now(office) + pause_after(kept.attempts) if problem else None
        if problem is None:
            record(office, work.session, mail.school_id, None, "summary.mail.sent", mail.report_id)
        work.commit()
    return problem is None


def _try_to_send(
    office: Office, recipient: SummaryRecipient, channel: Channel | None, print_summary: Print
) -> str | None:
    if channel is None:
        return "NoChannel"
    try:
        printed = print_summary(office, recipient.school_id)
        send_mail(
            office,
            channel,
            address_of(office, recipient),
            printed.title,
            printed.text,
            (printed.file_name, printed.pdf),
        )
    except (SendingFailed, NotAuthentic, BoxNotOpened) as failed:
        problem = type(failed).__name__
    except Exception as failed:
        # A mail library may fail in its own ways; the others must get theirs, and the alarms go on.
        problem = type(failed).__name__
    else:
        return None
    _log.error("a summary could not be mailed", extra={"row_id": recipient.id, "error_class": problem})
    return problem


def _now(office: Office) -> int:
    return int(office.clock().timestamp())
