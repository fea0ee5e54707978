"""``flask backup``, ``restore``, ``doctor`` and ``upgrade`` as a technician types them. The work is done beside.

Owns the questions for the two slips: they are asked for, never given as words of the command, which the computer would
remember.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from mailbox.config import Settings
from mailbox.errors import KeyFileRefused, NotKept, SettingsRefused, SlipRefused, UpkeepRefused
from mailbox.office import Office, utc_now
from mailbox.people.audit import record
from mailbox.sealing.box import PrivateKey
from mailbox.sealing.recovery import SLIP_WORDS, RecoveryKey
from mailbox.store.people import all_schools
from mailbox.upkeep.backup_schedule import back_up
from mailbox.upkeep.doctor import examine, look_at_backup, look_at_database, look_at_files, look_at_settings
from mailbox.upkeep.findings import Check, Finding, State, is_grave
from mailbox.upkeep.restore import Opener, Restored, open_by_key_file, open_by_slips, require_empty, restore
from mailbox.upkeep.thorough import look_through
from mailbox.upkeep.upgrade import bring_forward, office_for_upkeep

Spoken = Callable[[Finding | Check], str]
_SIGNS = {State.GOOD: "好   / good", State.SOON: "留意 / soon", State.NOW: "现在 / now "}
_MOST_TRIES = 5


def upkeep_commands(
    settings: Callable[[], Settings],
    plainly: Callable[[], AbstractContextManager[None]],
    settings_file: Callable[[], Path],
    spoken: Spoken,
) -> list[click.Command]:
    """Return the commands; ``plainly`` turns a refusal into a sentence, ``spoken`` says a finding in two languages."""

    @click.command("backup")
    @click.argument("folder", required=False, type=click.Path(path_type=Path))
    def backup(folder: Path | None) -> None:
        """Make a backup now, while the mailbox runs, into FOLDER or where the settings say."""
        told = settings()
        with plainly():
            office = office_for_upkeep(told)
            _record_backup(office)
            made = back_up(office, folder.absolute() if folder else None)
        click.echo(f"备份好了, 也核对过了 / made and read once more: {made.path} ({made.path.stat().st_size:,} B)")

    @click.command("restore")
    @click.argument("file", type=click.Path(path_type=Path))
    def bring_back(file: Path) -> None:
        """Bring a backup back onto an empty computer; asks for the two recovery slips."""
        told = settings()
        with plainly():
            require_empty(told)
            restored = restore(opener_for(file, told), told, settings_file())
        for line in _report(restored):
            click.echo(line)
        if not restored.is_sound:
            sys.exit(1)

    @click.command("doctor")
    def doctor() -> None:
        """Look whether everything is as it must be; end with an error when something must be mended now."""
        told = settings()
        found = _examined(told)
        for finding in found:
            click.echo(f"{_SIGNS[finding.state]}   {spoken(finding.check)}: {spoken(finding)}")
        if is_grave(found):
            sys.exit(1)

    @click.command("upgrade")
    @click.option("--without-backup", is_flag=True, help="Do not take a backup first.")
    def upgrade(without_backup: bool) -> None:
        """Bring the database to this version of the program; a backup is taken first."""
        told = settings()
        with plainly():
            tell_upgrade(bring_forward(told, with_backup=not without_backup))

    return [backup, bring_back, doctor, upgrade]


def tell_upgrade(taken: Path | None) -> None:
    """Say where the backup lies that was taken before an upgrade, if one was."""
    if taken is not None:
        click.echo(f"升级以前先做了备份 / a backup was taken before the upgrade: {taken}")


def _record_backup(office: Office) -> None:
    """Write into every school's audit that all of it is copied; a database of an older version is copied as it is."""
    if look_at_database(office.settings).state is not State.GOOD:
        return
    try:
        with office.database.work() as work:
            for school in all_schools(work.session):
                record(office, work.session, school.id, None, "backup.make")
            work.commit()
    except NotKept as broken:
        raise UpkeepRefused("database", str(broken)) from None


def _examined(told: Settings) -> list[Finding]:
    found = [look_at_settings(told), look_at_files(told), look_at_database(told)]
    try:
        office = office_for_upkeep(told)
    except KeyFileRefused as refused:
        files = Finding(Check.FILES, State.NOW, "key_file", {"sentence": refused.mend})
        return [found[0], files, found[2], look_at_backup(told, utc_now())]
    except SettingsRefused as refused:
        return [Finding(Check.SETTINGS, State.NOW, "refused", {"sentence": str(refused)})]
    try:
        if found[2].state is not State.GOOD:
            return examine(office, None)
        return examine(office, look_through(office))
    finally:
        office.database.close()


def opener_for(file: Path, told: Settings) -> Opener:
    """Ask for the slips until they open the backup. With the own key file still here they may be left out."""
    by_key_file = open_by_key_file(file, told)
    click.echo("请拿出两张恢复纸条, 一张一张打进来; 词与词之间可以不空格。")
    click.echo("Take the two recovery slips and type one after the other; spaces between the words are not needed.")
    if by_key_file is not None:
        click.echo("这台电脑的钥匙文件还在, 没有纸条就直接按回车。 / The key file is here: without slips, press Enter.")
    for _ in range(_MOST_TRIES):
        first = _slip("第一张 / first slip")
        if not first and by_key_file is not None:
            return by_key_file
        second = _slip("第二张 / second slip")
        if sys.stdout.isatty():
            # What was typed must not stay on the screen for the next person.
            click.clear()
        try:
            return open_by_slips(file, _joined(first, second))
        except SlipRefused as refused:
            which = {1: "第一张 / the first slip", 2: "第二张 / the second slip"}.get(refused.which)
            sentence = "有错字或少了词 / has a wrong word or too few" if which else "不是一对 / do not belong together"
            click.echo(f"{which or '两张纸条 / the two slips'}: {sentence}", err=True)
    raise UpkeepRefused("wrong_key", str(file))


def _joined(first: list[str], second: list[str]) -> PrivateKey:
    return RecoveryKey.from_slips(first, second).private_key()


def _slip(title: str) -> list[str]:
    typed = click.prompt(f"{title} ({SLIP_WORDS})", default="", show_default=False).split()
    # Each word is one character, so a slip may be typed in one go.
    return list("".join(typed)) if all(len(word) != 1 for word in typed) else typed


def _report(restored: Restored) -> list[str]:
    lines = [
        f"恢复好了 / brought back: {restored.made_at} 的备份 / the backup of that time, {restored.rows} 行 / rows",
        f"资料的记号 / marks of rows: 看了 / looked at {restored.marks.looked_at}, "
        f"坏了 / damaged {len(restored.marks.damaged)}",
    ]
    for name, boxes in restored.boxes:
        if boxes is None:
            lines.append(f"{name}: 没有这所学校的纸条, 信封没有打开核对 / no slips of it, boxes were not opened")
        else:
            lines.append(
                f"{name}: 信封都试过了 / boxes tried: {boxes.looked_at}, 打不开 / do not open: {len(boxes.damaged)}"
            )
            if boxes.earlier:
                lines += [
                    f"{name}: 另有 {boxes.earlier} 个没有坏, 只是还没封进新纸条; 能看的老师登录后点“知道了”就封进去。",
                    f"{name}: {boxes.earlier} more are not damaged but not sealed to these slips yet: colleagues who "
                    "read them do that at the desk, by saying that they know of the new slips.",
                ]
    if restored.tls:
        lines.append("根证书还是原来的, 平板不用重装 / the root certificate is the old one: tablets trust it as before")
    if restored.settings_file is not None:
        aside = " (原来的设置留着没动 / the settings here stayed)" if restored.settings_kept_aside else ""
        lines.append(f"设置写在 / settings are in: {restored.settings_file}{aside}")
    lines += [
        "备份以后的事不在里面: 后来离开的人、收回的平板, 请再做一次。",
        "What came after the backup is not in it: put out again who left since, withdraw again what was withdrawn.",
        "现在可以启动了 / start it now: make run (Windows: flask serve)",
    ]
    return lines
