"""What a school says about help: a person and a place, a phone, numbers with their hours, and when somebody looks.

Owns its defaults, which are helpful without any set-up and claim nothing, its form in the database, and who may change
it. A row that is not ours is not believed: nobody with the database alone sends children to a number of their own.
"""

from __future__ import annotations

import json
import logging
import re
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from typing import Any

from mailbox.errors import Changed, InputRefused
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.duty import WEEKDAYS, Hours, Shift, read_shifts
from mailbox.rules.names import clean_name
from mailbox.rules.roles import Act
from mailbox.store.database import Session
from mailbox.store.help_pages import end_help_page, help_page_of
from mailbox.store.marked import carries_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import HelpPage, new_id

MOST_HELPERS = 3
MOST_OWN_LINES = 4
LONGEST_OFF_DUTY = 60
_LONGEST = 30
_NUMBER = re.compile(r"\+?[0-9][0-9 \-]{1,18}[0-9]")
# Some children cannot speak at home, and a classmate may be listening who knows why.
_FAMILY = re.compile("爸|妈|父母|父亲|母亲|家长|家人|爷爷|奶奶|外公|外婆|姥")
# What stands on the first page every night is read by all children, most of whom think of nothing of the kind.
_DANGER = re.compile(
    "自残|自伤|轻生|寻短|死|割腕|跳楼|跳下|上吊|服毒|农药|安眠药|刀|杀|强奸|性侵|猥亵|(?i:suicide|kill)"
)

_log = logging.getLogger("mailbox.people")


@dataclass(frozen=True)
class Helper:
    """Somebody to go to, and where: 现在去找林老师，在二楼心理室."""

    name: str
    place: str


@dataclass(frozen=True)
class Line:
    """One number. ``hours`` are words, empty where nobody has found out; ``is_shown`` is the school's choice."""

    number: str
    words: str
    hours: str = ""
    is_shown: bool = True


DEFAULT_LINES = (
    Line("12356", "心里难受，想和人说说"),
    Line("12355", "青少年热线"),
    Line("12338", "妇女儿童热线"),
    Line("12309", "检察院，有人伤害你的时候"),
    Line("110", "现在就有危险"),
    Line("120", "受伤了、生病了"),
)
KNOWN_NUMBERS = frozenset(line.number for line in DEFAULT_LINES)


@dataclass(frozen=True)
class Help:
    """What the children's help panel says. ``version`` names the row it came from, empty without one.

    ``off_duty_words`` is where to go at night, on weekends and holidays, in the school's own words; may be empty.
    """

    helpers: tuple[Helper, ...] = ()
    phone_place: str = ""
    lines: tuple[Line, ...] = DEFAULT_LINES
    duty: Hours = field(default_factory=dict)
    off_duty_words: str = ""
    checked_on: date | None = None
    version: str = ""

    @property
    def shown_lines(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.is_shown)


def help_of(office: Office, school_id: str) -> Help:
    """Return what the school says about help, or what is said without it."""
    with office.database.view() as view:
        return help_in(office, view.session, school_id)


def help_in(office: Office, session: Session, school_id: str) -> Help:
    """As :func:`help_of`, inside of a view that is open already."""
    row = help_page_of(session, school_id)
    if row is None:
        return Help()
    if not carries_mark(row, office.marks.check):
        _log.error("a help page is not ours and is not shown", extra={"row_id": row.id})
        # Named, so that a counselor who saves the form puts a true one in its place.
        return Help(version=row.id)
    return replace(_from_json(row.content), checked_on=row.checked_on, version=row.id)


def save_help(office: Office, school_id: str, by_person_id: str, wanted: Help, seen_version: str) -> None:
    """Say from now on what ``wanted`` says, checked today by this person.

    Raises NotAllowed, InputRefused, and Changed when a colleague was faster than who saw ``seen_version``.
    """
    _save(office, school_id, by_person_id, wanted, seen_version, Act.CHANGE_HELP)


def _save(office: Office, school_id: str, by_person_id: str, wanted: Help, seen_version: str, act: Act) -> None:
    row = HelpPage(
        id=new_id(),
        school_id=school_id,
        content=_to_json(_clean(wanted)),
        checked_on=office.local_now().date(),
    )
    set_mark(row, office.marks.mac)
    with office.database.work() as work:
        # Two colleagues at once meet here, before either looks what is there.
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, act)
        before = help_page_of(work.session, school_id)
        if (before.id if before else "") != seen_version:
            raise Changed("help")
        end_help_page(work.session, school_id)
        work.session.add(row)
        record(office, work.session, school_id, by_person_id, "help.change")
        work.commit()


def confirm_help(office: Office, school_id: str, by_person_id: str, seen_version: str) -> None:
    """A person has made sure that it is all still true. Raises NotAllowed, InputRefused, Changed.

    Without a row of its own a school confirms today's defaults, which then become its row.
    """
    if not seen_version:
        _save(office, school_id, by_person_id, Help(), "", Act.CONFIRM_HELP)
        return
    with office.database.work() as work:
        school_locked(work.session, school_id)
        require_as_lead(office, work.session, school_id, by_person_id, Act.CONFIRM_HELP)
        row = help_page_of(work.session, school_id)
        if row is None or row.id != seen_version or not carries_mark(row, office.marks.check):
            raise Changed("help")
        row.checked_on = office.local_now().date()
        record(office, work.session, school_id, by_person_id, "help.check")
        work.commit()


def _clean(wanted: Help) -> Help:
    """Return what may be shown to children. Raises InputRefused(help_…, reason)."""
    helpers = tuple(_clean_helper(helper) for helper in wanted.helpers if helper.name.strip() or helper.place.strip())
    lines = tuple(_clean_line(line) for line in wanted.lines if line.number.strip() or line.words.strip())
    numbers = [line.number for line in lines]
    if len(helpers) > MOST_HELPERS or len(set(numbers) - KNOWN_NUMBERS) > MOST_OWN_LINES:
        raise InputRefused("help_line", "too_many")
    if len(set(numbers)) < len(numbers):
        raise InputRefused("help_line", "twice")
    if not any(line.is_shown for line in lines):
        raise InputRefused("help_line", "none_shown")
    phone_place = _words("help_phone", wanted.phone_place) if wanted.phone_place.strip() else ""
    off_duty_words = _clean_off_duty(wanted) if wanted.off_duty_words.strip() else ""
    return replace(wanted, helpers=helpers, phone_place=phone_place, lines=lines, off_duty_words=off_duty_words)


def _clean_helper(helper: Helper) -> Helper:
    return Helper(_words("help_person", helper.name), _words("help_place", helper.place))


def _clean_line(line: Line) -> Line:
    number = " ".join(line.number.split())
    if not number.isascii() or _NUMBER.fullmatch(number) is None:
        raise InputRefused("help_line", "number")
    hours = _words("help_hours", line.hours) if line.hours.strip() else ""
    return Line(number, _words("help_words", line.words), hours, line.is_shown)


def _clean_off_duty(wanted: Help) -> str:
    words = _words("help_off_duty", wanted.off_duty_words, LONGEST_OFF_DUTY)
    if _DANGER.search(words):
        raise InputRefused("help_off_duty", "danger")
    if not wanted.duty:
        # Without hours nobody knows when they are over: no child would ever see the words.
        raise InputRefused("help_off_duty", "no_hours")
    return words


def _words(field_name: str, text: str, longest: int = _LONGEST) -> str:
    words = clean_name(field_name, text, longest=longest)
    if _FAMILY.search(words):
        raise InputRefused("help", "family")
    return words


def _to_json(content: Help) -> str:
    return json.dumps(
        {
            "helpers": [asdict(helper) for helper in content.helpers],
            "phone_place": content.phone_place,
            "lines": [asdict(line) for line in content.lines],
            "off_duty_words": content.off_duty_words,
            "duty": {str(day): " ".join(map(str, content.duty.get(day, ()))) for day in WEEKDAYS},
        },
        ensure_ascii=False,
    )


def _from_json(text: str) -> Help:
    content: dict[str, Any] = json.loads(text)
    duty: dict[int, tuple[Shift, ...]] = {int(day): read_shifts(words) for day, words in content["duty"].items()}
    return Help(
        helpers=tuple(Helper(**helper) for helper in content["helpers"]),
        phone_place=content["phone_place"],
        lines=tuple(Line(**line) for line in content["lines"]),
        duty={day: shifts for day, shifts in duty.items() if shifts},
        # Pages that were saved before there was such a field have none.
        off_duty_words=content.get("off_duty_words", ""),
    )
