"""Secrets that another account could read stop the start, with the command that mends it."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from mailbox.config import Settings, load_settings
from mailbox.errors import SettingsRefused
from mailbox.store.migrations import migrate, revision_of
from mailbox.upkeep.demo import clear_folder
from mailbox.upkeep.doctor import look_at_files
from mailbox.upkeep.findings import State
from mailbox.upkeep.private_places import open_places, require_private

pytestmark = pytest.mark.skipif(os.name != "posix", reason="Windows keeps who may read a file elsewhere")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An installation with every secret in its place and private; the database lies outside the data folder."""
    told = load_settings({"QIAOQIAOHUA_DATABASE_URL": f"sqlite:///{tmp_path / 'base' / 'mailbox.db'}"}, tmp_path)
    (tmp_path / "base").mkdir(mode=0o755)
    for folder in ("var", "var/tls", "var/backups"):
        (tmp_path / folder).mkdir(mode=0o700)
    for file in ("var/mailbox.key", "var/tls/authority.pem", "var/tls/server.pem", "base/mailbox.db"):
        (tmp_path / file).touch(mode=0o600)
    return told


def test_private_secrets_stop_nothing(settings: Settings) -> None:
    assert open_places(settings) == []
    require_private(settings)


@pytest.mark.parametrize(
    ("place", "setting", "must_be"),
    [
        ("var", "data_dir", "700"),
        ("var/mailbox.key", "key_file", "600"),
        ("var/tls/authority.pem", "data_dir", "600"),
        ("var/tls/server.pem", "data_dir", "600"),
        ("var/backups", "data_dir", "700"),
        ("base/mailbox.db", "database_url", "600"),
    ],
)
@pytest.mark.parametrize("others", [0o040, 0o004, 0o010, 0o002])
def test_an_open_one_is_named_with_the_command_that_mends_it(
    settings: Settings, tmp_path: Path, place: str, setting: str, must_be: str, others: int
) -> None:
    path = tmp_path / place
    path.chmod(int(must_be, 8) | others)
    with pytest.raises(SettingsRefused) as refused:
        require_private(settings)
    assert refused.value.setting == setting
    assert f"chmod {must_be} {path}" in refused.value.mend
    finding = look_at_files(settings)
    assert (finding.state, finding.told) == (State.NOW, {"path": path, "mode": must_be})
    path.chmod(int(must_be, 8))
    require_private(settings)


def test_one_sentence_names_all_of_them_and_a_name_with_spaces_is_quoted(tmp_path: Path) -> None:
    told = load_settings({"QIAOQIAOHUA_DATA_DIR": "信箱 一"}, tmp_path)
    told.data_dir.mkdir(mode=0o755)
    told.key_file.touch(mode=0o644)
    with pytest.raises(SettingsRefused, match=r"chmod 700 '.*信箱 一'; chmod 600 '.*信箱 一/mailbox.key'"):
        require_private(told)


@pytest.mark.parametrize(
    ("address", "is_refused"),
    [
        ("postgresql://mailbox:geheim@db/mailbox", True),
        ("postgresql://db/mailbox?password=geheim", True),
        ("postgresql://mailbox@db/mailbox", False),
    ],
)
def test_a_settings_file_must_be_private_once_there_is_a_password(
    tmp_path: Path, address: str, is_refused: bool
) -> None:
    file = tmp_path / "mailbox.toml"
    file.write_text(f'database_url = "{address}"\n')
    file.chmod(0o644)
    told = load_settings({}, tmp_path)
    assert [place.path for place in open_places(told, file)] == [file] * is_refused
    if is_refused:
        with pytest.raises(SettingsRefused) as refused:
            require_private(told, file)
        assert f"chmod 600 {file}" in str(refused.value) and "geheim" not in str(refused.value)


@pytest.fixture
def careless() -> Iterator[None]:
    """An account that is used to making everything open to everybody."""
    usual = os.umask(0)
    yield
    os.umask(usual)


@pytest.mark.usefixtures("careless")
def test_a_database_is_made_private_whatever_the_account_is_used_to(tmp_path: Path) -> None:
    migrate(f"sqlite:///{tmp_path / 'mailbox.db'}")
    assert stat.S_IMODE((tmp_path / "mailbox.db").stat().st_mode) == 0o600


@pytest.mark.usefixtures("careless")
def test_who_only_looks_at_a_database_that_is_not_there_makes_it_private_too(tmp_path: Path) -> None:
    file = tmp_path / "mailbox.db"
    assert revision_of(f"sqlite:///{file}") is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("careless")
def test_the_demonstration_leaves_no_open_folder_where_a_school_comes_later(tmp_path: Path) -> None:
    clear_folder(tmp_path / "var" / "demo")
    assert [stat.S_IMODE((tmp_path / folder).stat().st_mode) for folder in ("var", "var/demo")] == [0o700, 0o700]
