"""What the documents tell a teacher, a technician or a doubter to type is there: commands, tests, parts of tests."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app import create_app

HOUSE = Path(__file__).resolve().parents[2]
PAGES = sorted((HOUSE / "docs").glob("*.md"))
_COMMAND = re.compile(r"(?:`|-m |qiaoqiaohua )flask ([a-z-]+(?: [a-z-]+)*)")
_TEST = re.compile(r"(?<![\w/])(tests/[\w/]+(?:\.\w+)?)")
_PART = re.compile(r"((?:tests/[\w/.]+ )+)-k \"?([\w ]+)")


def is_told(command: click.Command, words: list[str]) -> bool:
    """Whether the words begin with a command of ``command``, of as many words as it has."""
    while isinstance(command, click.Group) and words:
        named = command.commands.get(words[0])
        if named is None:
            return False
        command, words = named, words[1:]
    return not isinstance(command, click.Group)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_and_every_test_that_a_document_names_exists(page: Path) -> None:
    text, commands = page.read_text("utf-8"), create_app().cli
    assert [told for told in _COMMAND.findall(text) if not is_told(commands, told.split())] == []
    assert [told for told in _TEST.findall(text) if not (HOUSE / told).exists()] == []
    for files, wanted in _PART.findall(text):
        content = "".join((HOUSE / file).read_text("utf-8") for file in files.split())
        words = [word for word in wanted.split() if word not in ("and", "or", "not")]
        assert [word for word in words if word not in content] == [], f"{files}-k {wanted}"
