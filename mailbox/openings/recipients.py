"""Who gets the weekly summary by mail, chosen by the lead: names, and addresses wrapped under the key file.

Owns the list, the switch, and writing a mail for each of them when a week is counted. Sending is ``mailing``'s.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from mailbox.errors import InputRefused, NotFound
from mailbox.office import Office
from mailbox.openings.customs import Customs, change, customs_in
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.names import clean_name
from mailbox.rules.roles import Act
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap
from mailbox.store.database import Session
from mailbox.store.mailing import (
    drop_mails,
    mails_of,
    newest_report_of,
    recipient_in,
    recipients_of,
)
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.outbox import channel_in
from mailbox.store.people import school_locked
from mailbox.store.tables import SummaryMail, SummaryRecipient, WeekReport, new_id

MOST_RECIPIENTS = 20
LONGEST_ADDRESS = 200
_PURPOSE = "channel/summary-address"
# One address and nothing that a mail program could take for a second one, or for a line of its own.
_ADDRESS = re.compile(r"[A-Za-z0-9._%+\-]+@[A-Za-z0-9.\-]+\.[A-Za-z0-9\-]+")

_log = logging.getLogger("mailbox.openings")


@dataclass(frozen=True)
class RecipientLine:
    """One recipient as the lead sees them. ``state`` of the newest summary: none, waiting, sending, sent, failing."""

    id: str
    name: str
    state: str


@dataclass(frozen=True)
class Mailing:
    """Who gets the summary; the day to which the newest one counts, None where none has been mailed."""

    lines: list[RecipientLine]
    ends_on: date | None

    @property
    def failing(self) -> list[str]:
        """The names of those whom the newest summary could not reach yet."""
        return [line.name for line in self.lines if line.state == "failing"]


def mailing_of(office: Office, school_id: str) -> Mailing:
    """Return the list. A recipient whose row is not ours gets nothing and is shown as failing."""
    with office.database.view() as view:
        kept, mails = recipients_of(view.session, school_id), mails_of(view.session, school_id)
        report = newest_report_of(view.session, school_id)
    states = {mail.recipient_id: "failing" if mail.problem else mail.state for mail in mails}
    lines = [
        RecipientLine(
            one.id, one.name, states.get(one.id, "none") if carries_mark(one, office.marks.check) else "failing"
        )
        for one in kept
    ]
    return Mailing(lines, report.ends_on if report and mails else None)


def add_recipient(office: Office, school_id: str, by_person_id: str, name: str, address: str) -> None:
    """Add somebody; the same address is kept once. Raises NotAllowed, InputRefused(recipient, …)."""
    clean, to = clean_name("recipient", name), address.strip()
    if len(to) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(to):
        raise InputRefused("recipient", "address")
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_OPENING)
        kept = recipients_of(work.session, school_id)
        if to.lower() in {address.lower() for address in _addresses(office, kept)}:
            raise InputRefused("recipient", "there")
        if len(kept) >= MOST_RECIPIENTS:
            raise InputRefused("recipient", "too_many")
        row = SummaryRecipient(id=new_id(), school_id=school_id, name=clean, wrapped_address=b"")
        row.wrapped_address = wrap(office.keys.subkey(_PURPOSE), _place(row), to.encode())
        set_mark(row, office.marks.mac)
        work.session.add(row)
        record(office, work.session, school_id, by_person_id, "summary.recipient.add", row.id)
        work.commit()


def remove_recipient(office: Office, school_id: str, by_person_id: str, recipient_id: str) -> None:
    """Take somebody off the list; a mail that waits for them goes with them. Raises NotAllowed, NotFound."""
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_OPENING)
        row = recipient_in(work.session, school_id, recipient_id)
        if row is None:
            raise NotFound("recipient")
        work.session.delete(row)
        record(office, work.session, school_id, by_person_id, "summary.recipient.remove", recipient_id)
        work.commit()


def choose_channel(office: Office, school_id: str, by_person_id: str, channel_id: str) -> None:
    """Send the summary by this channel from now on; an empty id sends it no more. Raises NotAllowed, InputRefused."""

    def changed(before: Customs, session: Session) -> Customs:
        if channel_id and channel_in(session, school_id, channel_id) is None:
            raise InputRefused("mail_channel", "unknown")
        if not channel_id:
            drop_mails(session, school_id)
        return replace(before, mail_channel_id=channel_id or None)

    change(office, school_id, by_person_id, f"summary.mail.{'on' if channel_id else 'off'}", changed)


def mail_newest(office: Office, school_id: str, by_person_id: str) -> None:
    """Send the newest summary to everybody on the list now, to see that it arrives.

    Raises NotAllowed, InputRefused(mail_channel, …).
    """
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_OPENING)
        report = newest_report_of(work.session, school_id)
        if report is None:
            raise InputRefused("mail_channel", "no_week")
        if any(mail.state != "sent" and not mail.problem for mail in mails_of(work.session, school_id)):
            # It is on its way: a second press sends no second one.
            return
        if not write_mails(office, work.session, report):
            raise InputRefused("mail_channel", "nobody")
        record(office, work.session, school_id, by_person_id, "summary.mail.now", report.id)
        work.commit()


def write_mails(office: Office, session: Session, report: WeekReport) -> int:
    """Write a mail of this report for each recipient, in the act's own transaction; return how many.

    Mails of an earlier report end with it: one that could not be sent for a week is overtaken.
    """
    drop_mails(session, report.school_id)
    if customs_in(office, session, report.school_id).mail_channel_id is None:
        return 0
    kept = recipients_of(session, report.school_id)
    session.add_all(
        SummaryMail(
            school_id=report.school_id,
            report_id=report.id,
            recipient_id=recipient.id,
            state="waiting",
            next_attempt_at=int(office.clock().timestamp()),
        )
        for recipient in kept
    )
    return len(kept)


def address_of(office: Office, row: SummaryRecipient) -> str:
    """Return the address. Raises NotAuthentic, BoxNotOpened."""
    check_mark(row, office.marks.check)
    return unwrap(office.keys.subkey(_PURPOSE), _place(row), row.wrapped_address).decode()


def _addresses(office: Office, rows: Iterable[SummaryRecipient]) -> list[str]:
    return [address_of(office, row) for row in rows if carries_mark(row, office.marks.check)]


def _place(row: SummaryRecipient) -> BoxAddress:
    return BoxAddress("summary-recipient", row.school_id, row.id)
