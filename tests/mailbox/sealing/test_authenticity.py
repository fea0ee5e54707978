"""Marks on rows: two different rows never share a mark's input, and no changed row is believed."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.errors import NotAuthentic
from mailbox.sealing.authenticity import Authenticator, Field

KEY = bytes(range(32))
MARKS = Authenticator(KEY)
NAMES = st.text(st.characters(exclude_categories=()), max_size=4)
FIELDS = st.one_of(NAMES, st.binary(max_size=4), st.integers(), st.booleans(), st.none())
ROWS = st.tuples(NAMES, st.dictionaries(NAMES, FIELDS, max_size=4))


def typed(row: tuple[str, dict[str, Field]]) -> tuple[str, dict[str, tuple[type, Field]]]:
    # Python holds 1 == True, and a mark must not.
    return row[0], {name: (type(value), value) for name, value in row[1].items()}


@given(ROWS, ROWS)
def test_two_rows_share_a_mark_only_if_they_are_the_same_row(
    one: tuple[str, dict[str, Field]], other: tuple[str, dict[str, Field]]
) -> None:
    assert (MARKS.mac(*one) == MARKS.mac(*other)) == (typed(one) == typed(other))


LOOKALIKES: list[tuple[str, dict[str, Field]]] = [
    ("reply", {}),
    ("reply", {"": ""}),
    ("reply", {"a": None}),
    ("reply", {"a": ""}),
    ("reply", {"a": b""}),
    ("reply", {"a": "1"}),
    ("reply", {"a": b"1"}),
    ("reply", {"a": 1}),
    ("reply", {"a": True}),
    ("reply", {"a": 0}),
    ("reply", {"a": False}),
    ("reply", {"a": -1}),
    ("reply", {"a": 11}),
    ("reply", {"a": "b", "c": "d"}),
    ("reply", {"a": "bc", "d": ""}),
    ("reply", {"ab": "c", "d": ""}),
    ("reply", {"a": "d", "c": "b"}),
    ("reply", {"a": "é"}),
    ("reply", {"a": "e\u0301"}),
    ("replya", {}),
    ("repl", {"y": ""}),
]


def test_rows_that_look_alike_have_different_marks() -> None:
    assert len({MARKS.mac(kind, fields) for kind, fields in LOOKALIKES}) == len(LOOKALIKES)


@given(ROWS)
def test_the_order_of_fields_does_not_matter(row: tuple[str, dict[str, Field]]) -> None:
    kind, fields = row
    assert MARKS.mac(kind, dict(reversed(fields.items()))) == MARKS.mac(kind, fields)


def test_a_mark_is_plain_hmac_over_types_lengths_and_sorted_names() -> None:
    def part(tag: bytes, raw: bytes) -> bytes:
        return tag + len(raw).to_bytes(8, "big") + raw

    written = part(b"s", b"reader") + part(b"s", b"active") + part(b"t", b"1") + part(b"s", b"key") + part(b"b", b"\0")
    expected = hmac.new(KEY, written, hashlib.sha256).digest()
    assert MARKS.mac("reader", {"key": b"\0", "active": True}) == expected


def test_a_row_with_its_own_mark_is_believed() -> None:
    MARKS.check("reader", "p1", {"active": True}, MARKS.mac("reader", {"active": True}))


@pytest.mark.parametrize(
    ("kind", "fields"),
    [("reader", {"active": False}), ("reader", {"active": 1}), ("reader", {}), ("kiosk", {"active": True})],
)
def test_a_changed_row_is_refused_by_name(kind: str, fields: dict[str, Field]) -> None:
    with pytest.raises(NotAuthentic) as refused:
        MARKS.check(kind, "p1", fields, MARKS.mac("reader", {"active": True}))
    assert (refused.value.kind, refused.value.row_id) == (kind, "p1")


@pytest.mark.parametrize("mark", [b"", bytes(31), bytes(32), MARKS.mac("reader", {})[:-1]])
def test_a_mark_that_is_not_ours_is_refused(mark: bytes) -> None:
    with pytest.raises(NotAuthentic):
        MARKS.check("reader", "p1", {}, mark)


def test_a_mark_under_another_key_is_refused() -> None:
    with pytest.raises(NotAuthentic):
        MARKS.check("reader", "p1", {}, Authenticator(bytes(32)).mac("reader", {}))
