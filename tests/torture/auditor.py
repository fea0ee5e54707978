"""Looks for everything that people were told was kept, and for what nobody should find twice.

Owns the verdict: a list of broken promises, empty where all is well. Looks through the acts that the pages use.
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from mailbox.alarms.words import words_of
from mailbox.errors import MailboxError
from mailbox.letters.collect import collect
from mailbox.letters.desk import OpenedThread, open_thread, queue
from mailbox.office import Office
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.policy import rings_alarm
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.database import Database
from mailbox.store.tables import Alarm, Delivery
from mailbox.upkeep.soundness import look_at_boxes, look_at_marks
from mailbox.web.log_file import NAME, folder_of
from tests.support.log_lines import wrong_lines
from tests.support.staffed import PASSPHRASE, StaffedSchool
from tests.torture.codes import receipt_of
from tests.torture.ledger import Code, Ledger
from triage.protocol import Cause

# SQLite 3.40, which Debian 12 has, says this of every sound row of a table without row numbers.
_NO_DAMAGE = "NULL value in "
# After a hundred complaints it would say no more, and those sound rows would hide a damaged one.
_MOST_COMPLAINTS = 10_000_000
_LOOK_EVERY_S = 0.5


@dataclass
class Verdict:
    """What was looked at, by name, and every promise that was found broken."""

    figures: dict[str, object] = field(default_factory=dict)
    wrongs: list[str] = field(default_factory=list)

    def add(self, other: Verdict) -> None:
        self.figures |= other.figures
        self.wrongs += other.wrongs

    def require(self, promise: bool, otherwise: str) -> None:
        if not promise:
            self.wrongs.append(otherwise)

    def wait(self, is_so: Callable[[], bool], seconds: float, otherwise: str, pause_s: float = 0.1) -> None:
        """Return when it is so; where it is not in time, write that down as a broken promise."""
        deadline = time.monotonic() + seconds
        while not is_so():
            if time.monotonic() > deadline:
                self.wrongs.append(otherwise)
                return
            time.sleep(pause_s)


@dataclass(frozen=True)
class AlarmSeen:
    """One alarm of a letter, as it stood before anybody opened the letter; ``unsent``: deliveries left to send."""

    is_open: bool
    unsent: int


def audit(school: StaffedSchool, told: Ledger, *, opened: Collection[Code] = (), posts: int | None = None) -> Verdict:
    """Look everything through. ``opened``: letters whose alarm a reader answered meanwhile by opening them.

    ``posts``: how many first alarms the web hook heard; None where alarms are not looked at.
    """
    verdict = Verdict(wrongs=list(told.wrongs))
    office, reader = school.office, who(school.office, log_in(school.office, school.login, PASSPHRASE))
    alarms = _alarms(office)
    threads = {thread.row.id: thread for thread in _every_thread(office, reader, verdict)}
    _look_for_letters(threads.values(), told, verdict)
    codes = _try_codes(school, threads, told, verdict)
    _look_for_replies(school, told, verdict)
    if posts is not None:
        answered = {codes[code] for code in opened if code in codes}
        _look_at_alarms(threads.values(), alarms, answered, posts, verdict)
    _look_at_rows(school, verdict)
    for file in folder_of(office.settings).glob(f"{NAME}*"):
        verdict.wrongs += wrong_lines(file.read_text("utf-8", "replace"), failures_expected=True)
    return verdict


def wait_for_alarms(office: Office, seconds: float) -> None:
    """Return when no alarm waits to be sent any more, or when the time is over."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(seen.unsent for found in _alarms(office).values() for seen in found):
        time.sleep(_LOOK_EVERY_S)


def audit_copy(school: StaffedSchool, data: Path, told: Ledger) -> Verdict:
    """As :func:`audit` on a copy of the data folder with its own key file; ``told``: what was told before."""
    database = Database(f"sqlite:///{data / 'mailbox.db'}")
    office = replace(school.office, database=database, keys=KeyFile.load(data / "mailbox.key"))
    try:
        return audit(replace(school, office=office), told)
    finally:
        database.close()


def first_alarms(posts: Iterable[dict[str, object]]) -> int:
    """Return how many posts say that an urgent letter has come; later ones have words of their own."""
    _, body = words_of("urgent", None)
    return sum(post["message"] == body for post in posts)


def file_is_whole(path: Path) -> list[str]:
    """Return what SQLite says is wrong with a database file: its pages, its indexes, its foreign keys."""
    with closing(sqlite3.connect(path)) as connection:
        complaints = [
            str(line)
            for (line,) in connection.execute(f"PRAGMA integrity_check({_MOST_COMPLAINTS})")
            if line != "ok" and not str(line).startswith(_NO_DAMAGE)
        ]
        loose = [f"a row of {table} names none in {parent}" for table, _, parent, _ in _loose_rows(connection)]
    return complaints + loose


def _loose_rows(connection: sqlite3.Connection) -> list[tuple[str, object, str, object]]:
    return list(connection.execute("PRAGMA foreign_key_check"))


def _alarms(office: Office) -> dict[str, list[AlarmSeen]]:
    found: dict[str, list[AlarmSeen]] = defaultdict(list)
    with office.database.view() as view:
        unsent = Counter(row.alarm_id for row in view.session.query(Delivery) if row.state != "sent")
        for alarm in view.session.query(Alarm):
            if alarm.kind == "urgent" and alarm.thread_id:
                found[alarm.thread_id].append(AlarmSeen(alarm.state == "open", unsent[alarm.id]))
    return found


def _every_thread(office: Office, reader: Colleague, verdict: Verdict) -> Iterable[OpenedThread]:
    rows = [*queue(office, reader), *queue(office, reader, answered=True)]
    for row in rows:
        try:
            yield open_thread(office, reader, row.id)
        except MailboxError as refused:
            verdict.wrongs.append(f"a letter does not open at the desk ({type(refused).__name__})")


def _look_for_letters(threads: Iterable[OpenedThread], told: Ledger, verdict: Verdict) -> None:
    notes = [note for thread in threads for note in thread.notes]
    kept = Counter(note.content.text for note in notes if note.content)
    damaged = sum(note.content is None for note in notes)
    missing = {letter.text for letter in told.letters} - kept.keys()
    twice = [text for text, times in kept.items() if times > 1]
    verdict.figures |= {
        "letters told to have arrived": len(told.letters),
        "letters kept": len(notes),
        "kept although nobody could be told any more": len(kept.keys() - {letter.text for letter in told.letters}),
    }
    verdict.require(not missing, f"{len(missing)} letters were told to have arrived and are not there")
    verdict.require(not twice, f"{len(twice)} letters are there twice: {', '.join(twice[:3])}")
    verdict.require(not damaged, f"{damaged} letters do not open")


def _try_codes(
    school: StaffedSchool, threads: dict[str, OpenedThread], told: Ledger, verdict: Verdict
) -> dict[Code, str]:
    """Open each letter's replies by its code; return the thread behind each."""
    found: dict[Code, str] = {}
    for letter in told.letters:
        if letter.code is None:
            continue
        try:
            thread_id = collect(school.office, school.school_id, receipt_of(letter.code)).thread_id
        except (MailboxError, KeyError) as refused:
            verdict.wrongs.append(f"a code that was shown opens nothing ({type(refused).__name__})")
            continue
        found[letter.code] = thread_id
        texts = [note.content.text for note in threads[thread_id].notes if note.content] if thread_id in threads else []
        verdict.require(letter.text in texts, "a code leads to another letter than the one it was shown for")
    verdict.figures["codes that open"] = len(found)
    return found


def _look_for_replies(school: StaffedSchool, told: Ledger, verdict: Verdict) -> None:
    for reply in told.replies:
        texts = [one.text for one in collect(school.office, school.school_id, receipt_of(reply.code)).replies]
        verdict.require(texts.count(reply.text) == 1, f"a reply that was sent is there {texts.count(reply.text)} times")
    verdict.figures["replies sent and read with the code"] = len(told.replies)


def _look_at_alarms(
    threads: Iterable[OpenedThread],
    alarms: dict[str, list[AlarmSeen]],
    answered: Collection[str],
    posts: int,
    verdict: Verdict,
) -> None:
    urgent, unread, silent, unsent = 0, 0, 0, 0
    for thread in threads:
        contents = [note.content for note in thread.notes if note.content]
        ringing = sum(rings_alarm(one.assessment.urgency, one.assessment.cause) for one in contents)
        seen = alarms[thread.row.id]
        urgent += ringing
        unread += sum(one.assessment.cause is Cause.FAILED for one in contents)
        silent += max(0, ringing - len(seen))
        # A reader who opened the letter has answered its alarm: then there is nothing left to send.
        if thread.row.id not in answered:
            silent += sum(not one.is_open for one in seen)
            unsent += sum(one.unsent > 0 for one in seen)
    verdict.figures |= {
        "urgent letters kept": urgent,
        "  of which triage had not read in time": unread,
        "urgent alarms heard by the web hook": posts,
    }
    verdict.require(not silent, f"{silent} urgent letters have no alarm")
    verdict.require(not unsent, f"{unsent} alarms of urgent letters were not sent")
    answered_early = sum(len(alarms[thread]) for thread in answered)
    verdict.require(posts >= urgent - answered_early, f"{urgent} urgent letters, and the web hook heard {posts} alarms")


def _look_at_rows(school: StaffedSchool, verdict: Verdict) -> None:
    office = school.office
    marks = look_at_marks(office)
    boxes = look_at_boxes(office, school.school_id, RecoveryKey.from_slips(*school.slips).private_key())
    verdict.figures |= {"marks that verify": marks.looked_at, "boxes that open": boxes.looked_at}
    verdict.require(not marks.damaged, f"{len(marks.damaged)} rows do not carry our mark: {marks.damaged[:3]}")
    verdict.require(not boxes.damaged, f"{len(boxes.damaged)} boxes do not open: {boxes.damaged[:3]}")
    try:
        with office.database.view() as view:
            verdict.figures["rows of the audit chain"] = verify(office, view.session, school.school_id)
    except MailboxError as broken:
        verdict.wrongs.append(f"the audit chain is broken: {broken}")
    url = office.database.engine.url
    if url.get_backend_name() == "sqlite":
        complaints = file_is_whole(Path(url.database or ""))
        verdict.require(not complaints, f"SQLite complains: {complaints[:3]}")
