"""One weekly paper with everything around its numbers: title, what it says of itself, wishes, a lesson to suggest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from counselor_ui.papers.rows import Section, sections
from mailbox.openings.week_reports import Report
from mailbox.rules.weekly_paper import BLOCK_WEEKS, Paper, Version, paper_of
from mailbox.web.language import day, say
from triage.protocol import Topic

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_RECENT = 8
_FOR_THE_HEAD = N_("悄悄话信箱每周小结（校长阅）")
TITLES = {Version.SCHOOL: N_("悄悄话信箱每周小结"), Version.BUREAU: N_("悄悄话信箱小结（报教育局）")}
_LESSONS: Mapping[Topic, str] = {
    Topic.SELF_HARM: N_("难受到不想活的时候，找谁，怎么说：求助的路要一条条走给孩子看。"),
    Topic.ABUSE: N_("谁也不可以打你：什么是伤害，可以告诉谁。"),
    Topic.SEXUAL_HARM: N_("我的身体我做主：不舒服的碰触、不能守的秘密、可以找的人。"),
    Topic.BULLYING: N_("看见欺凌时，旁边的人能做什么。"),
    Topic.HARM_OTHERS: N_("气到想动手的时候，先做哪三件事。"),
    Topic.SAFETY: N_("一个人的时候怎样安全：网上的陌生人、水、路、不舒服时找谁。"),
    Topic.MOOD: N_("给情绪起名字：难过、害怕、生气各在身体哪里，怎样陪它过去。"),
    Topic.MISSING_PARENTS: N_("想爸爸妈妈的时候：写信、打电话、身边还有谁。"),
    Topic.FAMILY: N_("大人吵架不是你的错：听到的时候可以怎么做。"),
    Topic.PEERS: N_("怎样加入，怎样邀请，吵架以后怎样和好。"),
    Topic.STUDY: N_("考试以前睡不着：学习的压力可以怎样分成小步。"),
    Topic.TEACHER: N_("怎样对老师说出不同的想法，老师怎样听。"),
    Topic.GROWING_UP: N_("身体在长大：什么是正常的，可以问谁。"),
    Topic.HARDSHIP: N_("家里难的时候，学校有哪些帮助，开口不丢人。"),
    Topic.HABITS: N_("手机和我：怎样商量一个自己守得住的约定。"),
}


@dataclass(frozen=True)
class WholePaper:
    """What all three faces show."""

    paper: Paper
    title: str
    school_name: str
    notes: tuple[str, ...]
    sections: tuple[Section, ...]
    words: tuple[tuple[date, str], ...]
    lesson: str
    small_print: str


def recent_weeks(reports: Sequence[Report]) -> list[Report]:
    """Return the last eight weeks, and those before them that stand in one block of four with the first."""
    first = max(0, len(reports) - _RECENT)
    return list(reports[first - first % BLOCK_WEEKS :])


def whole_paper(
    reports: Sequence[Report],
    version: Version,
    origin: date,
    school_name: str,
    printed_on: date,
    audit_head: str,
    *,
    for_head: bool = False,
) -> WholePaper:
    """Put a paper together from frozen weeks, one at least, oldest first. Words go to the school's version only.

    ``for_head``: the school's version under the head's own title; more numbers than the school's are nobody's.

    ``audit_head`` goes into the small print: who keeps the paper can later show that no act before it was cut off.
    """
    paper = paper_of([report.week for report in reports], version, origin)
    notes = [
        say("这里只有数字，没有信里的话。少于%(count)d的数字不写出来；会让人算出它的，也不写。", count=paper.threshold),
        say("每周的数字在那一周结束时定下来，以后不再改。合计只加写出来的数，有“+”就是还有没写出来的。"),
    ]
    if for_head:
        notes.append(say("这一份给校长，数字和给学校看的那一份一样。"))
    if any(column.is_block for column in paper.columns):
        notes.append(say("信少的时候，四周合在一起写。"))
    uncounted = [report.week.ends_on for report in reports if report.week.topics is None]
    if uncounted:
        notes.append(say("到%(day)s的那一周起，话题还没有数：要等一位看信的老师开箱以后来数。", day=day(uncounted[0])))
    words = [(report.week.ends_on, report.words) for report in reports if report.words]
    return WholePaper(
        paper=paper,
        title=say(_FOR_THE_HEAD if for_head else TITLES[version]),
        school_name=school_name,
        notes=tuple(notes),
        sections=tuple(sections(paper)),
        words=tuple(words) if version is Version.SCHOOL else (),
        lesson=lesson_of(paper),
        small_print=say("%(day)s印出；记录的链头 %(head)s", day=day(printed_on), head=audit_head),
    )


def lesson_of(paper: Paper) -> str:
    """Suggest the lesson of the topic that is shown most often in the newest block; nothing where none is shown."""
    shown = paper.topics[-1].topics if paper.topics else {}
    sums = {topic: shown.get(topic.value) or 0 for topic in _LESSONS}
    topic = max(sums, key=lambda one: sums[one])
    return say(_LESSONS[topic]) if sums[topic] else ""
