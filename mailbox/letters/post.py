"""Posting a letter: make its parts anew, assess in memory, derive the code, seal, one commit, then the picture code.

Owns that a repeat is the same letter. Keeps no clear text and no exact time. How long a child waits must not tell a
classmate what triage found: the parts are made anew before, the words are read beside the derivation of the code, and
whatever was found, the same boxes are sealed and the same page follows. An alarm is one more row in the same commit.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from mailbox.alarms.outbox import raise_alarm, raise_held_alarm
from mailbox.errors import AlreadySent, Clash, NotAuthentic, NoteRefused, NotFound, NotKept
from mailbox.letters.assessing import begin_assessing
from mailbox.letters.content import CIRCUMSTANCES, NOTE, NoteContent, circumstances_to_bytes
from mailbox.letters.found import taker_of, waits_since
from mailbox.letters.letter import MAX_CHARACTERS, Letter, SentPart, Turn, at_once
from mailbox.letters.meeting_times import require_up_to_date
from mailbox.letters.parts import ReadyPart, add_parts, made_anew
from mailbox.letters.recipients import Recipients, closed_recipients, left_to, open_recipients, recipients_of
from mailbox.letters.repeat import SentForm
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.roster import active_readers
from mailbox.rules.policy import raised, retry_windows, rings_alarm
from mailbox.rules.school_week import half_day
from mailbox.sealing.receipt import ReceiptCode, ReceiptSecret, code_for_form, derive_receipt, new_receipt_key
from mailbox.store.database import Session
from mailbox.store.letters import note_by_send_tag, notes_of, thread_to_change
from mailbox.store.marked import set_mark
from mailbox.store.tables import Note, School, Thread, ThreadReader, new_id
from triage.protocol import Assessment, Cause, Urgency

__all__ = ["MAX_CHARACTERS", "Letter", "Posted", "SentPart", "post", "write_back"]

_log = logging.getLogger("mailbox.letters")


@dataclass(frozen=True)
class Posted:
    """The kept letter's code and thread, whether nobody in the school may open it, and whether it was kept before."""

    code: ReceiptCode
    thread_id: str
    nobody_left: bool
    is_repeat: bool = False


def post(office: Office, letter: Letter, take_turn: Turn = at_once) -> Posted:
    """Keep a new letter; return its picture code, after the commit.

    A repeat of the same form with the same content within two minutes gets the same answer, and needs no turn; for a
    new one ``take_turn`` is called before it costs anything, and what it raises goes through. Raises NoteRefused,
    TextRefused, KioskClosed, AlreadySent (an older repeat), NotKept.
    """
    form = SentForm.of(office, letter)
    code = code_for_form(office.keys.subkey("form/code"), letter.form_nonce, form.digest)
    with office.database.view() as view:
        repeat = _kept_before(office, view.session, form, code)
        salt = _receipt_salt(view.session, letter.school_id)
    if repeat:
        return repeat
    take_turn()
    parts = made_anew(letter)
    reading = begin_assessing(office, letter)
    version = office.keys.pepper_version
    secret = derive_receipt(code, salt, office.keys.peppers[version], version)
    try:
        return _keep(office, letter, form, code, secret, reading(), parts)
    except Clash:
        # Two clicks at once: the other one was kept, and both get the same answer.
        return _after_the_other(office, form, code)


def write_back(office: Office, letter: Letter, thread_id: str, take_turn: Turn = at_once) -> None:
    """Keep another letter in a thread the child opened by code. It is triaged again and can only raise the thread.

    A repeat is one letter; ``take_turn`` is as in :func:`post`. Raises NoteRefused (outdated: a choice among times that
    a later answer may have changed), TextRefused, NotFound, KioskClosed, NotKept.
    """
    form = SentForm.of(office, letter)
    with office.database.view() as view:
        # Before a repeat is taken for one: its time may have been changed since it was kept.
        require_up_to_date(view.session, letter.newest_seen, thread_id)
        if note_by_send_tag(view.session, form.send_tag):
            return
    take_turn()
    parts = made_anew(letter)
    assessment = begin_assessing(office, letter)()
    try:
        _keep_in_thread(office, letter, form, thread_id, assessment, parts)
    except Clash:
        # The same letter, sent twice at once, was kept by the other one; if it was not, nobody may believe it is.
        with office.database.view() as view:
            if note_by_send_tag(view.session, form.send_tag) is None:
                raise NotKept("Clash") from None


def _keep(
    office: Office,
    letter: Letter,
    form: SentForm,
    code: ReceiptCode,
    secret: ReceiptSecret,
    assessment: Assessment,
    parts: Sequence[ReadyPart],
) -> Posted:
    with office.database.work() as work:
        recipients = _recipients(office, work.session, letter)
        thread = _new_thread(office, work.session, letter, secret, recipients, assessment)
        work.session.add(thread)
        work.session.flush()
        work.session.add_all(_readers_of(office, thread, recipients))
        _add_note(office, work.session, letter, form, thread, recipients, assessment, parts, place=1)
        if letter.paper:
            act = "paper.take" if thread.claimed_by else "paper.enter"
            record(office, work.session, letter.school_id, letter.paper.typed_by, act, thread.id)
        work.commit()
    return Posted(code, thread.id, recipients.closed and not recipients.reader_ids)


def _keep_in_thread(
    office: Office,
    letter: Letter,
    form: SentForm,
    thread_id: str,
    assessment: Assessment,
    parts: Sequence[ReadyPart],
) -> None:
    with office.database.work() as work:
        if note_by_send_tag(work.session, form.send_tag):
            return
        thread = thread_to_change(work.session, thread_id, letter.school_id)
        if thread is None:
            raise NotFound("thread")
        require_up_to_date(work.session, letter.newest_seen, thread.id)
        try:
            recipients = recipients_of(office, work.session, thread)
        except NotAuthentic as refused:
            _log.error("a thread is not authentic and takes no letter", extra={"row_id": refused.row_id})
            raise NotFound("thread") from None
        place = len(notes_of(work.session, thread.id)) + 1
        _add_note(office, work.session, letter, form, thread, recipients, assessment, parts, place)
        _reopen(thread, assessment, office.local_now())
        work.commit()


def _kept_before(office: Office, session: Session, form: SentForm, code: ReceiptCode) -> Posted | None:
    """Return what the first of two equal forms was told, None for a form that is new. Raises AlreadySent."""
    note = note_by_send_tag(session, form.send_tag)
    if note is None:
        return None
    windows = retry_windows(form.now_seconds)
    if not any(compare_digest(form.window_tag(window), note.window_tag) for window in windows):
        raise AlreadySent("kept before, too long ago to show its code again")
    # A letter without a week key is closed; only the readers it was then left to can open it.
    nobody_left = note.week_key_id is None and not left_to(office, session, note.thread_id)
    return Posted(code, note.thread_id, nobody_left, is_repeat=True)


def _after_the_other(office: Office, form: SentForm, code: ReceiptCode) -> Posted:
    with office.database.view() as view:
        repeat = _kept_before(office, view.session, form, code)
    if repeat is None:
        # Another letter has this very code (one chance in 10^14): nothing was kept, and a fresh form gives another.
        raise NoteRefused("try_again")
    return repeat


def _receipt_salt(session: Session, school_id: str) -> bytes:
    school = session.get(School, school_id)
    if school is None:
        raise NotFound("school")
    return school.receipt_salt


def _recipients(office: Office, session: Session, letter: Letter) -> Recipients:
    if not letter.not_for_readers:
        return open_recipients(office, session, letter.school_id)
    everybody = {reader.id for reader in active_readers(office, session, letter.school_id)}
    return closed_recipients(office, session, letter.school_id, everybody - letter.not_for_readers)


def _new_thread(
    office: Office,
    session: Session,
    letter: Letter,
    secret: ReceiptSecret,
    recipients: Recipients,
    assessment: Assessment,
) -> Thread:
    thread_id = new_id()
    public, wrapped = new_receipt_key(secret, thread_id)
    arrived_on, arrived_half = waits_since(office, session, letter.school_id, letter.paper)
    taker = taker_of(letter.paper, recipients)
    thread = Thread(
        id=thread_id,
        school_id=letter.school_id,
        lookup_tag=secret.lookup_tag,
        pepper_version=secret.pepper_version,
        receipt_public=public.to_bytes(),
        wrapped_receipt_key=wrapped,
        urgency=assessment.urgency,
        cause=assessment.cause,
        state="waiting",
        arrived_on=arrived_on,
        arrived_half=arrived_half,
        closed=recipients.closed,
        kind=letter.kind,
        claimed_by=taker,
        claimed_until=int(office.clock().timestamp()) + office.settings.claim_minutes * 60 if taker else None,
    )
    set_mark(thread, office.marks.mac)
    return thread


def _readers_of(office: Office, thread: Thread, recipients: Recipients) -> list[ThreadReader]:
    rows = [
        ThreadReader(id=new_id(), school_id=thread.school_id, thread_id=thread.id, reader_id=reader_id)
        for reader_id in recipients.reader_ids
    ]
    for row in rows:
        set_mark(row, office.marks.mac)
    return rows


def _add_note(
    office: Office,
    session: Session,
    letter: Letter,
    form: SentForm,
    thread: Thread,
    recipients: Recipients,
    assessment: Assessment,
    parts: Sequence[ReadyPart],
    place: int,
) -> None:
    note_id = new_id()
    arrived_on, arrived_half = waits_since(office, session, letter.school_id, letter.paper)
    labels = tuple(part.label for part in parts)
    content = NoteContent(
        letter.text,
        assessment,
        letter.kind,
        letter.mood,
        letter.today,
        letter.details,
        labels,
        letter.paper,
        letter.choice,
    ).to_bytes()
    contents = {
        NOTE: content,
        CIRCUMSTANCES: circumstances_to_bytes(office.local_now(), letter.kiosk_id),
    }
    boxes = {kind: recipients.seal_shared(kind, thread.id, note_id, content) for kind, content in contents.items()}
    session.add(
        Note(
            id=note_id,
            school_id=letter.school_id,
            thread_id=thread.id,
            send_tag=form.send_tag,
            window_tag=form.window_tag(retry_windows(form.now_seconds)[0]),
            week_key_id=recipients.week_key_id,
            box=boxes[NOTE],
            circumstances=boxes[CIRCUMSTANCES],
            urgency=assessment.urgency,
            cause=assessment.cause,
            arrived_on=arrived_on,
            arrived_half=arrived_half,
            place=place,
        )
    )
    session.flush()
    add_parts(session, letter.school_id, thread.id, note_id, recipients, parts)
    for kind, content in contents.items():
        session.add_all(recipients.seal_copies(letter.school_id, kind, thread.id, note_id, content))
    nobody_left = recipients.closed and not recipients.reader_ids
    is_taken = taker_of(letter.paper, recipients) is not None
    if nobody_left:
        raise_alarm(office, session, letter.school_id, thread.id, "closed")
    elif rings_alarm(assessment.urgency, assessment.cause) and is_taken:
        # Who typed a paper note in and is called away must not leave it silent.
        raise_held_alarm(office, session, letter.school_id, thread.id, office.settings.claim_minutes * 60)
    elif rings_alarm(assessment.urgency, assessment.cause):
        raise_alarm(office, session, letter.school_id, thread.id, "urgent")


def _reopen(thread: Thread, assessment: Assessment, local_now: datetime) -> None:
    if thread.state != "waiting":
        # The wait begins anew, but the level stays: who holds the code may be somebody who wants it lower.
        thread.arrived_on, thread.arrived_half = local_now.date(), half_day(local_now)
    before = (Urgency(thread.urgency), Cause(thread.cause) if thread.cause else None)
    thread.urgency, thread.cause = raised(before, (assessment.urgency, assessment.cause))
    thread.state = "waiting"
