"""The house holds: imports go downwards only, and each library stays in its room."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.house.import_rules import Breach, Rule, breaches, modules_of

HOUSE = Path(__file__).resolve().parents[2]


def build(root: Path, files: dict[str, str]) -> list[Breach]:
    for name, source in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return breaches(root)


@cache
def breaches_of_the_house() -> list[Breach]:
    return breaches(HOUSE)


@pytest.mark.parametrize("rule", list(Rule), ids=lambda rule: rule.name.lower())
def test_no_module_of_the_house_breaks_the_rule(rule: Rule) -> None:
    found = [f"{breach.place} imports {breach.target}" for breach in breaches_of_the_house() if breach.rule is rule]
    assert not found, f"{rule.value}:\n" + "\n".join(found)


def test_the_walk_reaches_the_storeys_that_stand() -> None:
    walked = {path.relative_to(HOUSE).parts[0] for path in modules_of(HOUSE)}
    assert {"mailbox", "triage"} <= walked


WRONG = [
    (Rule.STOREY, "triage/rules.py", "import mailbox.errors"),
    (Rule.STOREY, "triage/rules.py", "def late():\n    from counselor_ui import views"),
    (Rule.STOREY, "mailbox/letters/post.py", "from counselor_ui.views import desk"),
    (Rule.STOREY, "mailbox/web/headers.py", "from app import create_app"),
    (Rule.STOREY, "counselor_ui/views.py", "import app"),
    (Rule.STOREY, "triage/rules.py", "import importlib\nimportlib.import_module('mailbox.store')"),
    (Rule.STOREY, "app.py", "from tests.support import postgres"),
    (Rule.ROOM, "mailbox/errors.py", "from mailbox.rules import policy"),
    (Rule.ROOM, "mailbox/__init__.py", "from . import store"),
    (Rule.ROOM, "mailbox/rules/policy.py", "from mailbox.sealing.box import seal"),
    (Rule.ROOM, "mailbox/sealing/box.py", "from mailbox import store"),
    (Rule.ROOM, "mailbox/store/letters.py", "from ..letters.post import post"),
    (Rule.ROOM, "mailbox/store/__init__.py", "from .. import office"),
    (Rule.ROOM, "mailbox/office.py", "from mailbox.people import login"),
    *(
        (Rule.ROOM, f"mailbox/{act}/work.py", "import mailbox.web.headers")
        for act in ("letters", "openings", "people", "alarms", "upkeep", "care", "media")
    ),
    (Rule.ROOM, "mailbox/web/headers.py", "from mailbox.kiosk import views"),
    (Rule.UNPLACED, "mailbox/attic/box.py", ""),
    (Rule.PAGE, "mailbox/kiosk/views.py", "from mailbox.store.tables import Note"),
    (Rule.PAGE, "mailbox/kiosk/views.py", "from .. import sealing"),
    (Rule.PAGE, "counselor_ui/views.py", "from mailbox import store"),
    (Rule.PAGE, "counselor_ui/views.py", "import mailbox.sealing.box as box"),
    (Rule.DESK, "counselor_ui/views.py", "from triage.assessor import Assessor"),
    (Rule.DESK, "counselor_ui/views.py", "import triage"),
    (Rule.WEB, "mailbox/letters/post.py", "from flask import request"),
    (Rule.WEB, "mailbox/people/login.py", "from wtforms.validators import Length"),
    (Rule.WEB, "triage/commands.py", "from flask_babel import gettext"),
    (Rule.CRYPTOGRAPHY, "mailbox/store/keys.py", "from cryptography.fernet import Fernet"),
    (Rule.CRYPTOGRAPHY, "mailbox/upkeep/shred.py", "import cryptography"),
    (Rule.CRYPTOGRAPHY, "app.py", "import cryptography.x509"),
    (Rule.SQL, "mailbox/letters/post.py", "from sqlalchemy import select"),
    (Rule.CRYPTOGRAPHY, "mailbox/people/recovery.py", "from mnemonic import Mnemonic"),
    (Rule.SQL, "app.py", "from alembic import command"),
    (Rule.SQL, "mailbox/upkeep/backup.py", "import psycopg"),
    (Rule.LEARNING, "mailbox/rules/summary.py", "import numpy as np"),
    (Rule.CHANNELS, "counselor_ui/views.py", "from apprise import Apprise"),
    (Rule.DECODING, "mailbox/letters/parts.py", "from PIL import Image"),
    (Rule.DECODING, "mailbox/media/clean.py", "import av"),
    (Rule.STOREY, "app.py", "import bench.load"),
]


@pytest.mark.parametrize(("rule", "name", "source"), WRONG)
def test_a_wrong_import_is_caught(rule: Rule, name: str, source: str, tmp_path: Path) -> None:
    assert [breach.rule for breach in build(tmp_path, {name: source})] == [rule]


def test_a_breach_names_the_file_and_the_line(tmp_path: Path) -> None:
    found = build(tmp_path, {"triage/rules.py": "import re\n\nimport mailbox\n"})
    assert found == [Breach(Rule.STOREY, "triage/rules.py:3", "mailbox")]


def test_a_house_in_order_breaks_nothing(tmp_path: Path) -> None:
    tree = {
        "app.py": "import flask\nfrom mailbox.store import database\nimport counselor_ui, triage.assessor\n",
        "counselor_ui/views.py": "from flask_wtf import FlaskForm\nfrom mailbox.letters import desk\n"
        "from triage.protocol import Urgency\nfrom triage import protocol\n",
        "mailbox/__init__.py": "",
        "mailbox/config.py": "from mailbox.errors import SettingsRefused\n",
        "mailbox/sealing/box.py": "import cryptography\nfrom .padding import pad\nfrom ..rules import policy\n",
        "mailbox/store/tables.py": "import sqlalchemy\nimport alembic\nfrom mailbox.sealing import box\n",
        "mailbox/upkeep/tls.py": "from cryptography import x509\n",
        "mailbox/letters/post.py": "from mailbox import errors, people\nimport triage.protocol\n",
        "mailbox/kiosk/views.py": "import wtforms\nfrom mailbox.web import headers\nfrom mailbox.letters import post\n",
    }
    assert build(tmp_path, tree) == []


def test_an_empty_plot_breaks_nothing(tmp_path: Path) -> None:
    assert build(tmp_path, {}) == []
