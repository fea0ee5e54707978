"""That a tablet is on: one number to the half hour, no history, and gone with the tablet."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from mailbox.errors import NotAllowed, NotAuthentic, NotFound
from mailbox.people.listing import silent_kiosks, station_lines
from mailbox.people.signs import still_there
from mailbox.people.stations import KIOSK, change_station, enroll, identify, invite_station, withdraw
from mailbox.store.tables import Station, StationSign
from tests.conftest import SchoolAtWork


@pytest.fixture
def cookie(school: SchoolAtWork) -> str:
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三楼走廊", "教学楼 302 旁", 2)
    return enroll(school.office, token)[1]


def kept(school: SchoolAtWork) -> list[int]:
    with school.office.database.view() as view:
        return [sign.heard_at for sign in view.session.query(StationSign)]


def test_only_the_half_hour_is_kept_and_only_the_last_one(school: SchoolAtWork, cookie: str) -> None:
    school.clock.advance(minutes=17, seconds=42)
    still_there(school.office, cookie)
    school.clock.advance(minutes=5)
    still_there(school.office, cookie)
    assert kept(school) == [int(datetime(2026, 3, 2, 2, 0, tzinfo=UTC).timestamp())]
    school.clock.advance(hours=3)
    still_there(school.office, cookie)
    assert kept(school) == [int(datetime(2026, 3, 2, 5, 0, tzinfo=UTC).timestamp())]


def test_the_desk_learns_the_day_and_nothing_finer(school: SchoolAtWork, cookie: str) -> None:
    assert station_lines(school.office, school.school_id)[0].heard_on is None
    still_there(school.office, cookie)
    assert station_lines(school.office, school.school_id)[0].heard_on == date(2026, 3, 2)


def test_a_school_day_of_silence_is_noticed(school: SchoolAtWork, cookie: str) -> None:
    still_there(school.office, cookie)
    school.clock.advance(days=1)
    assert silent_kiosks(school.office, school.school_id) == []
    school.clock.advance(days=1)
    assert silent_kiosks(school.office, school.school_id) == ["三楼走廊"]
    still_there(school.office, cookie)
    assert silent_kiosks(school.office, school.school_id) == []


def test_a_withdrawn_tablet_tells_nothing_and_leaves_no_sign(school: SchoolAtWork, cookie: str) -> None:
    still_there(school.office, cookie)
    station = identify(school.office, cookie, KIOSK)
    withdraw(school.office, school.school_id, school.technician_id, station.id)
    assert kept(school) == []
    with pytest.raises(NotFound):
        still_there(school.office, cookie)


def test_a_sign_of_a_clock_that_ran_ahead_is_moved_back_so_that_silence_is_noticed(
    school: SchoolAtWork, cookie: str
) -> None:
    school.clock.advance(days=30)
    still_there(school.office, cookie)
    school.clock.advance(days=-30)
    still_there(school.office, cookie)
    school.clock.advance(days=2)
    assert silent_kiosks(school.office, school.school_id) == ["三楼走廊"]


def test_a_sign_from_the_future_breaks_no_page(school: SchoolAtWork, cookie: str) -> None:
    still_there(school.office, cookie)
    with school.office.database.work() as work:
        work.session.query(StationSign).update({"heard_at": 2**60})
        work.commit()
    assert station_lines(school.office, school.school_id)[0].heard_on == date(2026, 3, 2)


def test_place_and_grade_are_kept_and_changed_by_who_enrols(school: SchoolAtWork, cookie: str) -> None:
    line = station_lines(school.office, school.school_id)[0]
    assert (line.room, line.grade) == ("教学楼 302 旁", 2)
    change_station(school.office, school.school_id, school.technician_id, line.id, "图书角", " ", None)
    changed = station_lines(school.office, school.school_id)[0]
    assert (changed.name, changed.room, changed.grade) == ("图书角", None, None)
    # It stays enrolled.
    assert identify(school.office, cookie, KIOSK).name == "图书角"
    with pytest.raises(NotAllowed):
        change_station(school.office, school.school_id, school.counselor.person_id, line.id, "别处", None, 3)


@pytest.mark.parametrize("forged", [{"room": "别的楼"}, {"grade": 9}, {"room": None}])
def test_a_place_written_straight_into_the_database_is_not_believed(
    school: SchoolAtWork, cookie: str, forged: dict[str, object]
) -> None:
    station = identify(school.office, cookie, KIOSK)
    with school.office.database.work() as work:
        work.session.query(Station).update(forged)  # type: ignore[arg-type]
        work.commit()
    with pytest.raises(NotFound):
        identify(school.office, cookie, KIOSK)
    with pytest.raises(NotAuthentic):
        change_station(school.office, school.school_id, school.technician_id, station.id, "图书角", None, None)
