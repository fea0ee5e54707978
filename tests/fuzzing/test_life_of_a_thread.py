"""The life of a thread, told in any order: the real acts on a real SQLite against a model, looked at after each step.

After each: every acknowledged letter opens for exactly its readers, the code shows exactly the released replies, the
list's numbers are the model's, an urgent letter's alarm stands once, and the audit chain is whole.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import seed
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import select

from mailbox.errors import AlreadySent, ClaimLost, NotAllowed, NoteRefused, NotFound, TextRefused
from mailbox.letters.answer import answer, claim, correct, release_claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import find_thread, open_thread, queue
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.letters.opened import ReaderKeys, open_note, open_reply
from mailbox.letters.post import Letter, Posted, post, write_back
from mailbox.letters.queueing import queue_page
from mailbox.letters.remarks import write_remark
from mailbox.office import Office
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.sharing import share_earlier_weeks
from mailbox.rules.queue_wish import QueueWish
from mailbox.rules.roles import COUNSELOR
from mailbox.sealing import receipt
from mailbox.store.database import Database
from mailbox.store.letters import notes_of, replies_of
from mailbox.store.tables import Alarm, Thread, new_id
from mailbox.upkeep.old_letters import PATIENCE_DAYS, remove_old_letters
from mailbox.upkeep.retention import remove_old_reply_copies
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.fuzzing.extent import SEED, examples, tell
from tests.fuzzing.life import LEVELS, ModelReply, ModelThread, SentBefore
from tests.support.clock import FixedClock
from tests.support.fixtures import database_of_kind
from triage.protocol import Urgency

MOST_THREADS = 4
MARKS = {"routine": "", "soon": "【尽快】", "urgent": "【紧急】"}
# A code costs what a thief must pay for each guess, and that is proven elsewhere; here it would be most of the time.
LOW_MEMORY_KIB = 64
ANY = st.integers(0, 10**6)
LEVEL = st.sampled_from(LEVELS)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind("sqlite", request, tmp_path)


@dataclass(frozen=True)
class Beginning:
    """A school with three readers as a file, to begin each life from."""

    office: Office
    file: Path
    school_id: str
    readers: tuple[Colleague, ...]


@pytest.fixture
def beginning(school: SchoolAtWork, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Beginning:
    monkeypatch.setattr(receipt, "_MEMORY_KIB", LOW_MEMORY_KIB)
    office, lin = school.office, school.counselor
    readers = [lin]
    for login in ("he", "zhou"):
        token = invite(office, school.school_id, lin.person_id, COUNSELOR, login)
        waits = accept_invitation(office, token, login, PASSPHRASE)
        approve(office, school.school_id, readers[-1].person_id, waits.person_id)
        readers.append(who(office, log_in(office, login, PASSPHRASE)))
    office.database.wipe_removed()
    office.database.close()
    return Beginning(office, tmp_path / "mailbox.db", school.school_id, tuple(readers))


class Life(RuleBasedStateMachine):
    """Rules are what people do, in any order; invariants are what must hold whatever they did."""

    beginning: ClassVar[Beginning]
    done: ClassVar[Counter[str]] = Counter()

    @initialize()
    def begin(self) -> None:
        kept = self.beginning
        self.file = kept.file.with_name(f"{new_id()}.db")
        shutil.copy(kept.file, self.file)
        self.clock = FixedClock(kept.office.clock())
        self.office = replace(kept.office, database=Database(f"sqlite:///{self.file}"), clock=self.clock)
        self.school_id = kept.school_id
        self.colleagues = {one.person_id: one for one in kept.readers}
        self.active = [one.person_id for one in kept.readers]
        self.gone: list[str] = []
        self.threads: dict[str, ModelThread] = {}
        self.sent: list[SentBefore] = []
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "office"):
            self.office.database.close()
            for file in self.file.parent.glob(self.file.name + "*"):
                file.unlink()

    # --- what children do -------------------------------------------------------------------------

    @precondition(lambda self: len(self.threads) < MOST_THREADS)
    @rule(level=LEVEL, barred=st.integers(0, 7), twice=st.booleans())
    def a_child_writes(self, level: str, barred: int, twice: bool) -> None:
        """In half of all lives to everybody; ``barred`` names readers by its bits. ``twice``: two clicks at once."""
        named = [one for place, one in enumerate(self.active) if barred >> place & 1]
        not_for = frozenset(named if barred % 2 else ())
        letter = self.letter(level, not_for)
        if twice:
            with ThreadPoolExecutor(2) as both:
                first, second = both.map(lambda _: post(self.office, letter), range(2))
            assert (first.code, first.thread_id) == (second.code, second.thread_id)
        posted = post(self.office, letter)
        left_to = frozenset(set(self.active) - not_for) if not_for else None
        thread = ModelThread(posted, left_to, level, self.today)
        thread.arrive(letter.text, level, set(self.active), self.today)
        assert posted.nobody_left == (left_to == frozenset())
        self.threads[posted.thread_id] = thread
        self.sent.append(SentBefore(letter, posted, self.now_s))
        self.count("writes twice at once" if twice else "writes")

    @precondition(lambda self: self.sent)
    @rule(which=ANY)
    def a_form_is_sent_again(self, which: int) -> None:
        before = self.sent[which % len(self.sent)]
        age_s = self.now_s - before.at_s
        again: Posted | None = None
        with suppress(AlreadySent):
            again = post(self.office, before.letter)
        if again:
            assert (again.code, again.thread_id) == (before.posted.code, before.posted.thread_id)
        # Two minutes, in windows of one: between two and three it may be either.
        assert (again is not None) if age_s <= 120 else (again is None or age_s < 180)
        self.count("sends again")

    @rule(wrong=st.sampled_from(("", " \n", "长" * 4_001, "半个\ud800")))
    def a_letter_is_refused(self, wrong: str) -> None:
        letter = replace(self.letter("routine", frozenset()), text=wrong)
        with pytest.raises((NoteRefused, TextRefused)):
            post(self.office, letter)
        self.count("is refused")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, level=LEVEL, twice=st.booleans())
    def a_child_writes_back(self, which: int, level: str, twice: bool) -> None:
        thread_id, thread = self.pick(which)
        if len(thread.notes) > 3:
            return
        opened = collect(self.office, self.school_id, thread.posted.code)
        letter = self.letter(level, frozenset())
        for _ in range(1 + twice):
            write_back(self.office, letter, opened.thread_id)
        assert opened.thread_id == thread_id
        thread.arrive(letter.text, level, set(self.active), self.today)
        self.count("writes back")

    # --- what readers do --------------------------------------------------------------------------

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY)
    def a_reader_opens(self, which: int, by: int) -> None:
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        if not thread.seen_by(reader):
            with pytest.raises(NotFound):
                open_thread(self.office, self.colleagues[reader], thread_id)
            return
        open_thread(self.office, self.colleagues[reader], thread_id)
        thread.opened_by(reader)
        self.count("opens")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY, gives_back=st.booleans())
    def a_reader_claims(self, which: int, by: int, gives_back: bool) -> None:
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        if self.meets_refusal(thread, reader, lambda: claim(self.office, self.colleagues[reader], thread_id)):
            return
        thread.hold(reader, self.now_s)
        if gives_back:
            release_claim(self.office, self.colleagues[reader], thread_id)
            thread.holder = None
        self.count("claims")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY, to=ANY)
    def a_reader_hands_over(self, which: int, by: int, to: int) -> None:
        (thread_id, thread), reader, other = self.pick(which), self.reader(by), self.reader(to)
        if reader == other or (thread.seen_by(reader) and not thread.seen_by(other)):
            return
        if self.meets_refusal(
            thread,
            reader,
            lambda: write_remark(
                self.office, self.colleagues[reader], thread_id, "请您看看", form_nonce=os.urandom(16), hand_to=other
            ),
        ):
            return
        thread.hold(other, self.now_s)
        self.count("hands over")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY, nothing=st.booleans())
    def a_reader_drafts(self, which: int, by: int, nothing: bool) -> None:
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        if not thread.seen_by(reader):
            return
        me, text = self.colleagues[reader], "" if nothing else f"草稿{self.next()}"
        kept = draft_of(self.office, me, thread_id)
        keep_draft(self.office, me, thread_id, text, kept.version if kept else "")
        thread.drafts[reader] = text
        self.count("drafts")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY, now=st.booleans(), twice=st.booleans())
    def a_reader_answers(self, which: int, by: int, now: bool, twice: bool) -> None:
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        text, nonce = f"回信{self.next()}", os.urandom(16)

        def send() -> None:
            answer(self.office, self.colleagues[reader], thread_id, text, release_now=now, form_nonce=nonce)

        if len(thread.replies) > 3 or self.meets_refusal(thread, reader, send):
            return
        if twice:
            send()
        reply = ModelReply(text, thread.recipients(set(self.active)), self.today if now else None)
        thread.answer_by(reader, reply, self.today)
        self.count("answers now" if now else "answers for the opening")

    @precondition(lambda self: self.threads)
    @rule(which=ANY, by=ANY, level=LEVEL)
    def a_reader_corrects_the_level(self, which: int, by: int, level: str) -> None:
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        if not thread.seen_by(reader):
            return
        correct(self.office, self.colleagues[reader], thread_id, Urgency(level), "和孩子的班主任谈过了")
        thread.level = level
        self.count("corrects")

    # --- who comes and goes -----------------------------------------------------------------------

    @precondition(lambda self: len(self.active) > 2)
    @rule(who_goes=ANY)
    def a_reader_leaves(self, who_goes: int) -> None:
        reader = self.active.pop(who_goes % len(self.active))
        leave(self.office, self.school_id, reader, reader)
        self.gone.append(reader)
        for thread in self.threads.values():
            thread.left_by(reader, set(self.active))
        self.count("leaves")

    @precondition(lambda self: len(self.active) < 4 and len(self.gone) < 3)
    @rule()
    def a_reader_comes(self) -> None:
        login = f"new{self.next()}"
        token = invite(self.office, self.school_id, self.active[0], COUNSELOR, login)
        waits = accept_invitation(self.office, token, login, PASSPHRASE).person_id
        approve(self.office, self.school_id, self.active[1], waits)
        self.colleagues[waits] = who(self.office, log_in(self.office, login, PASSPHRASE))
        self.active.append(waits)
        self.count("comes")

    @rule(by=ANY, to=ANY)
    def a_reader_shares_earlier_weeks(self, by: int, to: int) -> None:
        reader, other = self.reader(by), self.reader(to)
        if reader == other:
            return
        share_earlier_weeks(self.office, self.colleagues[reader], other)
        for thread in self.threads.values():
            thread.shared_with(other, reader)
        self.count("shares weeks")

    # --- time -------------------------------------------------------------------------------------

    @rule(step=st.sampled_from((30, 100, 901, 3 * 3_600, 86_400, 4 * 86_400)))
    def time_goes_by(self, step: int) -> None:
        self.clock.advance(seconds=step)
        self.count("time")

    @rule(days=st.sampled_from((0, 0, 1, 7)))
    def the_box_is_opened_if_it_is_due(self, days: int) -> None:
        self.clock.advance(days=days)
        if open_what_is_due(self.office):
            for reply in self.replies():
                reply.released_on = reply.released_on or self.today
            self.count("opening")
        assert open_what_is_due(self.office) == []

    @rule(days=st.sampled_from((0, 61)))
    def copies_of_old_replies_go(self, days: int) -> None:
        self.clock.advance(days=days)
        oldest = self.today - timedelta(days=self.office.settings.reply_copy_days)
        due = [reply for reply in self.replies() if reply.released_on and reply.released_on < oldest and not reply.gone]
        assert remove_old_reply_copies(self.office) == len(due)
        for reply in due:
            reply.gone = True
        self.count("copies go")

    @precondition(lambda self: self.threads)
    @rule(days=st.sampled_from((0, 200, 400)))
    def old_letters_go(self, days: int) -> None:
        self.clock.advance(days=days)
        kept_s = self.today - timedelta(days=self.office.settings.letter_days)
        old = {id_ for id_, thread in self.threads.items() if thread.last_on < kept_s - timedelta(days=PATIENCE_DAYS)}
        remove_old_letters(self.office)
        with self.office.database.view() as view:
            left = set(view.session.scalars(select(Thread.id)))
        # In the calm hours a little younger ones go too.
        young = {id_ for id_, thread in self.threads.items() if thread.last_on >= kept_s}
        assert young <= left <= self.threads.keys() - old
        for thread_id in self.threads.keys() - left:
            del self.threads[thread_id]
        self.sent = [one for one in self.sent if one.posted.thread_id in self.threads]
        self.count("old letters go")

    # --- what must hold ---------------------------------------------------------------------------

    @invariant()
    def every_letter_opens_for_exactly_its_readers(self) -> None:
        with self.office.database.view() as view:
            for person_id, colleague in self.living().items():
                keys, is_active = ReaderKeys(view.session, colleague), person_id in self.active
                for thread_id, thread in self.threads.items():
                    notes = [open_note(keys, note) for note in notes_of(view.session, thread_id)]
                    texts = [note.content.text if note.content else None for note in notes]
                    assert texts == [note.text if person_id in note.readers else None for note in thread.notes]
                    replies = [open_reply(self.office, keys, one) for one in replies_of(view.session, thread_id)]
                    expected = [one.text if person_id in one.readers else None for one in thread.replies]
                    assert [reply.text for reply in replies] == expected
                    if is_active and thread.seen_by(person_id):
                        assert find_thread(self.office, view.session, colleague, thread_id).id == thread_id
                    else:
                        with pytest.raises(NotFound if is_active else NotAllowed):
                            find_thread(self.office, view.session, colleague, thread_id)

    @invariant()
    def a_code_shows_exactly_the_released_replies(self) -> None:
        for thread_id, thread in self.living_threads().items():
            shown = collect(self.office, self.school_id, thread.posted.code)
            released = [reply for reply in thread.replies if reply.released_on]
            assert shown.thread_id == thread_id
            assert [reply.text for reply in shown.replies] == [reply.text for reply in released if not reply.gone]
            assert (shown.damaged, shown.gone) == (0, sum(reply.gone for reply in released))

    @invariant()
    def the_lists_numbers_are_the_models(self) -> None:
        for reader in getattr(self, "active", ()):
            seen = {id_: thread for id_, thread in self.threads.items() if thread.seen_by(reader)}
            waiting = {id_: thread for id_, thread in seen.items() if not thread.answered}
            me = self.colleagues[reader]
            assert {row.id: row.urgency for row in queue(self.office, me)} == {
                id_: thread.level for id_, thread in waiting.items()
            }
            counts = queue_page(self.office, me, QueueWish()).counts
            assert (counts.waiting, counts.answered) == (len(waiting), len(seen) - len(waiting))
            assert counts.mine == sum(thread.is_held_by(reader, self.now_s) for thread in waiting.values())
            assert counts.unread == sum(any(not note.read for note in thread.notes) for thread in waiting.values())
            for thread_id, thread in seen.items():
                kept = draft_of(self.office, me, thread_id)
                assert (kept.text if kept else "") == thread.drafts.get(reader, "")

    @invariant()
    def alarms_stand_once_for_each_urgent_letter(self) -> None:
        if not hasattr(self, "office"):
            return
        with self.office.database.view() as view:
            rows = view.session.execute(select(Alarm.thread_id, Alarm.kind).where(Alarm.state == "open")).all()
        found = Counter((thread_id, kind) for thread_id, kind in rows if thread_id)
        assert found == Counter({(id_, kind): n for id_, one in self.threads.items() for kind, n in one.alarms.items()})

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        if hasattr(self, "office"):
            with self.office.database.view() as view:
                assert verify(self.office, view.session, self.school_id) > 0

    # --- help -------------------------------------------------------------------------------------

    @property
    def now_s(self) -> int:
        return int(self.clock().timestamp())

    @property
    def today(self) -> Any:
        return self.office.local_now().date()

    def living(self) -> dict[str, Colleague]:
        return getattr(self, "colleagues", {})

    def living_threads(self) -> dict[str, ModelThread]:
        return getattr(self, "threads", {})

    def replies(self) -> Iterator[ModelReply]:
        return (reply for thread in self.threads.values() for reply in thread.replies)

    def next(self) -> int:
        self.number += 1
        return self.number

    def letter(self, level: str, not_for: frozenset[str]) -> Letter:
        words = f"{MARKS[level]}第{self.next()}封"
        return Letter(self.school_id, new_id(), words, os.urandom(16), not_for)

    def pick(self, which: int) -> tuple[str, ModelThread]:
        return list(self.threads.items())[which % len(self.threads)]

    def reader(self, which: int) -> str:
        return self.active[which % len(self.active)]

    def meets_refusal(self, thread: ModelThread, reader: str, act: Any) -> bool:
        """Do what only the holder may; say whether it was refused, as the model says it must be."""
        if not thread.seen_by(reader):
            with pytest.raises(NotFound):
                act()
            return True
        if not thread.is_free_for(reader, self.now_s):
            with pytest.raises(ClaimLost):
                act()
            self.count("loses a claim")
            return True
        act()
        return False

    def count(self, what: str) -> None:
        self.done[what] += 1


def test_any_life_of_a_thread_keeps_its_promises(beginning: Beginning) -> None:
    Life.beginning = beginning
    Life.done.clear()
    machine: Any = seed(SEED)(Life) if SEED != 1 else Life
    run_state_machine_as_test(machine, settings=examples(8, 400, stateful_step_count=25))
    told = dict(Life.done.most_common())
    tell(f"{Life.done.total()} steps in the lives of threads: {told}")
