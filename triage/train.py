"""Training: from the corpus to a model folder with its card. Offline only; a server never imports this.

Owns the order of things: check the corpus, measure by grouped cross-validation, choose thresholds on out-of-fold
scores, fit on everything, write. The card is written from what was measured and from nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from triage import calibration_plot, classifier, evaluate, figures, independent, public, thresholds
from triage.buried import Buried
from triage.corpus import CorpusBroken, Note, counts, load, near_duplicates
from triage.held_out import HeldOut, save_held_out
from triage.spread import curve, intervals, spread_tables

TEMPLATE = Path(__file__).with_name("card.template.md")
FIGURES, CARD, PLOT = "figures.json", "card.md", "calibration.svg"


def train(
    corpus_dir: Path, model_dir: Path, independent_dir: Path | None = None, public_dir: Path | None = None
) -> figures.Figures:
    """Train on every note of the corpus and write the model folder. Takes about ten seconds a thousand notes.

    ``independent_dir`` holds labelled files by another hand that the written model is measured on, ``public_dir``
    the public data sets. Returns the figures of the cross-validation. Raises CorpusBroken, FileBroken.
    """
    notes = load(corpus_dir)
    alike = near_duplicates(notes)
    if alike:
        raise CorpusBroken([f"{first} and {second} are alike ({share:.2f})" for first, second, share in alike])
    # What may be refused is read before the long work begins.
    on_public = public.any_risk(public_dir) if public_dir else None
    by_another = independent.read_all(independent_dir) if independent_dir else {}
    material = evaluate.prepare(notes)
    everyone = np.arange(len(notes))
    buried = Buried(notes)
    held = evaluate.hold_out(material)
    outcome = evaluate.cross_validate(material, buried, held)
    measured = figures.figures(outcome, notes) | {"buried": buried.figures()}
    measured |= {"intervals": intervals(outcome, notes), "curve": curve(material, held)}
    measured |= {"ranking": figures.ranking(held.scores[:, 0], material.levels, material.rule_levels)}
    parameters = thresholds.choose(material, everyone, held.scores)
    model_dir.mkdir(parents=True, exist_ok=True)
    save_held_out(model_dir, HeldOut(outcome.both_probabilities, outcome.by_rule, outcome.levels))
    classifier.save(model_dir, evaluate.fit(material, everyone).weights, parameters)
    measured["independent"] = independent.measure_all(by_another, model_dir)
    measured["price"] = figures.price(held.scores[:, 0], material.levels, thresholds.URGENT_RECALL)
    measured["public"] = on_public
    bins = calibration_plot.bins_of(outcome.probabilities, outcome.levels == 2)
    (model_dir / PLOT).write_text(calibration_plot.plot(bins), encoding="utf-8")
    (model_dir / FIGURES).write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (model_dir / CARD).write_text(card(model_dir, notes, measured), encoding="utf-8")
    return measured


def card(model_dir: Path, notes: Sequence[Note], measured: figures.Figures) -> str:
    """The card of a written model folder: what it is, what it was made from, what was measured, where it ends."""
    weights = hashlib.sha256((model_dir / classifier.WEIGHTS).read_bytes()).hexdigest()
    levels = counts(notes)["urgency"]
    return TEMPLATE.read_text(encoding="utf-8").format(
        name=model_dir.name,
        weights=weights,
        notes=measured["notes"],
        families=measured["families"],
        urgent=levels["urgent"],
        soon=levels["soon"],
        routine=levels["routine"],
        outer=evaluate.OUTER_FOLDS,
        soon_recall=thresholds.SOON_RECALL,
        alarms=thresholds.ALARMS,
        urgent_recall=thresholds.URGENT_RECALL,
        price=f"{measured['price']:.0%}",
        independent=independent.table(measured["independent"]) if measured["independent"] else "(none were given)",
        public=_of_public(measured["public"]),
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
