"""What a school says about help: true without set-up, changed by counselors only, and believed only if it is ours."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date

import pytest

from mailbox.errors import Changed, InputRefused, NotAllowed
from mailbox.people.help_page import DEFAULT_LINES, Help, Helper, Line, confirm_help, help_of, save_help
from mailbox.rules.duty import read_shifts
from mailbox.store.marked import set_mark
from mailbox.store.tables import AuditRow, HelpPage
from tests.conftest import SchoolAtWork

WANTED = Help(
    helpers=(Helper("林老师", "二楼心理室"),),
    phone_place="传达室",
    lines=(
        *DEFAULT_LINES[:2],
        replace(DEFAULT_LINES[4], hours="白天晚上都有人接"),
        Line("0571-123 4567", "区里的辅导站"),
    ),
    duty={0: read_shifts("8:00-12:00，13:30-17:00")},
    off_duty_words="晚上一楼值班室有老师，敲门就可以。",
)


def save(school: SchoolAtWork, wanted: Help = WANTED, seen: str = "") -> None:
    save_help(school.office, school.school_id, school.counselor.person_id, wanted, seen)


def shown(school: SchoolAtWork) -> Help:
    return help_of(school.office, school.school_id)


def acts(school: SchoolAtWork) -> list[str]:
    with school.office.database.view() as view:
        return [row.act for row in view.session.query(AuditRow).order_by(AuditRow.place)]


def test_without_set_up_the_numbers_are_there_and_no_hours_are_claimed(school: SchoolAtWork) -> None:
    said = shown(school)
    assert [line.number for line in said.shown_lines] == ["12356", "12355", "12338", "12309", "110", "120"]
    assert not any(line.hours for line in said.lines) and said.checked_on is None and not said.duty


def test_what_is_saved_is_shown_and_was_checked_today(school: SchoolAtWork) -> None:
    save(school)
    said = shown(school)
    assert replace(said, checked_on=None, version="") == WANTED
    assert said.checked_on == date(2026, 3, 2)
    assert acts(school)[-1] == "help.change"


def test_a_later_check_moves_the_day_and_nothing_else(school: SchoolAtWork) -> None:
    save(school)
    before = shown(school)
    school.clock.advance(days=91)
    confirm_help(school.office, school.school_id, school.counselor.person_id, before.version)
    assert shown(school) == replace(before, checked_on=date(2026, 6, 1))
    assert acts(school)[-1] == "help.check"


def test_the_defaults_can_be_confirmed_as_they_are(school: SchoolAtWork) -> None:
    confirm_help(school.office, school.school_id, school.counselor.person_id, "")
    said = shown(school)
    assert (said.lines, said.checked_on) == (DEFAULT_LINES, date(2026, 3, 2))


def test_only_counselors_change_it(school: SchoolAtWork) -> None:
    with pytest.raises(NotAllowed):
        save_help(school.office, school.school_id, school.technician_id, WANTED, "")
    with pytest.raises(NotAllowed):
        confirm_help(school.office, school.school_id, school.technician_id, "")
    assert shown(school) == Help()


def test_two_counselors_do_not_overwrite_each_other_unseen(school: SchoolAtWork) -> None:
    save(school)
    with pytest.raises(Changed):
        save(school, Help())
    with pytest.raises(Changed):
        confirm_help(school.office, school.school_id, school.counselor.person_id, "0" * 32)
    assert shown(school).phone_place == "传达室"
    save(school, Help(), shown(school).version)
    assert shown(school).phone_place == ""


def test_a_number_written_straight_into_the_database_reaches_no_child(school: SchoolAtWork) -> None:
    save(school)
    with school.office.database.work() as work:
        row = work.session.query(HelpPage).one()
        row.content = row.content.replace("12356", "10086")
        work.commit()
    assert shown(school) == Help(version=row.id)
    # It cannot be confirmed into a mark of ours either, but a counselor can write it anew.
    with pytest.raises(Changed):
        confirm_help(school.office, school.school_id, school.counselor.person_id, row.id)
    save(school, WANTED, shown(school).version)
    assert shown(school).phone_place == "传达室"


@pytest.mark.parametrize(
    ("wrong", "field", "reason"),
    [
        (replace(WANTED, helpers=(Helper("林老师", ""),)), "help_place", "blank_or_long"),
        (replace(WANTED, helpers=(Helper("林" * 31, "办公室"),)), "help_person", "blank_or_long"),
        (replace(WANTED, helpers=(Helper("你的妈妈", "家里"),)), "help", "family"),
        (replace(WANTED, lines=(Line("12356", "打给爸爸"),)), "help", "family"),
        (replace(WANTED, lines=(Line("一二三", "热线"),)), "help_line", "number"),
        (replace(WANTED, lines=(Line("javascript:1", "热线"),)), "help_line", "number"),
        (replace(WANTED, lines=(Line("１２３５６", "热线"),)), "help_line", "number"),
        (replace(WANTED, lines=(Line("12356\u202e", "热线"),)), "help_line", "number"),
        (replace(WANTED, lines=(Line("1" * 8_000, "热线"),)), "help_line", "number"),
        (replace(WANTED, lines=(Line("12356", "字" * 8_000),)), "help_words", "blank_or_long"),
        (replace(WANTED, lines=(Line("12356", ""),)), "help_words", "blank_or_long"),
        (replace(WANTED, lines=(Line("12356", "热线", "早" * 31),)), "help_hours", "blank_or_long"),
        (replace(WANTED, lines=(Line("12356", "热线"), Line("12356", "热线"))), "help_line", "twice"),
        (replace(WANTED, lines=(Line("12356", "热线", is_shown=False),)), "help_line", "none_shown"),
        (replace(WANTED, lines=tuple(Line(f"1234{n}", "热线") for n in range(5))), "help_line", "too_many"),
        (replace(WANTED, phone_place="传达\u2028室"), "help_phone", "blank_or_long"),
        (replace(WANTED, off_duty_words="字" * 61), "help_off_duty", "blank_or_long"),
        (replace(WANTED, off_duty_words="晚上\n敲门"), "help_off_duty", "blank_or_long"),
        (replace(WANTED, off_duty_words="晚上告诉家长"), "help", "family"),
        (replace(WANTED, off_duty_words="想自杀的时候去传达室"), "help_off_duty", "danger"),
        (replace(WANTED, duty={}), "help_off_duty", "no_hours"),
    ],
)
def test_what_children_should_not_be_told_is_refused(
    school: SchoolAtWork, wrong: Help, field: str, reason: str
) -> None:
    with pytest.raises(InputRefused) as refused:
        save(school, wrong)
    assert (refused.value.field, refused.value.reason) == (field, reason)
    assert shown(school) == Help()


def test_a_page_saved_before_there_were_words_for_nights_has_none(school: SchoolAtWork) -> None:
    save(school, replace(WANTED, off_duty_words=""))
    with school.office.database.work() as work:
        row = work.session.query(HelpPage).one()
        content = json.loads(row.content)
        del content["off_duty_words"]
        row.content = json.dumps(content, ensure_ascii=False)
        set_mark(row, school.office.marks.mac)
        work.commit()
    assert replace(shown(school), checked_on=None, version="") == replace(WANTED, off_duty_words="")


def test_the_longest_page_fits_into_its_column(school: SchoolAtWork) -> None:
    longest = "字" * 30
    lines = [Line(line.number, longest, longest) for line in DEFAULT_LINES]
    lines += [Line(f"0571-1234-5678-9012{n}"[:20], longest, longest) for n in range(4)]
    shifts = read_shifts("10:00-11:00 12:00-13:00 14:00-15:00 16:00-17:00")
    helpers = (Helper(longest, longest),) * 3
    save(school, Help(helpers, longest, tuple(lines), dict.fromkeys(range(7), shifts), "字" * 60))
    with school.office.database.view() as view:
        assert len(view.session.query(HelpPage).one().content) < 4_000
