"""A name is something that a list can show."""

from __future__ import annotations

import pytest

from mailbox.errors import InputRefused
from mailbox.rules.names import clean_name


@pytest.mark.parametrize("name", ["林", "林老师", "三年级(2)班", "Lin", "👩‍🏫 林", "字" * 40])
def test_a_name_is_kept_without_the_blanks_around_it(name: str) -> None:
    assert clean_name("display_name", f" {name}\u3000") == name


@pytest.mark.parametrize(
    "pasted", ["\u202e林老师", "林\u200b老师\u2069", "\ufeff林老师\u200f", "林\ufff9老\ufffa师\ufffb"]
)
def test_marks_that_nobody_sees_and_that_turn_or_double_a_name_are_left_out(pasted: str) -> None:
    assert clean_name("display_name", pasted) == "林老师"


@pytest.mark.parametrize(
    "name",
    ["", "  ", "\u3000", "\u200b\u200d", "字" * 41, "a\x00b", "一行\n二行", "一行\u2028二行", "\ud83d", "\x1b[2J"],
)
def test_what_no_list_can_show_is_refused_with_the_fields_name(name: str) -> None:
    with pytest.raises(InputRefused) as refused:
        clean_name("station", name, "unknown_or_blank")
    assert (refused.value.field, refused.value.reason) == ("station", "unknown_or_blank")
