"""The weekly summary: how many letters came and what became of them. Numbers only, for those who read letters.
What is closed to who looks is in no number.

Small numbers are shown here, because a reader knows the letters anyway; nobody else gets this page.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template

from counselor_ui import words
from counselor_ui.guard import colleague, guard
from counselor_ui.people import staff
from counselor_ui.words import N_
from mailbox.errors import NotAllowed
from mailbox.openings.summary import WeekSummary, week_summaries
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("summary", __name__, url_prefix="/desk/summary", template_folder="templates")
guard(pages)


@dataclass(frozen=True)
class Line:
    """One line of the table: what is counted, what that means, and its number in each week."""

    name: str
    meaning: str
    numbers: tuple[int, ...]
    level: str | None


_LINES = (
    ("received", N_("收到"), N_("这一周孩子投进来的信，包括又写来的"), None),
    ("urgent", N_("紧急"), N_("电脑认为当天就要看的"), "urgent"),
    ("unscreened", N_("请人看"), N_("电脑没读懂或没能读完，要人来看的"), "unscreened"),
    ("soon", N_("尽快"), N_("电脑认为下一个上学日之前要看的"), "soon"),
    ("routine", N_("日常"), N_("开箱前看就可以的"), "routine"),
    ("read", N_("看过"), N_("这一周的信里，已经有老师打开的"), None),
    ("answered", N_("已回信"), N_("这一周的信里，现在已经有回信的"), None),
    ("waiting", N_("还在等"), N_("这一周的信里，现在还没有回信的"), None),
    ("pranks", N_("恶作剧"), N_("这一周的信里，老师标成恶作剧、不用回的"), None),
    ("replies", N_("写出的回信"), N_("这一周老师写好封好的回信，也有回以前的信的"), None),
    ("collected", N_("取走的回信"), N_("这些回信里，孩子已经来看过的"), None),
    ("holding", N_("先说一声"), N_("这一周写的“读过了，正在想怎么回”，不算回信"), None),
    ("raised_by_people", N_("老师调高"), N_("老师觉得比电脑说的更急，改高了级别"), None),
    ("lowered_by_people", N_("老师调低"), N_("老师觉得没有电脑说的那么急，改低了级别"), None),
    ("eased_by_people", N_("其中从紧急调低"), N_("原来是紧急，老师看过觉得不是：有同事同意，或写清了理由"), None),
)


@pages.get("/")
def summary_page() -> str:
    us = staff()
    if us.me not in us.readers:
        raise NotAllowed("only readers")
    weeks = week_summaries(office(), colleague())
    return render_template("desk/summary.html", weeks=weeks, lines=_lines(weeks), words=words)


def _lines(weeks: list[WeekSummary]) -> list[Line]:
    return [
        Line(say(name), say(meaning), tuple(getattr(week, field) for week in weeks), level)
        for field, name, meaning, level in _LINES
    ]
