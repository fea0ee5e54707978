"""Acts of a reader on a thread: claim, correct the level, answer. Conditional: the second one loses politely."""

from __future__ import annotations

import hmac
from datetime import date

from mailbox.errors import ClaimLost, Clash, InputRefused, NotFound, NotKept
from mailbox.letters.asked import take_off_list
from mailbox.letters.content import REASON, REPLY_FOR_CHILD, REPLY_FOR_READERS
from mailbox.letters.desk import find_thread, has_unread_letter
from mailbox.letters.meeting_times import require_free
from mailbox.letters.recipients import Recipients, recipients_of
from mailbox.letters.reply_words import MeetingTime, ReplyWords
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import authentic
from mailbox.rules.policy import lowers_from_urgent
from mailbox.rules.school_week import half_day
from mailbox.sealing.box import BoxAddress, PublicKey, seal, text_to_bytes
from mailbox.store.database import Session
from mailbox.store.drafts import drop_draft
from mailbox.store.letters import corrections_of, drop_claim, drop_held_holding, replies_of, take_claim
from mailbox.store.marked import set_mark
from mailbox.store.people import people_of, school_locked
from mailbox.store.tables import Correction, Reply, Thread, new_id
from triage.protocol import Urgency

MAX_REPLY_CHARACTERS = 4_000
MAX_REASON_CHARACTERS = 400
# Lowering from urgent alone takes a sentence; a word or two could be anything.
FEWEST_REASON_CHARACTERS = 8


def claim(office: Office, colleague: Colleague, thread_id: str) -> None:
    """Take or renew the claim for ``settings.claim_minutes``. Raises ClaimLost with the holder's name, NotFound."""
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        hold(office, work.session, colleague, thread)
        record(office, work.session, colleague.school_id, colleague.person_id, "thread.claim", thread_id)
        work.commit()


def release_claim(office: Office, colleague: Colleague, thread_id: str) -> None:
    """Give a claim back; giving back what one does not hold changes nothing."""
    with office.database.work() as work:
        find_thread(office, work.session, colleague, thread_id)
        drop_claim(work.session, thread_id, colleague.person_id)
        work.commit()


def correct(office: Office, colleague: Colleague, thread_id: str, urgency: Urgency, reason: str) -> None:
    """Set a thread's level by a person's judgement; the reason is required and sealed.

    Raises InputRefused (urgency; reason: blank_or_long, or short where an urgent thread would be lowered).
    """
    if urgency is Urgency.UNSCREENED:
        raise InputRefused("urgency", "unknown")
    if not reason.strip() or len(reason) > MAX_REASON_CHARACTERS:
        raise InputRefused("reason", "blank_or_long")
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        if lowers_from_urgent(thread.urgency, urgency) and len("".join(reason.split())) < FEWEST_REASON_CHARACTERS:
            raise InputRefused("reason", "short")
        change_level(office, work.session, thread, colleague.person_id, urgency, reason)
        work.commit()


def change_level(
    office: Office,
    session: Session,
    thread: Thread,
    person_id: str,
    urgency: Urgency,
    reason: str,
    second_id: str | None = None,
) -> None:
    """Keep a correction in the caller's transaction; ``second_id`` is who agreed, where somebody was asked."""
    recipients = _recipients(office, session, thread)
    correction_id, content = new_id(), text_to_bytes(reason)
    correction = Correction(
        id=correction_id,
        school_id=thread.school_id,
        thread_id=thread.id,
        person_id=person_id,
        second_id=second_id,
        week_key_id=recipients.week_key_id,
        urgency_before=thread.urgency,
        urgency_after=urgency,
        corrected_on=office.local_now().date(),
        place=len(corrections_of(session, thread.id)) + 1,
        reason_box=recipients.seal_shared(REASON, thread.id, correction_id, content),
    )
    set_mark(correction, office.marks.mac)
    session.add(correction)
    session.add_all(recipients.seal_copies(thread.school_id, REASON, thread.id, correction_id, content))
    thread.urgency, thread.cause = urgency, None
    # Whoever's click it was stands in the record: with a second person that is theirs.
    record(office, session, thread.school_id, second_id or person_id, f"thread.level.{urgency}", thread.id)


def answer(
    office: Office,
    colleague: Colleague,
    thread_id: str,
    text: str,
    *,
    release_now: bool,
    form_nonce: bytes,
    times: tuple[MeetingTime, ...] = (),
    ends_earlier: bool = False,
) -> None:
    """Seal a reply to the child and to the readers; held for the opening, or readable at once.

    The same form with the same words is one reply, however often it is sent: its id comes from both. Other words on
    the same form are another reply, as nothing that somebody wrote is dropped in silence. A letter that came while the
    answer was written keeps the thread waiting. ``times`` and ``ends_earlier`` are what ``care.appointments`` puts
    beside the words. Raises InputRefused, TextRefused, ClaimLost (a colleague is at it),
    NotAuthentic (the thread was changed from outside), NotFound, NotKept.
    """
    if not text.strip() or len(text) > MAX_REPLY_CHARACTERS:
        raise InputRefused("reply", "blank_or_long")
    words = ReplyWords(text, times, ends_earlier)
    reply_id = _reply_id(office, form_nonce, thread_id, words.to_bytes())
    try:
        _answer(office, colleague, thread_id, reply_id, words, release_now=release_now)
    except Clash:
        # The same form, sent twice at once: the other one was kept. If it was not, nobody may believe that it is.
        with office.database.view() as view:
            if not _is_kept(view.session, thread_id, reply_id):
                raise NotKept("Clash") from None


def _answer(
    office: Office, colleague: Colleague, thread_id: str, reply_id: str, words: ReplyWords, *, release_now: bool
) -> None:
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        if _is_kept(work.session, thread.id, reply_id):
            return
        hold(office, work.session, colleague, thread)
        if words.times:
            # Two forms of one colleague meet at the school's row, so that the later one finds the earlier one's times.
            school_locked(work.session, thread.school_id)
            require_free(office, work.session, colleague, thread, words.times)
        add_reply(office, work.session, colleague, thread, reply_id, words.to_bytes(), release_now=release_now)
        if not has_unread_letter(work.session, colleague, thread):
            thread.state = "answered"
        drop_claim(work.session, thread.id, colleague.person_id)
        if not words.is_about_times:
            drop_draft(work.session, thread.id, colleague.person_id)
        take_off_list(office, work.session, colleague, thread)
        record(office, work.session, thread.school_id, colleague.person_id, "thread.answer", thread.id)
        # Behind the record, which waits for an opening that is going on: what went out with it is not taken back.
        drop_held_holding(work.session, thread.id)
        work.commit()


def add_reply(
    office: Office,
    session: Session,
    colleague: Colleague,
    thread: Thread,
    reply_id: str,
    content: bytes,
    *,
    release_now: bool = False,
    promised_on: date | None = None,
) -> None:
    """Seal a reply to the child and to the readers inside of an act. Raises NotAuthentic, NotFound, KioskClosed."""
    recipients = _recipients(office, session, thread)
    child = PublicKey.from_bytes(thread.receipt_public)
    now = office.local_now()
    reply = Reply(
        id=reply_id,
        school_id=thread.school_id,
        thread_id=thread.id,
        author_id=colleague.person_id,
        week_key_id=recipients.week_key_id,
        child_box=seal(child, BoxAddress(REPLY_FOR_CHILD, thread.id, reply_id), content),
        reader_box=recipients.seal_shared(REPLY_FOR_READERS, thread.id, reply_id, content),
        state="released" if release_now else "held",
        written_on=now.date(),
        written_half=half_day(now),
        released_on=now.date() if release_now else None,
        # A holding reply that was taken back leaves a gap.
        place=max((reply.place for reply in replies_of(session, thread.id)), default=0) + 1,
        promised_on=promised_on,
    )
    set_mark(reply, office.marks.mac)
    session.add(reply)
    session.add_all(recipients.seal_copies(thread.school_id, REPLY_FOR_READERS, thread.id, reply_id, content))


def _reply_id(office: Office, form_nonce: bytes, thread_id: str, content: bytes) -> str:
    key = office.keys.subkey("form/reply")
    thread = hmac.digest(key, thread_id.encode("utf-8", "surrogatepass"), "sha256")
    return hmac.digest(key, thread + hmac.digest(key, content, "sha256") + form_nonce, "sha256")[:16].hex()


def _is_kept(session: Session, thread_id: str, reply_id: str) -> bool:
    return any(reply.id == reply_id for reply in replies_of(session, thread_id))


def hold(office: Office, session: Session, colleague: Colleague, thread: Thread) -> None:
    """Take or renew the claim inside of an act. Raises ClaimLost with the holder's name."""
    now_seconds = int(office.clock().timestamp())
    until = now_seconds + office.settings.claim_minutes * 60
    if take_claim(session, thread.id, colleague.person_id, now_seconds, until):
        return
    session.refresh(thread)
    holders = [
        person.display_name
        for person in authentic(office, people_of(session, thread.school_id))
        if person.id == thread.claimed_by
    ]
    raise ClaimLost(holders[0] if holders else "")


def _recipients(office: Office, session: Session, thread: Thread) -> Recipients:
    recipients = recipients_of(office, session, thread)
    if recipients.closed and not recipients.reader_ids:
        raise NotFound("thread")
    return recipients
