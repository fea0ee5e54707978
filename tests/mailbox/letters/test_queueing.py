"""The list page by page: the order is the policy's, numbers count what they say, a change has another tag."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, text

from mailbox.errors import NotAllowed
from mailbox.letters.answer import answer, claim, correct, release_claim
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post, write_back
from mailbox.letters.queueing import ROWS_A_PAGE, QueuePage, queue_page, queue_state
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.policy import order_queue
from mailbox.rules.queue_wish import Mark, QueueWish, Shape
from mailbox.store.tables import Thread, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.letters.kept_threads import Kept, keep
from triage.protocol import Urgency

TODAY = date(2026, 3, 2)
OTHER = "f" * 32
# The levels that triage gives, and rows that say what cannot be.
LEVELS = st.sampled_from(
    [
        ("routine", None),
        ("soon", None),
        ("unscreened", "needs_person"),
        ("unscreened", "failed"),
        ("urgent", None),
        ("unscreened", None),
        ("nonsense", None),
        ("soon", "nonsense"),
    ]
)
KEPT = st.builds(
    lambda number, level, back, half, kind, reader, read: Kept(
        f"{number:032x}",
        level[0],
        level[1],
        TODAY - timedelta(days=back),
        half,
        kind=kind,
        readers=reader,
        read=read,
    ),
    st.integers(0, 2**128 - 1),
    LEVELS,
    st.integers(0, 40),
    st.sampled_from(["morning", "afternoon", "evening", "midnight"]),
    st.sampled_from([*LetterKind, "nonsense"]),
    st.sampled_from([(), (OTHER,), ("me",)]),
    st.booleans(),
)
QUEUES = st.lists(KEPT, max_size=10, unique_by=lambda kept: kept.id)


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


def page(school: SchoolAtWork, wish: QueueWish | None = None, by: Colleague | None = None) -> QueuePage:
    return queue_page(school.office, by or school.counselor, wish or QueueWish())


def ids(school: SchoolAtWork, wish: QueueWish | None = None, by: Colleague | None = None) -> list[str]:
    return [row.id for row in page(school, wish, by).rows]


def number(name: int) -> str:
    return f"{name:032x}"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(QUEUES, st.sampled_from([None, *Shape]), st.sampled_from([None, *LetterKind]))
def test_sql_pages_agree_with_the_pure_order(
    school: SchoolAtWork, kept: list[Kept], shape: Shape | None, kind: LetterKind | None
) -> None:
    with school.office.database.work() as work:
        work.session.execute(delete(Thread))
        work.commit()
    me = school.counselor.person_id
    mine = [replace(one, readers=tuple(me if reader == "me" else reader for reader in one.readers)) for one in kept]
    keep(school.office, school.school_id, mine)
    whole = queue(school.office, school.counselor)
    assert [row.id for row in whole] == [row.id for row in order_queue(whole)]
    assert ids(school) == [row.id for row in whole]
    shapes = {row.id: shape_of(row.urgency, row.cause) for row in whole}
    counts = page(school).counts
    assert counts.waiting == len(whole)
    assert {one: list(shapes.values()).count(one) for one in Shape} == dict(counts.shapes)
    late = [row.id for row in whole if row.overdue and not row.damaged]
    assert ids(school, QueueWish(marks=frozenset({Mark.LATE}))) == late
    assert counts.marked(Mark.LATE) == len(late)
    damaged = {row.id for row in whole if row.damaged}
    narrow = ids(school, QueueWish(shape=shape, kind=kind))
    assert [one for one in narrow if one not in damaged] == [
        row.id
        for row in whole
        if not row.damaged and (shape is None or shapes[row.id] is shape) and (kind is None or row.kind == kind)
    ]


def shape_of(urgency: str, cause: str | None) -> Shape:
    if cause == "failed" or urgency == "urgent":
        return Shape.URGENT
    return Shape.PERSON if urgency == "unscreened" else Shape(urgency)


def test_pages_follow_each_other_without_a_gap_and_say_how_many_are_behind(school: SchoolAtWork) -> None:
    keep(school.office, school.school_id, [Kept(number(at)) for at in range(ROWS_A_PAGE * 2 + 7)])
    whole = [row.id for row in queue(school.office, school.counselor)]
    shown = [page(school, QueueWish(page=at)) for at in (1, 2, 3)]
    assert [row.id for one in shown for row in one.rows] == whole
    assert [(one.first, one.after) for one in shown] == [(1, ROWS_A_PAGE + 7), (ROWS_A_PAGE + 1, 7), (101, 0)]
    assert {one.total for one in shown} == {len(whole)}


@pytest.mark.parametrize(("asked", "given_page"), [(0, 1), (-3, 1), (9, 2)])
def test_a_page_that_is_not_there_is_the_nearest_one(school: SchoolAtWork, asked: int, given_page: int) -> None:
    keep(school.office, school.school_id, [Kept(number(at)) for at in range(ROWS_A_PAGE + 1)])
    assert page(school, QueueWish(page=asked)).page == given_page


def test_answered_letters_stand_newest_first_and_within_a_day_in_policy_order(school: SchoolAtWork) -> None:
    yesterday = TODAY - timedelta(days=1)
    kept = [
        Kept(number(1), arrived_on=yesterday, state="answered"),
        Kept(number(2), state="answered"),
        Kept(number(3), "urgent", arrived_half="evening", state="answered"),
    ]
    keep(school.office, school.school_id, kept)
    assert ids(school, QueueWish(answered=True)) == [number(3), number(2), number(1)]
    assert page(school).counts.answered == 3


def test_mine_are_those_i_hold_and_among_the_answered_those_i_answered(school: SchoolAtWork) -> None:
    me, now = school.counselor.person_id, int(school.clock().timestamp())
    kept = [
        Kept(number(1), claimed_by=me, claimed_until=now + 60),
        Kept(number(2), claimed_by=me, claimed_until=now - 1),
        Kept(number(3), claimed_by=OTHER, claimed_until=now + 60),
        Kept(number(4), state="answered", reply_by=me),
        Kept(number(5), state="answered", reply_by=OTHER),
    ]
    keep(school.office, school.school_id, kept)
    mine = frozenset({Mark.MINE})
    assert ids(school, QueueWish(marks=mine)) == [number(1)]
    assert ids(school, QueueWish(answered=True, marks=mine)) == [number(4)]
    assert page(school).counts.mine == 1


def test_unread_is_a_letter_that_nobody_has_opened(school: SchoolAtWork) -> None:
    keep(school.office, school.school_id, [Kept(number(1)), Kept(number(2), read=True)])
    assert ids(school, QueueWish(marks=frozenset({Mark.UNREAD}))) == [number(1)]
    assert page(school).counts.unread == 1


def test_marks_kind_and_level_are_asked_for_together(school: SchoolAtWork) -> None:
    kept = [
        Kept(number(1), "urgent", kind="meet"),
        Kept(number(2), "urgent", kind="meet", read=True),
        Kept(number(3), "urgent"),
        Kept(number(4), "soon", kind="meet"),
    ]
    keep(school.office, school.school_id, kept)
    wish = QueueWish(shape=Shape.URGENT, kind=LetterKind.MEET, marks=frozenset({Mark.UNREAD}))
    assert ids(school, wish) == [number(1)]
    assert page(school, wish).total == 1


def test_a_letter_closed_to_a_reader_is_in_no_list_no_number_and_no_tag_of_theirs(
    school: SchoolAtWork, colleague: Colleague
) -> None:
    before = page(school, by=colleague)
    kept = [Kept(number(1), "urgent", readers=(school.counselor.person_id,))]
    keep(school.office, school.school_id, kept)
    keep(school.office, school.school_id, [replace(kept[0], id=number(2), state="answered")])
    after = page(school, by=colleague)
    assert after == before
    assert ids(school, QueueWish(answered=True), colleague) == []
    assert page(school).counts.waiting == 1


def test_a_row_that_cannot_be_read_stands_first_and_the_page_goes_on(school: SchoolAtWork) -> None:
    if school.office.database.engine.dialect.name != "sqlite":
        return
    keep(school.office, school.school_id, [Kept(number(1), "urgent"), Kept(number(2)), Kept(number(3))])
    with school.office.database.work() as work:
        work.session.execute(text("UPDATE threads SET arrived_on = 'someday' WHERE id = :id"), {"id": number(3)})
        work.commit()
    assert [(row.id, row.damaged) for row in page(school).rows] == [
        (number(1), False),
        (number(3), True),
        (number(2), False),
    ]


def test_who_is_no_reader_gets_no_page_and_no_tag(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    _, login_name = second_counselor()
    newcomer = who(school.office, log_in(school.office, login_name, PASSPHRASE))
    for look in (
        lambda: queue_page(school.office, newcomer, QueueWish()),
        lambda: queue_state(school.office, newcomer),
    ):
        with pytest.raises(NotAllowed):
            look()


def test_the_tag_of_the_page_is_the_tag_that_is_asked_for(school: SchoolAtWork) -> None:
    keep(school.office, school.school_id, [Kept(number(1))])
    assert page(school, QueueWish(kind=LetterKind.MEET)).state == queue_state(school.office, school.counselor).tag


def test_the_tag_changes_with_every_act_that_the_list_shows_and_stays_otherwise(school: SchoolAtWork) -> None:
    office, me = school.office, school.counselor

    def tag() -> str:
        return queue_state(office, me).tag

    seen = [tag()]
    post(office, Letter(school.school_id, new_id(), "一封信", os.urandom(16)))
    thread_id = queue(office, me)[0].id
    acts: list[Callable[[], object]] = [
        lambda: claim(office, me, thread_id),
        lambda: release_claim(office, me, thread_id),
        lambda: open_thread(office, me, thread_id),
        lambda: correct(office, me, thread_id, Urgency.SOON, "请尽快看"),
        lambda: answer(office, me, thread_id, "谢谢", release_now=True, form_nonce=os.urandom(16)),
        lambda: write_back(office, Letter(school.school_id, new_id(), "还有", os.urandom(16)), thread_id),
    ]
    for act in acts:
        seen.append(tag())
        assert tag() == seen[-1]
        act()
    # Having given a letter back, the list looks as it did before it was claimed.
    assert seen[1] == seen[3]
    assert len({*seen, tag()}) == len(seen)


def test_a_claim_that_ran_out_changes_the_tag(school: SchoolAtWork) -> None:
    post(school.office, Letter(school.school_id, new_id(), "一封信", os.urandom(16)))
    claim(school.office, school.counselor, queue(school.office, school.counselor)[0].id)
    before = queue_state(school.office, school.counselor).tag
    school.clock.advance(minutes=16)
    assert queue_state(school.office, school.counselor).tag != before
