"""Which module may import which. Reads source with ``ast`` and never runs it; owns the rules, not the verdict.

Source of the order: app > counselor_ui > mailbox > triage, and inside mailbox
rules < sealing < store < office < acts < web < kiosk, with config, errors and private_files below all of them.
It does not see names computed at run time; ``import_module`` and ``__import__`` with a literal name are seen.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

STOREYS = {"triage": 0, "mailbox": 1, "counselor_ui": 2, "app": 3, "tests": 4, "bench": 4}
# Storeys that only use the house; nobody walks them.
OUTSIDE = ("tests", "bench")
ACTS = ("letters", "openings", "people", "alarms", "upkeep", "care", "media")
# The package itself ("") carries no code; config, errors and private_files stand side by side at the bottom with it.
ROOMS = {"": 0, "config": 0, "errors": 0, "private_files": 0, "rules": 1, "sealing": 2, "store": 3, "office": 4}
ROOMS |= dict.fromkeys(ACTS, 5) | {"web": 6, "kiosk": 7}
PAGES = ("mailbox.kiosk", "counselor_ui")
HIDDEN_FROM_PAGES = ("mailbox.store", "mailbox.sealing")


class Rule(StrEnum):
    """The promises, one for each test."""

    STOREY = "a lower storey imports a higher one"
    ROOM = "a lower room of mailbox imports a higher one"
    UNPLACED = "a room of mailbox has no place in the order"
    PAGE = "a page imports store or sealing"
    DESK = "counselor_ui imports more of triage than its protocol"
    WEB = "flask or wtforms outside the pages"
    CRYPTOGRAPHY = "cryptography or the words of the slips outside sealing and upkeep/tls"
    SQL = "sqlalchemy, alembic or psycopg outside store"
    LEARNING = "machine learning or word lists outside triage"
    CHANNELS = "apprise outside alarms"
    DECODING = "decoders of pictures and sound outside the process that media starts for them"


# Where each library may be imported.
LIBRARIES = {
    Rule.WEB: (("flask", "wtforms"), ("mailbox.web", "mailbox.kiosk", "counselor_ui", "app")),
    Rule.CRYPTOGRAPHY: (("cryptography", "mnemonic"), ("mailbox.sealing", "mailbox.upkeep.tls")),
    Rule.SQL: (("sqlalchemy", "alembic", "psycopg"), ("mailbox.store",)),
    Rule.LEARNING: (("jieba", "numpy", "scipy", "sklearn"), ("triage",)),
    Rule.CHANNELS: (("apprise",), ("mailbox.alarms",)),
    # Not the whole room: what the serving process loads of it decodes nothing.
    Rule.DECODING: (("PIL", "av"), ("mailbox.media.drawing", "mailbox.media.voice")),
}


@dataclass(frozen=True)
class Breach:
    """One wrong import: ``place`` is path:line (1-based), ``target`` the full dotted name that was imported."""

    rule: Rule
    place: str
    target: str


def modules_of(root: Path) -> list[Path]:
    """Every Python file of the four storeys under ``root``; storeys that are not built yet are left out."""
    found = [path for storey in STOREYS if storey not in OUTSIDE for path in (root / storey).rglob("*.py")]
    return sorted([*found, *(path for path in [root / "app.py"] if path.exists())])


def breaches(root: Path) -> list[Breach]:
    """All wrong imports of the tree under ``root``, in the order of the files."""
    return [breach for path in modules_of(root) for breach in _breaches_of(root, path)]


def _breaches_of(root: Path, path: Path) -> Iterator[Breach]:
    parts = path.relative_to(root).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    parts = parts[:-1] if is_package else parts
    module, shown = ".".join(parts), str(path.relative_to(root))
    if parts[0] == "mailbox" and _room(module) not in ROOMS:
        yield Breach(Rule.UNPLACED, f"{shown}:1", module)
    package = parts if is_package else parts[:-1]
    for line, target in _imports(ast.parse(path.read_text("utf-8"), shown), package):
        for rule in _broken(module, target):
            yield Breach(rule, f"{shown}:{line}", target)


def _imports(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            start = ".".join([*base, *([node.module] if node.module else [])])
            # The imported name may itself be a module (`from mailbox import store`), so it belongs to the target.
            yield from ((node.lineno, f"{start}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            if called in ("import_module", "__import__") and isinstance(node.args[0].value, str):
                yield node.lineno, node.args[0].value


def _broken(module: str, target: str) -> Iterator[Rule]:
    own, other = module.split(".")[0], target.split(".")[0]
    if other in STOREYS and STOREYS[other] > STOREYS[own]:
        yield Rule.STOREY
    if own == other == "mailbox" and ROOMS.get(_room(target), 0) > ROOMS.get(_room(module), len(ROOMS)):
        yield Rule.ROOM
    if _within(module, PAGES) and _within(target, HIDDEN_FROM_PAGES):
        yield Rule.PAGE
    if own == "counselor_ui" and other == "triage" and not _within(target, ("triage.protocol",)):
        yield Rule.DESK
    for rule, (libraries, homes) in LIBRARIES.items():
        # Extensions such as flask_wtf bring Flask with them.
        if (other in libraries or other.startswith(tuple(f"{name}_" for name in libraries))) and not _within(
            module, homes
        ):
            yield rule


def _room(module: str) -> str:
    return module.split(".")[1] if "." in module else ""


def _within(module: str, homes: tuple[str, ...]) -> bool:
    return any(module == home or module.startswith(f"{home}.") for home in homes)
