"""Keys at rest: under a passphrase, in a session, in a pass, in the key file and in the ring of a week."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from mailbox.errors import BoxNotOpened, KeyFileRefused, PassRefused, SessionRefused, WrongPassphrase
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.key_file import KeyFile
from mailbox.sealing.keyring import new_week_key, open_week_key, share_week_key
from mailbox.sealing.passes import accept_pass, issue_pass
from mailbox.sealing.passphrase import Argon2Cost, LockedKey, lock_private_key, unlock_private_key
from mailbox.sealing.session import lock_session, open_session, session_id_of

PRIVATE = PrivateKey.generate()
OTHER = PrivateKey.generate()
LOW = Argon2Cost(memory_kib=64, passes=1)
PASSPHRASE = "苹果 3 只猫"
LOCKED = lock_private_key(PRIVATE, PASSPHRASE, "person-1", LOW)
COOKIE, SESSION_ID, SEALED = lock_session(PRIVATE, "person-1")
FORM_KEY = bytes(range(32))
NOW = 1_800_000_000
PASS = issue_pass(FORM_KEY, "read", "kiosk-1", b"thread-1", NOW)
posix_only = pytest.mark.skipif(os.name != "posix", reason="modes are POSIX")


def flipped(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def test_a_locked_key_opens_with_its_passphrase_after_being_stored() -> None:
    stored = LockedKey.from_bytes(LOCKED.to_bytes())
    assert stored == LOCKED
    assert unlock_private_key(stored, PASSPHRASE, "person-1").to_bytes() == PRIVATE.to_bytes()


@pytest.mark.parametrize("typed", [" 苹果 3 只猫 ", "苹果 3 只猫", "苹果\u30003\u3000只猫"])
def test_full_width_signs_and_outer_spaces_do_not_matter(typed: str) -> None:
    assert unlock_private_key(LOCKED, typed, "person-1").to_bytes() == PRIVATE.to_bytes()


@pytest.mark.parametrize("typed", ["", "苹果3只猫", "苹果 3 只狗", "\ud800"])
def test_another_passphrase_is_refused(typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        unlock_private_key(LOCKED, typed, "person-1")


def test_a_locked_key_does_not_open_for_another_person() -> None:
    with pytest.raises(WrongPassphrase):
        unlock_private_key(LOCKED, PASSPHRASE, "person-2")


@pytest.mark.parametrize("place", [0, *range(13, len(LOCKED.to_bytes()))])
def test_a_locked_key_with_a_changed_version_salt_or_content_is_refused(place: int) -> None:
    with pytest.raises(WrongPassphrase):
        unlock_private_key(LockedKey.from_bytes(flipped(LOCKED.to_bytes(), place)), PASSPHRASE, "person-1")


@pytest.mark.parametrize("raw", [b"", b"\1", LOCKED.to_bytes()[:29], bytes(200)], ids=range(4))
def test_bytes_that_are_no_locked_key_are_refused(raw: bytes) -> None:
    with pytest.raises(WrongPassphrase):
        LockedKey.from_bytes(raw)


def test_a_session_opens_with_its_cookie() -> None:
    assert open_session(COOKIE, "person-1", SEALED).to_bytes() == PRIVATE.to_bytes()
    assert session_id_of(COOKIE) == SESSION_ID


def test_the_session_id_does_not_hold_the_cookie() -> None:
    assert SESSION_ID not in COOKIE
    assert len(SESSION_ID) == 32


@pytest.mark.parametrize(
    "cookie", ["", "x", COOKIE[:-1], COOKIE + "A", "é" * 43, "\ud800" * 43, COOKIE + "="], ids=range(7)
)
def test_a_malformed_cookie_is_refused(cookie: str) -> None:
    with pytest.raises(SessionRefused):
        session_id_of(cookie)


def test_a_session_does_not_open_with_another_cookie() -> None:
    with pytest.raises(SessionRefused):
        open_session(lock_session(PRIVATE, "person-1")[0], "person-1", SEALED)


def test_a_session_does_not_open_for_another_person() -> None:
    with pytest.raises(SessionRefused):
        open_session(COOKIE, "person-2", SEALED)


@pytest.mark.parametrize("sealed", [b"", SEALED[:-1], flipped(SEALED, 40), flipped(SEALED, 0)])
def test_a_changed_session_is_refused(sealed: bytes) -> None:
    with pytest.raises(SessionRefused):
        open_session(COOKIE, "person-1", sealed)


@pytest.mark.parametrize("age", [0, 1, 600])
def test_a_pass_is_good_until_its_age(age: int) -> None:
    assert accept_pass(FORM_KEY, "read", "kiosk-1", PASS, NOW + age, 600) == b"thread-1"


@pytest.mark.parametrize("age", [601, -86_400])
def test_a_pass_too_old_or_from_tomorrow_is_stale(age: int) -> None:
    with pytest.raises(PassRefused, match="stale"):
        accept_pass(FORM_KEY, "read", "kiosk-1", PASS, NOW + age, 600)


@pytest.mark.parametrize(
    ("key", "purpose", "bound_to", "token"),
    [
        (bytes(32), "read", "kiosk-1", PASS),
        (FORM_KEY, "write", "kiosk-1", PASS),
        (FORM_KEY, "read", "kiosk-2", PASS),
        (FORM_KEY, "read", "kiosk-1", PASS[:-4]),
        (FORM_KEY, "read", "kiosk-1", ""),
        (FORM_KEY, "read", "kiosk-1", "悄悄话\ud800"),
    ],
    ids=["key", "purpose", "device", "cut", "empty", "no pass"],
)
def test_a_pass_of_another_key_purpose_or_device_is_forged(key: bytes, purpose: str, bound_to: str, token: str) -> None:
    with pytest.raises(PassRefused, match="forged"):
        accept_pass(key, purpose, bound_to, token, NOW, 600)


def test_a_key_file_comes_back_as_it_was_made(tmp_path: Path) -> None:
    made = KeyFile.create(tmp_path / "keys" / "keys.json")
    assert KeyFile.load(tmp_path / "keys" / "keys.json") == made


@posix_only
def test_a_new_key_file_is_for_its_owner_only(tmp_path: Path) -> None:
    KeyFile.create(tmp_path / "keys" / "keys.json")
    assert (tmp_path / "keys" / "keys.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700


@posix_only
@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o620, 0o601])
def test_a_key_file_open_to_others_is_refused_with_what_to_do(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    KeyFile.create(path)
    path.chmod(mode)
    with pytest.raises(KeyFileRefused, match="chmod 600"):
        KeyFile.load(path)


def test_a_missing_key_file_is_refused_with_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeyFileRefused, match="restore it"):
        KeyFile.load(tmp_path / "keys.json")


def test_an_old_key_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    made = KeyFile.create(path)
    with pytest.raises(FileExistsError):
        KeyFile.create(path)
    assert KeyFile.load(path) == made


@pytest.mark.parametrize("spoilt", ["", "{", "[]", "null", "{}", '{"version": 1, "peppers": []}', "é"])
def test_a_key_file_that_cannot_be_read_is_refused_as_damaged(tmp_path: Path, spoilt: str) -> None:
    path = tmp_path / "keys.json"
    KeyFile.create(path)
    path.write_text(spoilt, encoding="utf-8")
    with pytest.raises(KeyFileRefused, match="damaged"):
        KeyFile.load(path)


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"peppers": {}}, {"peppers": {"x": "00"}}, {"form": "00"}, {"authenticity": 7}]
)
def test_a_key_file_with_a_wrong_part_is_refused_without_its_secrets(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "keys.json"
    made = KeyFile.create(path)
    path.write_text(json.dumps(json.loads(path.read_text(encoding="ascii")) | change), encoding="ascii")
    with pytest.raises(KeyFileRefused, match="damaged") as refused:
        KeyFile.load(path)
    assert made.form.hex() not in str(refused.value)


def test_every_purpose_has_its_own_key() -> None:
    keys = KeyFile({1: bytes(32)}, bytes(32), bytes(32))
    purposes = ["authenticity/reply", "authenticity/reader", "form/read", "form/write", "channel/mail"]
    assert len({keys.subkey(purpose) for purpose in purposes}) == len(purposes)


@pytest.mark.parametrize("purpose", ["", "other/x", "forms/x", "/form"])
def test_a_purpose_of_no_known_room_is_refused(purpose: str) -> None:
    with pytest.raises(ValueError, match="purpose"):
        KeyFile({1: bytes(32)}, bytes(32), bytes(32)).subkey(purpose)


def test_the_newest_pepper_is_the_current_one() -> None:
    assert KeyFile({1: bytes(32), 10: bytes(32), 2: bytes(32)}, bytes(32), bytes(32)).pepper_version == 10


def test_a_key_file_and_a_locked_key_show_no_secret() -> None:
    assert repr(KeyFile({1: bytes(32)}, bytes(32), bytes(32))) == "KeyFile()"
    assert repr(LOCKED) == f"LockedKey(cost={LOW!r})"


def test_every_holder_opens_the_same_week_key() -> None:
    public, boxes = new_week_key("week-1", {"one": PRIVATE.public(), "two": OTHER.public()})
    opened = [open_week_key(key, "week-1", who, boxes[who]) for key, who in ((PRIVATE, "one"), (OTHER, "two"))]
    assert [week.public().to_bytes() for week in opened] == [public.to_bytes()] * 2


@pytest.mark.parametrize(
    ("key", "week", "holder"), [(OTHER, "week-1", "one"), (PRIVATE, "week-2", "one"), (PRIVATE, "week-1", "two")]
)
def test_a_week_key_opens_for_no_other_key_week_or_holder(key: PrivateKey, week: str, holder: str) -> None:
    _, boxes = new_week_key("week-1", {"one": PRIVATE.public()})
    with pytest.raises(BoxNotOpened):
        open_week_key(key, week, holder, boxes["one"])


def test_a_shared_week_key_opens_for_the_new_holder() -> None:
    public, boxes = new_week_key("week-1", {"one": PRIVATE.public()})
    week = open_week_key(PRIVATE, "week-1", "one", boxes["one"])
    shared = share_week_key(week, "week-1", "two", OTHER.public())
    assert open_week_key(OTHER, "week-1", "two", shared).public().to_bytes() == public.to_bytes()


def test_a_week_key_for_nobody_is_not_made() -> None:
    with pytest.raises(ValueError, match="holder"):
        new_week_key("week-1", {})
