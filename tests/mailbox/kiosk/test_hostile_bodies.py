"""Bodies that no browser makes: each gets a kind page, none is an error inside, none touches the disk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from werkzeug.test import TestResponse

from mailbox.letters.post import MAX_CHARACTERS
from tests.mailbox.kiosk.tablet import HTTPS, Tablet

WORDS = "我想家了"
PNG = b"\x89PNG\r\n\x1a\n"


def part(name: str, content: bytes, more: str = "", headers: str = "") -> bytes:
    return f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n'.encode() + content + b"\r\n"


def body(*parts: bytes) -> bytes:
    return b"".join(parts) + b"--b--\r\n"


def letter(token: str, *more: bytes) -> bytes:
    return body(part("token", token.encode()), part("words", WORDS.encode()), *more)


HOSTILE: dict[str, Callable[[str], bytes]] = {
    "ten thousand fields": lambda token: letter(token, *(part(f"f{n}", b"x") for n in range(10_000))),
    "ten thousand files": lambda token: letter(
        token, *(part("drawing", b"x", '; filename="a"') for _ in range(10_000))
    ),
    "a name of a megabyte": lambda token: letter(token, part("n" * 2**20, b"x")),
    "a header of a megabyte": lambda token: letter(token, part("x", b"x", headers="X-A: " + "a" * 2**20 + "\r\n")),
    "a field of three megabytes": lambda token: letter(token, part("x", b"x" * 3 * 2**20)),
    "no end": lambda token: letter(token)[:-8],
    "an end in the midst of a header": lambda token: letter(token) + b"--b\r\nContent-Disposition: form-da",
    "nothing at all": lambda _token: b"",
    "no part": lambda _token: b"--b--\r\n",
    "other line ends": lambda token: letter(token).replace(b"\r\n", b"\n"),
    "a part in a part": lambda token: letter(
        token,
        part(
            "drawing",
            body(part("x", b"y")).replace(b"--b", b"--c"),
            headers="Content-Type: multipart/mixed; boundary=c\r\n",
        ),
    ),
    "its words as a file": lambda token: body(
        part("token", token.encode()), part("words", WORDS.encode(), '; filename="a"')
    ),
    "its token as a file": lambda token: body(
        part("token", token.encode(), '; filename="a"'), part("words", WORDS.encode())
    ),
    "a drawing without a file's name": lambda token: letter(token, part("drawing", PNG)),
    "a file with a path for a name": lambda token: letter(
        token, part("drawing", PNG, '; filename="../../../../tmp/x.png"')
    ),
    "a file with a name of half a sign": lambda token: letter(
        token, part("drawing", PNG, "; filename*=utf-8''%ff%00%d8")
    ),
    "a part without a name": lambda token: letter(token, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n"),
    "a part without a header": lambda token: letter(token, b"--b\r\n\r\nx\r\n"),
    "words of another writing": lambda token: body(
        part("token", token.encode()),
        part("words", WORDS.encode("gb18030"), headers="Content-Type: text/plain; charset=utf-7\r\n"),
    ),
    "words that are no text": lambda token: body(part("token", token.encode()), part("words", b"\xff\xfe\x00\xd8\x00")),
    "half a character": lambda token: body(part("token", token.encode()), part("words", b"\xed\xa0\x80")),
    "a field of nothing but NUL": lambda token: letter(token, part("not_for", b"\x00" * 64), part("kind", b"\x00")),
    "a letter coded as base64": lambda token: letter(
        token, part("mood", b"c2Fk", headers="Content-Transfer-Encoding: base64\r\n")
    ),
    "a hundred tokens": lambda token: letter(token, *(part("token", b"x") for _ in range(100))),
    "a thousand drawings": lambda token: letter(token, *(part("drawing", PNG, '; filename="a"') for _ in range(900))),
}


KINDS = (
    "multipart/form-data",
    "multipart/form-data; boundary=",
    "multipart/form-data; boundary=" + "b" * 5_000,
    'multipart/form-data; boundary="\u00ff"',
    "multipart/form-data; boundary=b; charset=utf-16",
    "multipart/mixed; boundary=b",
    "multipart/form-data, application/x-www-form-urlencoded",
    "application/x-www-form-urlencoded; charset=utf-16",
    "application/x-www-form-urlencoded; charset=nothing-known",
    "text/plain",
    "",
)


@pytest.mark.parametrize("path", ["/write", "/write-back"])
def test_no_body_is_an_error_inside_and_nothing_of_it_is_another_letter(tablet: Tablet, path: str) -> None:
    taken: dict[str, int] = {}
    for what, made in HOSTILE.items():
        with watched() as opened:
            answer = send(tablet, path, made(tablet.token("/write")), "multipart/form-data; boundary=b")
        taken[what] = answer.status_code
        assert 'class="kiosk"' in answer.text
        assert opened == []
    assert set(taken.values()) <= {200, 400, 413}, taken
    # Signs that are no text come as the mark for an unknown one: from no browser, and at their sender's own cost.
    assert {letter for letter in tablet.letters() if "\ufffd" not in letter} <= {WORDS}


def test_no_kind_of_body_is_an_error_inside_at_any_address(tablet: Tablet) -> None:
    for path in ("/write", "/write-back", "/read", "/to", "/enroll", "/still-there", "/no-kiosk"):
        for kind in KINDS:
            assert send(tablet, path, letter(tablet.token("/write")), kind).status_code < 500, (path, kind)
    assert set(tablet.letters()) <= {WORDS}


def test_a_letter_of_four_thousand_of_the_longest_characters_and_all_its_answers_fits_into_either_kind_of_body(
    tablet: Tablet,
) -> None:
    words = "\U0001f9e1" * MAX_CHARACTERS
    data = body(part("token", tablet.token("/write").encode()), part("words", words.encode()))
    assert send(tablet, "/write", data, "multipart/form-data; boundary=b").status_code == 200
    assert tablet.send(words).status_code == 200
    assert tablet.letters() == [words, words]


def send(tablet: Tablet, path: str, data: bytes, kind: str) -> TestResponse:
    return tablet.client.post(path, base_url=HTTPS, data=data, content_type=kind)


_watching: list[list[str]] = []


def _see(event: str, told: tuple[object, ...]) -> None:
    if event != "open" or not _watching or not isinstance(told[0], str) or told[0] == os.devnull:
        return
    # The pipes to the decoder are numbers and have no name.
    if isinstance(told[2], int) and told[2] & os.O_ACCMODE != os.O_RDONLY:
        _watching[-1].append(told[0])


sys.addaudithook(_see)


@contextmanager
def watched() -> Iterator[list[str]]:
    """Note each file that this process opens to write; the database's own are opened by SQLite, beneath Python."""
    _watching.append([])
    try:
        yield _watching[-1]
    finally:
        _watching.pop()
