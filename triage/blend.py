"""Of which windows the network is asked, and what its word counts beside the linear model's. Pure.

A window takes the network about a millisecond, as long as all the rest of a note. So it is asked only where its word
can change the level, and of a long note only about the windows that the linear model finds darkest.
"""

from __future__ import annotations

from collections.abc import Sequence

from triage.kinds import Scores, urgency_scores
from triage.network import LONGEST, Network

NETWORK_SHARE = 0.5  # of the log-odds; on notes held out, shares from 0.4 to 0.6 did about equally well
MOST_WINDOWS = 3
# The linear model's log-odds of `urgent`, of the note, from which and below which the network is asked. Asked always,
# it finds and raises as many of the independent notes (docs/decisions/0009).
ASKED_FROM, ASKED_BELOW = -3.0, 2.0
NOT_ASKED = -30.0  # what a window of a long note counts that the network was not asked about


def is_asked(urgent: float) -> bool:
    """Whether the network is asked about a note that the linear model gives such log-odds of ``urgent``."""
    return ASKED_FROM <= urgent < ASKED_BELOW


def darkest(raw: Scores, lengths: Sequence[int]) -> list[int]:
    """Places of the passages that the network reads: the whole note, or the darkest windows of one that is too long."""
    if lengths[0] < LONGEST:
        return [0]
    windows = [at for at, length in enumerate(lengths) if at and length < LONGEST]
    return sorted(windows, key=lambda at: (-float(raw[at, 0]), at))[:MOST_WINDOWS]


def blended(raw: Scores, plain: str, spans: Sequence[tuple[int, int]], network: Network) -> Scores:
    """Passages × heads of the linear model, the whole note first → the same with the network's word in it.

    The topics stay the linear model's, which knows them better (docs/decisions/0009). ``spans`` are the passages'
    places in ``plain``. Windows that the network was not asked about no longer count.
    """
    places = darkest(raw, [end - start for start, end in spans])
    answer = raw.copy()
    answer[1:, :2] = NOT_ASKED
    for at in places:
        start, end = spans[at]
        kinds, _ = network.score(plain[start:end])
        answer[at, :2] = (1 - NETWORK_SHARE) * raw[at, :2] + NETWORK_SHARE * urgency_scores(kinds[None])[0]
    return answer
