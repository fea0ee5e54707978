"""The second factor: a code of now, once; a slow clock; spare codes; and who takes a lost one off."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from mailbox.errors import Changed, CodeNeeded, CodeRefused, InputRefused, NotAllowed, SessionRefused, WrongPassphrase
from mailbox.office import Office
from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.second_factor import (
    give_code,
    offer,
    put_on,
    renew_spare_codes,
    require_for_readers,
    spare_codes_left,
    take_off,
    take_off_own,
)
from mailbox.rules.roles import LEAD
from mailbox.store.tables import DeskSession, Person, SpareCode
from tests.conftest import PASSPHRASE, SchoolAtWork


def code_at(secret: bytes, office: Office, steps: int = 0) -> str:
    """Return what a telephone shows whose clock is off by some half minutes."""
    return TOTP(secret, 6, SHA1(), 30).generate(int(office.clock().timestamp()) + 30 * steps).decode()  # noqa: S303


def later(office: Office, seconds: int) -> Office:
    return replace(office, clock=lambda: office.clock() + timedelta(seconds=seconds))


def set_up(office: Office, colleague: Colleague) -> tuple[bytes, list[str]]:
    """Put a second factor on; return its secret and the spare codes."""
    offered = offer(office, colleague)
    secret = base64.b32decode(offered.letters.replace(" ", ""))
    assert offered.address.startswith("otpauth://totp/")
    return secret, put_on(office, colleague, offered.wrapped, code_at(secret, office))


def test_after_the_passphrase_nothing_opens_until_the_code_is_given(school: SchoolAtWork) -> None:
    office = school.office
    secret, _ = set_up(office, school.counselor)
    office = later(office, 60)
    cookie = log_in(office, "lin", PASSPHRASE)
    with pytest.raises(CodeNeeded):
        who(office, cookie)
    give_code(office, cookie, code_at(secret, office))
    assert who(office, cookie).has_factor


def test_a_code_opens_once_and_no_earlier_one_after_it(school: SchoolAtWork) -> None:
    office = school.office
    secret, _ = set_up(office, school.counselor)
    with pytest.raises(CodeRefused, match="used"):
        give_code(office, log_in(office, "lin", PASSPHRASE), code_at(secret, office))
    with pytest.raises(CodeRefused, match="used"):
        give_code(office, log_in(office, "lin", PASSPHRASE), code_at(secret, office, -1))
    give_code(office, log_in(office, "lin", PASSPHRASE), code_at(secret, office, 1))


def test_a_clock_that_ran_a_day_ahead_and_is_set_right_keeps_nobody_out(school: SchoolAtWork) -> None:
    office = school.office
    secret, _ = set_up(office, school.counselor)
    corrected = later(office, -60)
    with pytest.raises(CodeRefused, match="used"):
        give_code(corrected, log_in(corrected, "lin", PASSPHRASE), code_at(secret, corrected))
    right = later(office, -86_400)
    cookie = log_in(right, "lin", PASSPHRASE)
    give_code(right, cookie, code_at(secret, right))
    assert who(right, cookie).has_factor
    with pytest.raises(CodeRefused, match="used"):
        give_code(right, log_in(right, "lin", PASSPHRASE), code_at(secret, right))


def test_one_step_beside_now_is_let_pass_and_two_are_not(school: SchoolAtWork) -> None:
    secret, _ = set_up(school.office, school.counselor)
    office = later(school.office, 600)
    for steps in (-2, 2):
        with pytest.raises(CodeRefused):
            give_code(office, log_in(office, "lin", PASSPHRASE), code_at(secret, office, steps))
    give_code(office, log_in(office, "lin", PASSPHRASE), code_at(secret, office, -1))


def test_a_slow_telephone_is_told_by_how_much_and_a_fast_one_learns_nothing(school: SchoolAtWork) -> None:
    secret, _ = set_up(school.office, school.counselor)
    office = later(school.office, 3_600)
    cookie = log_in(office, "lin", PASSPHRASE)
    with pytest.raises(CodeRefused) as slow:
        give_code(office, cookie, code_at(secret, office, -14))
    assert (slow.value.reason, slow.value.minutes) == ("slow_clock", 7)
    with pytest.raises(CodeRefused, match="wrong"):
        give_code(office, cookie, code_at(secret, office, 14))


def test_a_passphrase_without_its_code_is_forgotten_after_five_minutes(school: SchoolAtWork) -> None:
    office = school.office
    secret, _ = set_up(office, school.counselor)
    cookie = log_in(office, "lin", PASSPHRASE)
    late = later(office, 301)
    with pytest.raises(SessionRefused):
        give_code(late, cookie, code_at(secret, late))


def test_a_spare_code_opens_once_however_it_is_written(school: SchoolAtWork) -> None:
    office = school.office
    _, spare = set_up(office, school.counselor)
    assert len(set(spare)) == 10
    give_code(office, log_in(office, "lin", PASSPHRASE), f" {spare[0][:5].upper()}-{spare[0][5:]} ")
    assert spare_codes_left(office, school.counselor) == 9
    with pytest.raises(CodeRefused):
        give_code(office, log_in(office, "lin", PASSPHRASE), spare[0])


def test_new_spare_codes_end_the_old_ones(school: SchoolAtWork) -> None:
    office = school.office
    _, old = set_up(office, school.counselor)
    new = renew_spare_codes(office, school.counselor)
    with pytest.raises(CodeRefused):
        give_code(office, log_in(office, "lin", PASSPHRASE), old[0])
    give_code(office, log_in(office, "lin", PASSPHRASE), new[0])


def test_the_database_keeps_neither_the_secret_nor_a_spare_code(school: SchoolAtWork) -> None:
    secret, spare = set_up(school.office, school.counselor)
    with school.office.database.view() as view:
        person = view.session.get_one(Person, school.counselor.person_id)
        kept = [one.code_tag for one in view.session.query(SpareCode)]
        assert person.wrapped_totp is not None and secret not in person.wrapped_totp
    assert not any(code.encode() in tag for code in spare for tag in kept)


def test_who_can_only_write_the_database_does_not_get_round_it(school: SchoolAtWork) -> None:
    office = school.office
    set_up(office, school.counselor)
    cookie = log_in(office, "lin", PASSPHRASE)
    with office.database.work() as work:
        work.session.query(DeskSession).update({DeskSession.awaits_code: None})
        work.commit()
    with pytest.raises(SessionRefused):
        who(office, cookie)
    with office.database.work() as work:
        work.session.query(Person).update({Person.wrapped_totp: None})
        work.commit()
    with pytest.raises(WrongPassphrase):
        log_in(office, "lin", PASSPHRASE)


def test_a_second_click_does_not_make_the_shown_spare_codes_useless(school: SchoolAtWork) -> None:
    office = school.office
    offered = offer(office, school.counselor)
    secret = base64.b32decode(offered.letters.replace(" ", ""))
    spare = put_on(office, school.counselor, offered.wrapped, code_at(secret, office))
    with pytest.raises(Changed):
        put_on(office, school.counselor, offered.wrapped, code_at(secret, office))
    give_code(office, log_in(office, "lin", PASSPHRASE), spare[9])


def test_one_takes_ones_own_off_with_the_passphrase(school: SchoolAtWork) -> None:
    office = school.office
    set_up(office, school.counselor)
    with pytest.raises(WrongPassphrase):
        take_off_own(office, school.counselor, "这不是口令这不是口令")
    take_off_own(office, school.counselor, PASSPHRASE)
    assert not who(office, log_in(office, "lin", PASSPHRASE)).has_factor


def test_a_colleague_takes_a_lost_one_off_and_a_technician_does_not(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    office = school.office
    he_id, login = second_counselor()
    approve(office, school.school_id, school.counselor.person_id, he_id)
    he = who(office, log_in(office, login, PASSPHRASE))
    set_up(office, he)
    technician = who(office, log_in(office, "jishu", PASSPHRASE))
    for nobody in (technician, he):
        with pytest.raises(NotAllowed):
            take_off(office, nobody, he_id)
    take_off(office, school.counselor, he_id)
    take_off(office, school.counselor, he_id)
    assert not who(office, log_in(office, login, PASSPHRASE)).has_factor


def test_a_lead_asks_every_reader_for_one_after_having_one(school: SchoolAtWork) -> None:
    office = school.office
    token = invite(office, school.school_id, school.counselor.person_id, LEAD, "周老师")
    zhou_id = accept_invitation(office, token, "zhou", PASSPHRASE).person_id
    approve(office, school.school_id, school.counselor.person_id, zhou_id)
    zhou = who(office, log_in(office, "zhou", PASSPHRASE))
    with pytest.raises(NotAllowed):
        require_for_readers(office, school.counselor, wanted=True)
    with pytest.raises(InputRefused):
        require_for_readers(office, zhou, wanted=True)
    set_up(office, zhou)
    require_for_readers(office, zhou, wanted=True)
    assert who(office, log_in(office, "lin", PASSPHRASE)).needs_factor
    assert not who(office, log_in(office, "jishu", PASSPHRASE)).needs_factor
    require_for_readers(office, zhou, wanted=False)
    assert not who(office, log_in(office, "lin", PASSPHRASE)).needs_factor
