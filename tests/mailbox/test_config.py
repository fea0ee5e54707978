"""Settings: the environment wins over the file, and every refusal names the setting and says the mend."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from mailbox.config import Settings, load_settings
from mailbox.errors import SettingsRefused


def load(root: Path, file: str = "", **environment: str) -> Settings:
    """Read an installation under ``root`` whose mailbox.toml holds ``file``, with these variables and no other."""
    (root / "mailbox.toml").write_text(file, encoding="utf-8")
    return load_settings({f"QIAOQIAOHUA_{name.upper()}": value for name, value in environment.items()}, root)


def refusal(root: Path, file: str = "", **environment: str) -> SettingsRefused:
    with pytest.raises(SettingsRefused) as refused:
        load(root, file, **environment)
    return refused.value


def test_without_any_setting_all_data_lies_in_one_folder_and_nobody_else_is_served(tmp_path: Path) -> None:
    settings = load_settings({}, tmp_path)
    assert settings.data_dir == tmp_path / "var"
    assert settings.key_file.parent == settings.data_dir
    assert settings.database_url == f"sqlite:///{tmp_path / 'var' / 'mailbox.db'}"
    assert settings.listen_host == "127.0.0.1"


def test_the_file_is_read_and_a_path_in_it_begins_at_the_program(tmp_path: Path) -> None:
    settings = load(tmp_path, 'data_dir = "数据"\nlisten_port = 8080\nrun_alarm_worker = false\n')
    assert (settings.data_dir, settings.key_file) == (tmp_path / "数据", tmp_path / "数据" / "mailbox.key")
    assert (settings.listen_port, settings.run_alarm_worker) == (8_080, False)


def test_the_environment_wins_over_the_file(tmp_path: Path) -> None:
    settings = load(tmp_path, "listen_port = 8080\nclaim_minutes = 20\n", listen_port="9090")
    assert (settings.listen_port, settings.claim_minutes) == (9_090, 20)


def test_a_file_that_is_named_is_read_in_place_of_the_usual_one(tmp_path: Path) -> None:
    (tmp_path / "school.toml").write_text("listen_port = 9090\n")
    assert load(tmp_path, "listen_port = 8080\n", config="school.toml").listen_port == 9_090


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.20", "fd00::20"])  # noqa: S104 - read, never bound.
def test_an_address_of_the_network_is_read_and_known_as_such(tmp_path: Path, host: str) -> None:
    # Whether it may be served is asked at the start, when the certificates can be looked at.
    settings = load(tmp_path, listen_host=host)
    assert (settings.listen_host, settings.is_on_network) == (host, True)
    assert not any(load(tmp_path, listen_host=only).is_on_network for only in ("127.0.0.1", "localhost", "::1"))


def test_every_setting_can_be_given_from_outside(tmp_path: Path) -> None:
    usual = load(tmp_path)
    given = {field.name: str(getattr(usual, field.name)) for field in fields(Settings)}
    assert load(tmp_path, **given) == usual


def test_a_postgresql_address_gets_the_driver_that_is_installed(tmp_path: Path) -> None:
    for address in ("postgresql://mailbox@db/mailbox", "postgresql+psycopg://mailbox@db/mailbox"):
        assert load(tmp_path, database_url=address).database_url == "postgresql+psycopg://mailbox@db/mailbox"


def test_a_named_file_that_is_missing_is_named(tmp_path: Path) -> None:
    refused = refusal(tmp_path, config="elsewhere.toml")
    assert refused.setting == "QIAOQIAOHUA_CONFIG"
    assert str(tmp_path / "elsewhere.toml") in refused.mend and "create it" in refused.mend


@pytest.mark.parametrize("broken", [b"listen_port = \n", "data_dir = '数据'\n".encode("gb18030")])
def test_a_file_that_is_no_toml_is_named_with_the_place(tmp_path: Path, broken: bytes) -> None:
    (tmp_path / "mailbox.toml").write_bytes(broken)
    with pytest.raises(SettingsRefused, match="cannot be read as TOML") as refused:
        load_settings({}, tmp_path)
    assert str(tmp_path / "mailbox.toml") in refused.value.mend
    assert "line 1" in refused.value.mend or "position" in refused.value.mend


def test_a_folder_is_no_settings_file(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert "cannot be read as TOML" in refusal(tmp_path, config="folder").mend


def test_an_unknown_name_in_the_file_is_named_with_the_known_ones(tmp_path: Path) -> None:
    refused = refusal(tmp_path, "listen_prot = 8000\n")
    assert refused.setting == "listen_prot"
    assert str(tmp_path / "mailbox.toml") in refused.mend and "listen_port" in refused.mend


def test_an_unknown_name_in_the_environment_is_named_with_the_known_ones(tmp_path: Path) -> None:
    refused = refusal(tmp_path, listen_prot="8000")
    assert refused.setting == "listen_prot"
    assert "the environment" in refused.mend and "listen_port" in refused.mend


@pytest.mark.parametrize("place", ["data_dir", "key_file", "model_dir", "config"])
@pytest.mark.parametrize("wrong", [" ", "~nobody-of-this-name/mailbox"])
def test_a_place_that_is_none_is_named_by_its_setting(tmp_path: Path, place: str, wrong: str) -> None:
    refused = refusal(tmp_path, **{place: wrong})
    assert refused.setting == ("QIAOQIAOHUA_CONFIG" if place == "config" else place)
    assert "give a folder or file" in refused.mend


@pytest.mark.parametrize("place", ["data_dir", "key_file", "model_dir"])
def test_an_empty_place_is_named_by_its_setting(tmp_path: Path, place: str) -> None:
    for refused in (refusal(tmp_path, **{place: ""}), refusal(tmp_path, f"{place} = 7\n")):
        assert refused.setting == place


@pytest.mark.parametrize(
    ("setting", "wrong", "mend"),
    [
        ("timezone", "Mars/Base", "Asia/Shanghai"),
        ("timezone", "../../etc/passwd", "Asia/Shanghai"),
        ("timezone", "", "Asia/Shanghai"),
        ("run_alarm_worker", "perhaps", "true or false"),
        ("run_alarm_worker", "", "true or false"),
        ("listen_port", "eight", "1 to 65535"),
        ("listen_port", "0", "1 to 65535"),
        ("listen_port", "65536", "1 to 65535"),
        ("web_workers", "2.5", "1 to 16"),
        ("triage_budget_ms", "49", "50 to 60000"),
        ("reply_copy_days", "-1", "7 to 365"),
        ("session_idle_minutes", "", "1 to 60"),
        ("claim_minutes", "1e3", "1 to 240"),
        ("listen_host", "everywhere", "127.0.0.1"),
        ("listen_host", "192.168.1.0/24", "flask tls init"),
        ("listen_host", "", "127.0.0.1"),
        ("plain_http_on_network", "perhaps", "true or false"),
        ("root_over_plain_http", "perhaps", "true or false"),
        ("database_url", "mysql://mailbox:geheim@db/mailbox", "postgresql://"),
        ("database_url", "", "sqlite:///FILE"),
        *(
            ("database_url", f"sqlite:{rest}", "names no file; give sqlite:///")
            for rest in ("", "//", "///", "/// ", "///:memory:", "///file::memory:?cache=shared", "///var/?mode=memory")
        ),
        ("database_url", "sqlite:////srv/mailbox/", "names no file; give sqlite:///"),
        ("other_names", "https://xinxiang.school.cn", "without https://"),
        ("other_names", "*.school.cn", "whole names"),
        ("log_files", "-1", "0 to 100"),
        ("log_kilobytes", "1", "16 to 102400"),
    ],
)
def test_a_wrong_value_is_named_with_what_to_give(tmp_path: Path, setting: str, wrong: str, mend: str) -> None:
    for refused in (refusal(tmp_path, **{setting: wrong}), refusal(tmp_path, f'{setting} = "{wrong}"\n')):
        assert refused.setting == setting
        assert mend in refused.mend
        assert "geheim" not in str(refused)


@pytest.mark.parametrize("setting", [field.name for field in fields(Settings)])
def test_a_list_in_the_file_is_no_value_of_any_setting(tmp_path: Path, setting: str) -> None:
    assert refusal(tmp_path, f'{setting} = ["127.0.0.1"]\n').setting == setting
