"""New recovery slips by a reader: the old ones were lost, seen, or never copied. A second voice agreed before.

Whatever this reader can open is sealed to the new recovery key; the rest stays sealed to the old one, which lets
nobody in any more. Owns that; how a wish is agreed to is ``wishes``'.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.generations import next_generation
from mailbox.people.login import Colleague, require_passphrase
from mailbox.people.notices import MAKE_SLIPS, SLIPS_MADE, tell
from mailbox.people.recovery import set_recovery
from mailbox.people.roster import recovery_public, require_person
from mailbox.people.sealed_anew import seal_recovery_anew
from mailbox.people.wishes import agreed_slips
from mailbox.rules.roles import Act
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.marked import check_mark
from mailbox.store.people import school_locked
from mailbox.store.ways_back import remove_notices_of_kind


@dataclass(frozen=True)
class NewSlips:
    """Two slips, shown once; ``left``: how many boxes this reader could not open, so that no slips open them now."""

    slips: tuple[list[str], list[str]] = field(repr=False)
    left: int


def make_new_slips(office: Office, colleague: Colleague, passphrase: str) -> NewSlips:
    """Make two new slips; the old ones are void. Raises WrongPassphrase, NotAllowed without a second voice."""
    require_passphrase(office, colleague, passphrase)
    fresh = RecoveryKey.generate()
    slips = fresh.slips()
    public = fresh.private_key().public()
    with office.database.work() as work:
        session = work.session
        school = school_locked(session, colleague.school_id)
        if school is None:
            raise NotFound("school")
        check_mark(school, office.marks.check)
        require_person(office, session, school.id, colleague.person_id, Act.ASK_SECOND_VOICE)
        session.delete(agreed_slips(office, session, school.id, colleague.person_id))
        mine = (colleague.person_id, colleague.private)
        left = seal_recovery_anew(office, session, school.id, *mine, public, is_new=True)
        set_recovery(office, session, school, public)
        next_generation(office, session, school.id)
        remove_notices_of_kind(session, colleague.person_id, MAKE_SLIPS)
        record(office, session, school.id, colleague.person_id, "slips.made", colleague.person_id)
        tell(office, session, school.id, SLIPS_MADE, colleague.person_id)
        work.commit()
    return NewSlips(slips, left)


def seal_mine_for_new_slips(office: Office, colleague: Colleague) -> None:
    """Seal what this reader can open to the recovery key of now: whoever made the slips could not open all of it.

    Again is no harm. Who is no reader has nothing to seal.
    """
    if not colleague.is_reader:
        return
    with office.database.work() as work:
        school = school_locked(work.session, colleague.school_id)
        if school is None:
            raise NotFound("school")
        public = recovery_public(office, school)
        seal_recovery_anew(office, work.session, school.id, colleague.person_id, colleague.private, public)
        work.commit()
