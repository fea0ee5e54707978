"""The receipt code: six pictures, the same again for the same letter, and a key that only they open."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbox.errors import BoxNotOpened
from mailbox.sealing.box import BoxAddress, open_box, seal
from mailbox.sealing.receipt import ReceiptCode, code_for_form, derive_receipt, new_receipt_key, open_receipt_key

CODE = ReceiptCode((3, 1, 4, 15, 92, 65))
SALT = bytes(16)
PEPPER = bytes(range(32))
SECRET = derive_receipt(CODE, SALT, PEPPER, 1)
REPLY = BoxAddress("reply", "thread-1", "message-1")


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=32), st.binary(min_size=32, max_size=32))
def test_a_code_is_always_six_different_pictures_of_256(key: bytes, nonce: bytes, digest: bytes) -> None:
    pictures = code_for_form(key, nonce, digest).pictures
    assert len(pictures) == len(set(pictures)) == 6
    assert all(0 <= picture < 256 for picture in pictures)


def test_the_same_form_with_the_same_letter_gives_the_same_code() -> None:
    assert code_for_form(PEPPER, b"nonce", SALT * 2) == code_for_form(PEPPER, b"nonce", SALT * 2)


def test_another_letter_another_form_or_another_key_gives_another_code() -> None:
    codes = {
        code_for_form(PEPPER, b"nonce", SALT * 2),
        code_for_form(PEPPER, b"nonce", PEPPER),
        code_for_form(PEPPER, b"other", SALT * 2),
        code_for_form(SALT * 2, b"nonce", SALT * 2),
    }
    assert len(codes) == 4


@pytest.mark.parametrize(
    "pictures",
    [(), (1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 6, 7), (1, 1, 2, 3, 4, 5), (1, 2, 3, 4, 5, 256), (-1, 1, 2, 3, 4, 5)],
)
def test_what_is_not_six_different_pictures_is_no_code(pictures: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="six different pictures"):
        ReceiptCode(pictures)


def test_neither_a_code_nor_its_secret_shows_itself() -> None:
    assert repr(CODE) == "ReceiptCode()"
    assert repr(SECRET) == "ReceiptSecret(pepper_version=1)"


@pytest.mark.parametrize(
    ("code", "salt", "pepper"),
    [
        (ReceiptCode((1, 3, 4, 15, 92, 65)), SALT, PEPPER),
        (ReceiptCode((3, 1, 4, 15, 92, 66)), SALT, PEPPER),
        (CODE, b"\1" * 16, PEPPER),
        (CODE, SALT, bytes(32)),
    ],
    ids=["order", "picture", "salt", "pepper"],
)
def test_order_picture_salt_and_pepper_each_change_tag_and_key(code: ReceiptCode, salt: bytes, pepper: bytes) -> None:
    other = derive_receipt(code, salt, pepper, 1)
    assert other.lookup_tag != SECRET.lookup_tag
    assert other.wrapping_key != SECRET.wrapping_key


def test_what_is_stored_for_the_lookup_is_not_the_key() -> None:
    assert SECRET.lookup_tag != SECRET.wrapping_key
    assert len(SECRET.lookup_tag) == len(SECRET.wrapping_key) == 32


def test_the_code_opens_the_reply_sealed_to_its_thread() -> None:
    public, wrapped = new_receipt_key(SECRET, "thread-1")
    again = derive_receipt(CODE, SALT, PEPPER, 1)
    assert open_box(open_receipt_key(again, "thread-1", wrapped), REPLY, seal(public, REPLY, b"hello")) == b"hello"


def test_the_receipt_key_of_one_thread_does_not_open_in_another() -> None:
    _, wrapped = new_receipt_key(SECRET, "thread-1")
    with pytest.raises(BoxNotOpened):
        open_receipt_key(SECRET, "thread-2", wrapped)


def test_the_stored_tag_does_not_open_the_receipt_key() -> None:
    _, wrapped = new_receipt_key(SECRET, "thread-1")
    with pytest.raises(BoxNotOpened):
        open_receipt_key(replace(SECRET, wrapping_key=SECRET.lookup_tag), "thread-1", wrapped)
