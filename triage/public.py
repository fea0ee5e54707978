"""How the same reading does on public texts: sentences of adults in counseling, any risk against none.

Owns the PsySUICIDE figure of the card (validation split of PsyGUARD, EMNLP 2024, MIT licence). The data stay outside
the project; without them the figure is missing and nothing else. No line of them goes into any model that is shipped.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from triage import features, rules
from triage.evaluate import SEED, weighed
from triage.figures import Figures, ranking
from triage.labelled import FileBroken
from triage.normalize import read
from triage.wordlist import SHORT, raised_by

FILE = "psysuicide-valid.jsonl.gz"
_NO_RISK = "与自杀/自伤/攻击行为无关"
_FOLDS = 10
_INVERSE_PENALTY = 10.0


def any_risk(public_dir: Path) -> Figures | None:
    """Ten-fold cross-validated ranking of "any risk" by our features; None where the file isn't there.

    Raises FileBroken for a file that is another one.
    """
    file = public_dir / FILE
    if not file.exists():
        return None
    try:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            sentences = [json.loads(line) for line in lines]
        risky = np.array([_NO_RISK not in sentence["labels"] for sentence in sentences])
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise FileBroken([f"{FILE} cannot be read"]) from broken
    passages = []
    for sentence in sentences:
        reading = read(sentence["text"])
        passages.append(features.passages(reading.plain, rules.find(reading))[0])
    matrix = features.matrix(passages)
    scores = np.zeros(len(sentences))
    for learn, held in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(scores, risky):
        worth = features.rarity(np.bincount(matrix[learn].indices, minlength=features.COLUMNS), len(learn))
        model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=200).fit(weighed(matrix[learn], worth), risky[learn])
        scores[held] = model.decision_function(weighed(matrix[held], worth))
    listed = raised_by(SHORT, [sentence["text"] for sentence in sentences])
    return {
        "sentences": len(sentences),
        "with a risk": int(risky.sum()),
        **ranking(scores, np.where(risky, 2, 0), np.zeros(len(scores), dtype=int))["model alone"],
        "list of words, recall": round(float(listed[risky].mean()), 3),
        "list of words, precision": round(float(risky[listed].mean()), 3),
    }
