"""Everything that is read back or typed, with hostile bytes: a value or the error that is promised, and nothing else.

What comes out can be shown and kept again. No reader hangs (each test has pytest's limit), and none takes much memory.
"""

from __future__ import annotations

import json
import re
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from waitress.adjustments import Adjustments

from counselor_ui.marked_text import visible
from mailbox.care import entries
from mailbox.errors import (
    BoxNotOpened,
    InputRefused,
    MediaRefused,
    PassRefused,
    SessionRefused,
    SettingsRefused,
    SlipRefused,
    TextRefused,
    WrongPassphrase,
)
from mailbox.kiosk.pinyin import read_aloud
from mailbox.letters.content import NoteContent, PartLabel
from mailbox.letters.found import FoundOnPaper
from mailbox.letters.picture_words import LONGEST_INPUT, PICTURES, CodeNotRead, read_code
from mailbox.letters.reply_words import Choice, MeetingTime, ReplyWords
from mailbox.media.forms import DRAWING, VOICE, drawing_format, require_plain, seconds_of, voice_format
from mailbox.people.slips_typed import TypedSlips
from mailbox.rules.duty import read_shifts
from mailbox.rules.find_words import places_of, words_of
from mailbox.rules.gentle_check import look_again
from mailbox.rules.letter_kinds import LetterKind, Mood
from mailbox.rules.names import clean_name
from mailbox.rules.passphrases import passphrase_problem
from mailbox.rules.reading_level import reading_level
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, open_box
from mailbox.sealing.case_file import open_file
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.padding import PaddingBroken, unpad
from mailbox.sealing.parcel import opened_pieces
from mailbox.sealing.passes import accept_pass
from mailbox.sealing.passphrase import LockedKey
from mailbox.sealing.recovery import SLIP_WORDS, RecoveryKey, words_in
from mailbox.sealing.sealed_json import json_from
from mailbox.sealing.second_factor import spare_tag, step_of
from mailbox.sealing.session import session_id_of
from mailbox.sealing.wrapping import unwrap
from mailbox.upkeep.backup_file import Head
from mailbox.upkeep.tls.authority import Unreadable, read_pem
from mailbox.upkeep.tls.places import read_places
from mailbox.web.serving import HTTP
from mailbox.web.strict import StrictParser
from tests.fuzzing.broken_json import nearly
from tests.fuzzing.extent import examples
from tests.fuzzing.hostile import TEXTS
from triage.adjust import Adjustment, AdjustmentBroken, Line
from triage.normalize import read
from triage.protocol import Assessment, Reason, Source, Topic, Urgency
from triage.rules import find

MEGABYTE = 2**20
# Above what the reader had before: a page's whole form is a quarter of a megabyte.
MOST_BYTES = 32 * MEGABYTE
KEY = b"k" * 32
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
ADDRESS = BoxAddress("note", "owner", "message")

# --- what is typed --------------------------------------------------------------------------------------

_SIGNS = st.characters() | st.sampled_from("\ud800\0\u200d\u202e\ufeff\u0301ﷺ，。：-ɑüv①⑴０９")
_WORDS = st.sampled_from([sign for picture in PICTURES for sign in (picture.word, picture.pinyin, picture.toneless)])
TYPED = (
    st.sampled_from(TEXTS)
    | st.text(_SIGNS, max_size=60)
    | st.tuples(st.text(_SIGNS, min_size=1, max_size=3), st.integers(100, 4_000)).map(lambda many: many[0] * many[1])
)
CODES = TYPED | st.lists(_WORDS | st.text(_SIGNS, max_size=2), max_size=9).map(" ".join)
HOURS = TYPED | st.text("0123456789:：-—~，,; ", max_size=40)
PASSES = TYPED | st.text("gAAAAABCabc0-_=", max_size=200)
RAW = st.binary(max_size=200) | st.sampled_from([text.encode("utf-8", "surrogatepass") for text in TEXTS])


def _code(text: str) -> None:
    assert len(set(read_code(text))) == 6 and len(text) <= LONGEST_INPUT


def _normalised(text: str) -> None:
    reading = read(text)
    find(reading)
    visible(text)


def _desk_text(text: str) -> None:
    reading_level(text)
    look_again(text, (text[:200],), (text[:20],))
    places_of(text, words_of(text))
    read_aloud(text)


def _slip(text: str) -> None:
    TypedSlips().with_slip(text)
    RecoveryKey.from_slips(words_in(text), words_in(text))


def _login(text: str) -> None:
    passphrase_problem(text, (text[:5],))
    step_of(KEY[:20], text, 1_772_416_800)
    spare_tag(KEY, "person", text)
    clean_name("login_name", text)


def _places(text: str) -> None:
    read_places(text.split(), text.split())


# --- what was sealed --------------------------------------------------------------------------------------

_REASON = Reason("想家", 1, 0, 2, Source.RULE, "U1")
_FOUND = Assessment(Urgency.SOON, None, (Topic.MOOD,), (_REASON,), scores={"urgent": 0.1})
_NOTE = NoteContent(
    "我想家了",
    _FOUND,
    LetterKind.WHISPER,
    next(iter(Mood)),
    details={"who": "同桌"},
    parts=(PartLabel("1" * 32, VOICE, 3),),
    paper=FoundOnPaper(date(2026, 3, 2), "morning", "2" * 32),
    choice=Choice("3" * 32, 1),
)
_TIMES = ReplyWords("星期五见", (MeetingTime(date(2026, 3, 6), time(12, 30), "阅览室"),), ends_earlier=True)
_TIMES_SIGN, _, _TIMES_JSON = _TIMES.to_bytes().decode().partition("{")
_HEAD = {"id": "4" * 32, "made_on": "2026-03-02", "own": "AAAA", "schools": {"5" * 32: "AAAA"}}
_KEYS = {"version": 1, "peppers": {"1": "00" * 32}, "authenticity": "00" * 32, "form": "00" * 32, "pepper_days": {}}


def _can_be_shown(*texts: str) -> None:
    # Half a character would be an error of the page, and that one is a ValueError as the promised ones are.
    assert re.search("[\ud800-\udfff]", "".join(texts)) is None


def _note(raw: bytes) -> None:
    content = NoteContent.from_bytes(raw)
    assert NoteContent.from_bytes(content.to_bytes()) == content
    reasons = [reason.words for reason in content.assessment.reasons]
    _can_be_shown(content.as_read, content.assessment.sureness, *reasons, *(part.id for part in content.parts))


def _reply(raw: bytes) -> None:
    words = ReplyWords.from_bytes(raw)
    assert ReplyWords.from_bytes(words.to_bytes()) == words
    _can_be_shown(words.as_text)
    for one in words.times:
        one.is_past(NOW)


def _assessment(raw: bytes) -> None:
    Assessment.from_dict(json_from(raw))


def _pieces(raw: bytes) -> None:
    at = 0

    def give(count: int) -> bytes:
        nonlocal at
        at += count
        return raw[at - count : at]

    list(opened_pieces(give, KEY, "backup", "6" * 32))


def _drawing(raw: bytes) -> None:
    drawing_format(raw)
    require_plain(DRAWING, raw)


def _voice(raw: bytes) -> None:
    voice_format(raw)
    seconds_of(raw)
    require_plain(VOICE, raw)


# --- what comes over the wire -----------------------------------------------------------------------------

_PIECES = st.sampled_from(
    (
        *(
            b"GET / HTTP/1.1\r\n",
            b"POST /write HTTP/1.1\r\n",
            b"Host: x\r\n",
            b"\r\n",
            b"\r\n\r\n",
            b"Content-Length: 5\r\n",
        ),
        *(
            b"Transfer-Encoding: chunked\r\n",
            b"0\r\n\r\n",
            b"5\r\nhello\r\n",
            b"Expect: 100-continue\r\n",
            b" folded\r\n",
        ),
        *(
            b"GET http://[ HTTP/1.1\r\n",
            b"Content-Length: " + b"9" * 5_000 + b"\r\n",
            b"a: " + b"b" * 9_000,
            b"\0",
            b":\r\n",
        ),
        *(b"GET //x?a#b HTTP/1.0\r\n", b"OPTIONS * HTTP/1.1\r\n", b"\xff\xfe\x80", b"Connection: close\r\n", b"hello"),
    )
)
FRAMES = st.lists(_PIECES | st.binary(max_size=20), max_size=12)


def _request(frames: list[bytes]) -> None:
    """Give the server's reader what comes piece by piece, as its loop does, and ask for what a page asks for."""
    parser = StrictParser(Adjustments(**HTTP))
    for frame in frames:
        data = frame
        while data and not parser.completed:
            taken = parser.received(data)
            assert 0 < taken <= len(data)
            data = data[taken:]
    if parser.completed and not parser.empty and not parser.error:
        assert (parser.command, parser.url_scheme) != ("", "")
        int(parser.headers.get("CONTENT_LENGTH", "0"))
        parser.get_body_stream().read()
    parser.close()


@dataclass(frozen=True)
class Reader:
    """A reader, what it is given, and the errors that its description promises."""

    read: Callable[[Any], object]
    given: st.SearchStrategy[Any]
    errors: tuple[type[Exception], ...] = ()
    # Takes long: fewer inputs.
    slow: bool = False

    @property
    def nothing(self) -> object:
        return "" if self.given in (TYPED, CODES, HOURS, PASSES) else b""


_BROKEN = (TextRefused, ValueError, KeyError, TypeError)
READERS = {
    "a code as a child types it": Reader(_code, CODES, (CodeNotRead,)),
    "a letter for triage": Reader(_normalised, TYPED, slow=True),
    "a reply and words looked for": Reader(_desk_text, TYPED, (InputRefused,), slow=True),
    "a slip": Reader(
        _slip,
        TYPED | st.lists(st.sampled_from(("信", "的", "一", "x")), max_size=SLIP_WORDS + 1).map("".join),
        (SlipRefused,),
    ),
    "a login": Reader(_login, TYPED, (InputRefused,), slow=True),
    "hours of duty": Reader(read_shifts, HOURS, (InputRefused,)),
    "names of this PC": Reader(_places, TYPED, (SettingsRefused,)),
    "a session's cookie": Reader(session_id_of, PASSES, (SessionRefused,)),
    "a form's token": Reader(lambda text: accept_pass(KEY, "form", "x", text, 0, 9), PASSES, (PassRefused,)),
    "a letter's box": Reader(_note, nearly(json.loads(_NOTE.to_bytes())), _BROKEN),
    "a reply's box": Reader(
        _reply, nearly(json.loads("{" + _TIMES_JSON)).map(_TIMES_SIGN.encode().__add__), (TextRefused,)
    ),
    "an assessment": Reader(_assessment, nearly(_FOUND.to_dict()), (TextRefused, ValueError, TypeError)),
    "a case's entry": Reader(entries.from_bytes, nearly({"kind": "visit", "words": "好"}), _BROKEN),
    "an adjustment": Reader(
        lambda raw: Adjustment.from_json(raw.decode("latin-1")),
        nearly(json.loads(Adjustment("m", Line(1, 0), Line(1, 0)).to_json())),
        (AdjustmentBroken,),
    ),
    "a backup's head": Reader(
        Head.from_bytes, nearly(_HEAD), (ValueError, KeyError, TypeError, AttributeError, RecursionError)
    ),
    "a key file": Reader(KeyFile.from_bytes, nearly(_KEYS), (ValueError, KeyError, TypeError, AttributeError)),
    "a certificate": Reader(read_pem, RAW | RAW.map(lambda raw: b"-----BEGIN CERTIFICATE-----\n" + raw), (Unreadable,)),
    "a locked key": Reader(LockedKey.from_bytes, RAW | RAW.map(b"\1".__add__), (WrongPassphrase,)),
    "a box": Reader(
        lambda raw: open_box(_PRIVATE, ADDRESS, raw),
        RAW | st.binary(max_size=2_000).map(b"\1".__add__),
        (BoxNotOpened,),
    ),
    "a wrapped key": Reader(lambda raw: unwrap(KEY, ADDRESS, raw), RAW | RAW.map(b"\1".__add__), (BoxNotOpened,)),
    "a public key": Reader(PublicKey.from_bytes, RAW | st.binary(min_size=1_216, max_size=1_216), (ValueError,)),
    "padding": Reader(unpad, RAW | st.binary(min_size=512, max_size=512), (PaddingBroken,)),
    "a parcel": Reader(
        _pieces, RAW | RAW.map(lambda raw: b"\0\0\0\0" + bytes([len(raw) % 256]) + raw), (BoxNotOpened,)
    ),
    "a case file": Reader(
        lambda raw: open_file("x", raw), RAW | RAW.map(b"QQHCASE".__add__), (BoxNotOpened, WrongPassphrase)
    ),
    "a drawing's form": Reader(_drawing, RAW | RAW.map(b"\x89PNG\r\n\x1a\n".__add__), (MediaRefused,)),
    "a voice's form": Reader(_voice, RAW | RAW.map(b"OggS".__add__), (MediaRefused,)),
    "a request in frames": Reader(_request, FRAMES),
}
_PRIVATE = PrivateKey.generate()


@contextmanager
def little_memory() -> Iterator[None]:
    tracemalloc.start()
    try:
        yield
        assert tracemalloc.get_traced_memory()[1] < MOST_BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", READERS)
def test_hostile_input_is_read_or_refused_by_the_error_that_is_promised(name: str) -> None:
    reader = READERS[name]

    @examples(8 if reader.slow else 20, 200 if reader.slow else 1_000, steps=1)
    @given(reader.given)
    def try_all(given_: Any) -> None:
        # What hypothesis itself reads (this project's own files, once) is no cost of an input either.
        with little_memory(), suppress(*reader.errors):
            reader.read(given_)

    # What is loaded once, such as the dictionary, is no cost of an input.
    with suppress(Exception):
        reader.read(reader.nothing)
    try_all()


def _letter(**changes: Any) -> bytes:
    return json.dumps({**json.loads(_NOTE.to_bytes()), **changes}).encode()


_DEEP = b"[" * 20_000
# Each came out as an error that nobody expected, or as something that no page could show.
BROKE_ONCE: tuple[tuple[str, Any], ...] = (
    ("a letter's box", _letter(text="半个\ud800")),
    ("a letter's box", _letter(details={"who": "\udfff"})),
    ("a letter's box", _letter(parts=[{"id": "1", "kind": "voice", "seconds": float("inf")}])),
    ("a letter's box", _letter(choice={"reply": "1", "time": float("inf")})),
    ("a letter's box", _letter(assessment={**_FOUND.to_dict(), "scores": {"urgent": 10**400}})),
    ("a letter's box", _letter(assessment={**_FOUND.to_dict(), "reasons": [{**_REASON.to_dict(), "end": 1e999}]})),
    ("a reply's box", _TIMES.to_bytes().replace(b"12:30", b"12:30+08:00")),
    ("a reply's box", _TIMES.to_bytes().replace("星期五见".encode(), rb"\ud800")),
    ("a case's entry", _DEEP),
    ("a key file", _DEEP),
    ("a request in frames", [b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n"]),
    ("a request in frames", [b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 5_000 + b"\r\n\r\n"]),
)


@pytest.mark.parametrize(("name", "given_"), BROKE_ONCE)
def test_what_broke_a_reader_once_is_refused_now(name: str, given_: Any) -> None:
    reader = READERS[name]
    with suppress(*reader.errors):
        reader.read(given_)
