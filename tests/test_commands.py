"""The commands, run as a technician runs them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def flask(data_dir: Path, *words: str, given: str = "", **environment: str) -> subprocess.CompletedProcess[str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("QIAOQIAOHUA_")}
    return subprocess.run(
        [sys.executable, "-m", "flask", *words],
        input=given,
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
        env={**ours, "QIAOQIAOHUA_DATA_DIR": str(data_dir), **environment},
    )


def is_one_sentence_about(setting: str, refused: subprocess.CompletedProcess[str]) -> bool:
    return refused.returncode == 2 and len(refused.stderr.splitlines()) == 1 and setting in refused.stderr


def test_init_makes_database_and_key_file_and_may_be_repeated(tmp_path: Path) -> None:
    for _ in range(2):
        assert flask(tmp_path / "var", "init").returncode == 0
    assert (tmp_path / "var" / "mailbox.key").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "var" / "mailbox.db").exists()


def test_a_key_file_that_others_can_read_stops_the_start_and_says_the_mend(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    (tmp_path / "mailbox.key").chmod(0o644)
    refused = flask(tmp_path, "audit", "verify")
    assert refused.returncode == 2
    assert "chmod 600" in refused.stderr


def test_a_data_folder_that_others_can_read_stops_the_set_up_before_the_database_is_made(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(mode=0o755)
    refused = flask(tmp_path / "var", "init")
    assert is_one_sentence_about("data_dir", refused)
    assert f"chmod 700 {tmp_path / 'var'}" in refused.stderr
    assert not (tmp_path / "var" / "mailbox.db").exists()


def test_an_unknown_setting_stops_the_start_and_is_named(tmp_path: Path) -> None:
    refused = flask(tmp_path, "init", QIAOQIAOHUA_LISTEN_PROT="8000")
    assert refused.returncode == 2
    assert "listen_prot" in refused.stderr


def test_a_wrong_value_stops_the_start_and_says_what_to_give(tmp_path: Path) -> None:
    refused = flask(tmp_path, "init", QIAOQIAOHUA_LISTEN_PORT="eight")
    assert refused.returncode == 2
    assert "1 to 65535" in refused.stderr


def test_the_worker_looks_once_and_ends(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    assert flask(tmp_path, "worker", "--once").returncode == 0


def test_triage_answers_in_order_and_goes_on_after_a_bad_line(tmp_path: Path) -> None:
    lines = ['{"id": "1", "text": "作业写死我了哈哈"}', "no json", '{"id": "2", "text": "我不想活了"}']
    answered = flask(tmp_path, "triage", "assess", given="\n".join(lines))
    rows = [json.loads(line) for line in answered.stdout.splitlines()]
    assert [row.get("id") for row in rows] == ["1", None, "2"]
    assert rows[1]["line"] == 2
    assert (rows[0]["urgency"], rows[2]["urgency"]) == ("routine", "urgent")


def test_an_altered_model_stops_the_start_and_is_named(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    model = tmp_path / "model"
    shutil.copytree(ROOT / "models" / "blend-8", model)
    (model / "parameters.json").write_text("{}")
    refused = flask(tmp_path, "worker", "--once", QIAOQIAOHUA_MODEL_DIR=str(model))
    assert refused.returncode == 2
    assert "model_dir" in refused.stderr and "Traceback" not in refused.stderr


def test_a_missing_model_stops_the_start_and_is_named(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    refused = flask(tmp_path, "worker", "--once", QIAOQIAOHUA_MODEL_DIR=str(tmp_path / "nowhere"))
    assert refused.returncode == 2
    assert "model_dir" in refused.stderr and "Traceback" not in refused.stderr


def test_a_missing_key_file_stops_the_start_and_says_what_to_run(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    (tmp_path / "mailbox.key").unlink()
    refused = flask(tmp_path, "worker", "--once")
    assert refused.returncode == 2
    assert "mailbox.key" in refused.stderr and "Traceback" not in refused.stderr


def test_a_database_without_tables_stops_the_start_and_says_what_to_run(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    (tmp_path / "mailbox.db").unlink()
    refused = flask(tmp_path, "worker", "--once")
    assert refused.returncode == 2
    assert "flask init" in refused.stderr and "Traceback" not in refused.stderr


def test_a_database_that_does_not_answer_stops_the_start_without_repeating_its_password(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    address = "postgresql://mailbox:geheim@127.0.0.1:9/mailbox"
    for words in (("init",), ("worker", "--once")):
        refused = flask(tmp_path, *words, QIAOQIAOHUA_DATABASE_URL=address)
        assert refused.returncode == 2
        assert "database_url" in refused.stderr and "Traceback" not in refused.stderr
        assert "geheim" not in refused.stderr + refused.stdout


def test_a_database_port_that_is_no_number_stops_the_start_without_repeating_the_password(tmp_path: Path) -> None:
    for words in (("init",), ("demo",)):
        address = "postgresql://mailbox:geheim@127.0.0.1:port/mailbox"
        refused = flask(tmp_path / words[0], *words, QIAOQIAOHUA_DATABASE_URL=address)
        assert is_one_sentence_about("database_url", refused)
        assert "geheim" not in refused.stderr + refused.stdout


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_data_folder_that_is_a_file_stops_the_start_and_is_left_alone(tmp_path: Path, command: str) -> None:
    (tmp_path / "letter").write_text("mine")
    assert is_one_sentence_about("data_dir", flask(tmp_path / "letter", command))
    assert is_one_sentence_about("data_dir", flask(tmp_path / "letter" / "var", command))
    assert (tmp_path / "letter").read_text() == "mine"


@pytest.mark.parametrize("command", ["init", "demo"])
def test_a_key_file_that_cannot_be_made_stops_the_start_and_is_named(tmp_path: Path, command: str) -> None:
    (tmp_path / "file").touch()
    refused = flask(tmp_path / "var", command, QIAOQIAOHUA_KEY_FILE=str(tmp_path / "file" / "mailbox.key"))
    assert is_one_sentence_about("key_file", refused)


def test_a_data_folder_that_cannot_be_written_stops_the_start_and_is_named() -> None:
    # Where /proc is a folder nobody can make a file in it, root neither; elsewhere nobody can make the folder.
    folder = Path("/proc")
    assert is_one_sentence_about("key_file: /proc" if folder.is_dir() else "data_dir: /proc", flask(folder, "init"))


def test_the_demonstration_never_overwrites_a_key_file_outside_its_folder(tmp_path: Path) -> None:
    key = tmp_path / "mailbox.key"
    key.write_text("of a real school")
    assert is_one_sentence_about("key_file", flask(tmp_path / "var", "demo", QIAOQIAOHUA_KEY_FILE=str(key)))
    assert key.read_text() == "of a real school"


def test_the_demonstration_refuses_a_folder_with_real_data(tmp_path: Path) -> None:
    flask(tmp_path, "init")
    before = (tmp_path / "mailbox.key").read_bytes()
    refused = flask(tmp_path, "demo")
    assert refused.returncode == 2
    assert "data_dir" in refused.stderr
    assert (tmp_path / "mailbox.key").read_bytes() == before
