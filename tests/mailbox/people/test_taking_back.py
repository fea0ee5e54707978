"""An invitation whose link was lost is taken back by whoever may invite."""

from __future__ import annotations

import pytest

from mailbox.errors import NotAllowed, NotFound
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, checked_login, found_school, invitation, invite, leave
from mailbox.people.listing import people_lines
from mailbox.people.roster import COUNSELOR
from tests.conftest import PASSPHRASE, SchoolAtWork


def test_a_technician_takes_back_the_first_counselors_invitation(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", 4, 15)
    technician_id = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    lost = invite(office, school_id, technician_id, COUNSELOR, "林老师")
    invited = next(line for line in people_lines(office, school_id) if line.state == "invited")
    leave(office, school_id, technician_id, invited.id)
    with pytest.raises(NotFound):
        accept_invitation(office, lost, "lin", PASSPHRASE)


def test_a_technician_takes_back_no_invitation_of_the_readers(school: SchoolAtWork) -> None:
    invite(school.office, school.school_id, school.counselor.person_id, COUNSELOR, "何老师")
    invited = next(line for line in people_lines(school.office, school.school_id) if line.state == "invited")
    with pytest.raises(NotAllowed):
        leave(school.office, school.school_id, school.technician_id, invited.id)


def test_the_only_one_who_can_log_in_cannot_leave(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", 4, 15)
    technician_id = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    with pytest.raises(NotAllowed):
        leave(office, school_id, technician_id, technician_id)


def test_only_the_first_counselors_invitation_makes_the_slips(office: Office) -> None:
    school_id, token = found_school(office, "青山小学", 4, 15)
    assert not invitation(office, token).makes_slips
    technician_id = accept_invitation(office, token, "jishu", PASSPHRASE).person_id
    first = invite(office, school_id, technician_id, COUNSELOR, "林老师")
    assert invitation(office, first).makes_slips
    lin = accept_invitation(office, first, "lin", PASSPHRASE).person_id
    second = invitation(office, invite(office, school_id, lin, COUNSELOR, "何老师"))
    assert (second.display_name, second.makes_slips) == ("何老师", False)


def test_a_login_name_is_kept_without_the_blanks_around_it() -> None:
    assert checked_login(" lin ", PASSPHRASE) == "lin"
