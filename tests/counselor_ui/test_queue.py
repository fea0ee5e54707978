"""The queue: who waits, how urgently and since when, without a key and without a word of any letter."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

import pytest
from sqlalchemy import update

from mailbox.alarms.channels import add_channel
from mailbox.letters.answer import answer, claim
from mailbox.letters.desk import open_thread
from mailbox.letters.post import Letter, write_back
from mailbox.people.arrivals import approve
from mailbox.people.login import Colleague, log_in, who
from mailbox.store.tables import Channel, Thread, new_id
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import Browser, another_browser, arrive, logged_in, reading, words_of
from triage.protocol import Cause, Urgency

ROW = re.compile(r'<li class="([a-z]+)[^"]*">\s*<a class="open" href="([^"]+)">(.*?)</li>', re.S)


def rows(browser: Browser, address: str = "/desk/letters/") -> list[tuple[str, str]]:
    """Return shape and words of each row."""
    return [(shape, words_of(row)) for shape, _, row in ROW.findall(browser.get(address).text)]


def replied(school: SchoolAtWork, thread_id: str, by: Colleague | None = None) -> None:
    reader = by or school.counselor
    open_thread(school.office, reader, thread_id)
    answer(school.office, reader, thread_id, "谢谢你的信", release_now=True, form_nonce=os.urandom(16))


@pytest.fixture
def colleague(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return who(school.office, log_in(school.office, login_name, PASSPHRASE))


@pytest.fixture
def browser(school: SchoolAtWork) -> Browser:
    return logged_in(school)


def test_letters_stand_in_policy_order_with_shape_and_word(school: SchoolAtWork, browser: Browser) -> None:
    for words in ("日常", "【尽快】", "【紧急】"):
        arrive(school, words)
    assert [(shape, said.split()[0]) for shape, said in rows(browser)] == [
        ("urgent", "紧急"),
        ("soon", "尽快"),
        ("routine", "日常"),
    ]


def test_the_number_of_each_level_stands_above_with_what_it_counts(school: SchoolAtWork, browser: Browser) -> None:
    for words in ("一", "二", "【紧急】"):
        arrive(school, words)
    choices = re.search(r'<ul class="choices".*?</ul>', browser.get("/desk/letters/").text, re.S)
    assert choices and words_of(choices[0]).startswith("紧急 1 现在就看 日常 2 开箱前看 等我看 3")


def test_no_word_of_a_letter_stands_in_the_queue(school: SchoolAtWork, browser: Browser) -> None:
    arrive(school, "我把秘密埋在橘子树下")
    page = browser.get("/desk/letters/").text
    assert "秘密" not in page and "橘子树" not in page


@pytest.mark.parametrize(
    ("waited", "said"),
    [
        ({}, "今天上午到 刚到不久"),
        ({"hours": 5}, "今天上午到 等了 1 个半天"),
        ({"days": 1}, "昨天上午到 等了 3 个半天"),
        ({"days": 3, "hours": 9}, "3月2日周一上午到 等了 11 个半天"),
    ],
)
def test_waiting_is_said_in_half_days(school: SchoolAtWork, waited: dict[str, float], said: str) -> None:
    arrive(school, "一封信")
    school.clock.advance(**waited)
    assert said in rows(logged_in(school))[0][1]


def test_an_overdue_letter_is_named(school: SchoolAtWork) -> None:
    arrive(school, "【紧急】")
    arrive(school, "日常")
    school.clock.advance(days=1)
    urgent, routine = rows(logged_in(school))
    assert "超过期限" in urgent[1] and "超过期限" not in routine[1]


def test_a_claim_is_mine_or_names_the_colleague(school: SchoolAtWork, colleague: Colleague, browser: Browser) -> None:
    claim(school.office, school.counselor, arrive(school, "【紧急】"))
    claim(school.office, colleague, arrive(school, "【尽快】"))
    arrive(school, "日常")
    mine, taken, free = (said for _, said in rows(browser))
    assert mine.endswith("我在处理")
    assert taken.endswith("何老师在处理")
    assert free.endswith("我来")


def test_a_letter_is_claimed_from_the_queue(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    assert browser.send("/desk/letters/", "/claim").location == f"/desk/letters/{thread_id}"
    assert "我在处理" in browser.get("/desk/letters/").text


def test_an_expired_claim_is_gone_from_the_queue(school: SchoolAtWork, colleague: Colleague) -> None:
    claim(school.office, colleague, arrive(school, "一封信"))
    school.clock.advance(minutes=16)
    assert rows(logged_in(school))[0][1].endswith("我来")


def test_a_letter_closed_to_somebody_says_so_and_does_not_exist_for_them(
    school: SchoolAtWork, colleague: Colleague, browser: Browser
) -> None:
    arrive(school, "不要给何老师看", not_for=[colleague.person_id])
    assert "只给部分老师看" in rows(browser)[0][1]
    theirs = another_browser(browser)
    theirs.log_in("he")
    assert rows(theirs) == []


def test_a_new_letter_in_an_answered_thread_says_so(school: SchoolAtWork, browser: Browser) -> None:
    thread_id = arrive(school, "一封信")
    assert "又写来" not in rows(browser)[0][1]
    replied(school, thread_id)
    assert rows(browser) == []
    write_back(school.office, Letter(school.school_id, new_id(), "还有一件事", os.urandom(16)), thread_id)
    assert "孩子又写来了" in rows(browser)[0][1]


@pytest.mark.parametrize(
    ("cause", "shape", "said"), [(Cause.NEEDS_PERSON, "person", "请人看"), (Cause.FAILED, "urgent", "按紧急处理")]
)
def test_a_letter_that_nobody_read_asks_for_a_person(
    school: SchoolAtWork, browser: Browser, cause: Cause, shape: str, said: str
) -> None:
    arrive(school, "🎈🎈🎈", reading(school.office, Urgency.UNSCREENED, [], cause=cause))
    assert rows(browser)[0][0] == shape
    assert said in rows(browser)[0][1]


def test_a_letter_whose_row_is_damaged_says_so_stands_first_and_leaves_the_others_in_order(
    school: SchoolAtWork, browser: Browser
) -> None:
    damaged = arrive(school, "日常")
    for words in ("【尽快】", "日常"):
        arrive(school, words)
    with school.office.database.work() as work:
        work.session.execute(update(Thread).where(Thread.id == damaged).values(urgency="nonsense"))
        work.commit()
    (shape, said), *sound = rows(browser)
    assert (shape, "资料坏了" in said) == ("urgent", True)
    # Nothing is claimed of it that its row does not say.
    assert "超过期限" not in said and "按紧急处理" not in said
    assert [shape for shape, _ in sound] == ["soon", "routine"]
    assert not any("资料坏了" in said for _, said in sound)


def test_answered_letters_have_a_list_of_their_own_newest_first(school: SchoolAtWork, browser: Browser) -> None:
    replied(school, arrive(school, "【紧急】早"))
    school.clock.advance(days=1)
    replied(school, arrive(school, "晚"))
    browser = logged_in(school)
    assert rows(browser) == []
    answered = rows(browser, "/desk/letters/?tab=answered")
    assert [shape for shape, _ in answered] == ["routine", "urgent"]
    assert "等了" not in answered[0][1] and "我来" not in answered[0][1]


def test_empty_lists_are_kind(browser: Browser) -> None:
    assert "现在没有等着的信。 您也歇一歇。" in words_of(browser.get("/desk/letters/").text)
    assert "还没有回过信" in browser.get("/desk/letters/?tab=answered").text


@pytest.mark.parametrize(
    ("moved", "said"),
    [
        ({}, "3月6日周五 15 点开箱，还有 4 天"),
        ({"days": 3}, "明天 15 点开箱"),
        ({"days": 4}, "今天 15 点开箱，还有 5 小时"),
        ({"days": 4, "hours": 4, "minutes": 30}, "马上开箱"),
        ({"days": 4, "hours": 5}, "3月13日周五 15 点开箱，还有 7 天"),
    ],
)
def test_the_time_to_the_next_opening_stands_above(school: SchoolAtWork, moved: dict[str, float], said: str) -> None:
    school.clock.advance(**moved)
    assert said in logged_in(school).get("/desk/letters/").text


def test_a_channel_that_failed_is_named_without_its_address(school: SchoolAtWork, browser: Browser) -> None:
    assert "有一路警报没有送到" not in browser.get("/desk/letters/").text
    add_channel(
        school.office, school.school_id, school.technician_id, "校长的邮箱", "mailto://a:geheim@example.invalid"
    )
    with school.office.database.work() as work:
        work.session.execute(update(Channel).values(problem="SendingFailed"))
        work.commit()
    page = browser.get("/desk/letters/").text
    assert "有一路警报没有送到" in page and "geheim" not in page and "example" not in page


def test_somebody_who_waits_for_approval_is_named(
    browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    second_counselor()
    assert "何老师在等您同意" in browser.get("/desk/letters/").text


def test_who_still_waits_for_approval_reads_nothing(
    school: SchoolAtWork, browser: Browser, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    thread_id = arrive(school, "一封信")
    second_counselor()
    newcomer = another_browser(browser)
    newcomer.log_in("he")
    for address in ("/desk/letters/", f"/desk/letters/{thread_id}"):
        assert newcomer.get(address).status_code == 403


def test_thanks_are_said_for_nothing_but_a_reply(browser: Browser) -> None:
    assert "谢谢您" in browser.get("/desk/letters/?thanks=held").text
    assert "谢谢您" not in browser.get("/desk/letters/?thanks=<b>").text


def test_the_queue_speaks_english_to_an_english_browser(school: SchoolAtWork, browser: Browser) -> None:
    arrive(school, "【紧急】")
    browser.language = "en"
    page = words_of(browser.get("/desk/letters/").text)
    assert "urgent came this morning just now" in page
    assert "The box is opened Fri, Mar 6, 15:00, in 4 days" in page
