"""The script that makes the mailbox a service puts everything into place, and what it puts there is enough to run."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.deploy.test_container import copied
from tests.support.served import HOUSE

SCRIPT = HOUSE / "deploy" / "install_service.sh"
# Loads every page, the papers, the lexicon and the model, and does what the worker does.
ONE_ROUND = """
import app
from counselor_ui.document_text import papers
assert papers()
office = app.open_office()
app.create_app(office)
app.look_once(office)
print(app.__file__)
"""


@pytest.fixture
def placed(tmp_path: Path) -> Path:
    """Everything below a folder, nothing started."""
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("the script is for root, on Linux")
    root = tmp_path / "computer"
    told = subprocess.run(
        [SCRIPT], env={**os.environ, "DESTDIR": str(root)}, capture_output=True, text=True, check=False
    )
    if "a school is in this folder already" in told.stderr:
        pytest.skip("a school is kept in this very folder; the script leaves it alone")
    assert told.returncode == 0, told.stderr
    return root


def test_program_settings_and_data_are_apart_and_only_the_data_are_the_mailbox_own(placed: Path) -> None:
    for place in ("var/lib/qiaoqiaohua", "etc/qiaoqiaohua"):
        assert (placed / place).stat().st_mode & 0o777 == 0o700
    assert (placed / "etc/qiaoqiaohua/mailbox.toml").stat().st_mode & 0o777 == 0o600
    assert {file.name for file in (placed / "etc/systemd").rglob("*") if file.is_file()} == {
        "qiaoqiaohua.service",
        "journald@qiaoqiaohua.conf",
    }
    assert os.access(placed / "usr/local/sbin/qiaoqiaohua", os.X_OK)


def test_a_python_in_a_home_folder_is_refused_before_anything_is_put_anywhere(tmp_path: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("the script is for root, on Linux")
    somebodys = tmp_path / "python3"
    somebodys.write_text("#!/bin/sh\necho /home/lin/.pyenv/versions/3.12\n")
    somebodys.chmod(0o755)
    environment = {**os.environ, "DESTDIR": str(tmp_path / "computer"), "PYTHON": str(somebodys)}
    told = subprocess.run([SCRIPT], env=environment, capture_output=True, text=True, check=False)
    assert told.returncode == 1 and "PYTHON=/usr/bin/python3" in told.stderr
    assert not (tmp_path / "computer").exists()


def test_what_is_put_there_or_into_the_container_is_enough_to_run(placed: Path, tmp_path: Path) -> None:
    program = placed / "opt/qiaoqiaohua"
    # The container copies the same, and all of models/ that is sent.
    assert all((program / path).exists() for path in copied())
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("QIAOQIAOHUA_")},
        "QIAOQIAOHUA_DATA_DIR": str(tmp_path / "data"),
        "QIAOQIAOHUA_CONFIG": str(placed / "etc/qiaoqiaohua/mailbox.toml"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    asked = [[sys.executable, "-m", "flask", "init"], [sys.executable, "-c", ONE_ROUND]]
    made, round_done = (
        subprocess.run(words, cwd=program, env=environment, capture_output=True, text=True, check=False)
        for words in asked
    )
    assert made.returncode == 0, made.stderr
    assert round_done.returncode == 0, round_done.stderr
    assert Path(round_done.stdout.strip()).is_relative_to(program)


def test_a_school_that_is_in_the_folder_is_left_alone_with_the_commands_that_move_it(tmp_path: Path) -> None:
    if sys.platform != "linux" or os.geteuid() != 0:
        pytest.skip("the script is for root, on Linux")
    here = tmp_path / "项目 folder"
    (here / "deploy").mkdir(parents=True)
    (here / "deploy" / SCRIPT.name).write_text(SCRIPT.read_text())
    (here / "var").mkdir()
    (here / "var" / "mailbox.key").touch()
    told = subprocess.run(
        ["bash", here / "deploy" / SCRIPT.name],
        env={**os.environ, "DESTDIR": str(tmp_path / "computer")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.returncode == 1 and f"mv '{here}/var'" in told.stderr
    assert not (tmp_path / "computer").exists()
