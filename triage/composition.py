"""What the whole corpus must be made of, so that a model learns from hard pairs and not from a handful of moulds.

Owns the shares and their limits. Says nothing of a small corpus, whose shares mean little.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from statistics import median

from triage.corpus import TRAITS, URGENT_RULES, Note
from triage.protocol import Urgency

FEWEST_NOTES = 10_000
FEWEST_OF_A_RULE = 350
FEWEST_OF_A_TRAIT = 200
_LEVEL_SHARES = {Urgency.URGENT: (0.28, 0.40), Urgency.SOON: (0.20, 0.32), Urgency.ROUTINE: (0.35, 0.50)}
_MEDIAN_LENGTHS = (30, 60)
_LONGEST = 800
_FEWEST_HARMLESS_DANGERS = 1 / 3
# Words that a list of words would ring at, in the harmless sense that a routine note has.
_DANGER = re.compile(
    "死|杀|刀|血|药|疼|痛|锁|饿|摸|脱|堵|踢|揍|扇|报复|恨|逃|救|哭|抢|骂|掐|捅|割|烧|淹|追|跟踪|秘密|威胁|欺负|害怕|偷|鬼|伤|炸|炮|枪|吓"
    "|绑|毒|消失|离开|再见|遗|刺|压|崩溃|噩梦|不想|抑郁|推|摔|爬|跳[楼桥河下]|打(?!电话|扫|球|开|算|印|游戏|工|饭|卡|字|招呼|车|扮|折|包|听|喷嚏|水)"
)


def faults_of(notes: Sequence[Note]) -> list[str]:
    """What is missing, one sentence each; nothing of a corpus of fewer than ``FEWEST_NOTES``."""
    if len(notes) < FEWEST_NOTES:
        return []
    faults: list[str] = []
    levels = Counter(note.urgency for note in notes)
    for level, (low, high) in _LEVEL_SHARES.items():
        if not low <= levels[level] / len(notes) <= high:
            faults.append(
                f"{levels[level] / len(notes):.0%} of the notes are {level}; {low:.0%} to {high:.0%} are wanted"
            )
    rules, traits = Counter(note.rule for note in notes), Counter(note.trait for note in notes)
    faults += [f"only {rules[rule]} notes of {rule}" for rule in sorted(URGENT_RULES) if rules[rule] < FEWEST_OF_A_RULE]
    faults += [
        f"only {traits[trait]} notes are {trait}" for trait in sorted(TRAITS) if traits[trait] < FEWEST_OF_A_TRAIT
    ]
    lengths = [len(note.text) for note in notes]
    if not _MEDIAN_LENGTHS[0] <= median(lengths) <= _MEDIAN_LENGTHS[1] or max(lengths) > _LONGEST:
        faults.append(f"lengths: median {median(lengths):.0f}, longest {max(lengths)}")
    if harmless_dangers(notes) < _FEWEST_HARMLESS_DANGERS:
        faults.append(f"only {harmless_dangers(notes):.0%} of the routine notes hold a danger word")
    return faults


def harmless_dangers(notes: Sequence[Note]) -> float:
    """The share of routine notes that hold a danger word in a harmless sense."""
    routine = [note for note in notes if note.urgency is Urgency.ROUTINE]
    return sum(bool(_DANGER.search(note.text)) for note in routine) / len(routine) if routine else 0.0
