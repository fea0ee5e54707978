"""What went, what goes next and when, and what is held: for the school's page and for ``flask retention``.

Numbers, days and weeks only. For a reader everything is counted over what they may see; who reads no letter gets the
numbers of all, and names no thread.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta

from mailbox.care.legal_hold import Hold, held_threads, holds_for
from mailbox.office import Office
from mailbox.people.login import Colleague
from mailbox.people.roster import require_person
from mailbox.rules.roles import Act, may
from mailbox.store.database import Session
from mailbox.store.retention import QuietThread, quiet_lines
from mailbox.upkeep.gone import GoneDay, gone_days
from mailbox.upkeep.old_letters import first_day_kept, gone_for_good_days

REPORT_DAYS = 365
NEXT_DAYS = 60
# Who reads letters, who looks after the computer, and the head, who counts what is done.
_WHO_SEES = (Act.READ_LETTERS, Act.SEE_UPKEEP, Act.COUNT_AUDIT)


@dataclass(frozen=True)
class GoingDay:
    """What goes on one day, or could since then: conversations, those without an answer, those nobody opened."""

    day: date
    conversations: int
    waiting: int
    unread: int


@dataclass(frozen=True)
class Keeping:
    """How long everything is kept, in days, as the settings say."""

    letters: int
    child_copies: int
    cases: int
    talks: int
    backups: int
    gone_for_good: int


@dataclass(frozen=True)
class Retention:
    """The page. ``holds`` is None for who reads no letter; ``held`` counts them."""

    keeping: Keeping
    going: list[GoingDay]
    gone: list[GoneDay]
    held: int
    holds: list[Hold] | None = field(default=None, repr=False)
    sees_all: bool = False


def retention_for(office: Office, colleague: Colleague) -> Retention:
    """Return what one person may know of it. Raises NotAllowed."""
    is_reader = may(colleague.role, Act.READ_LETTERS)
    with office.database.view() as view:
        act = next((one for one in _WHO_SEES if may(colleague.role, one)), Act.SEE_UPKEEP)
        require_person(office, view.session, colleague.school_id, colleague.person_id, act)
        reader_id = colleague.person_id if is_reader else None
        going = _going(office, view.session, colleague.school_id, NEXT_DAYS, reader_id)
        held = len(held_threads(office, view.session, colleague.school_id))
    holds = holds_for(office, colleague) if is_reader else None
    return Retention(
        keeping_of(office),
        going,
        gone_days(office, colleague.school_id, REPORT_DAYS),
        held if holds is None else len(holds),
        holds,
        sees_all=not is_reader,
    )


def keeping_of(office: Office) -> Keeping:
    settings = office.settings
    return Keeping(
        settings.letter_days,
        settings.reply_copy_days,
        settings.case_days,
        settings.talk_days,
        settings.backup_days,
        gone_for_good_days(office),
    )


def going_next(office: Office, school_id: str, days: int = NEXT_DAYS, *, only_open: bool = False) -> list[GoingDay]:
    """Return what goes within ``days`` days, the next first: of all letters, or of those open to every reader."""
    with office.database.view() as view:
        return _going(office, view.session, school_id, days, None, only_open=only_open)


def _going(
    office: Office, session: Session, school_id: str, days: int, reader_id: str | None, *, only_open: bool = False
) -> list[GoingDay]:
    today, held = office.local_now().date(), held_threads(office, session, school_id)
    since = first_day_kept(office) + timedelta(days=days)
    lines = quiet_lines(session, school_id, since, reader_id, only_open=only_open)
    by_day: dict[date, list[QuietThread]] = defaultdict(list)
    for line in lines:
        day = _goes_on(office, line)
        if line.id not in held and day is not None:
            by_day[max(day, today)].append(line)
    return [
        GoingDay(day, len(some), sum(line.is_waiting for line in some), sum(line.is_unread for line in some))
        for day, some in sorted(by_day.items())
    ]


def _goes_on(office: Office, line: QuietThread) -> date | None:
    try:
        return date.fromisoformat(line.last_day or "") + timedelta(days=office.settings.letter_days + 1)
    except ValueError:
        # SQLite keeps any text as a day; the doctor counts such a row.
        return None
