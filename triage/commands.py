"""``flask triage``: assess JSON lines, train, evaluate, check the corpus.

Owns the command line only. A bad line is answered with its number and the kind of error, never with its text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from triage.assessor import DEFAULT_MODEL, Assessor
from triage.protocol import ModelMissing

CORPUS = Path(__file__).resolve().parent.parent / "models" / "corpus"

_model_option = click.option(
    "--model",
    "model_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_MODEL,
    show_default=True,
    help="Folder of the trained model.",
)


@click.group()
def triage() -> None:
    """Say how soon a person must read a note, and why."""


@triage.command()
@_model_option
def assess(model_dir: Path) -> None:
    """Read {"id", "text"} a line from standard input; write {"id", "urgency", "topics", "reasons"} a line.

    The order stays. A bad line gives one line {"line": n, "error": "..."} and the rest goes on; an empty line is
    passed over.
    """
    try:
        assessor = Assessor.load(model_dir)
    except ModelMissing as missing:
        raise click.ClickException(str(missing)) from None
    for answer in assess_lines(assessor, sys.stdin.buffer):
        click.echo(answer)


class BadLine(Exception):
    """A line that cannot be assessed; the words name the kind of fault, never the content."""


def assess_lines(assessor: Assessor, lines: BinaryIO) -> Iterator[str]:
    """One JSON answer for each line that is not empty, as they come; nothing is kept."""
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            note_id, text = _read_line(line)
        except BadLine as bad:
            yield json.dumps({"line": number, "error": str(bad)})
            continue
        assessment = assessor.assess(text).to_dict()
        answer = {"id": note_id, **{name: assessment[name] for name in ("urgency", "topics", "reasons")}}
        # A lone surrogate in an id cannot be written as UTF-8; escapes can always be written.
        yield json.dumps(answer, ensure_ascii=_has_surrogate(note_id))


def _read_line(line: bytes) -> tuple[Any, str]:
    try:
        decoded = line.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadLine("not UTF-8") from None
    try:
        note = json.loads(decoded)
    except (ValueError, RecursionError):
        raise BadLine("not JSON") from None
    if not isinstance(note, dict):
        raise BadLine("not a JSON object")
    if "text" not in note:
        raise BadLine("no text")
    if not isinstance(note["text"], str):
        raise BadLine("text is not a string")
    note_id = note.get("id")
    if note_id is not None and not isinstance(note_id, (str, int)):
        raise BadLine("id is neither a string nor a number")
    return note_id, note["text"]


def _has_surrogate(note_id: Any) -> bool:
    return isinstance(note_id, str) and any("\ud800" <= character <= "\udfff" for character in note_id)
