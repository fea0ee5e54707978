"""The sealed box: what goes in comes out at its own address and under its own key, and nowhere else."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbox.errors import BoxNotOpened, TextRefused
from mailbox.sealing.box import BoxAddress, PrivateKey, PublicKey, bytes_to_text, open_box, seal, text_to_bytes
from mailbox.sealing.padding import PaddingBroken, pad, unpad
from mailbox.sealing.wrapping import unwrap, wrap

PRIVATE = PrivateKey.generate()
PUBLIC = PRIVATE.public()
ADDRESS = BoxAddress("note", "thread-1", "message-1")
WORDS = "妈妈不在家,我有点想她"
BOX = seal(PUBLIC, ADDRESS, WORDS.encode())
WRAPPING_KEY = bytes(range(32))
WRAPPED = wrap(WRAPPING_KEY, ADDRESS, bytes(96))
HYBRID_ENVELOPE_BYTES = 1 + 1_120 + 16

ANY_CHARACTER = st.characters(exclude_categories=())
ANY_TEXT = st.one_of(
    st.text(ANY_CHARACTER, max_size=4_000),
    st.builds(lambda piece, times: (piece * times)[:4_000], st.text(ANY_CHARACTER, max_size=40), st.integers(0, 4_000)),
)
CALM = settings(deadline=None, max_examples=120)


def moved(**other: str) -> BoxAddress:
    parts = {"kind": ADDRESS.kind, "owner_id": ADDRESS.owner_id, "message_id": ADDRESS.message_id}
    return BoxAddress(**(parts | other))


def is_kept(text: str) -> bool:
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


@CALM
@given(ANY_TEXT)
@example("")
@example("\0")
@example("\0" * 4_000)
@example("👩‍👩‍👧‍👦" * 500)
@example("我" * 4_000)
@example("\u202eשלום مرحبا\u202c")
@example("\ud83d")
@example("好\udc00的")
def test_any_text_comes_back_whole_or_is_refused_for_half_a_character(text: str) -> None:
    if is_kept(text):
        assert bytes_to_text(open_box(PRIVATE, ADDRESS, seal(PUBLIC, ADDRESS, text_to_bytes(text)))) == text
    else:
        with pytest.raises(TextRefused):
            text_to_bytes(text)


def test_a_refused_text_is_not_repeated_by_its_error() -> None:
    with pytest.raises(TextRefused) as refused:
        text_to_bytes("秘密\ud800")
    assert "秘密" not in str(refused.value)
    assert refused.value.__suppress_context__


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(TextRefused):
        bytes_to_text(b"\xff\xfe")


@settings(deadline=None, max_examples=400)
@given(st.integers(0, len(BOX) * 8 - 1))
def test_a_box_with_any_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(BOX)
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(BoxNotOpened):
        open_box(PRIVATE, ADDRESS, bytes(changed))


@CALM
@given(st.integers(0, len(BOX) - 1))
@example(0)
@example(1)
@example(1_120)
@example(1_121)
def test_a_box_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BoxNotOpened):
        open_box(PRIVATE, ADDRESS, BOX[:length])


@CALM
@given(st.binary(min_size=1, max_size=2_000))
def test_a_box_with_anything_added_is_refused(more: bytes) -> None:
    with pytest.raises(BoxNotOpened):
        open_box(PRIVATE, ADDRESS, BOX + more)


@CALM
@given(st.binary(max_size=3_000))
def test_bytes_that_never_were_a_box_are_refused(noise: bytes) -> None:
    for box in (noise, b"\x01" + noise):
        with pytest.raises(BoxNotOpened):
            open_box(PRIVATE, ADDRESS, box)


@pytest.mark.parametrize("part", ["kind", "owner_id", "message_id"])
def test_a_box_moved_to_another_row_kind_or_owner_is_refused(part: str) -> None:
    with pytest.raises(BoxNotOpened):
        open_box(PRIVATE, moved(**{part: "another"}), BOX)


def test_a_box_does_not_open_under_another_key() -> None:
    with pytest.raises(BoxNotOpened):
        open_box(PrivateKey.generate(), ADDRESS, BOX)


@pytest.mark.parametrize("half", [slice(0, 64), slice(64, 96)], ids=["ml-kem", "x25519"])
def test_one_right_half_of_the_hybrid_key_is_not_enough(half: slice) -> None:
    mixed = bytearray(PrivateKey.generate().to_bytes())
    mixed[half] = PRIVATE.to_bytes()[half]
    with pytest.raises(BoxNotOpened):
        open_box(PrivateKey.from_bytes(bytes(mixed)), ADDRESS, BOX)


@pytest.mark.parametrize("version", [0, 2, 255])
def test_an_unknown_version_is_named_as_such(version: int) -> None:
    with pytest.raises(BoxNotOpened) as refused:
        open_box(PRIVATE, ADDRESS, bytes([version]) + BOX[1:])
    assert refused.value.reason == "unknown version"


def test_a_refusal_names_the_row_and_carries_nothing_of_the_box() -> None:
    with pytest.raises(BoxNotOpened) as refused:
        open_box(PRIVATE, moved(message_id="message-2"), BOX)
    error = refused.value
    assert (error.kind, error.owner_id, error.message_id) == ("note", "thread-1", "message-2")
    assert str(error) == "note box of thread-1/message-2 did not open: wrong key, changed or moved"
    assert error.__suppress_context__


def test_the_same_words_sealed_twice_give_different_boxes() -> None:
    assert seal(PUBLIC, ADDRESS, WORDS.encode()) != BOX


@pytest.mark.parametrize("name", ["", "a/b", "a b", "A", "信", "a\n", "x" * 81, "é"])
@pytest.mark.parametrize("part", ["kind", "owner_id", "message_id"])
def test_an_address_takes_only_plain_names_so_that_no_two_rows_share_one(part: str, name: str) -> None:
    with pytest.raises(ValueError, match="address"):
        moved(**{part: name})


@pytest.mark.parametrize(
    ("size", "bucket"),
    [
        (0, 512),
        (508, 512),
        (509, 2_048),
        (2_044, 2_048),
        (2_045, 8_192),
        (8_188, 8_192),
        (8_189, 32_768),
        (32_764, 32_768),
        (32_765, 65_536),
        (65_532, 65_536),
        (65_533, 131_072),
        (131_069, 196_608),
    ],
)
def test_a_box_is_as_long_as_its_bucket_and_not_as_its_words(size: int, bucket: int) -> None:
    assert len(pad(bytes(size))) == bucket
    assert len(seal(PUBLIC, ADDRESS, bytes(size))) == bucket + HYBRID_ENVELOPE_BYTES


@CALM
@given(st.binary(max_size=40_000))
def test_padding_comes_off_again(content: bytes) -> None:
    assert unpad(pad(content)) == content


@CALM
@given(st.binary(max_size=2_500))
def test_only_what_padding_makes_is_unpadded(noise: bytes) -> None:
    try:
        content = unpad(noise)
    except PaddingBroken:
        return
    assert pad(content) == noise


@pytest.mark.parametrize(
    "broken",
    [
        b"",
        b"\0\0\0",
        pad(b"hello")[:-1],
        pad(b"hello") + b"\0",
        pad(b"hello")[:-1] + b"\1",
        pad(b"hello").ljust(2_048, b"\0"),
        b"\xff\xff\xff\xff" + bytes(508),
    ],
    ids=["empty", "no length", "short", "long", "filler", "wrong bucket", "length beyond the end"],
)
def test_damaged_padding_is_refused(broken: bytes) -> None:
    with pytest.raises(PaddingBroken):
        unpad(broken)


@CALM
@given(st.integers(0, len(WRAPPED) * 8 - 1))
def test_a_wrapped_secret_with_any_flipped_bit_is_refused(bit: int) -> None:
    changed = bytearray(WRAPPED)
    changed[bit // 8] ^= 1 << (bit % 8)
    with pytest.raises(BoxNotOpened):
        unwrap(WRAPPING_KEY, ADDRESS, bytes(changed))


@pytest.mark.parametrize("length", range(len(WRAPPED)))
def test_a_wrapped_secret_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(BoxNotOpened):
        unwrap(WRAPPING_KEY, ADDRESS, WRAPPED[:length])


@pytest.mark.parametrize("part", ["kind", "owner_id", "message_id"])
def test_a_wrapped_secret_moved_to_another_row_is_refused(part: str) -> None:
    with pytest.raises(BoxNotOpened):
        unwrap(WRAPPING_KEY, moved(**{part: "another"}), WRAPPED)


def test_a_key_pair_survives_its_own_bytes() -> None:
    again = PrivateKey.from_bytes(PRIVATE.to_bytes())
    assert again.public().to_bytes() == PUBLIC.to_bytes()
    sealed = seal(PublicKey.from_bytes(PUBLIC.to_bytes()), ADDRESS, b"hello")
    assert open_box(again, ADDRESS, sealed) == b"hello"


@pytest.mark.parametrize("size", [0, 95, 97, 1_216])
def test_a_private_key_of_another_length_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="96 bytes"):
        PrivateKey.from_bytes(bytes(size))


@pytest.mark.parametrize("raw", [b"", bytes(1_215), bytes(1_217), b"\xff" * 1_216])
def test_bytes_that_are_no_public_key_are_refused(raw: bytes) -> None:
    with pytest.raises(ValueError, match="public key"):
        PublicKey.from_bytes(raw)


def test_a_private_key_shows_nothing_of_itself() -> None:
    assert repr(PRIVATE) == str(PRIVATE) == "PrivateKey(…)"
