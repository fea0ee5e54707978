"""Each ended week in numbers: counted once from clear columns when it ends, and topics once by a reader. Frozen.

A week ends with the half-day of its opening: what comes in that half-day after the hour still belongs to it, so that no
letter falls between two weeks. Nobody need be logged in, but for the topics, which lie in the letters' boxes.
"""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from mailbox.errors import Clash, InputRefused, MailboxError, NotFound
from mailbox.letters.desk import require_reader
from mailbox.letters.opened import ReaderKeys, open_note
from mailbox.office import Office
from mailbox.openings.recipients import write_mails
from mailbox.openings.week_numbers import Moment, count_week, within
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.people.school_calendar import school_days
from mailbox.rules.school_week import HALVES, half_day
from mailbox.rules.suppression import Numbers
from mailbox.rules.weekly_paper import CountedWeek, Wait
from mailbox.store.database import Session
from mailbox.store.letters import note_seen_by
from mailbox.store.people import all_schools, school_locked
from mailbox.store.reports import letters_between, report_of, reports_of
from mailbox.store.tables import School, WeekReport, new_id
from triage.protocol import Topic

LONGEST_WORDS = 2_000
_DAY, _WEEK = timedelta(days=1), timedelta(days=7)

_log = logging.getLogger("mailbox.openings")


@dataclass(frozen=True)
class Report:
    """A frozen week, and what a person wrote about what became of common wishes."""

    week: CountedWeek
    words: str


def freeze_ended_weeks(office: Office) -> int:
    """Count every week that has ended and is not counted yet, in each school; return how many were."""
    with office.database.view() as view:
        schools = [school.id for school in all_schools(view.session)]
    return sum(_freeze_all(office, school_id) for school_id in schools)


def reports(office: Office, school_id: str) -> list[Report]:
    """Return a school's frozen weeks, oldest first; one that cannot be read is left out and logged."""
    with office.database.view() as view:
        rows = list(reports_of(view.session, school_id))
    found = []
    for row in rows:
        try:
            found.append(Report(_week_of(row), row.words or ""))
        except (ValueError, KeyError, TypeError) as broken:
            _log.error(
                "a week's numbers cannot be read", extra={"row_id": row.id, "error_class": type(broken).__name__}
            )
    return found


def close_opening(office: Office, colleague: Colleague) -> int:
    """Count the topics of every ended week that nobody has counted yet; return how many weeks were.

    With that a reader closes the opening. A week of which this reader lacks a key is left to a colleague. Raises
    NotAllowed.
    """
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
    uncounted = [report.week.ends_on for report in reports(office, colleague.school_id) if report.week.topics is None]
    return sum(_count_if_open(office, colleague, ends_on) for ends_on in uncounted)


def _count_if_open(office: Office, colleague: Colleague, ends_on: date) -> bool:
    try:
        return count_topics(office, colleague, ends_on)
    except InputRefused:
        return False


def count_topics(office: Office, colleague: Colleague, ends_on: date) -> bool:
    """Count a week's topics in the letters this reader can open; return whether that was done now.

    Once: a second count by somebody who may see other letters would tell what those are about. Raises NotAllowed,
    NotFound, and InputRefused(topics, no_key) for a reader without the week's key, who would count nothing for ever.
    """
    with office.database.work() as work:
        session = work.session
        require_reader(office, session, colleague)
        report = report_of(session, colleague.school_id, ends_on)
        if report is None:
            raise NotFound("week")
        if report.topics is not None:
            return False
        begin, end = _bounds_of(session, report)
        keys = ReaderKeys(session, colleague)
        counted = Counter[str]()
        for line in within(letters_between(session, colleague.school_id, begin[0], end[0]), begin, end):
            note = note_seen_by(session, line.note_id, colleague.school_id, colleague.person_id)
            opened = open_note(keys, note) if note else None
            if opened and opened.problem == "no_key":
                raise InputRefused("topics", "no_key")
            if opened and opened.content:
                counted.update(topic.value for topic in opened.content.assessment.topics)
        report.topics = json.dumps({topic.value: counted[topic.value] for topic in Topic})
        record(office, session, colleague.school_id, colleague.person_id, "summary.topics", report.id)
        work.commit()
    return True


def say_what_became(office: Office, colleague: Colleague, ends_on: date, words: str) -> None:
    """Keep what a person writes for everybody about common wishes. Raises InputRefused, NotAllowed, NotFound."""
    if len(words) > LONGEST_WORDS:
        raise InputRefused("summary_words", "too_long")
    with office.database.work() as work:
        require_reader(office, work.session, colleague)
        report = report_of(work.session, colleague.school_id, ends_on)
        if report is None:
            raise NotFound("week")
        report.words = words.strip()
        record(office, work.session, colleague.school_id, colleague.person_id, "summary.words", report.id)
        work.commit()


def _freeze_all(office: Office, school_id: str) -> int:
    frozen = 0
    try:
        while _freeze_next(office, school_id):
            frozen += 1
    except Clash:
        # Another worker counted the same week in the same moment.
        pass
    except MailboxError as refused:
        _log.error("a week could not be counted", extra={"row_id": school_id, "error_class": type(refused).__name__})
    return frozen


def _freeze_next(office: Office, school_id: str) -> bool:
    now = office.local_now()
    with office.database.work() as work:
        school = school_locked(work.session, school_id)
        if school is None:
            return False
        rows = reports_of(work.session, school_id)
        end = _next_end(school, rows[-1].ends_on if rows else None)
        half = HALVES.index(half_day(datetime.combine(end, time(school.opening_hour))))
        if _moment_of(now) <= (end, half):
            return False
        begin = _end_of(rows[-1]) if rows else (school.created_on - _DAY, 0)
        calendar = school_days(office, work.session, school).calendar
        numbers = count_week(work.session, school_id, begin, (end, half), calendar, office.settings.zone)
        numbers["ends_half"] = HALVES[half]
        report = WeekReport(id=new_id(), school_id=school_id, ends_on=end, numbers=json.dumps(numbers))
        work.session.add(report)
        # Of weeks that a machine slept through only the newest is news.
        if _moment_of(now) <= (end + _WEEK, half):
            work.session.flush()
            write_mails(office, work.session, report)
        work.commit()
    return True


def _next_end(school: School, last: date | None) -> date:
    """Return the end of the first week that is not counted: the opening's weekday, whatever moved the opening."""
    after = last or school.created_on - _DAY
    ahead = (school.opening_weekday - after.weekday()) % 7
    return after + timedelta(days=ahead or 7)


def _moment_of(local_now: datetime) -> Moment:
    return local_now.date(), HALVES.index(half_day(local_now))


def _end_of(row: WeekReport) -> Moment:
    return row.ends_on, HALVES.index(json.loads(row.numbers)["ends_half"])


def _bounds_of(session: Session, report: WeekReport) -> tuple[Moment, Moment]:
    earlier = [row for row in reports_of(session, report.school_id) if row.ends_on < report.ends_on]
    begin = _end_of(earlier[-1]) if earlier else (report.ends_on - 2 * _WEEK, 0)
    return begin, _end_of(report)


def _week_of(row: WeekReport) -> CountedWeek:
    kept = json.loads(row.numbers)
    return CountedWeek(
        ends_on=row.ends_on,
        letters=_numbers(kept["letters"]),
        replies=_numbers(kept["replies"]),
        singles={name: int(count) for name, count in kept["singles"].items()},
        waits={name: Wait(int(count), mid, high) for name, (count, mid, high) in kept["waits"].items()},
        topics=None if row.topics is None else json.loads(row.topics),
    )


def _numbers(kept: Mapping[str, Any]) -> Numbers:
    cuts = {name: dict(parts) for name, parts in kept["cuts"].items()}
    if "answer" in cuts:
        # Weeks that were counted before pranks could be marked had none.
        cuts["answer"].setdefault("prank", 0)
    return Numbers(int(kept["total"]), cuts)
