"""``flask tls``: what a technician types for HTTPS on the school's network. Words only; ``keeping`` does the work."""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import click

from mailbox.config import Settings
from mailbox.errors import SettingsRefused
from mailbox.rules.qr import qr_lines
from mailbox.upkeep.tls.keeping import Folder, Kept, Trouble, look_up, now, renew, set_up
from mailbox.upkeep.tls.places import bare_host, read_places

_NETWORK = 'listen_host = "0.0.0.0"'
_BLACK_ON_WHITE, _USUAL = "\x1b[30;107m", "\x1b[0m"
_TROUBLES = {
    Trouble.AUTHORITY_ENDED: "根证书到期了, 平板打不开信箱 / the root has ended: flask tls init --again",
    Trouble.AUTHORITY_ENDS: "根证书一年之内到期, 请在假期里重做 / the root ends within a year: flask tls init --again",
    Trouble.ENDED: "证书到期了 / the certificate has ended: flask tls renew",
    Trouble.CLOCK: "这台电脑的时钟比证书还早, 请先校准 / this PC's clock is before the certificate: set it right",
    Trouble.MOVED: "这台电脑的地址变了, 平板找不到它: 请在路由器里固定地址 / this PC has another address now: fix it "
    "in the router, or flask tls init --again",
}


def tls_commands(
    settings: Callable[[], Settings],
    plainly: Callable[[], AbstractContextManager[None]],
    settings_file: Callable[[], Path],
) -> click.Group:
    """Return the group; ``plainly`` turns a refusal into one sentence, ``settings_file`` names mailbox.toml."""

    @click.group("tls")
    def tls() -> None:
        """HTTPS on the school's network."""

    @tls.command("init")
    @click.option("--name", "names", multiple=True, help="A name of this PC, such as xinxiang.local; may be repeated.")
    @click.option("--address", "addresses", multiple=True, help="An address of this PC; may be repeated.")
    @click.option("--again", is_flag=True, help="Make a new root: every tablet must trust it anew.")
    @click.option("--keep-settings", is_flag=True, help="Make certificates only; do not begin to serve the network.")
    def init(names: tuple[str, ...], addresses: tuple[str, ...], again: bool, keep_settings: bool) -> None:
        """Make the school's root certificate, once, and this PC's own; then serve the school's network."""
        told = settings()
        with plainly():
            kept = set_up(Folder.of(told.data_dir), read_places(names, addresses), now(), anew=again)
            _report(told, kept)
            if not told.is_on_network:
                _serve_network(told, settings_file(), keep_settings)

    @tls.command("status")
    def status() -> None:
        """Say until when the certificates are good; end with an error when something is wrong."""
        told = settings()
        with plainly():
            kept = look_up(Folder.of(told.data_dir))
        _report(told, kept)
        trouble = kept.trouble(now())
        if trouble:
            click.echo(_TROUBLES[trouble], err=True)
            sys.exit(1)

    @tls.command("renew")
    def renew_now() -> None:
        """Make a new server certificate now; a running mailbox shows it from the next connection on."""
        told = settings()
        with plainly():
            _report(told, renew(Folder.of(told.data_dir), now()))

    return tls


def _report(settings: Settings, kept: Kept) -> None:
    good_until, root_until = (each.ends.astimezone(settings.zone).date() for each in (kept.server, kept.authority))
    scheme = "http" if settings.root_over_plain_http else "https"
    page = f"{scheme}://{bare_host(kept.address())}:{settings.listen_port}/certificate"
    for line in (
        f"名字和地址 / names and addresses:   {kept.places.in_words()}",
        f"证书到 / certificate good until:    {good_until} (自动更新 / renewed by itself)",
        f"根证书 / root:                      {kept.authority.title}, {root_until}",
        f"根证书指纹 / root's SHA-256:        {kept.authority.fingerprint}",
        f"平板打开这一页装根证书 / tablets get the root at: {page}",
    ):
        click.echo(line)
    _show_qr(page)


def _show_qr(text: str) -> None:
    lines = qr_lines(text)
    try:
        "".join(lines).encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return
    if sys.stdout.isatty():
        for line in lines:
            click.echo(f"{_BLACK_ON_WHITE}{line}{_USUAL}")


def _serve_network(settings: Settings, file: Path, keep_settings: bool) -> None:
    """Write the one line into the settings that serves the network, unless somebody decided otherwise there."""
    by_hand = f"要让平板连得上, 请在 {file} 里写 / to serve tablets, write into {file}: {_NETWORK}"
    if keep_settings or _decides_already(file):
        click.echo(by_hand)
        return
    try:
        with file.open("a", encoding="utf-8") as settings_file:
            # A last line without an end must not swallow ours.
            settings_file.write(f"\n{_NETWORK}\n" if file.stat().st_size else f"{_NETWORK}\n")
    except OSError:
        click.echo(by_hand)
        return
    click.echo(f"已经写进 {file} / written into {file}: {_NETWORK}")
    click.echo("重新启动信箱以后, 平板就能连上 / start the mailbox anew, and tablets can connect")


def _decides_already(file: Path) -> bool:
    try:
        return "listen_host" in tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return False
    except (OSError, ValueError):
        raise SettingsRefused(str(file), "cannot be read as TOML") from None
