"""Two colleagues who act in the same moment follow one another."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from mailbox.errors import MailboxError
from mailbox.people.arrivals import approve, leave
from mailbox.people.audit import verify
from mailbox.people.listing import people_lines
from tests.conftest import SchoolAtWork


def test_two_readers_who_put_each_other_out_at_once_leave_one(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    lin, (he, _) = school.counselor.person_id, second_counselor()
    approve(school.office, school.school_id, lin, he)

    def put_out(pair: tuple[str, str]) -> bool:
        try:
            leave(school.office, school.school_id, *pair)
        except MailboxError:
            return False
        return True

    with ThreadPoolExecutor(2) as hands:
        assert sorted(hands.map(put_out, [(lin, he), (he, lin)])) == [False, True]
    readers = [line for line in people_lines(school.office, school.school_id) if line.role == "counselor"]
    assert [line.state for line in readers] == ["active"]
    with school.office.database.view() as view:
        assert verify(school.office, view.session, school.school_id) > 0
