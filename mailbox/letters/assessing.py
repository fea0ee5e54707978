"""What is read of a letter, and what its level becomes where there is something that no model reads.

Owns that an answer, a drawing or a voice beside the words can raise a letter and never lower it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mailbox.letters.content import joined
from mailbox.letters.learning import adjustment_of
from mailbox.letters.letter import Letter
from mailbox.letters.reading import begin_reading
from mailbox.office import Office
from mailbox.rules.policy import raised, with_parts
from triage.protocol import Assessment, Cause, Topic, Urgency


def begin_assessing(office: Office, letter: Letter) -> Callable[[], Assessment]:
    """Let triage begin to read words and details; what is returned waits for it and weighs what no model reads.

    The words are also read by themselves, so that what the child answers beside them cannot soften them. Kind and mood
    are not read at all. A time that a child chose comes soon, so its letter is looked at soon.
    """
    whole = joined(letter.text, letter.details)
    ways = dict.fromkeys(text for text in (whole, letter.text) if text.strip())
    unread = _only_a_choice if letter.choice else _nothing_to_read
    reading = begin_reading(office, *ways, adjustment=adjustment_of(office, letter.school_id)) if ways else unread

    def assessed() -> Assessment:
        found = reading()
        level = with_parts((found.urgency, found.cause), has_parts=bool(letter.parts), today=letter.today)
        if letter.choice:
            level = raised(level, (Urgency.SOON, None))
        return replace(found, urgency=level[0], cause=level[1])

    return assessed


def _only_a_choice() -> Assessment:
    return Assessment(Urgency.SOON, None, (Topic.OTHER,), sureness="没有读")


def _nothing_to_read() -> Assessment:
    return Assessment(Urgency.UNSCREENED, Cause.NEEDS_PERSON, (Topic.OTHER,), sureness="没有读")
