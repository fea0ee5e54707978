"""Two paper slips let one person read again, tell everybody else, and are void afterwards."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from mailbox.care.cases import open_case
from mailbox.care.reading import read_case
from mailbox.errors import Changed, InputRefused, NotFound, SessionRefused, SlipRefused, WrongPassphrase
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, found_school, invite, leave
from mailbox.people.audit import verify
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.new_slips import make_new_slips
from mailbox.people.notices import notice_seen, notices_to
from mailbox.people.recovery import Newcomer, Recovered, come_back, whose_slips
from mailbox.people.slips_typed import TypedSlips, open_typed, seal_typed
from mailbox.people.wishes import SLIPS, ask
from mailbox.rules.roles import COUNSELOR, HEAD
from mailbox.sealing.recovery import RecoveryKey
from mailbox.store.keys import copies_of_holder
from mailbox.store.tables import AuditRow, School, StaffNotice, WeekKeyCopy
from tests.conftest import PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"
PAPER = RecoveryKey.generate().slips()


def logged_in(school: SchoolAtWork, login: str, passphrase: str = PASSPHRASE) -> Colleague:
    return who(school.office, log_in(school.office, login, passphrase))


def send(school: SchoolAtWork, words: str, *, not_for: frozenset[str] = frozenset()) -> None:
    post(school.office, Letter(school.school_id, "kiosk", words, os.urandom(16), not_for))


def forgot(school: SchoolAtWork) -> Recovered:
    """林老师, the only reader, forgot the passphrase, and comes back by the slips."""
    return come_back(school.office, school.slips, school.counselor.person_id, NEW)


def words_read_by(school: SchoolAtWork, colleague: Colleague) -> list[str]:
    threads = [open_thread(school.office, colleague, row.id) for row in queue(school.office, colleague)]
    return sorted(note.content.text if note.content else "?" for thread in threads for note in thread.notes)


@pytest.fixture
def head(school: SchoolAtWork) -> Colleague:
    token = invite(school.office, school.school_id, school.counselor.person_id, HEAD, "校长")
    accept_invitation(school.office, token, "xiaozhang", PASSPHRASE)
    return logged_in(school, "xiaozhang")


@pytest.fixture
def he(school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]) -> Colleague:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    return logged_in(school, login)


# --- back in --------------------------------------------------------------------------------------


def test_the_only_reader_who_forgot_reads_every_week_and_every_case_again(school: SchoolAtWork) -> None:
    send(school, "第一周的信")
    [row] = queue(school.office, school.counselor)
    case_id = open_case(school.office, school.counselor, row.id, ("bullying",), "问过了")
    school.clock.advance(days=8)
    open_what_is_due(school.office)
    send(school, "第二周的信")
    done = forgot(school)
    again = logged_in(school, done.login_name, NEW)
    assert words_read_by(school, again) == ["第一周的信", "第二周的信"]
    assert read_case(school.office, again, case_id).situations == ["bullying"]
    send(school, "以后的信")
    assert "以后的信" in words_read_by(school, again)


def test_the_old_passphrase_and_the_old_sessions_open_nothing(school: SchoolAtWork) -> None:
    cookie = log_in(school.office, "lin", PASSPHRASE)
    forgot(school)
    with pytest.raises(SessionRefused):
        who(school.office, cookie)
    with pytest.raises(WrongPassphrase):
        log_in(school.office, "lin", PASSPHRASE)


def test_a_newcomer_reads_where_all_readers_are_gone(school: SchoolAtWork) -> None:
    send(school, "还有人吗")
    done = come_back(school.office, school.slips, Newcomer("周老师", "zhou"), NEW)
    again = logged_in(school, "zhou", NEW)
    assert again.role == COUNSELOR and again.person_id == done.person_id
    assert words_read_by(school, again) == ["还有人吗"]
    leave(school.office, school.school_id, again.person_id, school.counselor.person_id)


def test_who_waited_to_be_let_in_may_be_the_one(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    send(school, "还有人吗")
    person_id, _ = second_counselor()
    come_back(school.office, school.slips, person_id, NEW)
    assert words_read_by(school, logged_in(school, "he", NEW)) == ["还有人吗"]


def test_neither_a_head_nor_a_technician_comes_back_as_a_reader(school: SchoolAtWork, head: Colleague) -> None:
    assert [name for _, name, _ in whose_slips(school.office, school.slips).readers] == ["林老师"]
    for person_id in (head.person_id, school.technician_id, "0" * 32):
        with pytest.raises(NotFound):
            come_back(school.office, school.slips, person_id, NEW)
    with pytest.raises(InputRefused, match="taken"):
        come_back(school.office, school.slips, Newcomer("周老师", "jishu"), NEW)
    with pytest.raises(InputRefused, match="here"):
        come_back(school.office, school.slips, Newcomer("校长", "zhou"), NEW)


def test_a_weak_passphrase_is_refused_and_nothing_changes(school: SchoolAtWork) -> None:
    with pytest.raises(InputRefused):
        come_back(school.office, school.slips, school.counselor.person_id, "password1234")
    assert logged_in(school, "lin").is_reader


# --- everybody is told ----------------------------------------------------------------------------


def test_everybody_else_is_told_until_they_say_that_they_know(
    school: SchoolAtWork, he: Colleague, head: Colleague
) -> None:
    forgot(school)
    technician = logged_in(school, "jishu")
    for one in (he, head, technician):
        [notice] = notices_to(school.office, one)
        assert (notice.kind, notice.name) == ("slips_used", "林老师")
    notice_seen(school.office, head, notices_to(school.office, head)[0].id)
    assert notices_to(school.office, head) == []
    assert len(notices_to(school.office, technician)) == 1
    assert notices_to(school.office, logged_in(school, "lin", NEW)) == []


def test_the_audit_has_it_and_its_chain_holds(school: SchoolAtWork) -> None:
    forgot(school)
    with school.office.database.view() as view:
        acts = view.session.scalars(select(AuditRow.act)).all()
        verify(school.office, view.session, school.school_id)
    assert acts.count("slips.used") == 1


def test_a_notice_that_somebody_wrote_into_the_database_says_nothing(school: SchoolAtWork, head: Colleague) -> None:
    forgot(school)
    with school.office.database.work() as work:
        work.session.execute(update(StaffNotice).values(kind="slips_made"))
        work.commit()
    assert notices_to(school.office, head) == []


# --- the slips afterwards -------------------------------------------------------------------------


def test_used_slips_are_void_and_the_new_ones_open_everything(school: SchoolAtWork) -> None:
    send(school, "第一封")
    fresh = forgot(school).slips
    assert fresh is not None
    with pytest.raises(SlipRefused, match="void"):
        come_back(school.office, school.slips, school.counselor.person_id, NEW)
    send(school, "第二封")
    come_back(school.office, fresh, school.counselor.person_id, PASSPHRASE)
    assert words_read_by(school, logged_in(school, "lin")) == ["第一封", "第二封"]


def test_who_came_back_by_the_command_is_asked_to_make_new_slips(school: SchoolAtWork) -> None:
    done = come_back(school.office, school.slips, school.counselor.person_id, NEW, makes_slips=False)
    assert done.slips is None
    assert [one.kind for one in notices_to(school.office, logged_in(school, "lin", NEW))] == ["make_slips"]


def test_slips_that_let_somebody_in_by_the_command_let_in_nobody_else(school: SchoolAtWork, head: Colleague) -> None:
    come_back(school.office, school.slips, school.counselor.person_id, NEW, makes_slips=False)
    for again in (
        lambda: whose_slips(school.office, school.slips),
        lambda: come_back(school.office, school.slips, Newcomer("周老师", "zhou"), PASSPHRASE),
    ):
        with pytest.raises(SlipRefused, match="spent"):
            again()
    # Somebody tried used slips: the staff is to know.
    assert "slips_failed" in {one.kind for one in notices_to(school.office, head)}


def test_letters_go_on_being_sealed_to_spent_slips_and_new_ones_open_them(school: SchoolAtWork) -> None:
    come_back(school.office, school.slips, school.counselor.person_id, NEW, makes_slips=False)
    send(school, "用过以后的信")
    lin = logged_in(school, "lin", NEW)
    ask(school.office, lin, SLIPS, lin.person_id)
    made = make_new_slips(school.office, lin, NEW)
    come_back(school.office, made.slips, lin.person_id, PASSPHRASE)
    assert words_read_by(school, logged_in(school, "lin")) == ["用过以后的信"]


def test_nobody_who_has_the_database_only_makes_spent_slips_good_again(school: SchoolAtWork) -> None:
    come_back(school.office, school.slips, school.counselor.person_id, NEW, makes_slips=False)
    with school.office.database.work() as work:
        work.session.execute(update(School).values(slips_spent=None))
        work.commit()
    with pytest.raises(SlipRefused):
        whose_slips(school.office, school.slips)


def test_the_same_slips_in_two_hands_at_once_let_one_in(school: SchoolAtWork) -> None:
    def one(name: str) -> str:
        try:
            return come_back(school.office, school.slips, Newcomer(name, f"login-{name}"), NEW).login_name
        except (Changed, SlipRefused) as refused:
            return type(refused).__name__

    with ThreadPoolExecutor(2) as hands:
        came = list(hands.map(one, ("周老师", "吴老师")))
    assert len([name for name in came if name.startswith("login-")]) == 1


# --- slips that are none --------------------------------------------------------------------------


def test_swapped_slips_are_as_good(school: SchoolAtWork) -> None:
    first, second = school.slips
    come_back(school.office, (second, first), school.counselor.person_id, NEW)
    assert logged_in(school, "lin", NEW).is_reader


def test_slips_of_another_school_open_the_other_school_and_not_this_one(school: SchoolAtWork) -> None:
    office = school.office
    other_id, token = found_school(office, "白水小学", opening_weekday=4, opening_hour=15)
    technician = accept_invitation(office, token, "other", PASSPHRASE).person_id
    arrival = accept_invitation(office, invite(office, other_id, technician, COUNSELOR, "马老师"), "ma", PASSPHRASE)
    assert arrival.slips is not None
    assert whose_slips(office, arrival.slips).school_id == other_id
    with pytest.raises(NotFound):
        come_back(office, arrival.slips, school.counselor.person_id, NEW)
    with pytest.raises(SlipRefused):
        whose_slips(office, (school.slips[0], arrival.slips[1]))


def test_slips_of_nobody_here_are_told_to_the_staff_and_to_the_audit(school: SchoolAtWork, head: Colleague) -> None:
    with pytest.raises(SlipRefused, match="another school"):
        whose_slips(school.office, RecoveryKey.generate().slips())
    assert [one.kind for one in notices_to(school.office, head)] == ["slips_failed"]
    # Many tries in one day are one notice.
    with pytest.raises(SlipRefused):
        whose_slips(school.office, RecoveryKey.generate().slips())
    assert len(notices_to(school.office, head)) == 1
    with school.office.database.view() as view:
        assert view.session.scalars(select(AuditRow.act)).all().count("slips.refused") == 2


def test_a_damaged_box_stays_and_keeps_nothing_else_from_opening(school: SchoolAtWork) -> None:
    send(school, "这一封还在")
    [spoilt] = weeks_of(school)
    school.clock.advance(days=8)
    open_what_is_due(school.office)
    send(school, "这一封也在")
    with school.office.database.work() as work:
        query = select(WeekKeyCopy).where(WeekKeyCopy.week_key_id == spoilt, WeekKeyCopy.holder_id == "recovery")
        work.session.scalars(query).one().box = b"\x01 nothing that opens"
        work.commit()
    done = forgot(school)
    assert done.resealed.damaged == 1
    assert words_read_by(school, logged_in(school, "lin", NEW)) == ["?", "这一封也在"]


def weeks_of(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return list(copies_of_holder(view.session, school.counselor.person_id))


# --- typing ---------------------------------------------------------------------------------------


def typed(slip: list[str]) -> str:
    """Type a slip as it is printed: a number before each word, a few words a line."""
    return "\n".join(f"{place}. {word}" for place, word in enumerate(slip, start=1))


def test_two_people_type_one_slip_each(school: SchoolAtWork) -> None:
    first, second = school.slips
    so_far = TypedSlips()
    assert so_far.which == 1
    so_far = so_far.with_slip(typed(first))
    assert so_far.which == 2
    so_far = so_far.with_slip("".join(second))
    assert so_far.which == 0
    assert whose_slips(school.office, so_far.pair).school_id == school.school_id


def test_a_wrong_word_is_named_by_its_place_and_typed_again_alone() -> None:
    first, _ = PAPER
    wrong = [*first]
    wrong[6], wrong[20] = "龘", "hello"
    so_far = TypedSlips().with_slip(" ".join(wrong))
    assert (so_far.gaps, so_far.which) == ([7, 21], 1)
    so_far = so_far.with_words({7: first[6], 21: "龘"})
    assert so_far.gaps == [21]
    assert so_far.with_words({21: first[20]}).slips == (tuple(first),)


@pytest.mark.parametrize(("spoil", "reason"), [(slice(0, 23), "needs 24"), (slice(0, 0), "needs 24")])
def test_a_slip_that_is_too_short_is_refused(spoil: slice, reason: str) -> None:
    with pytest.raises(SlipRefused, match=reason) as refused:
        TypedSlips().with_slip("".join(PAPER[0][spoil]))
    assert refused.value.which == 1


def test_two_words_that_changed_places_are_found() -> None:
    first, _ = PAPER
    at = next(n for n in range(23) if first[n] != first[n + 1] and _breaks_when_swapped(first, n))
    swapped = [*first[:at], first[at + 1], first[at], *first[at + 2 :]]
    with pytest.raises(SlipRefused, match="a word is not right"):
        TypedSlips().with_slip("".join(swapped))


def _breaks_when_swapped(slip: list[str], at: int) -> bool:
    try:
        TypedSlips().with_slip("".join([*slip[:at], slip[at + 1], slip[at], *slip[at + 2 :]]))
    except SlipRefused:
        return True
    return False


def test_one_slip_typed_twice_is_told_apart_from_a_wrong_one() -> None:
    first, _ = PAPER
    with pytest.raises(SlipRefused, match="the same slip twice"):
        TypedSlips().with_slip("".join(first)).with_slip("".join(first))


def test_what_was_typed_travels_sealed_for_one_browser_and_half_an_hour(school: SchoolAtWork) -> None:
    so_far = TypedSlips().with_slip("".join(school.slips[0]))
    sealed = seal_typed(school.office, "one browser", so_far)
    assert open_typed(school.office, "one browser", sealed) == so_far
    assert not any(word in sealed for word in school.slips[0])
    for cookie in ("another browser", ""):
        with pytest.raises(Exception, match="forged"):
            open_typed(school.office, cookie, sealed)
    school.clock.advance(minutes=31)
    with pytest.raises(Exception, match="stale"):
        open_typed(school.office, "one browser", sealed)
