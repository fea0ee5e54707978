"""The life of a thread, told in any order: the real acts on a real SQLite against a model, looked at after each step.

After each: every acknowledged letter opens for exactly its readers, the code shows exactly the released replies, the
list's numbers are the model's, an urgent letter's alarm stands once, and the audit chain is whole.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import seed
from hypothesis.stateful import invariant, run_state_machine_as_test
from sqlalchemy import select

from mailbox.errors import NotAllowed, NotFound
from mailbox.letters.collect import collect
from mailbox.letters.desk import find_thread, queue
from mailbox.letters.drafts import draft_of
from mailbox.letters.opened import ReaderKeys, open_note, open_reply
from mailbox.letters.queueing import queue_page
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.audit import verify
from mailbox.people.login import log_in, who
from mailbox.rules.queue_wish import QueueWish
from mailbox.rules.roles import COUNSELOR
from mailbox.sealing import receipt
from mailbox.store.letters import notes_of, replies_of
from mailbox.store.tables import Alarm
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.fuzzing.extent import SEED, count, examples, tell
from tests.fuzzing.life_in_any_order import LifeInAnyOrder
from tests.fuzzing.lived_life import Beginning
from tests.mailbox.openings.at_opening import turn_holding
from tests.support.fixtures import database_of_kind

# A code costs what a thief must pay for each guess, and that is proven elsewhere; here it would be most of the time.
LOW_MEMORY_KIB = 64


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind("sqlite", request, tmp_path)


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
    turn_holding(school, lin.person_id)
    office.database.wipe_removed()
    office.database.close()
    return Beginning(office, tmp_path / "mailbox.db", school.school_id, tuple(readers))


class Life(LifeInAnyOrder):
    """Invariants are what must hold whatever people did."""

    @invariant()
    def every_letter_opens_for_exactly_its_readers(self) -> None:
        with self.office.database.view() as view:
            for person_id, colleague in self.colleagues.items():
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
        for thread_id, thread in self.threads.items():
            shown = collect(self.office, self.school_id, thread.posted.code)
            released = [reply for reply in thread.replies if reply.released_on]
            assert shown.thread_id == thread_id
            assert [reply.text for reply in shown.replies] == [reply.text for reply in released if not reply.gone]
            assert (shown.damaged, shown.gone) == (0, sum(reply.gone for reply in released))

    @invariant()
    def the_lists_numbers_are_the_models(self) -> None:
        for reader in self.active:
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
        with self.office.database.view() as view:
            rows = view.session.execute(select(Alarm.thread_id, Alarm.kind).where(Alarm.state == "open")).all()
        found = Counter((thread_id, kind) for thread_id, kind in rows if thread_id)
        assert found == Counter({(id_, kind): n for id_, one in self.threads.items() for kind, n in one.alarms.items()})

    @invariant()
    def the_audit_chain_is_whole(self) -> None:
        with self.office.database.view() as view:
            assert verify(self.office, view.session, self.school_id) > 0


# Whatever the dice leave out of the few short lives happens in this one.
ONE_LIFE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("a_life_begins_with_a_letter", {"level": "routine", "barred": 0}),
    ("a_letter_is_refused", {"wrong": "半个\ud800"}),
    ("a_form_is_sent_again", {"which": 0}),
    ("a_reader_holds_what_waits", {"by": 0}),
    ("a_reader_opens", {"which": 0, "by": 0}),
    ("a_reader_claims", {"which": 0, "by": 0, "gives_back": False}),
    ("a_reader_claims", {"which": 0, "by": 1, "gives_back": False}),
    ("a_reader_holds_what_waits", {"by": 1}),
    ("a_reader_holds_what_waits", {"by": 0}),
    ("a_reader_hands_over", {"which": 0, "by": 0, "to": 0}),
    ("a_reader_drafts", {"which": 0, "by": 1, "nothing": False}),
    ("the_box_is_opened_if_it_is_due", {"days": 7}),
    ("a_child_writes_back", {"which": 0, "level": "soon", "twice": True}),
    ("a_reader_opens", {"which": 0, "by": 1}),
    ("time_goes_by", {"step": 5 * 86_400}),
    ("a_reader_holds_what_waits", {"by": 0}),
    ("a_child_writes", {"level": "urgent", "barred": 3, "twice": True}),
    ("a_reader_answers", {"which": 0, "by": 0, "now": False, "twice": True}),
    ("a_reader_corrects_the_level", {"which": 1, "by": 2, "level": "routine"}),
    ("a_reader_opens", {"which": 1, "by": 2}),
    ("a_reader_holds_what_waits", {"by": 2}),
    # It goes back on what was held before it goes out.
    ("a_child_writes_back", {"which": 1, "level": "routine", "twice": False}),
    ("a_reader_comes", {}),
    ("a_reader_shares_earlier_weeks", {"by": 0, "to": 2}),
    ("the_box_is_opened_if_it_is_due", {"days": 7}),
    ("a_reader_answers", {"which": 1, "by": 2, "now": True, "twice": False}),
    ("a_reader_leaves", {"who_goes": 0}),
    ("copies_of_old_replies_go", {"days": 61}),
    ("old_letters_go", {"days": 400}),
)


def test_one_life_goes_through_every_step(beginning: Beginning) -> None:
    Life.beginning = beginning
    Life.done.clear()
    life = Life()
    try:
        for step, given in ONE_LIFE:
            getattr(life, step)(**given)
            life.every_letter_opens_for_exactly_its_readers()
            life.a_code_shows_exactly_the_released_replies()
            life.the_lists_numbers_are_the_models()
            life.alarms_stand_once_for_each_urgent_letter()
            life.the_audit_chain_is_whole()
    finally:
        life.teardown()
    steps = {name for name in vars(LifeInAnyOrder) if name.startswith(("a_", "time_", "the_box_", "copies_", "old_"))}
    assert {step for step, _ in ONE_LIFE} == steps
    assert {"holds", "hands over", "loses a claim", "opening", "copies go", "old letters go"} <= Life.done.keys()
    assert Life.done["holds"] == 3


def test_any_life_of_a_thread_keeps_its_promises(beginning: Beginning) -> None:
    Life.beginning = beginning
    Life.done.clear()
    machine: Any = seed(SEED)(Life) if SEED != 1 else Life
    run_state_machine_as_test(machine, settings=examples(5, 400, steps=count(20, 25)))
    told = dict(Life.done.most_common())
    tell(f"{Life.done.total()} steps in the lives of threads: {told}")
