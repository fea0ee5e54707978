"""A school's mailbox as it stands after years, filled in minutes: threads, letters, replies, alarms, the audit chain.

Written straight into the database, with every index and every mark. What a reader opens is really sealed: the letters
of the last four weeks, each with its own boxes, keys and code. All older rows carry copies of such boxes, byte for byte
as long and as random as their own would be; they would not open. No letter here has a drawing or a recording.
"""

from __future__ import annotations

import os
import random
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from bench.bulk import bulk, values_of
from bench.copied import Fresh, copy_onto
from bench.notes import notes
from bench.school import Staffed
from mailbox.letters.content import (
    CIRCUMSTANCES,
    NOTE,
    REASON,
    REPLY_FOR_CHILD,
    REPLY_FOR_READERS,
    NoteContent,
    circumstances_to_bytes,
)
from mailbox.letters.recipients import Recipients
from mailbox.letters.reply_words import ReplyWords
from mailbox.office import Office
from mailbox.sealing.box import BoxAddress, PublicKey, seal, text_to_bytes
from mailbox.sealing.keyring import RECOVERY_HOLDER
from mailbox.sealing.receipt import ReceiptCode, derive_receipt, new_receipt_key
from mailbox.store.keys import week_keys_of
from mailbox.store.marked import set_mark
from mailbox.store.people import last_audit_row
from mailbox.store.tables import (
    Alarm,
    AuditRow,
    Base,
    Correction,
    Note,
    Person,
    ReaderCopy,
    Reply,
    School,
    Thread,
    ThreadReader,
    WeekKey,
    new_id,
)
from triage.protocol import Assessment, Topic, Urgency

RECENT, WAITING, RECENT_DAYS = 1_000, 200, 28
_OLDEST_DAYS = 350
_AFTERNOON = time(15)
_HALVES = ("morning", "afternoon", "evening")
_LEVELS = (Urgency.ROUTINE,) * 20 + (Urgency.SOON,) * 9 + (Urgency.URGENT,)
_ONE_CLOSED_IN, _ONE_CORRECTED_IN = 100, 50
_ROWS_AT_ONCE = 20_000
_PICTURES, _CODE = 256, 6
_REPLY = "谢谢你写信来。我读了两遍，你说的我都记住了。下个星期二中午我在心语小屋，你愿意来就来坐一坐。"
_TABLES = (Thread, ThreadReader, Note, Reply, ReaderCopy, Correction, Alarm, AuditRow)


@dataclass(frozen=True)
class Known:
    """What can be asked for afterwards: threads that open, whether they wait, and the codes of answered ones."""

    waiting: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    codes: list[ReceiptCode] = field(default_factory=list)


@dataclass(frozen=True)
class _Day:
    """A day of the past with the key of its week."""

    on: date
    key: WeekKey
    public: PublicKey


class Filler:
    """Fills the mailbox of one school; call :meth:`recent` once, then :meth:`older` as often as it is to grow."""

    def __init__(self, office: Office, staffed: Staffed) -> None:
        self._office, self._staffed = office, staffed
        self._chance = random.Random(1)
        with office.database.view() as view:
            school = view.session.get_one(School, staffed.school_id)
            reader = view.session.get_one(Person, staffed.reader_ids[0])
            self._holders = Recipients(
                None,
                None,
                {
                    staffed.reader_ids[0]: PublicKey.from_bytes(reader.public_key or b""),
                    RECOVERY_HOLDER: PublicKey.from_bytes(school.recovery_public or b""),
                },
            )
            keys = list(week_keys_of(view.session, staffed.school_id))
        self._school, self._last_mark, self._place = school, b"", 0
        self._patterns: list[list[Base]] = []
        self._child_boxes: dict[int, bytes | None] = {}
        now = office.local_now()
        today, self._zone = now.date(), now.tzinfo
        publics = {key.id: PublicKey.from_bytes(key.public_key) for key in keys}
        self._days = []
        for back in range(_OLDEST_DAYS):
            on = today - timedelta(days=back)
            key = min((key for key in keys if key.week >= on), key=lambda key: (key.week, -key.generation))
            self._days.append(_Day(on, key, publics[key.id]))

    def recent(self) -> Known:
        """Keep the letters of the last four weeks, each really sealed; the first ones wait for an answer."""
        self._follow_the_audit()
        known = Known()
        rows: defaultdict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
        for at, text in enumerate(notes(RECENT, seed=11)):
            waits = at < WAITING
            day = self._days[at % RECENT_DAYS]
            thread = self._sealed(text, day, waits=waits, known=known)
            # A copy has audit rows of its own: each stands once in the chain.
            self._patterns.append([row for row in thread if not isinstance(row, AuditRow)])
            for row in thread:
                rows[type(row)].append(values_of(row))
        self._write(rows)
        return known

    def older(self, number: int) -> None:
        """Keep ``number`` answered threads more, spread over the year before: copies of the really sealed boxes."""
        self._follow_the_audit()
        answered = [thread for thread in self._patterns if any(isinstance(row, Reply) for row in thread)]
        fresh = Fresh(number)
        child_copies_since = self._days[0].on - timedelta(days=self._office.settings.reply_copy_days)
        for first in range(0, number, _ROWS_AT_ONCE):
            rows: defaultdict[type[Base], list[tuple[Any, ...]]] = defaultdict(list)
            for _ in range(first, min(first + _ROWS_AT_ONCE, number)):
                day = self._days[self._chance.randrange(RECENT_DAYS, _OLDEST_DAYS)]
                pattern = self._chance.choice(answered)
                copy_onto(pattern, fresh, day.on, day.key.id, child_copies_since, self._child_boxes)
                for row in self._marked(list(pattern)):
                    rows[type(row)].append(values_of(row))
            self._write(rows)

    def _follow_the_audit(self) -> None:
        """Find the end of the chain: acts may have been recorded since."""
        with self._office.database.view() as view:
            last = last_audit_row(view.session, self._staffed.school_id)
        if last:
            self._last_mark, self._place = last.mark, last.place

    def _sealed(self, text: str, day: _Day, *, waits: bool, known: Known) -> list[Base]:
        office, school_id = self._office, self._staffed.school_id
        thread_id, note_id = new_id(), new_id()
        code = ReceiptCode(tuple(self._chance.sample(range(_PICTURES), _CODE)))
        version = office.keys.pepper_version
        secret = derive_receipt(code, self._school.receipt_salt, office.keys.peppers[version], version)
        public, wrapped = new_receipt_key(secret, thread_id)
        level = str(self._chance.choice(_LEVELS))
        closed = self._chance.randrange(_ONE_CLOSED_IN) == 0
        assessment = Assessment(
            Urgency(level), None, (Topic.OTHER,), (), "说得很明白", {topic.value: 0.1 for topic in Topic}
        )
        contents = {
            NOTE: NoteContent(text, assessment).to_bytes(),
            CIRCUMSTANCES: circumstances_to_bytes(office.local_now(), new_id()),
        }
        about = {"urgency": level, "cause": None, "arrived_on": day.on, "arrived_half": self._chance.choice(_HALVES)}
        rows: list[Base] = [
            Thread(
                id=thread_id,
                school_id=school_id,
                lookup_tag=secret.lookup_tag,
                pepper_version=version,
                receipt_public=public.to_bytes(),
                wrapped_receipt_key=wrapped,
                state="waiting" if waits else "answered",
                closed=closed,
                kind="whisper",
                **about,
            ),
            Note(
                id=note_id,
                school_id=school_id,
                thread_id=thread_id,
                send_tag=os.urandom(32),
                window_tag=os.urandom(32),
                week_key_id=None if closed else day.key.id,
                box=None if closed else seal(day.public, BoxAddress(NOTE, thread_id, note_id), contents[NOTE]),
                circumstances=None
                if closed
                else seal(day.public, BoxAddress(CIRCUMSTANCES, thread_id, note_id), contents[CIRCUMSTANCES]),
                place=1,
                read=not waits,
                read_on=None if waits else day.on,
                read_half=None if waits else "evening",
                **about,
            ),
        ]
        if closed:
            rows += self._closed(thread_id, note_id, contents)
        if not waits:
            rows += self._answer(thread_id, day, public, closed=closed)
            known.answered.append(thread_id)
            known.codes.append(code)
        elif not closed:
            known.waiting.append(thread_id)
        if level == Urgency.URGENT:
            rows.append(
                Alarm(id=new_id(), school_id=school_id, thread_id=thread_id, kind="urgent", state="acknowledged")
            )
        if self._chance.randrange(_ONE_CORRECTED_IN) == 0 and not closed:
            rows.append(self._correction(thread_id, day))
        return self._marked(rows)

    def _closed(self, thread_id: str, note_id: str, contents: dict[str, bytes]) -> list[Base]:
        """Return the rows that name the first reader alone, with copies for that reader and the recovery key."""
        school_id, reader = self._staffed.school_id, self._staffed.reader_ids[0]
        rows: list[Base] = [ThreadReader(id=new_id(), school_id=school_id, thread_id=thread_id, reader_id=reader)]
        return rows + self._copies(thread_id, note_id, contents)

    def _copies(self, thread_id: str, message_id: str, contents: dict[str, bytes]) -> list[Base]:
        sealed: list[Base] = [
            copy
            for kind, content in contents.items()
            for copy in self._holders.seal_copies(self._staffed.school_id, kind, thread_id, message_id, content)
        ]
        for copy in sealed:
            copy.id = new_id()
        return sealed

    def _answer(self, thread_id: str, day: _Day, child: PublicKey, *, closed: bool) -> list[Base]:
        reply_id, content = new_id(), ReplyWords(_REPLY).to_bytes()
        copies = self._copies(thread_id, reply_id, {REPLY_FOR_READERS: content}) if closed else []
        return [
            *copies,
            Reply(
                id=reply_id,
                school_id=self._staffed.school_id,
                thread_id=thread_id,
                author_id=self._staffed.reader_ids[0],
                week_key_id=None if closed else day.key.id,
                child_box=seal(child, BoxAddress(REPLY_FOR_CHILD, thread_id, reply_id), content),
                reader_box=None
                if closed
                else seal(day.public, BoxAddress(REPLY_FOR_READERS, thread_id, reply_id), content),
                state="released",
                written_on=day.on,
                written_half="evening",
                place=1,
                released_on=day.on,
                collected=True,
            ),
        ]

    def _correction(self, thread_id: str, day: _Day) -> Correction:
        correction_id = new_id()
        reason = text_to_bytes("孩子说的是电影里的事。")
        return Correction(
            id=correction_id,
            school_id=self._staffed.school_id,
            thread_id=thread_id,
            person_id=self._staffed.reader_ids[0],
            week_key_id=day.key.id,
            urgency_before="soon",
            urgency_after="routine",
            corrected_on=day.on,
            place=1,
            reason_box=seal(day.public, BoxAddress(REASON, thread_id, correction_id), reason),
        )

    def _marked(self, rows: list[Base]) -> list[Base]:
        """Mark what carries a mark, and add what the audit says of the thread."""
        thread_id = rows[0].id
        for reply in [row for row in rows if isinstance(row, Reply)]:
            self._place += 1
            said = AuditRow(
                id=new_id(),
                school_id=self._staffed.school_id,
                place=self._place,
                person_id=self._staffed.reader_ids[0],
                act="thread.answer",
                subject_id=thread_id,
                moment_seconds=int(datetime.combine(reply.written_on, _AFTERNOON, self._zone).timestamp()),
                previous_mark=self._last_mark,
            )
            set_mark(said, self._office.marks.mac)
            self._last_mark = said.mark
            rows.append(said)
        for row in rows:
            if isinstance(row, Thread | ThreadReader | Reply | Correction):
                set_mark(row, self._office.marks.mac)
        return rows

    def _write(self, rows: Mapping[type[Base], list[tuple[Any, ...]]]) -> None:
        with bulk(self._office) as write:
            for of in _TABLES:
                write(of, rows[of])
