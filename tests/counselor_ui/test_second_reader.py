"""Asking a colleague to read too, on the pages: the form, the tag in their list, and the way it ends."""

from __future__ import annotations

from collections.abc import Callable

from mailbox.people.arrivals import approve
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import another_browser, arrive, logged_in, words_of


def test_a_colleague_is_asked_finds_the_letter_and_says_that_it_is_read(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    thread_id = arrive(school, "今天的云像一只鸡")
    letter = f"/desk/letters/{thread_id}"
    lin = logged_in(school)
    refused = lin.send(letter, "/second-reader", second="0" * 32, asking="您看第二段")
    assert refused.status_code == 400 and "您看第二段" in refused.text
    assert "请选一位看得到这封信的同事。" in words_of(refused.text)
    assert lin.send(letter, "/second-reader", second=he_id, asking="您看第二段").status_code == 303
    assert "在等何老师也读一读。" in words_of(lin.get(letter).text)
    he = another_browser(lin)
    he.log_in(login_name)
    listed = he.get("/desk/letters/?with=asked").text
    assert letter in listed and "林老师请您也读" in words_of(listed) and "等我的 1" in words_of(listed)
    page = words_of(he.get(letter).text)
    assert "林老师请您也读一读这封信。" in page and "您看第二段" in page
    assert he.send(letter, "/second-read", second_words="长" * 1_001).status_code == 400
    assert he.send(letter, "/second-read", second_words="我也拿不准").status_code == 303
    assert "请您也读" not in words_of(he.get(letter).text)
    assert letter not in he.get("/desk/letters/?with=asked").text
    assert "我也拿不准" in words_of(lin.get(letter).text)


def test_a_letter_that_was_handed_over_is_said_to_be_ones_own(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    he_id, login_name = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, he_id)
    letter = f"/desk/letters/{arrive(school, '今天的云像一只鸡')}"
    lin = logged_in(school)
    # Who was asked first and is handed it then has it, too.
    lin.send(letter, "/second-reader", second=he_id, asking="")
    lin.send(letter, "/remark", remark="您来回更好", hand_to=he_id)
    assert "信交给了何老师，还在等这位老师来看。" in words_of(lin.get(letter).text)
    he = another_browser(lin)
    he.log_in(login_name)
    assert "林老师交给您的" in words_of(he.get("/desk/letters/?with=asked").text)
    page = words_of(he.get(letter).text)
    assert "林老师把这封信交给您了。" in page and "也读一读" not in page
    assert he.send(letter, "/second-read", second_words="").status_code == 303
    assert letter not in he.get("/desk/letters/?with=asked").text
    # Asked only to read from then on.
    lin.send(letter, "/second-reader", second=he_id, asking="")
    assert "林老师请您也读一读这封信。" in words_of(he.get(letter).text)


def test_a_school_with_one_counselor_is_offered_nobody_to_ask(school: SchoolAtWork) -> None:
    page = logged_in(school).get(f"/desk/letters/{arrive(school, '一封信')}").text
    assert "请另一位老师也读" not in page
