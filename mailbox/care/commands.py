"""``flask case open``: opens a case file where it was taken to, without a database and without a network."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from mailbox.errors import BoxNotOpened, WrongPassphrase
from mailbox.private_files import new_private_file
from mailbox.sealing.case_file import open_file


@click.group("case")
def case_commands() -> None:
    """Case files that left the house."""


@case_commands.command("open")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--to", "target", type=click.Path(path_type=Path), help="The ZIP to write; beside FILE if not named.")
def open_case_file(file: Path, target: Path | None) -> None:
    """Ask for the passphrase and write what lies in FILE as a ZIP that only this account can read."""
    passphrase = click.prompt("口令 / passphrase", hide_input=True, default="", show_default=False)
    try:
        content = open_file(passphrase, file.read_bytes())
    except WrongPassphrase:
        _end("口令不对, 或者文件被人改过 / the passphrase does not open this file, or the file was changed")
    except BoxNotOpened as refused:
        _end(f"这不是能打开的个案文件 / this is no case file that can be opened: {refused.reason}")
    written = target or file.with_suffix(".zip")
    try:
        with new_private_file(written) as opened:
            opened.write(content)
    except OSError as refused:
        _end(f"写不了 {written} / cannot be written: {refused.strerror}")
    click.echo(f"打开了, 没有加密, 看完请删掉 / opened, not encrypted, remove it after reading: {written}")


def _end(sentence: str) -> NoReturn:
    click.echo(sentence, err=True)
    sys.exit(1)
