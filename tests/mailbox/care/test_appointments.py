"""Times to meet: offered in a reply, chosen in a write-back, listed for readers, and nowhere in the clear."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest

from mailbox.care.appointments import meeting_of, meetings, offer_times
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.collect import Collected, collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.drafts import draft_of, keep_draft
from mailbox.letters.meeting_times import choices_in
from mailbox.letters.post import Posted, post, write_back
from mailbox.letters.reply_words import Choice, MeetingTime, ReplyWords
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.rules.letter_kinds import LetterKind
from mailbox.store.outbox import open_alarms
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.mailbox.letters.test_journey import letter_of
from triage.protocol import Urgency

# The clock stands on Monday, the second of March 2026, in the morning.
TUESDAY = MeetingTime(date(2026, 3, 3), time(12, 30), "二楼橘子屋")
WEDNESDAY = MeetingTime(date(2026, 3, 4), time(16, 0), "操场边的石凳")
NEXT_MONDAY = MeetingTime(date(2026, 3, 9), time(12, 30), "二楼橘子屋")


def wants_to_meet(school: SchoolAtWork, name: str = "") -> Posted:
    details = {"name": name} if name else {}
    return post(school.office, letter_of(school, "想和老师当面说", kind=LetterKind.MEET, details=details))


def offer(
    school: SchoolAtWork,
    posted: Posted,
    *times: MeetingTime,
    by: Colleague | None = None,
    release_now: bool = True,
    nonce: bytes = b"",
) -> None:
    sent = nonce or os.urandom(16)
    reader = by or school.counselor
    open_thread(school.office, reader, posted.thread_id)
    offer_times(
        school.office, reader, posted.thread_id, "选一个时间吧", times, release_now=release_now, form_nonce=sent
    )


def read_by_child(school: SchoolAtWork, posted: Posted) -> Collected:
    return collect(school.office, school.school_id, posted.code)


def choose(school: SchoolAtWork, posted: Posted, place: int | None, words: str = "", reply_id: str = "") -> None:
    about = read_by_child(school, posted).about_times
    assert about
    letter = letter_of(school, words, choice=Choice(reply_id or about.id, place))
    write_back(school.office, letter, posted.thread_id)


def said_in(school: SchoolAtWork, posted: Posted) -> list[str]:
    opened = open_thread(school.office, school.counselor, posted.thread_id)
    return [chosen.state for chosen in choices_in(opened.notes, opened.replies).values()]


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login, PASSPHRASE))


def test_a_child_reads_the_times_chooses_one_and_the_desk_lists_it(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school, "小禾")
    offer(school, posted, WEDNESDAY, TUESDAY)
    reply = read_by_child(school, posted).replies[0]
    assert (reply.text, reply.times) == ("选一个时间吧", (TUESDAY, WEDNESDAY))
    choose(school, posted, 1)
    found = meetings(school.office, school.counselor)
    assert [(one.time, one.author_id, one.child) for one in found.coming] == [
        (WEDNESDAY, school.counselor.person_id, "小禾")
    ]
    assert meeting_of(school.office, school.counselor, posted.thread_id).time == WEDNESDAY
    assert said_in(school, posted) == ["chosen"]


def test_new_times_that_wait_for_the_opening_leave_what_was_agreed_and_are_kept_free_too(school: SchoolAtWork) -> None:
    agreed, other = wants_to_meet(school), wants_to_meet(school)
    offer(school, agreed, TUESDAY)
    choose(school, agreed, 0)
    offer(school, agreed, NEXT_MONDAY, release_now=False)
    assert [one.time for one in meetings(school.office, school.counselor).coming] == [TUESDAY]
    assert said_in(school, agreed) == ["chosen"]
    for taken in (TUESDAY, NEXT_MONDAY):
        with pytest.raises(InputRefused):
            offer(school, other, taken)


def test_no_time_and_no_place_lies_in_the_clear(school: SchoolAtWork, tmp_path: Path) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY)
    choose(school, posted, 0, "我会穿雨靴")
    for path in tmp_path.rglob("*.db*"):
        raw = path.read_bytes()
        assert not any(word.encode() in raw for word in ("橘子屋", "12:30", "2026-03-03", "雨靴")), path.name


def test_a_choice_waits_as_soon_never_lower_and_its_words_are_read(school: SchoolAtWork) -> None:
    plain, grave = wants_to_meet(school), wants_to_meet(school)
    for posted, time_of_it in ((plain, TUESDAY), (grave, WEDNESDAY)):
        offer(school, posted, time_of_it)
    choose(school, plain, 0)
    choose(school, grave, None, "【紧急】")
    levels = {row.id: (row.urgency, row.wrote_again) for row in queue(school.office, school.counselor)}
    assert levels == {plain.thread_id: (Urgency.SOON, True), grave.thread_id: (Urgency.URGENT, True)}
    with school.office.database.view() as view:
        assert len(open_alarms(view.session, school.school_id)) == 1


def test_a_choice_lowers_no_urgent_thread(school: SchoolAtWork) -> None:
    posted = post(school.office, letter_of(school, "【紧急】", kind=LetterKind.MEET))
    offer(school, posted, TUESDAY)
    choose(school, posted, 0)
    assert queue(school.office, school.counselor)[0].urgency == Urgency.URGENT


def test_none_of_the_times_is_an_answer_too(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY)
    choose(school, posted, None, "都要上课")
    assert said_in(school, posted) == ["none_fits"] and meetings(school.office, school.counselor).coming == []


def test_a_child_that_chooses_again_has_chosen_the_last_one(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY, WEDNESDAY)
    for place in (0, 1):
        choose(school, posted, place)
    assert [one.time for one in meetings(school.office, school.counselor).coming] == [WEDNESDAY]


def test_new_times_and_none_at_all_end_the_earlier_ones(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY)
    earlier = read_by_child(school, posted).replies[0].id
    choose(school, posted, 0)
    offer(school, posted, WEDNESDAY)
    about = read_by_child(school, posted).about_times
    assert about and about.times == (WEDNESDAY,)
    assert meetings(school.office, school.counselor).coming == [] and said_in(school, posted) == ["replaced"]
    choose(school, posted, 0, reply_id=earlier)
    assert said_in(school, posted) == ["replaced", "replaced"]
    choose(school, posted, 0)
    offer(school, posted)
    about = read_by_child(school, posted).about_times
    assert about and about.times == () and meetings(school.office, school.counselor).coming == []


def test_a_plain_answer_ends_no_times(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY)
    choose(school, posted, 0)
    answer(
        school.office, school.counselor, posted.thread_id, "好，到时候见", release_now=True, form_nonce=os.urandom(16)
    )
    assert [one.time for one in meetings(school.office, school.counselor).coming] == [TUESDAY]


def test_one_time_of_a_counselor_belongs_to_one_letter(school: SchoolAtWork, he: Colleague) -> None:
    first, second = wants_to_meet(school), wants_to_meet(school)
    offer(school, first, TUESDAY, WEDNESDAY)
    beside = MeetingTime(TUESDAY.on, time(12, 45), "图书角")
    with pytest.raises(InputRefused, match="given"):
        offer(school, second, beside)
    offer(school, second, beside, by=he)
    choose(school, first, 1)
    # The child took the other time, so this one is free again.
    offer(school, second, TUESDAY)
    with pytest.raises(InputRefused, match="given"):
        offer(school, second, WEDNESDAY)
    offer(school, first)
    offer(school, second, WEDNESDAY)


def test_the_same_form_twice_is_one_offer(school: SchoolAtWork) -> None:
    posted, nonce = wants_to_meet(school), os.urandom(16)
    for _ in range(2):
        offer(school, posted, TUESDAY, nonce=nonce)
    assert len(read_by_child(school, posted).replies) == 1


@pytest.mark.parametrize(
    ("times", "reason"),
    [
        ([MeetingTime(date(2026, 3, 2), time(8, 0), "屋")], "past"),
        ([MeetingTime(date(2026, 4, 2), time(8, 0), "屋")], "far"),
        ([MeetingTime(date(2026, 3, 7), time(8, 0), "屋")], "no_school"),
        ([MeetingTime(date(2026, 3, 3), time(8, 0), " ")], "place"),
        ([MeetingTime(date(2026, 3, 3), time(8, 0), "长" * 31)], "place"),
        ([TUESDAY, TUESDAY], "twice"),
        ([MeetingTime(date(2026, 3, 3), time(hour, 0), "屋") for hour in range(8, 13)], "too_many"),
    ],
)
def test_times_that_cannot_be_are_refused(school: SchoolAtWork, times: list[MeetingTime], reason: str) -> None:
    posted = wants_to_meet(school)
    with pytest.raises(InputRefused, match=reason):
        offer(school, posted, *times)
    assert read_by_child(school, posted).replies == []


def test_a_time_before_the_child_can_read_of_it_is_refused(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    with pytest.raises(InputRefused, match="before_opening"):
        offer(school, posted, TUESDAY, release_now=False)
    offer(school, posted, MeetingTime(date(2026, 3, 9), time(12, 30), "屋"), release_now=False)


def test_a_choice_of_what_was_never_offered_agrees_on_nothing(school: SchoolAtWork) -> None:
    """Who can only write the database can seal a letter of their own, and choose in it what they like."""
    posted, other = wants_to_meet(school), wants_to_meet(school)
    offer(school, posted, TUESDAY)
    offer(school, other, WEDNESDAY)
    choose(school, posted, 3)
    choose(school, posted, 0, reply_id=read_by_child(school, other).replies[0].id)
    assert said_in(school, posted) == ["unknown", "unknown"]
    assert meetings(school.office, school.counselor).coming == []
    with pytest.raises(NotFound):
        meeting_of(school.office, school.counselor, posted.thread_id)


def test_a_meeting_that_is_over_stays_for_its_record_and_then_goes(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    offer(school, posted, TUESDAY)
    choose(school, posted, 0)
    school.clock.advance(days=2)
    found = meetings(school.office, school.counselor)
    assert (found.coming, [one.time for one in found.past]) == ([], [TUESDAY])
    school.clock.advance(days=14)
    assert meetings(school.office, school.counselor).past == []


def test_a_meeting_of_a_closed_letter_is_listed_for_its_readers_alone(school: SchoolAtWork, he: Colleague) -> None:
    letter = letter_of(school, "想见林老师", kind=LetterKind.MEET, not_for_readers=frozenset({he.person_id}))
    posted = post(school.office, letter)
    offer(school, posted, TUESDAY)
    choose(school, posted, 0)
    assert len(meetings(school.office, school.counselor).coming) == 1
    assert meetings(school.office, he).coming == []
    with pytest.raises(NotFound):
        meeting_of(school.office, he, posted.thread_id)


def test_a_technician_offers_and_lists_nothing(school: SchoolAtWork) -> None:
    technician = who(school.office, log_in(school.office, "jishu", PASSPHRASE))
    posted = wants_to_meet(school)
    with pytest.raises(NotAllowed):
        meetings(school.office, technician)
    with pytest.raises(NotAllowed):
        offer_times(
            school.office, technician, posted.thread_id, "来", [TUESDAY], release_now=True, form_nonce=os.urandom(16)
        )


def test_offering_times_leaves_a_draft_where_it_is(school: SchoolAtWork) -> None:
    posted = wants_to_meet(school)
    keep_draft(school.office, school.counselor, posted.thread_id, "写了一半", "")
    offer(school, posted, TUESDAY)
    draft = draft_of(school.office, school.counselor, posted.thread_id)
    assert draft and draft.text == "写了一半"


@pytest.mark.parametrize("text", ["好", "", "\x1e", '\x1e{"text": 7}', "{}"])
def test_words_of_every_kind_are_read_back_as_they_were_written(text: str) -> None:
    for words in (ReplyWords(text), ReplyWords(text, (TUESDAY,)), ReplyWords(text, (), ends_earlier=True)):
        assert ReplyWords.from_bytes(words.to_bytes()) == words
