"""The record of a mandatory report (强制报告): written once, added to, never changed.

Owns which fields there are and what makes them acceptable. The letter's text lies beside it in the case, unaltered.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime

from mailbox.care.cases import MAX_WORDS, require_words, write
from mailbox.care.entries import EntryKind
from mailbox.care.plan import crisis_plan
from mailbox.care.reading import read_case
from mailbox.errors import InputRefused
from mailbox.office import Office
from mailbox.people.login import Colleague

TO = ("police", "education", "prosecutor", "civil", "other")
_LONGEST_FIELD = 80


@dataclass(frozen=True)
class Report:
    """One report. ``situation`` 1 to 9; ``to`` one of ``TO``; ``at`` is when it was made, YYYY-MM-DDTHH:MM on the wall.

    ``officer`` received it; ``number`` is the case number, if one was given; ``by`` made it.
    """

    situation: int
    to: str
    to_name: str = field(repr=False)
    at: str
    by: str = field(repr=False)
    officer: str = field(default="", repr=False)
    number: str = field(default="", repr=False)
    words: str = field(default="", repr=False)


def report_from(typed: Mapping[str, str]) -> Report:
    """Return the report that a form holds. Raises InputRefused naming the field."""
    situation = typed.get("situation", "")
    if situation not in {str(number) for number in range(1, len(crisis_plan().report_situations) + 1)}:
        raise InputRefused("report_situation", "unknown")
    if typed.get("to") not in TO:
        raise InputRefused("report_to", "unknown")
    at = _moment(typed.get("at", ""))
    short = {name: typed.get(name, "").strip() for name in ("to_name", "by", "officer", "number")}
    if any(len(text) > _LONGEST_FIELD for text in short.values()):
        raise InputRefused("report_field", "too_long")
    if not short["by"]:
        raise InputRefused("report_by", "blank")
    words = typed.get("words", "").strip()
    if len(words) > MAX_WORDS:
        raise InputRefused("case_words", "blank_or_long")
    return Report(int(situation), typed["to"], at=at, words=words, **short)


def write_report(office: Office, colleague: Colleague, case_id: str, report: Report, form_nonce: bytes) -> str:
    """Keep a report; return its id. Raises InputRefused (report_at) for one from the future, NotFound."""
    # A clock on the wall may be some minutes ahead of the computer's.
    if datetime.fromisoformat(report.at).date() > office.local_now().date():
        raise InputRefused("report_at", "future")
    return write(office, colleague, case_id, EntryKind.REPORT, asdict(report), form_nonce)


def add_to_report(
    office: Office, colleague: Colleague, case_id: str, report_id: str, text: str, form_nonce: bytes
) -> None:
    """Add a sentence to a report: a number that came later, a mistake. Raises InputRefused (case_words), NotFound."""
    require_words(text)
    read_case(office, colleague, case_id).entry(report_id, EntryKind.REPORT)
    said = {"report": report_id, "text": text.strip()}
    write(office, colleague, case_id, EntryKind.ADDITION, said, form_nonce)


def _moment(text: str) -> str:
    try:
        moment = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the time on the wall, as it was typed.
    except ValueError:
        raise InputRefused("report_at", "no_date") from None
    return moment.isoformat(timespec="minutes")
