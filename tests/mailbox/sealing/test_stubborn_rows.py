"""Damage and forgery that look almost right: each ends in the error that the edge knows, and costs nothing."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbox.errors import KeyFileRefused, PassRefused, SessionRefused, SlipRefused, WrongPassphrase
from mailbox.sealing import passphrase
from mailbox.sealing.box import BoxAddress, PrivateKey
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.passes import accept_pass, issue_pass
from mailbox.sealing.passphrase import Argon2Cost, LockedKey, lock_private_key, spend_the_same_time
from mailbox.sealing.recovery import RecoveryKey
from mailbox.sealing.sealed_json import json_from
from mailbox.sealing.session import lock_session, open_session
from mailbox.sealing.wrapping import unwrap, wrap

PRIVATE = PrivateKey.generate()
LOW = Argon2Cost(memory_kib=64, passes=1)
LOCKED = lock_private_key(PRIVATE, "三只猫和一只狗", "person-1", LOW).to_bytes()
RECOVERY = RecoveryKey(bytes(range(32)))
# One word is one character. Fixed slips, because one foreign pair in 4,096 would pass.
SLIPS = ("横砖稍了考艺止正铒雾戏人闭并诸又段互拖观技宫业惠", "横鸭美部的木龙持祸桌户做剥轧祸冬候罩氨少湿洞威个")
PRINTED_AGAIN = ("绒惯娘坡奴系纤强穷却维冲操资病塘痛假沉医块保霉睛", "绒招躺盛纠提绳失逃靠鸡右架败映简抵穗背坐酚影镜款")
OTHER_SLIPS = ("皆前召贴乏情悲店炒氏标文曼尝祖杰已拍妙驻祸告粗闻", "姜专疆仲援铅提亿臂导荣洪第判从穿毒潜欺饭碱抢畅呆")
COOKIE, _, SEALED = lock_session(PRIVATE, "person-1")
FORM_KEY = bytes(range(32))
NOW = 1_800_000_000
PASS = issue_pass(FORM_KEY, "read", "kiosk-1", b"thread-1", NOW)
BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
ROOT = Path(__file__).parents[3]
CALM = settings(deadline=None, max_examples=60)


# --- slips ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (SLIPS[0], OTHER_SLIPS[1]),
        (OTHER_SLIPS[0], SLIPS[1]),
        (SLIPS[0], PRINTED_AGAIN[1]),
        (SLIPS[0], SLIPS[0]),
        (SLIPS[1], SLIPS[1]),
    ],
    ids=["another school's second", "another school's first", "another printing", "first twice", "second twice"],
)
def test_slips_that_do_not_belong_together_are_refused_as_a_pair(first: str, second: str) -> None:
    with pytest.raises(SlipRefused) as refused:
        RecoveryKey.from_slips(first, second)
    assert refused.value.which == 0


@CALM
@given(st.sampled_from([1, 2]), st.integers(0, 23), st.integers(0, 23))
def test_a_word_copied_from_another_slip_is_refused_and_never_opens_something_else(
    which: int, place: int, from_place: int
) -> None:
    slips = [list(slip) for slip in SLIPS]
    if slips[which - 1][place] == OTHER_SLIPS[0][from_place]:
        return
    slips[which - 1][place] = OTHER_SLIPS[0][from_place]
    with pytest.raises(SlipRefused) as refused:
        RecoveryKey.from_slips(*slips)
    assert refused.value.which in {which, 0}


def test_slips_of_every_printing_give_the_same_secret() -> None:
    assert RecoveryKey.from_slips(*SLIPS) == RecoveryKey.from_slips(*PRINTED_AGAIN) == RECOVERY


@CALM
@given(st.binary(min_size=32, max_size=32))
def test_any_secret_comes_back_from_its_slips(secret: bytes) -> None:
    assert RecoveryKey.from_slips(*RecoveryKey(secret).slips()).secret == secret


# --- locked keys ----------------------------------------------------------------------------------


@pytest.mark.parametrize("bit", range(8, 13 * 8))
def test_no_changed_bit_of_a_stored_cost_opens_a_key_or_asks_for_terabytes(bit: int) -> None:
    changed = bytearray(LOCKED)
    changed[bit // 8] ^= 0x80 >> bit % 8
    try:
        cost = LockedKey.from_bytes(bytes(changed)).cost
    except WrongPassphrase:
        return
    assert cost.memory_kib <= 1_048_576
    assert cost.passes <= 16
    assert cost.lanes <= 16
    assert cost != LOW


@pytest.mark.parametrize(
    "cost",
    [(7, 1, 1), (15, 1, 2), (64, 0, 1), (64, 1, 0), (1_048_577, 1, 1), (64, 17, 1), (4_096, 1, 17)],
)
def test_a_cost_out_of_range_is_no_cost(cost: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Argon2Cost(*cost)


def test_the_default_cost_is_64_mib_and_three_passes() -> None:
    assert Argon2Cost() == Argon2Cost(memory_kib=64 * 1_024, passes=3, lanes=1)


def test_one_derivation_waits_for_another() -> None:
    waiting = threading.Thread(target=spend_the_same_time, args=("三只猫", LOW), daemon=True)
    with passphrase._one_at_a_time:
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive()
    waiting.join()
    assert not waiting.is_alive()


def test_a_wrapping_key_of_a_wrong_length_is_our_mistake_and_not_the_row_s() -> None:
    address = BoxAddress("receipt-key", "thread-1", "code")
    with pytest.raises(ValueError, match="32 bytes"):
        unwrap(bytes(31), address, wrap(bytes(32), address, b"secret"))


# --- cookies and passes ---------------------------------------------------------------------------


@CALM
@given(st.integers(0, len(COOKIE) - 1), st.sampled_from(BASE64 + "+/= \n"))
def test_a_cookie_with_any_other_sign_is_refused(place: int, sign: str) -> None:
    if COOKIE[place] == sign:
        return
    with pytest.raises(SessionRefused):
        open_session(COOKIE[:place] + sign + COOKIE[place + 1 :], "person-1", SEALED)


@pytest.mark.parametrize("sign", BASE64)
def test_a_session_has_one_spelling_of_its_cookie(sign: str) -> None:
    # The last of 43 signs carries four bits, so base64 alone would let four spellings through.
    if sign == COOKIE[-1]:
        return
    with pytest.raises(SessionRefused):
        open_session(COOKIE[:-1] + sign, "person-1", SEALED)


@CALM
@given(st.integers(0, len(PASS) - 1), st.sampled_from(BASE64 + "+/= \n悄"))
def test_a_pass_with_any_other_sign_is_forged(place: int, sign: str) -> None:
    if PASS[place] == sign:
        return
    with pytest.raises(PassRefused, match="forged"):
        accept_pass(FORM_KEY, "read", "kiosk-1", PASS[:place] + sign + PASS[place + 1 :], NOW, 600)


@pytest.mark.parametrize("more", ["=", "!", " ", "\n", "A", PASS])
def test_a_pass_has_one_spelling(more: str) -> None:
    for token in (PASS + more, more + PASS):
        with pytest.raises(PassRefused, match="forged"):
            accept_pass(FORM_KEY, "read", "kiosk-1", token, NOW, 600)


@pytest.mark.parametrize(("seconds", "fits"), [(1, True), (60, True), (61, False)])
def test_a_clock_set_back_by_up_to_a_minute_spoils_no_form(seconds: int, fits: bool) -> None:
    if fits:
        assert accept_pass(FORM_KEY, "read", "kiosk-1", PASS, NOW - seconds, 600) == b"thread-1"
    else:
        with pytest.raises(PassRefused, match="stale"):
            accept_pass(FORM_KEY, "read", "kiosk-1", PASS, NOW - seconds, 600)


@CALM
@given(st.binary(max_size=600), st.text(st.characters(exclude_categories=()), max_size=20))
def test_any_payload_comes_back_for_whoever_it_is_bound_to(payload: bytes, bound_to: str) -> None:
    token = issue_pass(FORM_KEY, "read", bound_to, payload, NOW)
    assert accept_pass(FORM_KEY, "read", bound_to, token, NOW, 0) == payload


# --- the key file ---------------------------------------------------------------------------------


def test_a_folder_in_place_of_the_key_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keys.json").mkdir(mode=0o700)
    with pytest.raises(KeyFileRefused, match="must be a file"):
        KeyFile.load(tmp_path / "keys.json")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root can give a file away")
def test_a_key_file_of_another_user_is_refused(tmp_path: Path) -> None:
    KeyFile.create(tmp_path / "keys.json")
    os.chown(tmp_path / "keys.json", 12_345, 12_345)
    with pytest.raises(KeyFileRefused, match="another user"):
        KeyFile.load(tmp_path / "keys.json")


@pytest.mark.skipif(os.name != "posix", reason="limits are POSIX")
def test_a_disk_that_is_full_leaves_no_half_key_file(tmp_path: Path) -> None:
    program = (
        "import resource, signal, sys; from pathlib import Path; from mailbox.sealing.key_file import KeyFile\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20))\n"
        "try: KeyFile.create(Path(sys.argv[1]))\n"
        "except OSError: sys.exit(7)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path / "keys.json")], cwd=ROOT, check=False)
    assert ended.returncode == 7
    assert not (tmp_path / "keys.json").exists()


@pytest.mark.parametrize("purpose", ["form", "authenticity", "channel"])
def test_a_room_alone_is_no_purpose(purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        KeyFile({1: bytes(32)}, bytes(32), bytes(32)).subkey(purpose)


# --- the check at start-up ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("module", "piece"),
    [
        ("asymmetric.mlkem", "ML-KEM-768"),
        ("hpke", "HPKE with MLKEM768_X25519"),
        ("kdf.argon2", "Argon2id"),
    ],
)
def test_a_missing_piece_is_named_before_anything_starts(module: str, piece: str) -> None:
    program = (
        f"import sys; sys.modules['cryptography.hazmat.primitives.{module}'] = None\n"
        "from mailbox.errors import SettingsRefused; from mailbox.sealing.selfcheck import check_cryptography\n"
        "try: check_cryptography()\n"
        "except SettingsRefused as refused: sys.stdout.write(refused.mend)\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, capture_output=True, text=True)
    assert ended.stdout.startswith(f"{piece} is not available")


# --- JSON -----------------------------------------------------------------------------------------


def test_json_of_any_depth_is_read_or_refused_and_is_no_error_inside() -> None:
    # Reading it and writing it again give up at depths that differ by a few, which depend on who calls.
    depths = range(1, sys.getrecursionlimit() + 50)
    told = {what_becomes_of(b"[" * depth + b'"\\u00e9"' + b"]" * depth) for depth in depths}
    assert told == {"read", "nested too deeply"}


def what_becomes_of(nested: bytes) -> str:
    try:
        json_from(nested)
    except ValueError as refused:
        return str(refused)
    return "read"
