"""Reading one letter within its time: triage in a thread of its own, and an honest "not read" where it is late.

Owns the budget. A letter is never lost over its reading: whatever happens here, an assessment comes back. A thread
cannot interrupt one single call into C, so the lexicon's expressions must each be fast on any text.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from mailbox.office import Office
from mailbox.rules.policy import raised
from triage.adjust import Adjustment
from triage.protocol import Assessment

_MOST_LATE = 4

_log = logging.getLogger("mailbox.letters")


def read_within_budget(office: Office, *texts: str, adjustment: Adjustment | None = None) -> Assessment:
    """Return what triage says, or ``Assessment.failed()`` if it broke or took longer than the settings allow."""
    return begin_reading(office, *texts, adjustment=adjustment)()


def begin_reading(office: Office, *texts: str, adjustment: Adjustment | None = None) -> Callable[[], Assessment]:
    """Let triage begin; what is returned waits for it as :func:`read_within_budget` does, from when it is called.

    So that the derivation of the code, which computes outside of Python, goes on beside it. ``texts`` are ways to read
    one letter, one or more; the gravest counts, the first of equals.
    """
    if _late.too_many():
        _log.error("triage never finished several letters, so this one is not read")
        return Assessment.failed
    reading = _Reading(office, texts, adjustment)
    try:
        threading.Thread(target=reading.run, daemon=True).start()
        # Only now: a thread that began to compute at once would keep ``start`` waiting for the interpreter.
        reading.may_begin.set()
    except RuntimeError as refused:
        # The machine gives no more threads. A letter that is not read is still kept.
        _log.error("triage could not begin", extra={"error_class": type(refused).__name__})
        return Assessment.failed
    return reading.within_budget


class _Reading:
    """One letter being read; ``result`` says failed until it is done."""

    def __init__(self, office: Office, texts: tuple[str, ...], adjustment: Adjustment | None) -> None:
        self.result = Assessment.failed()
        self.may_begin = threading.Event()
        self.done = threading.Event()
        self._office = office
        self._texts = texts
        self._adjustment = adjustment

    def within_budget(self) -> Assessment:
        if self.done.wait(self._office.settings.triage_budget_ms / 1_000):
            return self.result
        _late.begins(self)
        _log.error("triage took too long")
        return Assessment.failed()

    def run(self) -> None:
        self.may_begin.wait()
        try:
            self.result = _gravest([self._office.assess(text, self._adjustment) for text in self._texts])
        except Exception as broken:
            # Whatever broke, the letter is kept and a person learns of it. The error's text may hold words of it.
            _log.error("triage failed", extra={"error_class": type(broken).__name__})
        finally:
            self._texts = ()
            self.done.set()


def _gravest(assessments: Sequence[Assessment]) -> Assessment:
    gravest, *others = assessments
    for other in others:
        before = (gravest.urgency, gravest.cause)
        if raised(before, (other.urgency, other.cause)) != before:
            gravest = other
    return gravest


class _Late:
    """Readings that nobody waits for any more. A thread cannot be stopped from outside, so they must not pile up."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._readings: list[_Reading] = []

    def begins(self, reading: _Reading) -> None:
        with self._lock:
            self._readings.append(reading)

    def too_many(self) -> bool:
        with self._lock:
            self._readings = [reading for reading in self._readings if not reading.done.is_set()]
            return len(self._readings) >= _MOST_LATE


_late = _Late()
