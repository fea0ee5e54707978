"""Cases as their readers see them: the list, one case opened with the reader's own key, and its drawings and voices.

What does not open is shown as such and takes nothing else down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from mailbox.care.access import case_to_change
from mailbox.care.entries import CASE_ENCLOSURE, CaseKeys, EntryKind, OpenedEntry, open_entry
from mailbox.care.plan import Plan
from mailbox.care.school_plan import plan_in, plan_kept_in
from mailbox.errors import BoxNotOpened, NotFound
from mailbox.letters.desk import OpenedPart, require_reader
from mailbox.media.clean import MEDIA_TYPES
from mailbox.office import Office
from mailbox.people.audit import record
from mailbox.people.login import Colleague
from mailbox.sealing.box import BoxAddress
from mailbox.store.care import case_seen_by, cases_seen_by, enclosure_of, entries_of, first_entry_of, follow_ups_of
from mailbox.store.database import Session
from mailbox.store.letters import thread_seen_by
from mailbox.store.marked import carries_mark
from mailbox.store.tables import Case


@dataclass(frozen=True)
class FollowUpLine:
    """One of a case's four visits."""

    id: str
    step: str
    due_on: date
    done: bool


@dataclass(frozen=True)
class CaseLine:
    """A case in a list; ``opened_on`` and ``situations`` are sealed, and missing where they do not open."""

    id: str
    thread_id: str
    state: str
    outcome: str | None
    closed_thread: bool
    next_due: date | None
    opened_on: date | None = None
    situations: tuple[str, ...] = ()


@dataclass(frozen=True)
class OpenedCase:
    """A case as its reader sees it: entries in their order, situations, and which steps of the plan are done.

    ``plan`` is the one that the case began with; today's for who cannot open its beginning.
    """

    line: CaseLine
    entries: list[OpenedEntry] = field(repr=False)
    follow_ups: list[FollowUpLine]
    plan: Plan
    has_thread: bool
    has_gap: bool

    def of_kind(self, *kinds: str) -> list[OpenedEntry]:
        return [entry for entry in self.entries if entry.kind in kinds]

    @property
    def situations(self) -> list[str]:
        chosen = self.of_kind(EntryKind.OPENED, EntryKind.SITUATION)
        return [str(one) for one in chosen[-1].said.get("situations", ())] if chosen else []

    def ticked(self, step: str) -> OpenedEntry | None:
        """Return who did a step of the plan and when; None if nobody did, or if the tick was taken back."""
        ticks = [entry for entry in self.of_kind(EntryKind.STEP) if entry.said.get("step") == step]
        return ticks[-1] if ticks and ticks[-1].said.get("done") else None

    def entry(self, entry_id: str, kind: EntryKind) -> OpenedEntry:
        """Raises NotFound."""
        for entry in self.of_kind(kind):
            if entry.id == entry_id:
                return entry
        raise NotFound(kind)


def case_lines(office: Office, colleague: Colleague) -> list[CaseLine]:
    """Return the cases this reader may see, those with the next visit first. Raises NotAllowed."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        keys = CaseKeys(view.session, colleague)
        cases = cases_seen_by(view.session, colleague.school_id, colleague.person_id)
        lines = [case_line(view.session, case, _beginning(office, view.session, keys, case)) for case in cases]
    return sorted(lines, key=lambda line: (line.state != "open", line.next_due or date.max, line.id))


def read_case(office: Office, colleague: Colleague, case_id: str) -> OpenedCase:
    """Open a case and note in the audit who did. Raises NotAllowed, NotFound, NotAuthentic."""
    with office.database.work() as work:
        session = work.session
        case = case_to_change(office, session, colleague, case_id)
        keys, kept = CaseKeys(session, colleague), entries_of(session, case.id)
        entries = [open_entry(office, keys, entry) for entry in kept]
        opened = OpenedCase(
            case_line(session, case),
            entries,
            [
                FollowUpLine(row.id, row.step, row.due_on, row.done)
                for row in follow_ups_of(session, case.id)
                if carries_mark(row, office.marks.check)
            ],
            plan_kept_in(entries[:1], plan_in(office, session, case.school_id)),
            thread_seen_by(session, case.thread_id, case.school_id, colleague.person_id) is not None,
            [entry.place for entry in kept] != list(range(1, len(kept) + 1)),
        )
        record(office, session, case.school_id, colleague.person_id, "case.read", case.id)
        work.commit()
    return opened


def has_step(office: Office, colleague: Colleague, case_id: str, step: str) -> bool:
    """Say whether the plan that a case began with has this step. Raises NotAllowed, NotFound."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        case = case_seen_by(view.session, case_id, colleague.school_id, colleague.person_id)
        if case is None:
            raise NotFound("case")
        beginning = _beginning(office, view.session, CaseKeys(view.session, colleague), case)
        today = plan_in(office, view.session, case.school_id)
        return plan_kept_in([beginning] if beginning else [], today).has_step(step)


def open_enclosure(office: Office, colleague: Colleague, case_id: str, part_id: str) -> OpenedPart:
    """Open a drawing or a recording of a case. Raises NotAllowed, NotFound. Its page was audited already."""
    with office.database.view() as view:
        require_reader(office, view.session, colleague)
        case = case_seen_by(view.session, case_id, colleague.school_id, colleague.person_id)
        part = enclosure_of(view.session, case_id, part_id) if case else None
        if part is None or part.kind not in MEDIA_TYPES:
            raise NotFound("enclosure")
        address = BoxAddress(CASE_ENCLOSURE, part.case_id, part.part_id)
        try:
            content = CaseKeys(view.session, colleague).open(address, part.case_key_id, part.box)
        except BoxNotOpened:
            raise NotFound("enclosure") from None
        return OpenedPart(MEDIA_TYPES[part.kind], content)


def _beginning(office: Office, session: Session, keys: CaseKeys, case: Case) -> OpenedEntry | None:
    first = first_entry_of(session, case.id)
    return open_entry(office, keys, first) if first else None


def case_line(session: Session, case: Case, beginning: OpenedEntry | None = None) -> CaseLine:
    due = min((row.due_on for row in follow_ups_of(session, case.id) if not row.done), default=None)
    known = (case.id, case.thread_id, case.state, case.outcome, case.closed_thread, due)
    if beginning is None or beginning.kind is not EntryKind.OPENED:
        return CaseLine(*known)
    return CaseLine(*known, beginning.on, tuple(map(str, beginning.said.get("situations", ()))))
