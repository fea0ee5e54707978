"""Settings: environment and one TOML file into one frozen object. Refuses to start on anything it does not understand.

Environment variables begin with ``QIAOQIAOHUA_`` and win over the file. No secret lives here and none has a default.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, fields
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from mailbox.errors import SettingsRefused

PREFIX = "QIAOQIAOHUA_"
CONFIG_VARIABLE = "QIAOQIAOHUA_CONFIG"
_HOST_NAME = re.compile(r"[a-z0-9-]+(?:\.[a-z0-9-]+)*")
_ONLY_HERE = frozenset({"127.0.0.1", "localhost", "::1"})
# Where things lie on this one computer: the settings that a backup does not carry to another one.
PLACES = frozenset({"data_dir", "database_url", "key_file", "model_dir", "backup_dir"})


@dataclass(frozen=True)
class Settings:
    """Everything the service is told from outside. Paths are absolute; times carry their unit in the name."""

    data_dir: Path
    database_url: str
    key_file: Path
    model_dir: Path
    # Within the data folder unless it is absolute.
    backup_dir: Path = Path("backups")
    backup_hour: int = 12
    backup_days: int = 30
    listen_host: str = "127.0.0.1"
    listen_port: int = 8000
    # Names of the public DNS under which browsers come, beside the certificate's; separated by spaces.
    other_names: str = ""
    plain_http_on_network: bool = False
    root_over_plain_http: bool = True
    web_workers: int = 2
    run_alarm_worker: bool = True
    timezone: str = "Asia/Shanghai"
    triage_budget_ms: int = 1_000
    letter_days: int = 365
    reply_copy_days: int = 60
    case_days: int = 1_095
    talk_days: int = 1_095
    # What one tablet may send: so many at once, then one after each so many seconds.
    kiosk_letters_at_once: int = 60
    kiosk_letter_seconds: int = 10
    session_idle_minutes: int = 15
    claim_minutes: int = 15
    # No core dump, no look into this memory by another program of the account, no swap where the system allows that.
    memory_private: bool = True
    # The log beside the data: how large one file grows, and how many there are. 0 files: standard error alone.
    log_kilobytes: int = 1_024
    log_files: int = 5

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def is_on_network(self) -> bool:
        """Whether anybody but this PC itself could connect."""
        return self.listen_host not in _ONLY_HERE


def load_settings(environment: Mapping[str, str], root: Path) -> Settings:
    """Read the settings of an installation whose program lies in ``root``.

    Raises SettingsRefused naming the setting and the mend.
    """
    raw = _read_file(environment, root) | _read_environment(environment)
    data_dir = _path("data_dir", raw.pop("data_dir", "var"), root)
    values: dict[str, object] = {
        "data_dir": data_dir,
        "database_url": _database_url(raw.pop("database_url", None), data_dir),
        "key_file": _path("key_file", raw.pop("key_file", data_dir / "mailbox.key"), root),
        "model_dir": _path("model_dir", raw.pop("model_dir", root / "models" / "blend-8"), root),
    }
    for name, text in raw.items():
        values[name] = _READERS[name](name, text)
    return Settings(**values)  # type: ignore[arg-type]


def _read_environment(environment: Mapping[str, str]) -> dict[str, object]:
    given = {
        name.removeprefix(PREFIX).lower(): text
        for name, text in environment.items()
        if name.startswith(PREFIX) and name != CONFIG_VARIABLE
    }
    _refuse_unknown(given, "the environment")
    return dict(given)


def settings_file(environment: Mapping[str, str], root: Path) -> Path:
    """Return the TOML file that is read beside the environment; it need not be there. Raises SettingsRefused."""
    return _path(CONFIG_VARIABLE, environment.get(CONFIG_VARIABLE) or "mailbox.toml", root)


def _read_file(environment: Mapping[str, str], root: Path) -> dict[str, object]:
    path = settings_file(environment, root)
    if not path.exists():
        if environment.get(CONFIG_VARIABLE):
            raise SettingsRefused(CONFIG_VARIABLE, f"there is no file {path}; create it or unset the variable")
        return {}
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as broken:
        raise SettingsRefused(CONFIG_VARIABLE, f"{path} cannot be read as TOML: {broken}") from None
    _refuse_unknown(content, str(path))
    return content


def _refuse_unknown(given: Mapping[str, object], where: str) -> None:
    known = {field.name for field in fields(Settings)}
    for name in given:
        if name not in known:
            raise SettingsRefused(name, f"no such setting (in {where}); known are: {', '.join(sorted(known))}")


def _path(name: str, value: object, root: Path) -> Path:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise SettingsRefused(name, "give a folder or file name as text, or leave it out")
    try:
        path = Path(value).expanduser()
    except RuntimeError:
        raise SettingsRefused(name, "give a folder or file name without ~; whose home it means is not known") from None
    return path if path.is_absolute() else root / path


def _database_url(value: object, data_dir: Path) -> str:
    if value is None:
        return f"sqlite:///{data_dir / 'mailbox.db'}"
    if isinstance(value, str) and value.startswith("sqlite:") and not _names_a_file(value):
        # Each connection would have an empty database of its own, gone with it.
        raise SettingsRefused("database_url", f"it names no file; give sqlite:///{data_dir / 'mailbox.db'}")
    if isinstance(value, str) and value.startswith("sqlite:///"):
        return value
    if isinstance(value, str) and value.startswith(("postgresql://", "postgresql+psycopg://")):
        return value.replace("postgresql://", "postgresql+psycopg://", 1)
    raise SettingsRefused("database_url", "give sqlite:///FILE or postgresql://USER@HOST/DATABASE")


def _names_a_file(url: str) -> bool:
    # What follows a question mark is options of the driver; `mode=memory` among them would keep nothing.
    name, mark, _ = url.partition("sqlite:///")[2].strip().partition("?")
    return bool(name) and not mark and not name.endswith(("/", "\\")) and not name.startswith((":memory:", "file:"))


def _number(low: int, high: int) -> Callable[[str, object], int]:
    def read(name: str, value: object) -> int:
        try:
            number = int(str(value))
        except ValueError:
            raise SettingsRefused(name, f"give a whole number from {low} to {high}") from None
        if not low <= number <= high:
            raise SettingsRefused(name, f"give a whole number from {low} to {high}")
        return number

    return read


def _switch(name: str, value: object) -> bool:
    text = str(value).lower()
    if text not in {"true", "false", "1", "0", "yes", "no"}:
        raise SettingsRefused(name, "give true or false")
    return text in {"true", "1", "yes"}


def _zone_name(name: str, value: object) -> str:
    try:
        ZoneInfo(str(value))
    except (ZoneInfoNotFoundError, ValueError):
        raise SettingsRefused(name, "give a time zone such as Asia/Shanghai") from None
    return str(value)


def _listening(name: str, value: object) -> str:
    # Whether the network may be served at all is asked at the start, when the certificates can be looked at.
    host = str(value)
    if host not in _ONLY_HERE:
        try:
            host = str(ip_address(host))
        except ValueError:
            mend = "give 127.0.0.1 for this PC alone, or 0.0.0.0 for the school's network after: flask tls init"
            raise SettingsRefused(name, mend) from None
    return host


def _names(name: str, value: object) -> str:
    given = str(value).lower()
    if not all(_HOST_NAME.fullmatch(one) for one in given.split()):
        raise SettingsRefused(
            name, "give whole names with spaces between, such as xinxiang.school.cn, without https://"
        )
    return given


def _folder(name: str, value: object) -> Path:
    # Whether it is there is asked when a backup is made: a stick may be pulled out, and the mailbox must go on.
    return _path(name, value, Path())


_READERS: dict[str, Callable[[str, object], object]] = {
    "backup_dir": _folder,
    "listen_host": _listening,
    "other_names": _names,
    "plain_http_on_network": _switch,
    "root_over_plain_http": _switch,
    "listen_port": _number(1, 65_535),
    "web_workers": _number(1, 16),
    "run_alarm_worker": _switch,
    "timezone": _zone_name,
    "triage_budget_ms": _number(50, 60_000),
    "letter_days": _number(90, 3_650),
    "reply_copy_days": _number(7, 365),
    "case_days": _number(30, 36_500),
    "talk_days": _number(30, 36_500),
    "kiosk_letters_at_once": _number(1, 1_000_000),
    "kiosk_letter_seconds": _number(1, 60),
    "backup_hour": _number(0, 23),
    "backup_days": _number(2, 365),
    "session_idle_minutes": _number(1, 60),
    "claim_minutes": _number(1, 240),
    "memory_private": _switch,
    "log_kilobytes": _number(16, 102_400),
    "log_files": _number(0, 100),
}


@contextmanager
def making(setting: str, place: Path) -> Iterator[None]:
    """Raise SettingsRefused naming ``setting`` when the system does not let us make what belongs at ``place``."""
    try:
        yield
    except OSError as refused:
        reason = refused.strerror or type(refused).__name__
        mend = f"{place} cannot be made ({reason}); name a place where this account may write"
        raise SettingsRefused(setting, mend) from None
