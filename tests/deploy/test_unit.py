"""The systemd unit: systemd finds nothing wrong with it, and the program works under its limits."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from mailbox.letters.desk import open_thread, queue
from mailbox.upkeep.demo_drawing import house_and_sun
from tests.mailbox.media.samples import recording
from tests.stories.test_nothing_in_the_clear import WORDS, Tablet
from tests.support.served import HOUSE, ServedApp
from tests.support.staffed import staff
from tests.support.unit_file import calls_left, settings_of

UNIT = HOUSE / "deploy" / "qiaoqiaohua.service"
PYTHON = "/opt/qiaoqiaohua/.venv/bin/python"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not here")


def installed_at(folder: Path) -> Path:
    """The unit as it would be installed where the program lies in this folder: systemd looks for what it starts."""
    unit = folder / UNIT.name
    unit.write_text(UNIT.read_text().replace(PYTHON, sys.executable))
    return unit


@needs_systemd
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    asked = ["systemd-analyze", "verify", installed_at(tmp_path)]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    # It also reads the units of this machine, which are not ours to mend.
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []


@needs_systemd
def test_systemd_calls_what_an_intruder_could_still_do_small(tmp_path: Path) -> None:
    asked = ["systemd-analyze", "security", "--offline=true", "--no-pager", installed_at(tmp_path)]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    level = re.search(r"exposure level for \S+: ([\d.]+)", told)
    # 0 is nothing, 10 everything. docs/service.md says the figure.
    assert level and float(level[1]) <= 2.0


def test_the_unit_starts_what_a_person_would_start() -> None:
    settings = settings_of(UNIT)
    assert settings["ExecStartPre"] == [f"{PYTHON} -m flask init"]
    assert settings["ExecStart"] == [f"{PYTHON} -m flask serve"]
    assert "QIAOQIAOHUA_DATA_DIR=/var/lib/qiaoqiaohua" in settings["Environment"]
    # The minute of an error must not stay on the disk.
    assert settings["LogNamespace"] == ["qiaoqiaohua"]
    assert "Storage=volatile" in (HOUSE / "deploy" / "journald@qiaoqiaohua.conf").read_text().splitlines()


def why_not_tried() -> str:
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can set the limits of a unit"
    if shutil.which("systemd-analyze") is None or ctypes.util.find_library("seccomp") is None:
        return "systemd-analyze and libseccomp name and set the calls that are left"
    if shutil.which("setpriv") is None or subprocess.run(["unshare", "--mount", "true"], check=False).returncode:
        return "this system lets nobody have a file system of its own"
    return ""


def test_letters_with_a_drawing_and_a_voice_are_taken_and_read_under_the_limits_of_the_unit(
    made_app: Callable[..., ServedApp], tmp_path: Path
) -> None:
    if reason := why_not_tried():
        pytest.skip(reason)
    data = tmp_path / "served-0"
    served = made_app(environment={"UNIT": str(UNIT), "DATA": str(data)}, web_workers=1)
    school = staff(served)
    served.start("tests.support.under_unit", "serve")
    status = Path(f"/proc/{served.processes()[-1]}/status").read_text()
    limits = r"^(NoNewPrivs|Seccomp|CapEff|CapBnd|Umask):\s+(\w+)"
    assert dict(re.findall(limits, status, re.M)) == {
        "NoNewPrivs": "1",
        "Seccomp": "2",
        "CapEff": "0" * 16,
        "CapBnd": "0" * 16,
        "Umask": "0077",
    }
    tablet = Tablet(served, school.kiosk_cookie)
    fields = {
        "token": tablet.token(tablet.get("/write")),
        "words": WORDS,
        "kind": "for_classmate",
        "detail_who": "橘子树",
    }
    tablet.post_files("/write", fields, drawing=house_and_sun(), voice=recording("ipad", 3))
    (letter,) = queue(school.office, school.counselor)
    (note,) = open_thread(school.office, school.counselor, letter.id).notes
    assert note.content and note.content.text == WORDS
    # Both were decoded, in the process that takes even more away from itself.
    assert {part.kind for part in note.content.parts} == {"drawing", "voice"}
    served.stop()
    assert "Error" not in served.log()


@needs_systemd
def test_the_filter_leaves_no_call_that_mounts_loads_traces_or_switches_the_computer_off() -> None:
    grave = {"mount", "umount2", "init_module", "finit_module", "ptrace", "reboot", "kexec_load", "bpf", "swapon"}
    assert (grave | {"setuid", "chroot", "pivot_root"}) & calls_left(settings_of(UNIT)) == set()
