"""What a counselor is asked to read twice, and what is left in peace."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.rules.gentle_check import CHECKS, IDENTITY, LONGEST_QUOTE, QUOTE, look_again
from mailbox.upkeep.demo import STORY

GOOD_REPLY = """谢谢你把这件事写下来，一定很不容易。这不是你的错。
你现在安全吗？今天放学以前我在二楼心屋，门开着，你可以带一个朋友来。
如果有人会受伤，我要告诉能帮忙的大人，会先和你商量。"""


def kinds(reply: str, *letters: str) -> set[str]:
    return {find.kind for find in look_again(reply, letters)}


@pytest.mark.parametrize(("kind", "text"), [(check.kind, text) for check in CHECKS for text in check.fits])
def test_each_example_is_found_under_its_kind(kind: str, text: str) -> None:
    assert kind in kinds(text)


@pytest.mark.parametrize(("kind", "text"), [(check.kind, text) for check in CHECKS for text in check.fits_not])
def test_what_is_kindly_said_is_not_found(kind: str, text: str) -> None:
    assert kind not in kinds(text)


def test_a_good_reply_has_nothing_to_look_at_twice() -> None:
    assert look_again(GOOD_REPLY, ("我不敢回宿舍，他们把我的书包扔到楼下",)) == []


def test_the_childs_own_words_are_found_also_with_other_punctuation() -> None:
    letter = "他们每天把我的书包扔到楼下，我不敢说"
    reply = "你说他们每天，把我的书包扔到楼下。"
    (found,) = look_again(reply, (letter,))
    assert (found.kind, reply[found.start : found.end]) == (QUOTE, "他们每天，把我的书包扔到楼下")


def test_a_few_words_in_common_are_no_quotation() -> None:
    assert look_again("书包的事，我们一起想办法", ("他们把我的书包扔到楼下",)) == []


def test_a_name_and_a_class_are_found() -> None:
    assert IDENTITY in kinds("小雨你好", "我叫小雨，我想爸爸了")
    assert IDENTITY in kinds("三年级2班的同学你好")
    assert IDENTITY in kinds("五（3）班")
    assert IDENTITY not in kinds("同学你好", "我是三年级的")


def test_places_stand_in_order_and_inside_the_reply() -> None:
    reply = "你怎么不早说，想开点，我保证不告诉别人"
    finds = look_again(reply)
    assert [find.kind for find in finds] == ["blame", "belittling", "secrecy"]
    assert all(0 <= find.start < find.end <= len(reply) for find in finds)


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_gets_an_answer(reply: str, letter: str) -> None:
    for find in look_again(reply, (letter,)):
        assert 0 <= find.start < find.end <= len(reply)


@given(st.text(alphabet="山水日月", min_size=LONGEST_QUOTE, max_size=60))
def test_a_letter_sent_back_whole_is_one_quotation(letter: str) -> None:
    assert [(find.start, find.end) for find in look_again(letter, (letter,))] == [(0, len(letter))]


@pytest.mark.parametrize("letter", ["我是女生，他们笑我", "我叫妈妈，她没有听见", "我是真的，没有骗人"])
def test_what_names_nobody_is_no_name(letter: str) -> None:
    assert IDENTITY not in kinds("女生也可以，妈妈也累，这是真的", letter)


@pytest.mark.parametrize("letter", [letter for letter in STORY["letters"] if "reply" in letter])
def test_the_demonstrations_replies_raise_no_false_alarm(letter: dict[str, str]) -> None:
    assert look_again(letter["reply"], (letter["words"], letter.get("back", ""))) == []


def test_a_name_that_the_child_left_where_it_was_asked_for_one_is_found() -> None:
    (find,) = look_again("陈小雨，周三来心屋", ("我想见老师",), ("陈小雨", "", "坐在教室最后一排靠窗的那张桌子边上"))
    assert (find.kind, find.start, find.end) == (IDENTITY, 0, 3)
    assert [find.kind for find in look_again("小雨，周三来心屋", (), ("三班的小雨",))] == [IDENTITY]
