"""Training: from the corpus to a model folder with its card. Offline only; a server never imports this.

Owns the order of things: check the corpus, measure by grouped cross-validation, choose thresholds on out-of-fold
scores, fit on everything, write. The card is written from what was measured; where its template tells of more, it names
the model that it was measured with.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from triage import (
    blend,
    calibration_plot,
    classifier,
    evaluate,
    figures,
    independent,
    public,
    rules,
    teaching,
    thresholds,
)
from triage.buried import Buried
from triage.corpus import CorpusBroken, Note, counts, load, near_duplicates
from triage.held_out import HeldOut, save_held_out
from triage.legible import Legibility, judge
from triage.network import Network
from triage.normalize import read
from triage.protocol import Urgency
from triage.spread import curve, intervals, spread_tables

TEMPLATE = Path(__file__).with_name("card.template.md")
NETWORK_TEMPLATE = Path(__file__).with_name("card.network.md")
_WITH_PUBLIC = (
    "The encoder that is kept, `models/encoder-1`, filled gaps in the\n"
    "  clients' sides of SmileChat (CC0) and in COLD (Apache-2.0), without labels; nothing of them is kept but\n"
    "  numbers. No label of PsySUICIDE was learned."
)
_WITHOUT_PUBLIC = "No public data set was learned from."
_SAME_AGAIN = "The same corpus, encoder and library versions give\n  the same weights."
_REBUILD_LINEAR = f"`flask triage train`, a quarter of an hour on two quiet cores. {_SAME_AGAIN}"
_REBUILD_FROM_LABELS = (
    f"`make model PUBLIC=FOLDER`, an hour to an hour and a half on two quiet cores. {_SAME_AGAIN}\n"
    "  The public data are only measured on; without them nothing but the PsySUICIDE figure is missing."
)
_REBUILD_WITH_TEACHER = (
    f"`make model TEACHER=models/teacher-1 PUBLIC=FOLDER`, an hour to two hours on two quiet cores. {_SAME_AGAIN}\n"
    "  Without the public data the network hears what its teacher says of 20,000 texts fewer, which was not measured,\n"
    "  and the PsySUICIDE figure is missing."
)
_OF_FOLDS = "Grouped five-fold cross-validation: notes of one family are never on both sides."
FIGURES, CARD, PLOT = "figures.json", "card.md", "calibration.svg"


def train(
    corpus_dir: Path,
    model_dir: Path,
    independent_dir: Path | None = None,
    public_dir: Path | None = None,
    network_dir: Path | None = None,
) -> figures.Figures:
    """Train on every note of the corpus and write the model folder. Takes about fifteen seconds a thousand notes.

    ``independent_dir`` holds labelled files by another hand that the written model is measured on, ``public_dir``
    the public data sets, ``network_dir`` the networks that ``triage.teaching`` taught from two thirds of the same
    notes and from all; without them the linear model stands alone. Returns the figures of notes that were held out.
    Raises CorpusBroken, FileBroken, and ModelMissing for a network of other notes.
    """
    notes = load(corpus_dir)
    alike = near_duplicates(notes)
    if alike:
        raise CorpusBroken([f"{first} and {second} are alike ({share:.2f})" for first, second, share in alike])
    # What may be refused is read before the long work begins.
    network, _ = teaching.load_networks(notes, network_dir) if network_dir else (None, None)
    beside_labels = teaching.taught_beside_labels(network_dir) if network_dir else None
    on_public = public.any_risk(public_dir, network) if public_dir else None
    by_another = independent.read_all(independent_dir) if independent_dir else {}
    material = evaluate.prepare(notes)
    # The learning curve is that of the linear model, with which the network is compared too.
    linear = evaluate.hold_out(material, with_topics=network is None)
    measured: figures.Figures = {"curve": curve(material, linear)}
    seen, held, seen_notes = material, linear, notes
    if network:
        third, held = evaluate.hold_out_third(material, network)
        seen, seen_notes = material.part(third), [notes[one] for one in third]
        without = replace(held.fitted[0], network=None).scores(material, third)
        measured["linear part"] = figures.ranking(without[:, 0], seen.levels, seen.rule_levels)
    buried = Buried(seen_notes)
    outcome = evaluate.cross_validate(seen, buried, held)
    measured |= figures.figures(outcome, seen_notes) | {"buried": buried.figures()}
    measured |= {"intervals": intervals(outcome, seen_notes)}
    measured |= {"ranking": figures.ranking(held.scores[:, 0], seen.levels, seen.rule_levels)}
    parameters = thresholds.choose(seen, np.arange(len(seen)), held.scores)
    model_dir.mkdir(parents=True, exist_ok=True)
    save_held_out(model_dir, HeldOut(outcome.both_probabilities, outcome.by_rule, outcome.levels))
    (model_dir / classifier.NETWORK).unlink(missing_ok=True)
    if network_dir:
        shutil.copyfile(network_dir / teaching.SHIPPED, model_dir / classifier.NETWORK)
    weights = evaluate.fit(material, np.arange(len(notes))).weights
    classifier.save(model_dir, weights, replace(parameters, with_network=network is not None))
    measured["independent"] = independent.measure_all(by_another, model_dir)
    measured["price"] = figures.price(held.scores[:, 0], seen.levels, thresholds.URGENT_RECALL)
    measured["public"] = on_public
    measured["left to a person"] = _left_to_a_person(seen_notes)
    measured["beside labels"] = beside_labels
    bins = calibration_plot.bins_of(outcome.probabilities, outcome.levels == 2)
    (model_dir / PLOT).write_text(calibration_plot.plot(bins), encoding="utf-8")
    (model_dir / FIGURES).write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (model_dir / CARD).write_text(card(model_dir, notes, measured), encoding="utf-8")
    return measured


def _left_to_a_person(notes: Sequence[Note]) -> figures.Figures:
    """How many notes, and urgent ones, `assess` doesn't answer as the tables do: no rule rings, and they can't be read
    or only heard."""
    readings = [read(note.text) for note in notes]
    left = [
        note
        for note, reading in zip(notes, readings, strict=True)
        if judge(note.text, reading) in (Legibility.NEEDS_PERSON, Legibility.ONLY_HEARD)
        and rules.gravest(rules.find(reading)) is not Urgency.URGENT
    ]
    return {"notes": len(left), "urgent": sum(note.urgency is Urgency.URGENT for note in left)}


def card(model_dir: Path, notes: Sequence[Note], measured: figures.Figures) -> str:
    """The card of a written model folder: what it is, what it was made from, what was measured, where it ends."""
    weights = hashlib.sha256((model_dir / classifier.WEIGHTS).read_bytes()).hexdigest()
    levels = counts(notes)["urgency"]
    return TEMPLATE.read_text(encoding="utf-8").format(
        name=model_dir.name,
        weights=weights,
        notes=len(notes),
        families=len({note.family for note in notes}),
        network=_of_network(model_dir, measured),
        public_learned=_WITH_PUBLIC if (model_dir / classifier.NETWORK).exists() else _WITHOUT_PUBLIC,
        rebuild=_rebuild(measured["beside labels"]),
        held=_of_third(measured) if "linear part" in measured else _OF_FOLDS,
        urgent=levels["urgent"],
        soon=levels["soon"],
        routine=levels["routine"],
        soon_recall=thresholds.SOON_RECALL,
        alarms=thresholds.ALARMS,
        urgent_recall=thresholds.URGENT_RECALL,
        price=f"{measured['price']:.0%}",
        independent=independent.table(measured["independent"]) if measured["independent"] else "(none were given)",
        public=_of_public(measured["public"]),
        left=measured["left to a person"]["notes"],
        left_urgent=measured["left to a person"]["urgent"],
        tables=figures.tables(measured),
        spread=spread_tables(measured),
        found=measured["buried"]["buried and found"],
        buried=measured["buried"]["buried"],
        raised=measured["buried"]["routine together and raised"],
        together=measured["buried"]["routine together"],
        calibration=measured["calibration_error"],
    )


def _of_public(measured: figures.Figures | None) -> str:
    if measured is None:
        return "PsySUICIDE was not at hand when this was trained; `make model PUBLIC=FOLDER` measures on it."
    return (
        f"PsySUICIDE (adults in counseling, validation split, {measured['sentences']} sentences, "
        f"{measured['with a risk']} with any risk; the same features, ten-fold cross-validated): average precision "
        f"{measured['average precision']:.3f}. A list of 18 words: recall {measured['list of words, recall']:.3f}, "
        f"precision {measured['list of words, precision']:.3f}."
    )


def _of_network(model_dir: Path, measured: figures.Figures) -> str:
    file = model_dir / classifier.NETWORK
    if not file.exists():
        return ""
    content = file.read_bytes()
    return NETWORK_TEMPLATE.read_text(encoding="utf-8").format(
        numbers=f"{sum(array.size for array in Network.load(content).arrays.values()):,}",
        low=blend.ASKED_FROM,
        high=blend.ASKED_BELOW,
        windows=blend.MOST_WINDOWS,
        learned=_of_teacher(measured["beside labels"]),
        network=hashlib.sha256(content).hexdigest(),
    )


def _rebuild(beside_labels: figures.Figures | None) -> str:
    if beside_labels is None:
        return _REBUILD_LINEAR
    return _REBUILD_WITH_TEACHER if beside_labels[teaching.TEACHER] else _REBUILD_FROM_LABELS


def _of_teacher(beside_labels: figures.Figures) -> str:
    if not beside_labels[teaching.TEACHER]:
        return "without a teacher (docs/decisions/0034)"
    public = beside_labels[teaching.PUBLIC]
    return (
        "and what a teacher says of them and of texts without a label:\n"
        "  multilingual-e5-small (Microsoft, MIT), which had learned the protocol from two thirds of the families.\n"
        f"  {beside_labels[teaching.MIXED]:,} of those texts are mixed from clauses of the same notes"
        + (f", {public:,} are sentences of SmileChat" if public else "")
        + " (docs/decisions/0034)"
    )


def _of_third(measured: figures.Figures) -> str:
    return (
        f"Measured on the third of the families ({measured['notes']} notes) that neither the network nor, for this,\n"
        "the linear model learned from; what is shipped learned from all. That third is cut into five by family."
    )
