"""The audit chain finds a row that was changed, taken out, added or moved, and by a noted head an end that is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner
from sqlalchemy import func, select

from mailbox.errors import NotAuthentic
from mailbox.people.audit import audit_head, has_head, record, verify
from mailbox.people.audit_commands import audit_commands
from mailbox.store.database import Session
from mailbox.store.marked import set_mark
from mailbox.store.people import audit_rows
from mailbox.store.tables import AuditRow, new_id
from tests.conftest import SchoolAtWork

Tampering = Callable[[Session, SchoolAtWork], object]


def changed(session: Session, _school: SchoolAtWork) -> None:
    session.query(AuditRow).filter_by(place=2).update({"act": "nothing.happened"})


def changed_in_time(session: Session, _school: SchoolAtWork) -> None:
    session.query(AuditRow).filter_by(place=2).update({"moment_seconds": 0})


def missing(session: Session, _school: SchoolAtWork) -> None:
    session.query(AuditRow).filter_by(place=2).delete()


def missing_and_closed_up(session: Session, _school: SchoolAtWork) -> None:
    session.query(AuditRow).filter_by(place=2).delete()
    for place in range(3, session.scalar(select(func.max(AuditRow.place))) + 1):  # type: ignore[operator]
        session.query(AuditRow).filter_by(place=place).update({"place": place - 1})


def added(session: Session, school: SchoolAtWork) -> None:
    last = audit_rows(session, school.school_id)[-1]
    forged = {
        name: getattr(last, name) for name in ("school_id", "person_id", "act", "subject_id", "moment_seconds", "mark")
    }
    session.add(AuditRow(id=new_id(), place=last.place + 1, previous_mark=last.mark, **forged))
    session.flush()


def added_in_a_copy(session: Session, school: SchoolAtWork) -> None:
    """A row with a mark of ours, from another place of the chain."""
    rows = audit_rows(session, school.school_id)
    twin = {
        name: getattr(rows[1], name)
        for name in ("school_id", "person_id", "act", "subject_id", "moment_seconds", "previous_mark", "mark")
    }
    session.add(AuditRow(id=new_id(), place=rows[-1].place + 1, **twin))
    session.flush()


def moved(session: Session, _school: SchoolAtWork) -> None:
    for before, after in ((2, 1_000), (3, 2), (1_000, 3)):
        session.query(AuditRow).filter_by(place=before).update({"place": after})


@pytest.mark.parametrize(
    "tampering",
    [changed, changed_in_time, missing, missing_and_closed_up, added, added_in_a_copy, moved],
    ids=lambda one: one.__name__,
)
def test_a_changed_chain_is_found(school: SchoolAtWork, tampering: Tampering) -> None:
    with school.office.database.work() as work:
        assert verify(school.office, work.session, school.school_id) >= 4
        tampering(work.session, school)
        work.session.expire_all()
        with pytest.raises(NotAuthentic):
            verify(school.office, work.session, school.school_id)


def test_the_command_ends_with_an_error_at_a_broken_chain_and_names_the_school_of_a_whole_one(
    school: SchoolAtWork,
) -> None:
    command = audit_commands(lambda: school.office)
    whole = CliRunner().invoke(command, ["verify"])
    assert (whole.exit_code, "青山小学" in whole.output) == (0, True)
    with school.office.database.work() as work:
        changed(work.session, school)
        work.commit()
    broken = CliRunner().invoke(command, ["verify"])
    assert broken.exit_code == 1 and "审计链断了" in broken.output


def test_a_chain_whose_end_was_cut_off_is_found_by_a_head_that_was_noted(school: SchoolAtWork) -> None:
    noted = audit_head(school.office, school.school_id)
    with school.office.database.work() as work:
        record(school.office, work.session, school.school_id, None, "opening")
        assert has_head(work.session, school.school_id, f" {noted.upper()} ")
        for row in audit_rows(work.session, school.school_id)[-2:]:
            work.session.delete(row)
        work.session.flush()
        assert verify(school.office, work.session, school.school_id) >= 3
        assert not has_head(work.session, school.school_id, noted)


def test_the_head_is_short_and_changes_with_every_act(school: SchoolAtWork) -> None:
    before = audit_head(school.office, school.school_id)
    assert [len(group) for group in before.split("-")] == [4, 4, 4]
    with school.office.database.work() as work:
        record(school.office, work.session, school.school_id, None, "opening")
        work.commit()
    assert audit_head(school.office, school.school_id) != before


def test_a_mark_of_ours_is_needed_and_not_only_the_chain(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        last = audit_rows(work.session, school.school_id)[-1]
        row = AuditRow(
            id=new_id(),
            school_id=school.school_id,
            place=last.place + 1,
            act="login",
            moment_seconds=0,
            previous_mark=last.mark,
        )
        set_mark(row, lambda _kind, _fields: bytes(32))
        work.session.add(row)
        work.session.flush()
        with pytest.raises(NotAuthentic):
            verify(school.office, work.session, school.school_id)
