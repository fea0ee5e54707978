"""Minute and kiosk: for a confirmed rule and a second person, alone only for danger now, and never in the clear."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import delete, select, update

from mailbox.alarms.channels import add_channel
from mailbox.alarms.outbox import REVEALED
from mailbox.care.approval_lists import number_waiting
from mailbox.care.deciding import decide, withdraw
from mailbox.care.reveal import ask_to_reveal, reveal, reveal_alone
from mailbox.care.telling import say_seen
from mailbox.errors import Changed, InputRefused, NotAllowed, NotAuthentic, NotFound
from mailbox.letters.paper import NO_KIOSK
from mailbox.letters.post import Letter, write_back
from mailbox.people.arrivals import leave
from mailbox.people.audit import verify
from mailbox.people.audit_looks import audit_page
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from mailbox.store.tables import Alarm, ApprovalReason, ApprovalRequest, AuditRow, Channel, Delivery, Thread
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.care.second_persons import WHY, arrive_at, join, kiosk_of, page_of
from tests.mailbox.care.test_cases import everything_kept


def acts(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        assert verify(school.office, view.session, school.school_id)
        return list(view.session.scalars(select(AuditRow.act).order_by(AuditRow.place)))


def test_a_second_reader_agrees_and_the_asker_sees_minute_and_kiosk(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    request_id = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    (waiting,) = page_of(school, he).waiting
    assert (waiting.reason, waiting.rule, waiting.thread_id) == (WHY, "U1", thread_id)
    with pytest.raises(Changed):
        reveal(office, lin, request_id)
    decide(office, he, request_id, agrees=True)
    (shown,) = reveal(office, lin, request_id)
    assert shown.minute and shown.minute.strftime("%Y-%m-%d %H:%M") == "2026-03-02 10:00"
    assert (shown.station, shown.room) == ("走廊的平板", "教学楼三楼")
    assert acts(school)[-3:] == ["ask.reveal", "agree.reveal", "reveal.U1"]
    assert page_of(school, lin).own[0].used_on == office.local_now().date()


def write_again(school: SchoolAtWork, thread_id: str, words: str = "老师，我又来了") -> None:
    write_back(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16)), thread_id)


def test_a_consent_opens_no_letter_that_came_after_it_was_asked_for(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    request_id = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    write_again(school, thread_id)
    decide(office, he, request_id, agrees=True)
    write_again(school, thread_id, "还有一句")
    assert [one.place for one in reveal(office, lin, request_id)] == [1]
    # The newer ones are asked for anew, while the earlier consent still holds.
    anew = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    assert anew != request_id
    decide(office, he, anew, agrees=True)
    assert [one.place for one in reveal(office, lin, anew)] == [1, 2, 3]


def test_who_asks_again_after_another_letter_is_told_that_the_first_request_still_waits(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    request_id = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    write_again(school, thread_id)
    with pytest.raises(InputRefused):
        ask_to_reveal(office, lin, thread_id, "U1", WHY)
    withdraw(office, lin, request_id)
    assert ask_to_reveal(office, lin, thread_id, "U1", WHY) != request_id


def test_what_was_granted_alone_opens_no_later_letter_and_those_who_must_know_are_told_anew(
    school: SchoolAtWork,
) -> None:
    office, lin, an = school.office, school.counselor, join(school, LEAD, "an")
    thread_id = arrive_at(school, kiosk_of(school))
    first = reveal_alone(office, lin, thread_id, "U1", WHY)
    write_again(school, thread_id)
    assert [one.place for one in reveal(office, lin, first)] == [1]
    second = reveal_alone(office, lin, thread_id, "U1", WHY)
    assert [one.place for one in reveal(office, lin, second)] == [1, 2]
    assert len(page_of(school, an).told) == 2


def test_a_note_from_the_wooden_box_tells_when_it_was_typed_in_and_that_it_was(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, NO_KIOSK), "U1", WHY)
    decide(office, he, request_id, agrees=True)
    (shown,) = reveal(office, lin, request_id)
    assert shown.minute and shown.from_box and shown.station is None


def test_nothing_of_it_is_kept_in_the_clear(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    decide(office, he, request_id, agrees=True)
    reveal(office, lin, request_id)
    kept = everything_kept(office.database)
    assert WHY not in kept and "10:00" not in kept


@pytest.mark.parametrize(("rule", "reason"), [("", WHY), ("U8", WHY), ("U1", " "), ("U1", "长" * 401)])
def test_a_rule_and_a_reason_are_needed(school: SchoolAtWork, rule: str, reason: str) -> None:
    join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    for act in (ask_to_reveal, reveal_alone):
        with pytest.raises(InputRefused):
            act(school.office, school.counselor, thread_id, rule, reason)


def test_the_requester_never_decides_nor_uses_what_another_asked_for(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    with pytest.raises(InputRefused):
        decide(office, lin, request_id, agrees=True)
    assert number_waiting(office, lin) == 0
    decide(office, he, request_id, agrees=True)
    with pytest.raises(NotFound):
        reveal(office, he, request_id)


def test_of_two_who_decide_the_first_counts_and_a_second_click_is_harmless(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    he, an = join(school, COUNSELOR, "he"), join(school, LEAD, "an")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    for _ in range(2):
        decide(office, he, request_id, agrees=True)
    for agrees in (True, False):
        with pytest.raises(Changed):
            decide(office, an, request_id, agrees=agrees)
    (own,) = page_of(school, lin).own
    assert (own.state, own.decided_by) == ("approved", he.person_id)
    assert acts(school).count("agree.reveal") == 1


def test_two_who_decide_in_the_same_moment_get_one_result(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    people = [join(school, COUNSELOR, "he"), join(school, LEAD, "an")]
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    together = Barrier(len(people))

    def agree(person: Colleague) -> str:
        together.wait()
        try:
            decide(office, person, request_id, agrees=True)
        except Changed:
            return "late"
        return "first"

    with ThreadPoolExecutor(len(people)) as hands:
        assert sorted(hands.map(agree, people)) == ["first", "late"]
    assert acts(school).count("agree.reveal") == 1


def test_a_refused_a_withdrawn_and_an_old_request_open_nothing(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    refused = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    decide(office, he, refused, agrees=False)
    withdrawn = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    withdraw(office, lin, withdrawn)
    old = ask_to_reveal(office, lin, thread_id, "U1", WHY)
    assert ask_to_reveal(office, lin, thread_id, "U1", WHY) == old
    for rule, reason in (("U2", WHY), ("U1", "换一个说法")):
        with pytest.raises(InputRefused):
            ask_to_reveal(office, lin, thread_id, rule, reason)
    school.clock.advance(days=3, seconds=1)
    for request_id in (withdrawn, old):
        with pytest.raises(Changed):
            decide(office, he, request_id, agrees=True)
    for request_id in (refused, withdrawn, old):
        with pytest.raises(Changed):
            reveal(office, lin, request_id)
    assert number_waiting(office, he) == 0
    assert {line.state for line in page_of(school, lin).own} == {"refused", "withdrawn", "expired"}


def test_consent_ends_after_a_day(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    decide(office, he, request_id, agrees=True)
    school.clock.advance(days=1, seconds=1)
    with pytest.raises(Changed):
        reveal(office, lin, request_id)


def test_who_writes_the_database_grants_nothing(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    with office.database.work() as work:
        work.session.execute(update(ApprovalRequest).values(state="approved", decided_by=he.person_id))
        work.commit()
    with pytest.raises(NotAuthentic):
        reveal(office, lin, request_id)


def test_the_head_is_the_second_voice_of_a_school_with_one_counselor_and_sees_no_reason(school: SchoolAtWork) -> None:
    office, lin, head = school.office, school.counselor, join(school, HEAD, "fang")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U3", WHY)
    (waiting,) = page_of(school, head).waiting
    assert (waiting.rule, waiting.reason, waiting.thread_id) == ("U3", None, None)
    decide(office, head, request_id, agrees=True)
    assert reveal(office, lin, request_id)[0].station == "走廊的平板"


def test_where_a_second_reader_is_the_head_neither_decides_nor_counts(school: SchoolAtWork) -> None:
    office, lin, head = school.office, school.counselor, join(school, HEAD, "fang")
    join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, kiosk_of(school)), "U1", WHY)
    assert number_waiting(office, head) == 0
    with pytest.raises(NotFound):
        decide(office, head, request_id, agrees=True)


def test_without_any_second_person_only_danger_now_opens_it(school: SchoolAtWork) -> None:
    office, lin, thread_id = school.office, school.counselor, arrive_at(school, kiosk_of(school))
    with pytest.raises(InputRefused):
        ask_to_reveal(office, lin, thread_id, "U1", WHY)
    assert reveal(office, lin, reveal_alone(office, lin, thread_id, "U1", WHY))[0].room == "教学楼三楼"


def test_alone_for_danger_now_tells_lead_and_head_until_they_say_that_they_know(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    an, head = join(school, LEAD, "an"), join(school, HEAD, "fang")
    thread_id = arrive_at(school, kiosk_of(school))
    request_id = reveal_alone(office, lin, thread_id, "U6", WHY)
    assert reveal_alone(office, lin, thread_id, "U6", WHY) == request_id
    assert reveal(office, lin, request_id)[0].minute
    (told,) = page_of(school, an).told
    assert (told.thread_id, told.reason, told.rule) == (thread_id, WHY, "U6")
    (told,) = page_of(school, head).told
    assert (told.thread_id, told.reason, told.rule, told.requester_id) == (None, None, None, lin.person_id)
    for person in (an, head):
        assert number_waiting(office, person) == 1
        for _ in range(2):
            say_seen(office, person, request_id)
        assert number_waiting(office, person) == 0
    with pytest.raises(NotAllowed):
        say_seen(office, lin, request_id)
    assert acts(school).count("reveal.alone.U6") == 1
    reveals = page_of(school, an).reveals
    assert reveals and [line.id for line in reveals] == [request_id]


def test_a_closed_letter_is_asked_of_its_readers_alone_and_told_to_no_other(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    he, an, head = join(school, COUNSELOR, "he"), join(school, LEAD, "an"), join(school, HEAD, "fang")
    thread_id = arrive_at(school, kiosk_of(school), not_for=frozenset({an.person_id}))
    request_id = ask_to_reveal(office, lin, thread_id, "U3", WHY)
    alone = reveal_alone(office, lin, thread_id, "U3", WHY)
    for stranger in (an, head):
        with pytest.raises(NotFound):
            decide(office, stranger, request_id, agrees=True)
    assert number_waiting(office, an) == 0 and page_of(school, an).reveals == []
    assert [line.id for line in page_of(school, head).told] == [alone]
    assert page_of(school, head).waiting == []
    say_seen(office, head, alone)
    days = audit_page(office, an).days
    assert not [line for _, lines in days for line in lines if "reveal" in line.act]
    assert number_waiting(office, he) == 1
    decide(office, he, request_id, agrees=True)
    assert reveal(office, lin, request_id)[0].station == "走廊的平板"


def test_a_closed_letter_with_one_reader_is_not_asked_of_the_head(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    he, head = join(school, COUNSELOR, "he"), join(school, HEAD, "fang")
    thread_id = arrive_at(school, kiosk_of(school), not_for=frozenset({he.person_id}))
    with pytest.raises(InputRefused):
        ask_to_reveal(office, lin, thread_id, "U3", WHY)
    with pytest.raises(NotFound):
        ask_to_reveal(office, he, thread_id, "U3", WHY)
    assert number_waiting(office, head) == 0


def test_a_request_and_its_reason_go_with_the_letter(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    ask_to_reveal(office, lin, thread_id, "U1", WHY)
    with office.database.work() as work:
        work.session.execute(delete(Thread).where(Thread.id == thread_id))
        work.commit()
    assert page_of(school, lin).own == [] and number_waiting(office, he) == 0
    with office.database.view() as view:
        assert view.session.scalars(select(ApprovalReason)).all() == []


def test_who_left_uses_nothing_any_more(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, he, arrive_at(school, kiosk_of(school)), "U1", WHY)
    decide(office, lin, request_id, agrees=True)
    leave(office, school.school_id, lin.person_id, he.person_id)
    with pytest.raises(NotAllowed):
        reveal(office, he, request_id)


def test_a_technician_asks_decides_and_counts_nothing(school: SchoolAtWork) -> None:
    office, technician = school.office, who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    join(school, COUNSELOR, "he")
    thread_id = arrive_at(school, kiosk_of(school))
    request_id = ask_to_reveal(office, school.counselor, thread_id, "U1", WHY)
    assert number_waiting(office, technician) == 0
    for act in (
        lambda: ask_to_reveal(office, technician, thread_id, "U1", WHY),
        lambda: reveal_alone(office, technician, thread_id, "U1", WHY),
        lambda: decide(office, technician, request_id, agrees=True),
        lambda: page_of(school, technician),
    ):
        with pytest.raises(NotAllowed):
            act()


def test_channels_tell_no_letter_and_of_a_closed_one_nothing_to_who_is_closed_out(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    people = {"an": join(school, LEAD, "an"), "fang": join(school, HEAD, "fang")}
    own = {name: person.person_id for name, person in people.items()} | {"all": None}
    for name, person_id in own.items():
        add_channel(office, school.school_id, school.technician_id, name, "json://127.0.0.1:9/", person_id)
    kiosk_id = kiosk_of(school)
    reveal_alone(office, lin, arrive_at(school, kiosk_id, "今天的云像一只鸡"), "U1", WHY)
    assert told_channels(school) == ["all", "an", "fang"]
    closed = arrive_at(school, kiosk_id, "今天的云像一只鸡", frozenset({people["an"].person_id}))
    reveal_alone(office, lin, closed, "U1", WHY)
    assert told_channels(school) == ["all", "an", "fang", "fang"]


def told_channels(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        query = select(Channel.name).join(Delivery, Delivery.channel_id == Channel.id)
        notices = query.join(Alarm, Alarm.id == Delivery.alarm_id).where(
            Alarm.kind == REVEALED, Alarm.state == "notice", Alarm.thread_id.is_(None)
        )
        return list(view.session.scalars(notices.order_by(Channel.name)))
