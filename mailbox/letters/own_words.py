"""What a child wrote in a thread, for the check of a reply: to find its words and its name in an answer.

Shows nothing to anybody, so the audit says nothing: who checks a reply has opened the letter before.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbox.letters.desk import find_thread
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.store.letters import notes_of
from triage.protocol import Topic

# The answers that may hold a name: the child's own, and a classmate's.
_NAMES = ("name", "who")


@dataclass(frozen=True)
class OwnWords:
    """The letters as they were read, the names left in answers, and the topics found, the newest letter's first."""

    texts: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...] = field(repr=False)
    topics: tuple[Topic, ...] = ()


def own_words_of(office: Office, colleague: Colleague, thread_id: str) -> OwnWords:
    """Return what this reader can open of a thread. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        thread = find_thread(office, view.session, colleague, thread_id)
        keys = ReaderKeys(view.session, colleague)
        opened = [open_note(keys, note).content for note in notes_of(view.session, thread.id)]
    contents = [content for content in opened if content is not None]
    return OwnWords(
        texts=tuple(content.as_read for content in contents),
        names=tuple(content.details[name] for content in contents for name in _NAMES if name in content.details),
        topics=tuple(dict.fromkeys(topic for content in reversed(contents) for topic in content.assessment.topics)),
    )
