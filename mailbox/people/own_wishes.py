"""What a reader wants for themselves at the desk: whether letters with hard words are covered until they tap."""

from __future__ import annotations

from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act
from mailbox.store.tables import Person


def covers_hard_words(office: Office, colleague: Colleague) -> bool:
    with office.database.view() as view:
        person = view.session.get(Person, colleague.person_id)
        return bool(person and person.covers_hard_words)


def cover_hard_words(office: Office, colleague: Colleague, *, wanted: bool) -> None:
    """Cover them from now on, or no more; asking twice changes nothing. Raises NotAllowed for who reads no letters."""
    with office.database.work() as work:
        require_person(office, work.session, colleague.school_id, colleague.person_id, Act.READ_LETTERS)
        person = work.session.get_one(Person, colleague.person_id, with_for_update=True)
        if bool(person.covers_hard_words) == wanted:
            return
        # Nothing is ever written for no: a row without a wish is as it was made.
        person.covers_hard_words = True if wanted else None
        record(office, work.session, colleague.school_id, colleague.person_id, "own.cover" if wanted else "own.uncover")
        work.commit()
