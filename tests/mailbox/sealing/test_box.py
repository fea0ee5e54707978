"""Boxes, padding and keys: what opens, what never does, and the one error for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.errors import (
    BoxNotOpened,
    KeyFileRefused,
    NotAuthentic,
    PassRefused,
    SessionRefused,
    SlipRefused,
    TextRefused,
    WrongPassphrase,
)
from mailbox.sealing.authenticity import Authenticator
from mailbox.sealing.box import BoxAddress, PrivateKey, bytes_to_text, open_box, seal, text_to_bytes
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.keyring import new_week_key, open_week_key
from mailbox.sealing.padding import pad, unpad
from mailbox.sealing.passes import accept_pass, issue_pass
from mailbox.sealing.passphrase import Argon2Cost, lock_private_key, unlock_private_key
from mailbox.sealing.receipt import code_for_form, derive_receipt, new_receipt_key, open_receipt_key
from mailbox.sealing.recovery import RecoveryKey
from mailbox.sealing.selfcheck import check_cryptography
from mailbox.sealing.session import lock_session, open_session

PRIVATE = PrivateKey.generate()
PUBLIC = PRIVATE.public()
HERE = BoxAddress("note", "thread-1", "note-1")
CHEAP = Argon2Cost(memory_kib=64, passes=1)
VECTORS = json.loads((Path(__file__).parent / "vectors.json").read_text(encoding="utf-8"))
ANY_TEXT = st.text(st.characters(), max_size=4_000)


@settings(max_examples=60, deadline=None)
@given(ANY_TEXT)
def test_any_text_comes_back_or_is_refused_with_one_error(text: str) -> None:
    try:
        content = text_to_bytes(text)
    except TextRefused:
        assert any("\ud800" <= character <= "\udfff" for character in text)
        return
    assert bytes_to_text(open_box(PRIVATE, HERE, seal(PUBLIC, HERE, content))) == text


@settings(max_examples=80, deadline=None)
@given(st.data())
def test_a_box_with_any_bit_flipped_does_not_open(data: st.DataObject) -> None:
    box = bytearray(seal(PUBLIC, HERE, b"letter"))
    place = data.draw(st.integers(0, len(box) * 8 - 1))
    box[place // 8] ^= 1 << place % 8
    with pytest.raises(BoxNotOpened):
        open_box(PRIVATE, HERE, bytes(box))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1_600), st.binary(max_size=40))
def test_a_cut_or_lengthened_box_does_not_open(length: int, more: bytes) -> None:
    box = seal(PUBLIC, HERE, b"letter")
    for changed in (box[: min(length, len(box) - 1)], box + b"\0" + more):
        with pytest.raises(BoxNotOpened):
            open_box(PRIVATE, HERE, changed)


@pytest.mark.parametrize(
    "elsewhere",
    [
        BoxAddress("reply", "thread-1", "note-1"),
        BoxAddress("note", "thread-2", "note-1"),
        BoxAddress("note", "thread-1", "x"),
    ],
)
def test_a_box_moved_to_another_row_does_not_open(elsewhere: BoxAddress) -> None:
    with pytest.raises(BoxNotOpened) as refused:
        open_box(PRIVATE, elsewhere, seal(PUBLIC, HERE, b"letter"))
    assert refused.value.message_id == elsewhere.message_id


def test_a_box_of_an_unknown_version_says_so() -> None:
    with pytest.raises(BoxNotOpened, match="unknown version"):
        open_box(PRIVATE, HERE, b"\x02" + seal(PUBLIC, HERE, b"letter")[1:])


@pytest.mark.parametrize("part", ["a/b", "", "A", "x" * 81])
def test_an_address_that_could_stand_for_another_is_refused(part: str) -> None:
    with pytest.raises(ValueError, match="address"):
        BoxAddress("note", part, "id")


@given(st.binary(max_size=70_000))
@settings(max_examples=60, deadline=None)
def test_padding_comes_off_again_and_shows_only_a_bucket(content: bytes) -> None:
    padded = pad(content)
    assert unpad(padded) == content
    assert len(padded) in {512, 2_048, 8_192, 32_768} or len(padded) % 65_536 == 0


def test_fixed_boxes_open_forever() -> None:
    private = PrivateKey.from_bytes(bytes.fromhex(VECTORS["private_key"]))
    assert private.public().to_bytes().hex() == VECTORS["public_key"]
    for vector in VECTORS["boxes"]:
        address = BoxAddress(*vector["address"])
        if vector["outcome"] == "opens":
            assert open_box(private, address, bytes.fromhex(vector["box"])).hex() == vector["content"]
        else:
            with pytest.raises(BoxNotOpened):
                open_box(private, address, bytes.fromhex(vector["box"]))


def test_fixed_codes_stay_the_same() -> None:
    code = code_for_form(b"k" * 32, b"nonce", b"d" * 32)
    secret = derive_receipt(code, b"s" * 16, b"p" * 32, 1)
    assert list(code.pictures) == VECTORS["code"]
    assert secret.lookup_tag.hex() == VECTORS["lookup_tag"]


def test_the_classical_half_of_the_suite_agrees_with_an_independent_implementation() -> None:
    from cryptography.hazmat.primitives import hpke
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from pyhpke import AEADId, CipherSuite, KDFId, KEMId, KEMKey

    ours = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)
    theirs = CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId.CHACHA20_POLY1305)
    key = X25519PrivateKey.generate()
    their_key = KEMKey.from_pyca_cryptography_key(key)
    sealed = ours.encrypt(b"letter", key.public_key(), info=HERE.info)
    assert theirs.create_recipient_context(sealed[:32], their_key, info=HERE.info).open(sealed[32:]) == b"letter"
    encapsulated, sender = theirs.create_sender_context(
        KEMKey.from_pyca_cryptography_key(key.public_key()), info=HERE.info
    )
    assert ours.decrypt(encapsulated + sender.seal(b"letter"), key, info=HERE.info) == b"letter"


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=32, max_size=32))
def test_a_code_is_six_different_pictures_and_the_same_for_the_same_form(nonce: bytes, digest: bytes) -> None:
    code = code_for_form(b"k" * 32, nonce, digest)
    assert len(set(code.pictures)) == 6
    assert code == code_for_form(b"k" * 32, nonce, digest)
    assert code != code_for_form(b"l" * 32, nonce, digest)


def test_the_receipt_key_opens_by_its_code_alone() -> None:
    secret = derive_receipt(code_for_form(b"k" * 32, b"1", b""), b"s" * 16, b"p" * 32, 1)
    other = derive_receipt(code_for_form(b"k" * 32, b"2", b""), b"s" * 16, b"p" * 32, 1)
    public, wrapped = new_receipt_key(secret, "thread-1")
    assert open_receipt_key(secret, "thread-1", wrapped).public().to_bytes() == public.to_bytes()
    for wrong_secret, thread_id in ((other, "thread-1"), (secret, "thread-2")):
        with pytest.raises(BoxNotOpened):
            open_receipt_key(wrong_secret, thread_id, wrapped)


def test_another_pepper_gives_another_tag() -> None:
    code = code_for_form(b"k" * 32, b"1", b"")
    assert (
        derive_receipt(code, b"s" * 16, b"p" * 32, 1).lookup_tag
        != derive_receipt(code, b"s" * 16, b"q" * 32, 2).lookup_tag
    )


def test_two_slips_give_the_recovery_key_back() -> None:
    recovery = RecoveryKey.generate()
    first, second = recovery.slips()
    assert RecoveryKey.from_slips(first, second).secret == recovery.secret


def test_a_miscopied_slip_is_named() -> None:
    first, second = RecoveryKey.generate().slips()
    with pytest.raises(SlipRefused) as refused:
        RecoveryKey.from_slips(first, [*second[:-1], "龘"])
    assert refused.value.which == 2


def test_a_week_key_opens_for_its_holder_and_nobody_else() -> None:
    public, boxes = new_week_key("week-1", {"reader-1": PUBLIC, "recovery": PrivateKey.generate().public()})
    assert open_week_key(PRIVATE, "week-1", "reader-1", boxes["reader-1"]).public().to_bytes() == public.to_bytes()
    with pytest.raises(BoxNotOpened):
        open_week_key(PRIVATE, "week-1", "recovery", boxes["recovery"])


def test_a_passphrase_opens_its_own_key_also_when_typed_full_width() -> None:
    locked = lock_private_key(PRIVATE, "Apfel 123", "person-1", CHEAP)
    assert unlock_private_key(locked, "Apfel 123 ", "person-1").to_bytes() == PRIVATE.to_bytes()
    for passphrase, person_id in (("apfel 123", "person-1"), ("Apfel 123", "person-2")):
        with pytest.raises(WrongPassphrase):
            unlock_private_key(locked, passphrase, person_id)


def test_a_session_of_another_installation_is_refused() -> None:
    cookie, _, sealed = lock_session(PRIVATE, "person-1")
    foreign, _, _ = lock_session(PRIVATE, "person-1")
    assert open_session(cookie, "person-1", sealed).to_bytes() == PRIVATE.to_bytes()
    for wrong in (foreign, "", "x", "Ω" * 43, cookie + "=="):
        with pytest.raises(SessionRefused):
            open_session(wrong, "person-1", sealed)


def test_a_pass_is_refused_when_forged_stale_or_carried_to_another_device() -> None:
    token = issue_pass(b"k" * 32, "thread", "kiosk-1", b"thread-1", now=1_000)
    assert accept_pass(b"k" * 32, "thread", "kiosk-1", token, now=1_060, max_age_s=60) == b"thread-1"
    for device, given_token, now, reason in (
        ("kiosk-2", token, 1_000, "forged"),
        ("kiosk-1", token[:-4] + "AAAA", 1_000, "forged"),
        ("kiosk-1", token, 1_061, "stale"),
        ("kiosk-1", "信", 1_000, "forged"),
    ):
        with pytest.raises(PassRefused) as refused:
            accept_pass(b"k" * 32, "thread", device, given_token, now=now, max_age_s=60)
        assert refused.value.reason == reason


FIELDS = st.dictionaries(
    st.text(max_size=5),
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.binary(max_size=5),
    max_size=4,
)


@given(FIELDS, FIELDS)
def test_two_different_rows_never_share_a_mark(one: dict[str, object], other: dict[str, object]) -> None:
    marks = Authenticator(b"k" * 32)
    same = one == other and {k: type(v) for k, v in one.items()} == {k: type(v) for k, v in other.items()}
    assert (marks.mac("row", one) == marks.mac("row", other)) == same  # type: ignore[arg-type]


def test_a_changed_row_is_not_believed() -> None:
    marks = Authenticator(b"k" * 32)
    with pytest.raises(NotAuthentic):
        marks.check("people", "1", {"role": "counselor"}, marks.mac("people", {"role": "technician"}))


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "mailbox.key"
    made = KeyFile.create(path)
    assert KeyFile.load(path) == made
    path.chmod(0o644)
    with pytest.raises(KeyFileRefused, match="chmod 600"):
        KeyFile.load(path)


@pytest.mark.parametrize("content", ["", "{}", '{"version": 1, "peppers": {}, "authenticity": "00", "form": "00"}'])
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: str) -> None:
    path = tmp_path / "mailbox.key"
    path.write_text(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileRefused, match="damaged"):
        KeyFile.load(path)


def test_a_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "mailbox.key"
    KeyFile.create(path)
    with pytest.raises(FileExistsError):
        KeyFile.create(path)


def test_every_piece_of_cryptography_is_there() -> None:
    check_cryptography()
