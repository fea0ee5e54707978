"""Every file that is no program text is known: whose it is, under which licence, and that it is unchanged."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from tools.supply.assets import HOUSE, Asset, Assets, altered, checksum, files_kept, read_assets, unlisted_or_twice
from tools.supply.licences import read_allowed

ASSETS = read_assets()
FONT = ASSETS.others[0]
# How others' scripts and style sheets say whose they are, or how they look when they were pressed small; the range of
# our font's characters is one long line.
FOREIGN = re.compile(r"/\*!|@licen[sc]e|copyright|\bMIT\b|jquery|^(?!\s*unicode-range)[^\n]{400}", re.I | re.M)


def only(asset: Asset) -> Assets:
    return Assets((asset,), (), ())


def test_every_file_is_ours_or_listed_with_its_source() -> None:
    assert unlisted_or_twice(ASSETS, files_kept()) == []


def test_every_file_of_others_is_unchanged_and_its_licence_is_there() -> None:
    assert altered(ASSETS) == []


def test_every_licence_of_others_is_allowed() -> None:
    allowed = read_allowed()
    assert [one.name for one in (*ASSETS.others, *ASSETS.bundled) if not allowed.allows(one.licence)] == []


def test_what_is_listed_as_our_script_or_style_sheet_looks_like_ours() -> None:
    sheets = [path for path in files_kept() if path.endswith((".js", ".css")) and "/static/" in path]
    assert len(sheets) > 30
    assert [path for path in sheets if FOREIGN.search((HOUSE / path).read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "path", ["mailbox/web/static/fonts/new.woff2", "mailbox/kiosk/static/deeper/lib.js", "models/x"]
)
def test_a_file_that_nobody_listed_is_named(path: str) -> None:
    assert unlisted_or_twice(ASSETS, [path]) == [f"{path}: in 0 entries of assets.toml"]


def test_one_changed_byte_and_a_missing_licence_are_named(tmp_path: Path) -> None:
    font = replace(FONT, patterns=("kai.ttf",), licence_text="LICENSE")
    (tmp_path / "kai.ttf").write_bytes(b"letters")
    whole = replace(font, sha256=checksum(font.patterns, tmp_path))
    assert altered(only(whole), tmp_path) == [f"{font.name}: its licence's text is not there: LICENSE"]
    (tmp_path / "LICENSE").touch()
    assert altered(only(whole), tmp_path) == []
    (tmp_path / "kai.ttf").write_bytes(b"Letters")
    assert altered(only(whole), tmp_path) == [f"{font.name}: sha256 is now {checksum(font.patterns, tmp_path)}"]
    (tmp_path / "kai.ttf").unlink()
    assert altered(only(whole), tmp_path) == [f"{font.name}: no file is kai.ttf"]
