"""A school's calendar as it is kept: when the box is opened, terms, closed days, extra days, words for a vacation.

Owns reading it for every act that asks what day it is, and changing it. A row that is not ours counts for nothing:
who can only write the database must not keep the box shut.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import Any

from mailbox.errors import InputRefused, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.names import LONGEST_NAME
from mailbox.rules.roles import Act
from mailbox.rules.school_calendar import SchoolCalendar, Span
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.openings import calendar_of
from mailbox.store.people import school_locked
from mailbox.store.tables import Calendar, School, new_id

LONGEST_WORDS = 200
_MOST_SPANS = 60
_LONGEST_SPAN_DAYS = 400
_FIRST_YEAR, _LAST_YEAR = 2020, 2100

_log = logging.getLogger("mailbox.people")


@dataclass(frozen=True)
class SchoolDays:
    """The calendar, and what children are told while there is no school; empty for our own sentence."""

    calendar: SchoolCalendar
    vacation_words: str = field(default="")


def school_days(office: Office, session: Session, school: School) -> SchoolDays:
    """Return a school's calendar; without one of its own, opening's day and hour with the public holidays."""
    plain = SchoolDays(SchoolCalendar(school.opening_weekday, school.opening_hour))
    kept = calendar_of(session, school.id)
    if kept is None:
        return plain
    try:
        check_mark(kept, office.marks.check)
        return _read(plain, json.loads(kept.content))
    except (NotAuthentic, ValueError, KeyError, TypeError) as refused:
        _log.error("a calendar is not ours and counts for nothing", extra={"error_class": type(refused).__name__})
        return plain


def calendar_for(office: Office, session: Session, school_id: str) -> SchoolCalendar:
    """Return the calendar of one school by its id. Raises NotFound."""
    school = session.get(School, school_id)
    if school is None:
        raise NotFound("school")
    return school_days(office, session, school).calendar


def days_of(office: Office, school_id: str) -> SchoolDays:
    """Return a school's calendar and words in a view of its own. Raises NotFound."""
    with office.database.view() as view:
        school = view.session.get(School, school_id)
        if school is None:
            raise NotFound("school")
        return school_days(office, view.session, school)


def change_days(office: Office, school_id: str, by_person_id: str, days: SchoolDays) -> None:
    """Keep a school's calendar. Raises InputRefused (opening, terms, closed, extra, vacation_words), NotAllowed."""
    _check(days)
    calendar = days.calendar
    content = json.dumps(
        {
            "terms": _rows(calendar.terms),
            "closed": _rows(calendar.closed),
            "extra": _rows(calendar.extra),
            "vacation_words": days.vacation_words.strip(),
        },
        ensure_ascii=False,
    )
    with office.database.work() as work:
        school = school_locked(work.session, school_id)
        if school is None:
            raise NotFound("school")
        require_as_lead(office, work.session, school_id, by_person_id, Act.CHANGE_CALENDAR)
        school.opening_weekday, school.opening_hour = calendar.opening_weekday, calendar.opening_hour
        kept = calendar_of(work.session, school_id)
        if kept is None:
            kept = Calendar(id=new_id(), school_id=school_id, content=content, mark=b"")
            work.session.add(kept)
        kept.content = content
        set_mark(kept, office.marks.mac)
        record(office, work.session, school_id, by_person_id, "calendar.change")
        work.commit()


def _read(plain: SchoolDays, kept: dict[str, Any]) -> SchoolDays:
    calendar = replace(
        plain.calendar, terms=_spans(kept["terms"]), closed=_spans(kept["closed"]), extra=_spans(kept["extra"])
    )
    return SchoolDays(calendar, str(kept["vacation_words"]))


def _rows(spans: Iterable[Span]) -> list[list[str]]:
    return [[span.first.isoformat(), span.last.isoformat(), span.name] for span in sorted(spans, key=_by_first)]


def _spans(rows: Iterable[list[str]]) -> tuple[Span, ...]:
    return tuple(Span(date.fromisoformat(first), date.fromisoformat(last), str(name)) for first, last, name in rows)


def _check(days: SchoolDays) -> None:
    calendar = days.calendar
    if calendar.opening_weekday not in range(7) or calendar.opening_hour not in range(24):
        raise InputRefused("opening", "unknown")
    for name, spans in (("terms", calendar.terms), ("closed", calendar.closed), ("extra", calendar.extra)):
        if len(spans) > _MOST_SPANS:
            raise InputRefused(name, "too_many")
        for span in spans:
            if span.last < span.first:
                raise InputRefused(name, "backwards")
            if not _FIRST_YEAR <= span.first.year <= span.last.year <= _LAST_YEAR:
                raise InputRefused(name, "no_date")
            if (span.last - span.first).days > _LONGEST_SPAN_DAYS or len(span.name) > LONGEST_NAME:
                raise InputRefused(name, "too_long")
    terms = sorted(calendar.terms, key=_by_first)
    if any(later.first <= earlier.last for earlier, later in pairwise(terms)):
        raise InputRefused("terms", "overlap")
    if len(days.vacation_words) > LONGEST_WORDS:
        raise InputRefused("vacation_words", "too_long")


def _by_first(span: Span) -> date:
    return span.first
