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

from triage import adjust, calibration_plot, classifier, evaluate, figures, independent, public
from triage.buried import Buried
from triage.corpus import CorpusBroken, Note, counts, load, near_duplicates
from triage.spread import curve, intervals, spread_tables

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
    material = evaluate.prepare(notes)
    everyone = np.arange(len(notes))
    buried = Buried(notes)
    held = evaluate.hold_out(material)
    outcome = evaluate.cross_validate(material, buried, held)
    measured = figures.figures(outcome, notes) | {"buried": buried.figures()}
    measured |= {"intervals": intervals(outcome, notes), "curve": curve(material, held)}
    measured |= {"ranking": figures.ranking(held.scores[:, 0], material.levels, material.rule_levels)}
    parameters = evaluate.choose(material, everyone, held.scores)
    model_dir.mkdir(parents=True, exist_ok=True)
    adjust.save_held_out(model_dir, outcome.both_probabilities, outcome.by_rule, outcome.levels)
    classifier.save(model_dir, evaluate.fit(material, everyone).weights, parameters)
    measured["independent"] = independent.measure_all(independent_dir, model_dir) if independent_dir else {}
    measured["public"] = public.any_risk(public_dir) if public_dir else None
    bins = calibration_plot.bins_of(outcome.probabilities, outcome.levels == 2)
    (model_dir / PLOT).write_text(calibration_plot.plot(bins), encoding="utf-8")
    (model_dir / FIGURES).write_text(json.dumps(measured, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (model_dir / CARD).write_text(card(model_dir, notes, measured), encoding="utf-8")
    return measured


def card(model_dir: Path, notes: Sequence[Note], measured: figures.Figures) -> str:
    """The card of a written model folder: what it is, what it was made from, what was measured, where it ends."""
    weights = hashlib.sha256((model_dir / classifier.WEIGHTS).read_bytes()).hexdigest()
    levels = counts(notes)["urgency"]
    return _CARD.format(
        name=model_dir.name,
        weights=weights,
        notes=measured["notes"],
        families=measured["families"],
        urgent=levels["urgent"],
        soon=levels["soon"],
        routine=levels["routine"],
        outer=evaluate.OUTER_FOLDS,
        soon_recall=evaluate.SOON_RECALL,
        alarms=evaluate.ALARMS,
        tables=figures.tables(measured),
        spread=spread_tables(measured),
        found=measured["buried"]["buried and found"],
        buried=measured["buried"]["buried"],
        raised=measured["buried"]["routine together and raised"],
        together=measured["buried"]["routine together"],
        calibration=measured["calibration_error"],
    )


_CARD = """# Model {name}

Says how soon a person must read a child's note, beside the rules of `triage/lexicon`. The higher of the two counts;
a person may lower it, the machine never does.

- **What it is**: hashed character runs (1 to 4), jieba words and pairs, rule findings, and classes of words that mean
  much the same with the pairs of them that stand together (`triage/lexicon/classes.toml`); rare columns weigh more.
  One logistic regression over nine kinds that compete (U1 to U7, soon, routine): `urgent` is the sum of the first
  seven. One for each of the 17 topics. Long notes are also read in windows of a few clauses; the strongest counts.
- **What the files hold**: numbers only. Hashing keeps no vocabulary. SHA-256 of `weights.npz`: `{weights}`;
  `checksums.json` holds those of both files, and a model that differs is not loaded.
- **Made from**: `models/corpus/notes-*.jsonl`, {notes} notes in {families} families
  ({urgent} urgent, {soon} soon, {routine} routine), all invented, labelled by the triage protocol by their writers.
  No public data set was used: word vectors
  learned from counseling dialogues were tried and did not help.
- **Rebuild**: `flask triage train`. The same corpus and library versions give the same weights.

## Measured

Grouped {outer}-fold cross-validation: notes of one family are never on both sides. The thresholds of a fold were
chosen on the held-out scores of the other folds: the most urgent notes found while rules and model together raise at
most {alarms:.0%} of the notes that are not urgent, and {soon_recall:.0%} of urgent and soon notes labelled at least
soon. "Together" is what `assess` answers. Shares of 1.

{tables}

{spread}

One short urgent note put between four routine ones, all held out: {found} of {buried} labelled urgent. Five routine
notes put together: {raised} of {together} labelled urgent.

Expected calibration error of the probability of `urgent`, ten bins: {calibration}.

## Limits

- The notes were written to be hard: most harmless ones are near-copies of a grave one. A school's ordinary letters
  are easier, but nothing here was measured on a real child's letter, so no figure above is a promise for a school.
- A writer's habits differ less within the corpus than between children; figures on notes by another hand are
  likely worse.
- Labels are those of the notes' writers. Rules were mended with false alarms of the corpus in view, so that "rules
  alone" and "together" are slightly flattered; the model's own ranking is not.
- Voice, drawings and other languages are not read; they wait for a person.
- Known blind spots, each seen with an invented example that was not labelled urgent: a plan told only by its objects
  (床底的箱子我都贴好名字了); a danger named by nothing but its hour and place (星期四排练完他送我); bitter irony
  (这下好了，再也没人嫌我吵了); a farewell without a word for it (老师谢谢您，我的座位以后可以放花盆).
  Besides: notes with emoji or a cheerful end, dialect, and a harmless note with every word of a grave one, see the
  traits above.
- An urgent note that is missed is still read before Friday's opening. Don't shorten that because of this model.
"""
