"""Words of a reader to the other readers of a thread: a second opinion, or the thread handed to a colleague.

Sealed as replies are, and never to the child. Handing over moves the claim, so that two do not work on one letter,
and puts the thread into the colleague's list. Who was asked to read a thread too has done so with a remark on it.
"""

from __future__ import annotations

import hmac

from mailbox.errors import Clash, InputRefused, NotFound, NotKept
from mailbox.letters.answer import hold
from mailbox.letters.asked import put_in_list, take_off_list
from mailbox.letters.content import REMARK
from mailbox.letters.desk import find_thread
from mailbox.letters.recipients import left_to, recipients_of
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import active_readers
from mailbox.sealing.box import text_to_bytes
from mailbox.store.database import Session
from mailbox.store.marked import set_mark
from mailbox.store.remarks import remarks_of
from mailbox.store.tables import Remark, Thread

MAX_REMARK_CHARACTERS = 1_000


def colleagues_on(office: Office, colleague: Colleague, thread_id: str) -> dict[str, str]:
    """Return to whom this reader may hand a thread, as ids and names. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        return others_on(office, view.session, colleague, find_thread(office, view.session, colleague, thread_id))


def write_remark(
    office: Office, colleague: Colleague, thread_id: str, text: str, *, form_nonce: bytes, hand_to: str = ""
) -> None:
    """Keep a remark, and hand the thread to ``hand_to`` if somebody is named; the same form twice is one remark.

    Raises InputRefused(remark or hand_to), ClaimLost (a colleague is at it), TextRefused, NotAuthentic, NotFound.
    """
    content = remark_content(text)
    remark_id = _remark_id(office, form_nonce, thread_id, content)
    try:
        _write(office, colleague, thread_id, content, form_nonce, hand_to)
    except Clash:
        # The same form, sent twice at once: the other one was kept.
        with office.database.view() as view:
            if not _is_kept(view.session, thread_id, remark_id):
                raise NotKept("Clash") from None


def remark_content(text: str) -> bytes:
    """Return what is sealed of a remark. Raises InputRefused(remark), TextRefused."""
    if not text.strip() or len(text) > MAX_REMARK_CHARACTERS:
        raise InputRefused("remark", "blank_or_long")
    return text_to_bytes(text)


def _write(
    office: Office, colleague: Colleague, thread_id: str, content: bytes, form_nonce: bytes, hand_to: str
) -> None:
    with office.database.work() as work:
        thread = find_thread(office, work.session, colleague, thread_id, to_change=True)
        if keep_remark(office, work.session, colleague, thread, content, form_nonce, hand_to):
            work.commit()


def keep_remark(
    office: Office,
    session: Session,
    colleague: Colleague,
    thread: Thread,
    content: bytes,
    form_nonce: bytes,
    hand_to: str = "",
) -> bool:
    """Keep a remark in the caller's transaction; return False if this very one is there already.

    The caller holds the thread's row locked. Raises InputRefused(hand_to), ClaimLost, NotAuthentic, NotFound.
    """
    remark_id = _remark_id(office, form_nonce, thread.id, content)
    if _is_kept(session, thread.id, remark_id):
        return False
    if hand_to and hand_to not in others_on(office, session, colleague, thread):
        raise InputRefused("hand_to", "unknown")
    recipients = recipients_of(office, session, thread)
    if recipients.closed and not recipients.reader_ids:
        raise NotFound("thread")
    if hand_to:
        hold(office, session, colleague, thread)
        thread.claimed_by = hand_to
        thread.claimed_until = int(office.clock().timestamp()) + office.settings.claim_minutes * 60
        # The claim is over in minutes; in the colleague's list the letter stays until they have been at it.
        put_in_list(office, session, colleague, thread, hand_to, with_remark=remark_id)
    remark = Remark(
        id=remark_id,
        school_id=thread.school_id,
        thread_id=thread.id,
        person_id=colleague.person_id,
        handed_to=hand_to or None,
        week_key_id=recipients.week_key_id,
        written_on=office.local_now().date(),
        place=len(remarks_of(session, thread.id)) + 1,
        box=recipients.seal_shared(REMARK, thread.id, remark_id, content),
    )
    set_mark(remark, office.marks.mac)
    session.add(remark)
    session.add_all(recipients.seal_copies(thread.school_id, REMARK, thread.id, remark_id, content))
    act = "thread.hand_over" if hand_to else "thread.remark"
    record(office, session, thread.school_id, colleague.person_id, act, thread.id)
    take_off_list(office, session, colleague, thread)
    return True


def others_on(office: Office, session: Session, colleague: Colleague, thread: Thread) -> dict[str, str]:
    """Return the other readers who may see a thread."""
    readers = {reader.id: reader.display_name for reader in active_readers(office, session, thread.school_id)}
    allowed = left_to(office, session, thread.id) if thread.closed else set(readers)
    return {id_: name for id_, name in readers.items() if id_ in allowed and id_ != colleague.person_id}


def _remark_id(office: Office, form_nonce: bytes, thread_id: str, content: bytes) -> str:
    key = office.keys.subkey("form/remark")
    thread = hmac.digest(key, thread_id.encode("utf-8", "surrogatepass"), "sha256")
    return hmac.digest(key, thread + hmac.digest(key, content, "sha256") + form_nonce, "sha256")[:16].hex()


def _is_kept(session: Session, thread_id: str, remark_id: str) -> bool:
    return any(remark.id == remark_id for remark in remarks_of(session, thread_id))
