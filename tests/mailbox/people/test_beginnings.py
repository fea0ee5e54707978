"""A school's beginnings: ours until changed, hidden or added to, and believed only if they are its own."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound
from mailbox.people.beginnings import (
    MAX_CHINESE,
    MAX_OWN,
    SchoolBeginning,
    add_beginning,
    beginnings_of,
    change_beginning,
    hide_beginning,
    offered_beginnings,
    restore_beginning,
    show_beginning,
)
from mailbox.people.help_page import Help, Helper, save_help
from mailbox.rules.beginnings import BLANK, OURS
from mailbox.store.marked import set_mark
from mailbox.store.tables import AuditRow, Beginning, new_id
from tests.conftest import SchoolAtWork
from triage.protocol import Topic

KEY = "study-1"
OWN = "谢谢你写信来，我们一起想办法。"


def add(school: SchoolAtWork, words: str = OWN, topic: Topic = Topic.STUDY) -> None:
    add_beginning(school.office, school.school_id, school.counselor.person_id, topic, words, "")


def change(school: SchoolAtWork, key: str, words: str = OWN, seen: str = "") -> None:
    change_beginning(school.office, school.school_id, school.counselor.person_id, key, words, "", seen)


def found(school: SchoolAtWork, key: str) -> SchoolBeginning:
    return next(one for one in beginnings_of(school.office, school.school_id) if one.key == key)


def own(school: SchoolAtWork) -> list[SchoolBeginning]:
    return [one for one in beginnings_of(school.office, school.school_id) if not one.is_ours]


def offered(school: SchoolAtWork, *topics: Topic) -> list[str]:
    return [one.chinese for one in offered_beginnings(school.office, school.school_id, topics)]


def act(school: SchoolAtWork, doing: Callable[..., None], key: str) -> None:
    doing(school.office, school.school_id, school.counselor.person_id, key, found(school, key).version)


def test_without_set_up_ours_are_there(school: SchoolAtWork) -> None:
    kept = beginnings_of(school.office, school.school_id)
    assert [one.words for one in kept] == list(OURS.values())
    assert not any(one.is_changed or one.is_hidden or one.version for one in kept)


def test_a_letter_is_offered_its_own_topics_in_their_order(school: SchoolAtWork) -> None:
    texts = offered(school, Topic.PEERS, Topic.STUDY, Topic.PEERS)
    wanted = [one for topic in (Topic.PEERS, Topic.STUDY) for one in OURS.values() if one.topic is topic]
    assert texts == [one.filled("", "").chinese for one in wanted]


def test_the_schools_person_and_place_stand_in_what_is_offered(school: SchoolAtWork) -> None:
    assert BLANK in offered(school, Topic.STUDY)[0]
    named = Help(helpers=(Helper("林老师", "二楼心屋"),))
    save_help(school.office, school.school_id, school.counselor.person_id, named, "")
    text = offered(school, Topic.STUDY)[0]
    assert "二楼心屋" in text and "林老师" in text and BLANK not in text


def test_one_of_the_schools_own_is_offered_beside_ours_and_added_once(school: SchoolAtWork) -> None:
    add(school)
    add(school)
    assert offered(school, Topic.STUDY)[-1] == OWN and len(own(school)) == 1
    assert OWN not in offered(school, Topic.MOOD)


def test_ours_is_said_otherwise_and_given_back(school: SchoolAtWork) -> None:
    change(school, KEY)
    assert found(school, KEY).is_changed and offered(school, Topic.STUDY)[0] == OWN
    act(school, restore_beginning, KEY)
    assert found(school, KEY) == SchoolBeginning(OURS[KEY], True, False, False, "")


def test_a_hidden_one_is_not_offered_until_it_is_shown_again_with_the_words_it_had(school: SchoolAtWork) -> None:
    change(school, KEY)
    act(school, hide_beginning, KEY)
    assert found(school, KEY).is_hidden and OWN not in offered(school, Topic.STUDY)
    act(school, show_beginning, KEY)
    assert offered(school, Topic.STUDY)[0] == OWN


def test_the_schools_own_is_changed_under_its_key_and_removed(school: SchoolAtWork) -> None:
    add(school)
    (mine,) = own(school)
    change(school, mine.key, "谢谢你，我读了两遍。", mine.version)
    assert found(school, mine.key).words.chinese == "谢谢你，我读了两遍。"
    act(school, restore_beginning, mine.key)
    assert own(school) == []


def test_who_is_slower_is_told(school: SchoolAtWork) -> None:
    change(school, KEY)
    with pytest.raises(Changed):
        change(school, KEY, "又一个说法。")
    assert found(school, KEY).words.chinese == OWN


def test_a_technician_changes_none(school: SchoolAtWork) -> None:
    with pytest.raises(NotAllowed):
        add_beginning(school.office, school.school_id, school.technician_id, Topic.STUDY, OWN, "")
    with pytest.raises(NotAllowed):
        hide_beginning(school.office, school.school_id, school.technician_id, KEY, "")


@pytest.mark.parametrize("words", ["", " \n ", "长" * (MAX_CHINESE + 1), "有\x00字", "半\ud800字"])
def test_what_no_page_could_show_is_refused(school: SchoolAtWork, words: str) -> None:
    with pytest.raises(InputRefused):
        add(school, words)
    with pytest.raises(InputRefused):
        change(school, KEY, words)


def test_a_key_that_is_none_is_not_found(school: SchoolAtWork) -> None:
    with pytest.raises(NotFound):
        hide_beginning(school.office, school.school_id, school.counselor.person_id, "study-99", "")


def test_a_school_keeps_a_hundred_of_its_own(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        for number in range(MAX_OWN):
            row = Beginning(id=new_id(), school_id=school.school_id, topic="study", chinese=f"第{number}个", english="")
            row.hidden = False
            set_mark(row, school.office.marks.mac)
            work.session.add(row)
        work.commit()
    with pytest.raises(InputRefused):
        add(school)


def test_words_from_outside_are_not_offered_and_can_be_written_over(school: SchoolAtWork) -> None:
    with school.office.database.work() as work:
        row = Beginning(school_id=school.school_id, topic="study", instead_of=KEY, chinese="打这个电话", english="")
        row.hidden, row.mark = False, b"x" * 32
        work.session.add(row)
        work.commit()
    assert "打这个电话" not in offered(school, Topic.STUDY) and not found(school, KEY).is_changed
    change(school, KEY)
    assert found(school, KEY).words.chinese == OWN


def test_each_change_is_in_the_audit_without_its_words(school: SchoolAtWork) -> None:
    add(school)
    change(school, KEY)
    for doing in (hide_beginning, show_beginning, restore_beginning):
        act(school, doing, KEY)
    with school.office.database.view() as view:
        acts = [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]
    names = ("add", "change", "hide", "show", "restore")
    assert acts[-5:] == [f"beginning.{name}" for name in names]
