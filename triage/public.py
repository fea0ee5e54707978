"""How the same reading does on public texts: sentences of adults in counseling, any risk against none.

Owns the PsySUICIDE figure of the card (validation split of PsyGUARD, EMNLP 2024, MIT licence). The data stay outside
the project; without them the figure is missing and nothing else. No line of them goes into any model that is shipped.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from triage import features, rules
from triage.evaluate import SEED, weighed
from triage.features import Passage
from triage.figures import Figures, ranking
from triage.kinds import KINDS
from triage.labelled import FileBroken
from triage.network import Network
from triage.normalize import read
from triage.wordlist import SHORT, raised_by

FILE = "psysuicide-valid.jsonl.gz"
_NO_RISK = "与自杀/自伤/攻击行为无关"
_FOLDS = 10
_INVERSE_PENALTY = 10.0
_KINDS_WORTH = 0.2  # of the network's kinds beside the other features


def any_risk(public_dir: Path, network: Network | None = None) -> Figures | None:
    """Ten-fold cross-validated ranking of "any risk" by our features; None where the file isn't there.

    With a network, its nine kinds are features too: it was taught from the corpus, never from these labels. Raises
    FileBroken for a file that is another one.
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
    passages: list[Passage] = []
    kinds = np.zeros((len(sentences), len(KINDS)))
    for row, sentence in enumerate(sentences):
        reading = read(sentence["text"])
        passages.append(features.passages(reading.plain, rules.find(reading))[0])
        if network:
            said = network.score(reading.plain)[0]
            kinds[row] = _KINDS_WORTH * (said - said.mean())
    matrix = features.matrix(passages)
    scores = np.zeros(len(sentences))
    for learn, held in StratifiedKFold(_FOLDS, shuffle=True, random_state=SEED).split(scores, risky):
        worth = features.rarity(np.bincount(matrix[learn].indices, minlength=features.COLUMNS), len(learn))
        seen = hstack([weighed(matrix, worth), csr_matrix(kinds)]).tocsr()
        model = LogisticRegression(C=_INVERSE_PENALTY, max_iter=300).fit(seen[learn], risky[learn])
        scores[held] = model.decision_function(seen[held])
    listed = raised_by(SHORT, [sentence["text"] for sentence in sentences])
    return {
        "sentences": len(sentences),
        "with a risk": int(risky.sum()),
        **ranking(scores, np.where(risky, 2, 0), np.zeros(len(scores), dtype=int))["model alone"],
        "list of words, recall": round(float(listed[risky].mean()), 3),
        "list of words, precision": round(float(risky[listed].mean()), 3),
    }
