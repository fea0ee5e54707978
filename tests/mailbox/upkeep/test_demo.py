"""The demonstration shows letters in every state on any day of the week, and is as sound as a real school."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from mailbox.letters.collect import collect
from mailbox.letters.desk import OpenedThread, open_thread, queue
from mailbox.office import Office
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.stations import KIOSK, SIREN, enroll, identify
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.roles import TECHNICIAN
from mailbox.store.marked import check_mark
from mailbox.store.tables import Base, Note, is_id
from mailbox.upkeep.demo import PASSPHRASE, STORY, Demonstration, make_school
from tests.support.clock import FixedClock
from tests.support.fixtures import database_of_kind
from tests.support.remembered import Remembered
from triage.assessor import DEFAULT_MODEL, Assessor
from triage.protocol import Urgency

# What day of the week it is, is asked of one kind of database; whether all of it stands there, of both.
on_both_kinds = pytest.mark.parametrize("database_url", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind(getattr(request, "param", "sqlite"), request, tmp_path)


@pytest.fixture(scope="module")
def assessor() -> Assessor:
    return Assessor.load(DEFAULT_MODEL)


@pytest.fixture(scope="module")
def demonstrations() -> Remembered[Demonstration]:
    """The school as it was made, once on each kind of database."""
    return Remembered()


@pytest.fixture
def shown(office: Office, demonstrations: Remembered[Demonstration]) -> Demonstration:
    return demonstrations.once(office.database.engine.dialect.name, office.database, lambda: make_school(office))


def logged_in(office: Office, login_name: str) -> Colleague:
    return who(office, log_in(office, login_name, PASSPHRASE))


def threads(office: Office, reader: Colleague) -> list[OpenedThread]:
    rows = [*queue(office, reader), *queue(office, reader, answered=True)]
    return [open_thread(office, reader, row.id) for row in rows]


@pytest.mark.parametrize("days_after_monday", [0, 4, 5, 6])
def test_a_visitor_finds_letters_in_every_state(
    office: Office, clock: FixedClock, assessor: Assessor, days_after_monday: int
) -> None:
    office = replace(office, assess=assessor.assess)
    clock.advance(days=days_after_monday)
    make_school(office)
    with office.database.view() as view:
        assert set(view.session.scalars(select(Note.read))) == {True, False}
    seen = threads(office, logged_in(office, "lin"))
    assert len(seen) == len(STORY["letters"])
    assert {thread.row.urgency for thread in seen} == set(Urgency)
    assert {thread.row.state for thread in seen} == {"waiting", "answered"}
    assert {reply.state for thread in seen for reply in thread.replies} == {"held", "released"}
    assert {thread.kind for thread in seen} == set(LetterKind)
    assert any(note.content and note.content.parts for thread in seen for note in thread.notes)
    for state in ("passed_on", "claimed_by", "closed", "overdue", "wrote_again"):
        assert any(getattr(thread.row, state) for thread in seen), state
    assert any(thread.corrections for thread in seen)


@on_both_kinds
def test_everything_in_it_opens_and_verifies(office: Office, shown: Demonstration) -> None:
    lin = logged_in(office, "lin")
    for thread in threads(office, lin):
        assert all(note.content for note in thread.notes)
        assert all(reply.text for reply in thread.replies)
        assert all(correction.reason for correction in thread.corrections)
    collected = collect(office, lin.school_id, shown.answered.code)
    assert [reply.text for reply in collected.replies] == [STORY["letters"][0]["reply"]]
    with office.database.view() as view:
        assert verify(office, view.session, lin.school_id) > len(STORY["letters"])
        for table in Base.__subclasses__():
            for row in view.session.scalars(select(table)):
                assert is_id(row.id), table
                if hasattr(row, "mark"):
                    check_mark(row, office.marks.check)


@on_both_kinds
@pytest.mark.usefixtures("shown")
def test_a_letter_closed_to_one_counselor_is_not_there_for_them(office: Office) -> None:
    barred = [letter["words"] for letter in STORY["letters"] if letter.get("not_for") == "he"]
    seen_by_he = threads(office, logged_in(office, "he"))
    assert len(barred) == 1 and len(seen_by_he) == len(STORY["letters"]) - 1
    assert not any(note.content and note.content.text in barred for thread in seen_by_he for note in thread.notes)


@on_both_kinds
def test_its_people_log_in_and_its_links_enrol(office: Office, shown: Demonstration) -> None:
    *counselors, newcomer = [logged_in(office, login_name) for login_name in shown.counselors]
    assert [colleague.display_name for colleague in counselors] == ["林老师", "何老师"]
    assert newcomer.display_name == "周老师"
    assert logged_in(office, shown.technician).role == TECHNICIAN
    for kind, token in ((KIOSK, shown.kiosk_token), (SIREN, shown.siren_token)):
        _, cookie = enroll(office, token)
        assert identify(office, cookie, kind).school_id == newcomer.school_id
