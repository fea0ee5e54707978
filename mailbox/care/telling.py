"""Telling lead and head what somebody did alone: on their desk until they say that they know, and by their channels.

Owns who is told. Neither the notice nor the message holds more than that there is something to look at.
"""

from __future__ import annotations

from mailbox.alarms.calling import own_channels
from mailbox.alarms.outbox import REVEALED, deliver_on, raise_alarm, raise_notice
from mailbox.care.second_person import Subject
from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import authentic, require_person
from mailbox.rules.roles import Act, may
from mailbox.store.approvals import notice_to_change, notices_of
from mailbox.store.database import Session
from mailbox.store.marked import carries_mark, check_mark, set_mark
from mailbox.store.outbox import channels_of
from mailbox.store.people import people_of
from mailbox.store.tables import ApprovalNotice, ApprovalRequest, new_id


def tell(office: Office, session: Session, request: ApprovalRequest, subject: Subject) -> None:
    """Write a notice for each lead and head who may know of it, and tell them on their channels that there is one.

    Of a closed thread only its own readers among the leads are told, on channels that are nobody else's; a head reads
    nothing and learns not which it is.
    """
    readers, told = {reader.id for reader in subject.readers}, []
    active = [one for one in authentic(office, people_of(session, request.school_id)) if one.state == "active"]
    for person in active:
        may_know = person.id in readers or may(person.role, Act.BE_SECOND_PERSON_AS_HEAD)
        if may(person.role, Act.BE_TOLD_OF_REVEALS) and may_know and person.id != request.requester_id:
            notice = ApprovalNotice(
                id=new_id(), school_id=request.school_id, request_id=request.id, person_id=person.id, seen=False
            )
            set_mark(notice, office.marks.mac)
            session.add(notice)
            told.append(person.id)
    if subject.thread is None or not subject.thread.closed:
        raise_alarm(office, session, request.school_id, None, REVEALED)
        return
    channels = own_channels(channels_of(session, request.school_id), told)
    if channels:
        deliver_on(office, session, raise_notice(office, session, request.school_id, REVEALED), channels)


def told_to(office: Office, session: Session, colleague: Colleague) -> list[ApprovalRequest]:
    """Return what this person is to know of and has not said that they do."""
    if not may(colleague.role, Act.BE_TOLD_OF_REVEALS):
        return []
    return [
        request
        for notice, request in notices_of(session, colleague.person_id)
        if carries_mark(notice, office.marks.check) and carries_mark(request, office.marks.check)
    ]


def say_seen(office: Office, colleague: Colleague, request_id: str) -> None:
    """Say that one knows what a colleague did alone; once more changes nothing. Raises NotFound, NotAllowed."""
    with office.database.work() as work:
        require_person(office, work.session, colleague.school_id, colleague.person_id, Act.BE_TOLD_OF_REVEALS)
        notice = notice_to_change(work.session, request_id, colleague.person_id)
        if notice is None or notice.school_id != colleague.school_id:
            raise NotFound("notice")
        check_mark(notice, office.marks.check)
        if notice.seen:
            return
        notice.seen = True
        set_mark(notice, office.marks.mac)
        # Under the thread's id, so that who is closed out of it does not find even this act.
        request = work.session.get_one(ApprovalRequest, request_id)
        record(office, work.session, colleague.school_id, colleague.person_id, "reveal.seen", request.thread_id)
        work.commit()
