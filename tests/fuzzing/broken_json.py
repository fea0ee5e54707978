"""What is nearly the JSON that was sealed: a good value with a piece of it exchanged, and texts that are no JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

# What Python's reader takes and few programs expect.
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**63, 10**400, 1.5, float("inf"), float("-inf"), float("nan")),
    *("", "\ud800", "\udfff半", "\0", "1", "urgent", "²", "9999-12-31", "2026-02-30", "w" * 5_000),
    *([], {}, [[]], [None], {"": None}, [[["x"]]] * 50, {"id": "x"}, ["2026-03-06", "12:30"]),
)
_LEAVES = st.sampled_from(ODD) | st.text(max_size=20) | st.integers() | st.floats()
ANY_VALUE = st.recursive(
    _LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner)
)
_NO_JSON = (b"", b"{", b"null", b"[" * 20_000, b'{"a":' * 20_000, b"\xff\xfe", b"1" * 10_000, b'"\\ud800"', b"NaN")


def nearly(good: Any) -> st.SearchStrategy[bytes]:
    """Return bytes that are ``good`` as JSON with one or two places of it exchanged or left out, or no JSON."""
    places = [place for place in _places(good) if place]
    exchanged = st.lists(st.tuples(st.sampled_from(places), ANY_VALUE | st.just(_GONE)), min_size=1, max_size=2).map(
        lambda changes: _written(_changed(good, changes))
    )
    return exchanged | ANY_VALUE.map(_written) | st.sampled_from(_NO_JSON) | st.binary(max_size=60)


_GONE = object()


def _places(value: Any, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    below: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        below = list(value.items())
    elif isinstance(value, list):
        below = list(enumerate(value))
    return [here, *(place for name, inner in below for place in _places(inner, (*here, name)))]


def _changed(good: Any, changes: list[tuple[tuple[Any, ...], Any]]) -> Any:
    made = copy.deepcopy(good)
    for place, value in changes:
        around = made
        try:
            for step in place[:-1]:
                around = around[step]
            if value is _GONE:
                del around[place[-1]]
            else:
                around[place[-1]] = value
        except (KeyError, IndexError, TypeError):
            # The change before it took the place away.
            continue
    return made


def _written(value: Any) -> bytes:
    # Half a character travels as its escape, as it would in what somebody seals by hand.
    return json.dumps(value).encode("ascii")
