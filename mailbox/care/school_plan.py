"""A school's own crisis plan: its steps instead of ours, one kind of danger at a time, and the way back to ours.

Owns who may change it and what a step may hold. Which kinds there are, and when the law asks for a report, is no
school's to change. Steps name people and telephones, so they lie under the key file; a head reads them without a
reader's key. A row that is not ours counts for nothing: who has the database only must not send a counselor to a
telephone of their own.
"""

from __future__ import annotations

import json
import logging
import re
import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

from mailbox.care.entries import EntryKind, OpenedEntry
from mailbox.care.plan import Plan, Situation, Step, crisis_plan, english_of
from mailbox.errors import BoxNotOpened, Changed, InputRefused, NotAuthentic, NotFound
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.stand_in import require_as_lead
from mailbox.rules.roles import Act
from mailbox.sealing.box import BoxAddress
from mailbox.sealing.wrapping import unwrap, wrap
from mailbox.store.crisis_plans import end_plan, plans_of
from mailbox.store.database import Session
from mailbox.store.marked import check_mark, set_mark
from mailbox.store.people import school_locked
from mailbox.store.tables import SchoolPlan, new_id

_PURPOSE = "care/plan"
MOST_STEPS = 12
LONGEST_WORDS = 120
LONGEST_ENGLISH = 360
LONGEST_WHO = 30
LONGEST_WHEN = 12
_PHONE = re.compile(r"\+?[0-9][0-9 \-]{1,18}[0-9]")
# What no page could show; a half character cannot be kept at all.
_UNSHOWN = frozenset({"Cc", "Cs", "Zl", "Zp"})

_log = logging.getLogger("mailbox.care")


@dataclass(frozen=True)
class SchoolSituation:
    """One kind of danger as a school has it, and as it came. ``version`` names the school's row, empty for ours."""

    now: Situation
    ours: Situation
    version: str

    @property
    def is_own(self) -> bool:
        return self.now != self.ours


def plan_of(office: Office, school_id: str) -> list[SchoolSituation]:
    """Return all kinds of danger in the plan's order."""
    with office.database.view() as view:
        return _situations(office, view.session, school_id)


def plan_in(office: Office, session: Session, school_id: str) -> Plan:
    """Return the plan that the school has today, inside of a view or an act."""
    return replace(crisis_plan(), situations=tuple(one.now for one in _situations(office, session, school_id)))


def plan_kept_in(beginning: Sequence[OpenedEntry], today: Plan) -> Plan:
    """Return the plan that a case began with; today's where its beginning holds none or does not open."""
    for entry in beginning:
        kept = entry.said.get("plan")
        if entry.kind is EntryKind.OPENED and isinstance(kept, Mapping):
            try:
                return Plan.from_json(kept, today.sources)
            except (KeyError, TypeError):
                _log.error("a case's plan could not be read", extra={"row_id": entry.id})
    return today


def situation_of(office: Office, school_id: str, key: str) -> SchoolSituation:
    """Raises NotFound."""
    return _find(plan_of(office, school_id), key)


def save_steps(
    office: Office, school_id: str, by_person_id: str, key: str, steps: Sequence[Step], seen_version: str
) -> None:
    """Do from now on what ``steps`` say, in their order; blank ones are left out. Cases keep the plan they have.

    English that belonged to other words goes. Raises NotAllowed, NotFound, InputRefused (plan_…), and Changed when
    somebody was faster than ``seen_version``.
    """
    wanted = [_clean(step) for step in steps if step.words.strip() or step.who.strip() or step.phone.strip()]
    if not wanted or len(wanted) > MOST_STEPS:
        raise InputRefused("plan_steps", "none_or_too_many")
    with office.database.work() as work:
        before = _to_change(office, work.session, school_id, by_person_id, key, seen_version)
        known = {step.key for step in (*before.now.steps, *before.ours.steps)}
        kept = _with_keys(key, [_with_its_english(step, before) for step in wanted], known)
        end_plan(work.session, school_id, key)
        if tuple(kept) != before.ours.steps:
            work.session.add(_row(office, school_id, key, kept))
        record(office, work.session, school_id, by_person_id, f"plan.change.{key}")
        work.commit()


def restore_steps(office: Office, school_id: str, by_person_id: str, key: str, seen_version: str) -> None:
    """Go back to ours for one kind of danger; where it is ours already nothing changes. Raises as save_steps."""
    with office.database.work() as work:
        before = _to_change(office, work.session, school_id, by_person_id, key, seen_version)
        if not before.version:
            return
        end_plan(work.session, school_id, key)
        record(office, work.session, school_id, by_person_id, f"plan.restore.{key}")
        work.commit()


def _to_change(
    office: Office, session: Session, school_id: str, by_person_id: str, key: str, seen_version: str
) -> SchoolSituation:
    # Two who change it at once meet here, before either looks what is there.
    school_locked(session, school_id)
    require_as_lead(office, session, school_id, by_person_id, Act.CHANGE_CRISIS_PLAN)
    found = _find(_situations(office, session, school_id), key)
    if found.version != seen_version:
        raise Changed("plan")
    return found


def _find(situations: Sequence[SchoolSituation], key: str) -> SchoolSituation:
    for one in situations:
        if one.ours.key == key:
            return one
    raise NotFound("situation")


def _situations(office: Office, session: Session, school_id: str) -> list[SchoolSituation]:
    rows = {row.situation: row for row in plans_of(session, school_id)}
    return [_as_kept(office, one, rows.get(one.key)) for one in crisis_plan().situations]


def _as_kept(office: Office, ours: Situation, row: SchoolPlan | None) -> SchoolSituation:
    if row is None:
        return SchoolSituation(ours, ours, "")
    try:
        check_mark(row, office.marks.check)
        content = unwrap(office.keys.subkey(_PURPOSE), _place(row.school_id, row.id), row.wrapped_steps)
        steps = tuple(Step(**step) for step in json.loads(content))
    except (NotAuthentic, BoxNotOpened, ValueError, TypeError):
        _log.error("a crisis plan is not ours and is not shown", extra={"row_id": row.id})
        # Named, so that who saves the form puts a true one in its place.
        return SchoolSituation(ours, ours, row.id)
    return SchoolSituation(replace(ours, steps=steps), ours, row.id)


def _row(office: Office, school_id: str, situation: str, steps: Sequence[Step]) -> SchoolPlan:
    row_id = new_id()
    content = json.dumps([asdict(step) for step in steps], ensure_ascii=False).encode()
    wrapped = wrap(office.keys.subkey(_PURPOSE), _place(school_id, row_id), content)
    row = SchoolPlan(id=row_id, school_id=school_id, situation=situation, wrapped_steps=wrapped)
    set_mark(row, office.marks.mac)
    return row


def _place(school_id: str, row_id: str) -> BoxAddress:
    return BoxAddress("plan", school_id, row_id)


def _with_keys(situation: str, steps: Sequence[Step], known: set[str]) -> list[Step]:
    """Keep the key of a step that was there, once; every other step gets a new one."""
    kept: list[Step] = []
    for step in steps:
        is_known = step.key in known and step.key not in {other.key for other in kept}
        kept.append(step if is_known else replace(step, key=f"{situation}-{secrets.token_hex(4)}"))
    return kept


def _with_its_english(step: Step, before: SchoolSituation) -> Step:
    """Leave out English that is ours or that was said of other words: a colleague must not follow what was changed."""
    was = next((one for one in before.now.steps if one.key == step.key), None)
    is_stale = was is not None and was.words != step.words and step.english in (was.english, english_of(was.words))
    is_ours = step.english == english_of(step.words)
    return replace(step, english="") if is_stale or is_ours else step


def _clean(step: Step) -> Step:
    """Return a step as it may be kept. Raises InputRefused (plan_words, _english, _who, _when or _phone)."""
    words = _text("plan_words", step.words, LONGEST_WORDS)
    if not words:
        raise InputRefused("plan_words", "blank_or_long")
    phone = " ".join(step.phone.split())
    if phone and (not phone.isascii() or _PHONE.fullmatch(phone) is None):
        raise InputRefused("plan_phone", "number")
    who, when = _text("plan_who", step.who, LONGEST_WHO), _text("plan_when", step.when, LONGEST_WHEN)
    return Step(step.key, words, when, who, phone, _text("plan_english", step.english, LONGEST_ENGLISH))


def _text(field: str, text: str, longest: int) -> str:
    clean = " ".join(text.split())
    if len(clean) > longest or any(unicodedata.category(sign) in _UNSHOWN for sign in clean):
        raise InputRefused(field, "blank_or_long")
    return clean
