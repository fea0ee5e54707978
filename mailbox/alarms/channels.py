"""Channels an alarm takes: Apprise addresses, wrapped under the key file. Owns their safe keeping and one sending.

An address may hold a password, so it is never logged, shown or left in an exception.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import partial

import apprise
from apprise.attachment.memory import AttachMemory
from apprise.plugins.email import NotifyEmail

from mailbox.alarms.sending import SEND_SECONDS, Sending, send_all
from mailbox.alarms.words import words_of
from mailbox.errors import BoxNotOpened, InputRefused, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import authentic, require_person
from mailbox.rules.names import clean_name
from mailbox.rules.roles import Act
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.outbox import channel_in, channels_of, note_problem
from mailbox.store.people import people_of
from mailbox.store.tables import Channel, new_id

_PURPOSE = "channel/address"
_LONGEST_ADDRESS = 2_000

# Apprise logs what it calls; addresses must not reach any log.
logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)


class SendingFailed(Exception):
    """The channel did not take the message; the reason stays with the channel's own service."""


@dataclass(frozen=True)
class ChannelLine:
    """One channel as the staff sees it. ``service`` is Apprise's short name, such as mailto; never the address.

    ``person_id``: whose own it is, None for everybody's.
    """

    id: str
    name: str
    service: str
    problem: str | None
    person_id: str | None = None


def channel_lines(office: Office, school_id: str) -> list[ChannelLine]:
    """Return the school's channels by name; one whose row is not ours is shown with that problem."""
    with office.database.view() as view:
        channels = channels_of(view.session, school_id)
    lines = []
    for channel in channels:
        try:
            service, problem = _service_of(_address(office, channel)), channel.problem
        except (NotAuthentic, BoxNotOpened) as refused:
            service, problem = "?", type(refused).__name__
        lines.append(ChannelLine(channel.id, channel.name, service, problem, channel.person_id))
    return lines


def add_channel(
    office: Office, school_id: str, by_person_id: str, name: str, address: str, person_id: str | None = None
) -> str:
    """Keep a channel by its Apprise address; return its id. ``person_id``: whose own it is, None for everybody's.

    Raises NotAllowed, and InputRefused for an address unknown to Apprise or a person who is not of the school.
    """
    channel_name = clean_name("channel", name, "unknown_or_blank")
    if not _is_address(address):
        raise InputRefused("channel", "unknown_or_blank")
    channel_id = new_id()
    channel = Channel(
        id=channel_id,
        school_id=school_id,
        name=channel_name,
        wrapped_address=wrap(office.keys.subkey(_PURPOSE), _place(school_id, channel_id), address.encode()),
        problem=None,
        person_id=person_id,
    )
    set_mark(channel, office.marks.mac)
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.CHANGE_CHANNELS)
        if person_id is not None and person_id not in _staff(office, work.session, school_id):
            raise InputRefused("channel", "person")
        work.session.add(channel)
        record(office, work.session, school_id, by_person_id, "channel.add", channel_id)
        work.commit()
    return channel_id


def remove_channel(office: Office, school_id: str, by_person_id: str, channel_id: str) -> None:
    """Take a channel out; what waits for it goes with it. Raises NotFound."""
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.CHANGE_CHANNELS)
        channel = channel_in(work.session, school_id, channel_id)
        if channel is None:
            raise NotFound("channel")
        work.session.delete(channel)
        record(office, work.session, school_id, by_person_id, "channel.remove", channel_id)
        work.commit()


def try_channel(
    office: Office, school_id: str, by_person_id: str, channel_id: str, patience_seconds: float = SEND_SECONDS
) -> str | None:
    """Send a test on one channel now, in real; return the name of its problem, None where it was taken.

    Nothing rings at the siren pages. Raises NotAllowed, NotFound.
    """
    with office.database.work() as work:
        require_person(office, work.session, school_id, by_person_id, Act.RING_TEST)
        channel = channel_in(work.session, school_id, channel_id)
        if channel is None:
            raise NotFound("channel")
        record(office, work.session, school_id, by_person_id, "channel.try", channel_id)
        work.commit()
    sending = Sending(channel.id, partial(send, office, channel, *words_of("try", None)))
    (_, problem), *_ = send_all([sending], patience_seconds)
    with office.database.work() as work:
        note_problem(work.session, channel.id, problem)
        work.commit()
    return problem


def send(office: Office, channel: Channel, title: str, body: str) -> None:
    """Send one message. Raises SendingFailed, NotAuthentic, BoxNotOpened."""
    service = apprise.Apprise()
    if not service.add(_address(office, channel)) or not service.notify(title=title, body=body):
        raise SendingFailed


def send_mail(office: Office, channel: Channel, to: str, title: str, body: str, attached: tuple[str, bytes]) -> None:
    """Send one mail with a PDF to ``to`` alone, by an e-mail channel's account; ``attached``: its name and bytes.

    Raises SendingFailed, also for a channel that is none of e-mail, NotAuthentic, BoxNotOpened.
    """
    service = apprise.Apprise.instantiate(_address(office, channel))
    if not isinstance(service, NotifyEmail):
        raise SendingFailed
    # Who gets the alarms gets no copy.
    service.targets, service.cc, service.bcc = [(False, to)], set(), set()
    name, pdf = attached
    paper = apprise.AppriseAttachment()
    paper.add(AttachMemory(content=pdf, name=name, mimetype="application/pdf"))  # type: ignore[no-untyped-call]
    if not service.notify(title=title, body=body, attach=paper):
        raise SendingFailed


def _staff(office: Office, session: Session, school_id: str) -> set[str]:
    return {one.id for one in authentic(office, people_of(session, school_id)) if one.state == "active"}


def _is_address(address: str) -> bool:
    # One address only: Apprise would take a list of them for one channel.
    if len(address) > _LONGEST_ADDRESS or not address.isprintable():
        return False
    service = apprise.Apprise()
    return bool(service.add(address)) and len(service) == 1


def _service_of(address: str) -> str:
    scheme, sign, _ = address.strip().partition("://")
    return scheme.lower() if sign and scheme.isalnum() else "?"


def _address(office: Office, channel: Channel) -> str:
    check_mark(channel, office.marks.check)
    place = _place(channel.school_id, channel.id)
    return unwrap(office.keys.subkey(_PURPOSE), place, channel.wrapped_address).decode()


def _place(school_id: str, channel_id: str) -> BoxAddress:
    return BoxAddress("channel", school_id, channel_id)
