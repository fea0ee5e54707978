"""Which keys there are and since when, for who looks after them. Names no secret, opens nothing.

Owns what is told: the key file's peppers, slips, readers, weeks and cases. Days come from the audit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from mailbox.office import Office
from mailbox.people.roster import active_readers
from mailbox.store.database import Session
from mailbox.store.key_list import keys_of_cases, keys_of_weeks, last_acts, void_pairs
from mailbox.store.marked import carries_mark
from mailbox.store.people import all_schools
from mailbox.store.peppers import threads_by_pepper
from mailbox.store.tables import School

_SLIPS_MADE = ("keys.made", "slips.made", "slips.used")


@dataclass(frozen=True)
class Pepper:
    """One pepper: its number, since when as text or None for the first, how many threads need it, whether current."""

    version: int
    since: str | None
    threads: int
    is_current: bool


@dataclass(frozen=True)
class ReaderKey:
    """Whose key it is, since when, the day of the last new passphrase, and whether a second factor is asked for."""

    name: str
    since: date | None
    passphrase_on: date | None
    has_factor: bool


@dataclass(frozen=True)
class SchoolKeys:
    """The keys of one school. ``slips``: good, spent or none; ``void``: earlier pairs that let nobody in.

    ``weeks``: how many generations are kept; ``oldest_week`` and ``newest_week`` are named by their ends.
    """

    name: str
    slips: str
    slips_since: date | None
    void: int
    readers: tuple[ReaderKey, ...]
    weeks: int
    oldest_week: date | None
    newest_week: date | None
    cases: int


def peppers(office: Office) -> list[Pepper]:
    with office.database.view() as view:
        needed = threads_by_pepper(view.session)
    keys = office.keys
    return [
        Pepper(version, keys.pepper_days.get(version), needed.get(version, 0), version == keys.pepper_version)
        for version in sorted(keys.peppers)
    ]


def school_keys(office: Office) -> list[SchoolKeys]:
    """Return the keys of each school. Raises NotKept."""
    with office.database.view() as view:
        return [_of(office, view.session, school) for school in all_schools(view.session)]


def _of(office: Office, session: Session, school: School) -> SchoolKeys:
    weeks = keys_of_weeks(session, school.id)
    is_ours = carries_mark(school, office.marks.check) and school.recovery_public is not None
    return SchoolKeys(
        name=school.name,
        slips=("spent" if school.slips_spent else "good") if is_ours else "none",
        slips_since=_slips_since(office, session, school),
        void=void_pairs(session, school.id),
        readers=tuple(
            ReaderKey(
                reader.display_name,
                _last(office, session, school.id, {"keys.made", "slips.used"}, reader.id),
                _last(office, session, school.id, {"passphrase.change"}, reader.id),
                reader.wrapped_totp is not None,
            )
            for reader in active_readers(office, session, school.id)
        ),
        weeks=len(weeks),
        oldest_week=min(weeks, default=None),
        newest_week=max(weeks, default=None),
        cases=keys_of_cases(session, school.id),
    )


def _slips_since(office: Office, session: Session, school: School) -> date | None:
    """Return the day of the present pair: the first reader's keys, or the last time that new ones were made."""
    made = last_acts(session, school.id, _SLIPS_MADE)
    first = next((row for row in made if row.act == "keys.made"), None)
    later = [row for row in made if row.act == "slips.made" or (row.act == "slips.used" and not school.slips_spent)]
    row = later[-1] if later else first
    return _day(office, row.moment_seconds) if row else None


def _last(office: Office, session: Session, school_id: str, acts: Collection[str], person_id: str) -> date | None:
    rows = [row for row in last_acts(session, school_id, acts) if person_id in {row.subject_id, row.person_id}]
    return _day(office, rows[-1].moment_seconds) if rows else None


def _day(office: Office, moment_seconds: int) -> date:
    return datetime.fromtimestamp(moment_seconds, office.settings.zone).date()
