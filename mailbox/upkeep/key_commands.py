"""``flask keys``: which keys there are and since when, another pepper, and the key file back from a backup."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path

import click

from mailbox.config import Settings
from mailbox.upkeep.commands import opener_for
from mailbox.upkeep.key_file_care import bring_key_file_back, rotate_pepper
from mailbox.upkeep.key_list import SchoolKeys, peppers, school_keys
from mailbox.upkeep.upgrade import office_for_upkeep

_SLIPS = {
    "good": "有效 / good",
    "spent": "用过一次了, 请做新的 / used once, make new ones",
    "none": "没有 / none",
}


def key_commands(settings: Callable[[], Settings], plainly: Callable[[], AbstractContextManager[None]]) -> click.Group:
    """Return the commands; ``plainly`` turns a refusal into a sentence."""

    @click.group()
    def keys() -> None:
        """The keys of this mailbox; what to do with them is in docs/keys.md."""

    @keys.command("list")
    def list_keys() -> None:
        """Say which keys there are and since when; tells no secret."""
        told = settings()
        with plainly():
            office = office_for_upkeep(told)
            click.echo(f"钥匙文件 / key file: {told.key_file}")
            for pepper in peppers(office):
                state = "现用 / current" if pepper.is_current else "以前的 / earlier"
                since = pepper.since or "一开始 / the beginning"
                click.echo(
                    f"  胡椒 / pepper {pepper.version}: {state}, 从 / since {since}, 会话 / threads {pepper.threads}"
                )
            for school in school_keys(office):
                for line in _lines(school):
                    click.echo(line)
            office.database.close()

    @keys.command("rotate-pepper")
    def rotate() -> None:
        """Let a new pepper take over for letters from now on; a backup is taken first. The mailbox must be stopped."""
        told = settings()
        with plainly():
            office = office_for_upkeep(told)
            done = rotate_pepper(office)
            office.database.close()
        if done.backup is not None:
            click.echo(f"先做了备份 / a backup was taken first: {done.backup}")
        click.echo(f"换好了 / done: pepper {done.version}")
        if done.dropped:
            gone = ", ".join(map(str, done.dropped))
            click.echo(f"没有信再用的旧胡椒去掉了 / earlier ones that no letter needs are gone: {gone}")
        click.echo("以前的图画码照样能用; 请再备份一次 / earlier codes go on working; make a backup now: flask backup")

    @keys.command("bring-back")
    @click.argument("file", type=click.Path(path_type=Path))
    def bring_back(file: Path) -> None:
        """Bring only the key file back from a backup, where the database is still here; asks for the two slips."""
        told = settings()
        with plainly():
            bring_key_file_back(opener_for(file, told), told)
        click.echo(f"钥匙文件回来了 / the key file is back: {told.key_file}")

    return keys


def _lines(school: SchoolKeys) -> list[str]:
    lines = [
        school.name,
        f"  恢复纸条 / recovery slips: {_SLIPS[school.slips]}, 从 / since {_said(school.slips_since)}, "
        f"作废的 / void pairs {school.void}",
    ]
    lines += [
        f"  {reader.name}: 钥匙从 / key since {_said(reader.since)}, 口令换于 / passphrase changed "
        f"{_said(reader.passphrase_on)}, 第二道锁 / second factor {'有 / yes' if reader.has_factor else '没有 / no'}"
        for reader in school.readers
    ]
    lines.append(
        f"  每周的钥匙 / week keys: {school.weeks}, {_said(school.oldest_week)} – {_said(school.newest_week)}; "
        f"个案 / case keys: {school.cases}"
    )
    return lines


def _said(day: date | None) -> str:
    return day.isoformat() if day else "-"
