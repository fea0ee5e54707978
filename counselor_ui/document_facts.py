"""What the mailbox knows of a school and its papers ask for, by the names of their blanks; in Chinese, as they are.

Owns the words only. What nobody has set is left out: an empty line is better than a wrong promise to a parent.
"""

from __future__ import annotations

from mailbox.alarms.duty import duty_of
from mailbox.office import Office
from mailbox.people.help_page import help_of
from mailbox.people.listing import people_lines, station_lines
from mailbox.people.school_calendar import days_of
from mailbox.people.setup import school_name
from mailbox.people.stations import KIOSK
from mailbox.rules.roles import LEAD

_WEEKDAYS = "一二三四五六日"


def facts_of(office: Office, school_id: str) -> dict[str, str]:
    """Return words by the names of blanks; a blank that is not here, or empty, is for a person to fill in."""
    people = [line for line in people_lines(office, school_id) if line.state == "active"]
    names = {line.id: line.display_name for line in people}
    leads = [line.id for line in people if line.role == LEAD]
    phones, said = duty_of(office, school_id).duty.phones, help_of(office, school_id)
    kiosks = [line for line in station_lines(office, school_id) if line.kind == KIOSK and line.state == "enrolled"]
    settings = office.settings
    return {
        "学校名": school_name(office, school_id),
        "今天的日期": _day(office),
        "看信的老师": _listed([line.display_name for line in people if line.is_reader]),
        "负责人": _listed([names[person_id] for person_id in leads]),
        "负责人的电话": _listed([phones[person_id] for person_id in leads if person_id in phones]),
        "值班领导和电话": _listed([f"{names[one]} {phone}" for one, phone in phones.items() if one in names]),
        "平板的地点": _listed([line.room or line.name for line in kiosks]),
        "开箱时间": _opening(office, school_id),
        "可以找的老师和地方": "，或者".join(f"{one.name}（在{one.place}）" for one in said.helpers),
        "求助电话": _listed([line.number for line in said.shown_lines]),
        "回信的保存天数": str(settings.reply_copy_days),
        "个案的保存天数": str(settings.case_days),
        "谈心的保存天数": str(settings.talk_days),
        "备份的保存天数": str(settings.backup_days),
    }


def _listed(words: list[str]) -> str:
    return "、".join(dict.fromkeys(words))


def _day(office: Office) -> str:
    today = office.local_now().date()
    return f"{today.year} 年 {today.month} 月 {today.day} 日"


def _opening(office: Office, school_id: str) -> str:
    calendar = days_of(office, school_id).calendar
    return f"每周{_WEEKDAYS[calendar.opening_weekday]} {calendar.opening_hour} 点"
