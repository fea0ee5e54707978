"""What people do with letters and when: each act is done to the real school and to the model, in any order."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule
from sqlalchemy import select

from mailbox.errors import AlreadySent, NoteRefused, NotFound, TextRefused
from mailbox.letters.answer import answer, claim, correct, release_claim
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.letters.post import Posted, post, write_back
from mailbox.letters.remarks import write_remark
from mailbox.openings.customs import customs_of
from mailbox.openings.holding import hold_replies, promised_day
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.login import log_in, who
from mailbox.people.school_calendar import calendar_for
from mailbox.people.sharing import share_earlier_weeks
from mailbox.rules.holding_words import ENGLISH, filled
from mailbox.rules.roles import COUNSELOR
from mailbox.store.tables import Thread
from mailbox.upkeep.old_letters import PATIENCE_DAYS, remove_old_letters
from mailbox.upkeep.retention import remove_old_reply_copies
from tests.conftest import PASSPHRASE
from tests.fuzzing.life import LEVELS, ModelReply, ModelThread, SentBefore
from tests.fuzzing.lived_life import LivedLife
from triage.protocol import Urgency

MOST_THREADS = 4
ANY = st.integers(0, 10**6)
LEVEL = st.sampled_from(LEVELS)


class LifeInAnyOrder(LivedLife):
    """The rules: of each, when it may come, and what must follow at once."""

    @initialize(level=LEVEL, barred=st.integers(0, 7))
    def a_life_begins_with_a_letter(self, level: str, barred: int) -> None:
        self.begin()
        self.a_child_writes(level=level, barred=barred, twice=False)

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

    @precondition(lambda self: self.threads)
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
        (thread_id, thread), reader = self.pick(which), self.reader(by)
        other = self.colleague_of(reader, to)
        if thread.seen_by(reader) and not thread.seen_by(other):
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
    @rule(by=ANY)
    def a_reader_holds_what_waits(self, by: int) -> None:
        """To all letters at once; what is not true of one is passed over, and the letter goes on waiting."""
        reader = self.reader(by)
        customs = customs_of(self.office, self.school_id)
        held = hold_replies(self.office, self.colleagues[reader], list(self.threads), ENGLISH, customs.version)
        fitting = [
            thread
            for thread in self.threads.values()
            if thread.seen_by(reader) and thread.is_free_for(reader, self.now_s) and thread.may_be_held(self.today)
        ]
        assert (held.written, held.passed_over) == (len(fitting), len(self.threads) - len(fitting))
        with self.office.database.view() as view:
            coming = promised_day(self.office, calendar_for(self.office, view.session, self.school_id))
        assert coming
        for thread in fitting:
            words = filled(customs.words[ENGLISH], ENGLISH, coming)
            readers = thread.recipients(set(self.active))
            thread.replies.append(ModelReply(words, readers, None, promised_on=coming))
            thread.last_on = self.today
            self.count("holds")

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
        reader = self.reader(by)
        other = self.colleague_of(reader, to)
        share_earlier_weeks(self.office, self.colleagues[reader], other)
        for thread in self.threads.values():
            thread.shared_with(other, reader)
        self.count("shares weeks")

    # --- time -------------------------------------------------------------------------------------

    @precondition(lambda self: self.threads)
    @rule(step=st.sampled_from((30, 100, 901, 3 * 3_600, 86_400, 4 * 86_400)))
    def time_goes_by(self, step: int) -> None:
        self.clock.advance(seconds=step)
        self.count("time")

    @precondition(lambda self: self.threads)
    @rule(days=st.sampled_from((0, 0, 1, 7)))
    def the_box_is_opened_if_it_is_due(self, days: int) -> None:
        self.clock.advance(days=days)
        if open_what_is_due(self.office):
            for thread in self.threads.values():
                held = [one for one in thread.replies if one.promised_on and not one.released_on]
                is_true = thread.is_calm_and_read() and all(
                    (one.promised_on or self.today) > self.today for one in held
                )
                thread.take_back_holding(when=not is_true)
            for reply in self.replies():
                reply.released_on = reply.released_on or self.today
            self.count("opening")
        assert open_what_is_due(self.office) == []

    @precondition(lambda self: any(reply.released_on and not reply.gone for reply in self.replies()))
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
