"""The rows of a weekly paper: what each is called, what it means, and its cells. Every face shows these and no others.

A cell is a number, words, None for a hidden number, or "" where there is nothing to show.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from counselor_ui import words
from mailbox.rules.suppression import Shown
from mailbox.rules.weekly_paper import BLOCK_WEEKS, Column, Paper, Wait
from mailbox.web.language import say, short_day
from triage.protocol import Topic

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

Cell = int | str | None


@dataclass(frozen=True)
class Row:
    """One line. ``key`` names it for charts; ``total`` adds up the shown cells, with a + where some are hidden.

    ``usual``: the mean of the four weeks before the newest, to compare that with; empty where one of them is not shown.
    """

    key: str
    name: str
    cells: tuple[Cell, ...]
    total: Cell
    is_part: bool = False
    usual: str = ""


@dataclass(frozen=True)
class Section:
    """A table of its own: ``key`` names the chart, ``spans`` the first and last week's end of each column."""

    key: str
    title: str
    hint: str
    rows: tuple[Row, ...]
    spans: tuple[tuple[date, date], ...]

    @property
    def has_bars(self) -> bool:
        """Whether a chart of it would show anything: where all is hidden, an empty frame says less than the table."""
        drawn = [row for row in self.rows if row.is_part] or self.rows
        return any(isinstance(cell, int) and cell > 0 for row in drawn for cell in row.cells)

    @property
    def has_usual(self) -> bool:
        """Whether the newest week can be compared with the four before it."""
        return any(row.usual for row in self.rows)

    @property
    def heads(self) -> list[str]:
        """What stands above each column: the week's last day, or that of four weeks."""
        return [
            short_day(last) if first == last else say("到%(last)s的四周", last=short_day(last))
            for first, last in self.spans
        ]


_LEVELS = {"urgent": N_("紧急"), "unscreened": N_("请人看"), "soon": N_("尽快"), "routine": N_("日常")}
_KINDS = {
    "whisper": N_("悄悄话"),
    "for_classmate": N_("替同学说"),
    "to_parents": N_("两地书"),
    "meet": N_("想见老师"),
    "again": N_("又写来的信"),
}
_READING = {"read": N_("看过"), "unread": N_("还没看")}
_ANSWER = {"answered": N_("已回信"), "waiting": N_("还在等"), "prank": N_("恶作剧")}
_COLLECTED = {"collected": N_("孩子来看过"), "not_yet": N_("还没来看")}
_SINGLES = {
    "late": N_("看晚了"),
    "raised": N_("老师调高"),
    "missed": N_("其中电脑没看出紧急"),
    "lowered": N_("老师调低"),
    "eased": N_("其中从紧急调低"),
    "reports": N_("按规定报告"),
    "holding": N_("先说一声，不算回信"),
}
_WAITS = {"reading": N_("到第一次看"), "reply": N_("到第一封回信")}


def sections(paper: Paper) -> list[Section]:
    """Return the tables of a paper in the order in which they are read."""
    return [
        _cut_section(paper, "level", N_("收到的信"), N_("按电脑第一次说的急不急"), _LEVELS),
        _cut_section(paper, "kind", N_("写给谁"), N_("孩子自己选的"), _KINDS),
        _section(
            paper,
            "care",
            N_("看与回"),
            N_("这一周的信，到周末为止"),
            [
                *_parts(paper, lambda column: column.letters, "reading", _READING),
                *_parts(paper, lambda column: column.letters, "answer", _ANSWER),
                *_singles(paper, ("late",)),
            ],
        ),
        _section(paper, "waits", N_("等了多久"), N_("上学的半天：中位数，十封里最慢的一封"), _waits(paper)),
        _section(
            paper,
            "replies",
            N_("回信"),
            N_("这一周写出的回信"),
            [
                _row(paper, "replies", say(N_("写出")), [column.replies.total for column in paper.columns]),
                *_parts(paper, lambda column: column.replies, "collected", _COLLECTED),
                *_singles(paper, ("holding",)),
            ],
        ),
        _section(
            paper,
            "people",
            N_("人的判断"),
            N_("老师改了电脑说的级别，和按强制报告的规定报告了几次；电脑说了几封紧急，看“收到的信”"),
            _singles(paper, ("raised", "missed", "lowered", "eased", "reports")),
        ),
        _topics(paper),
    ]


def cell_in_words(cell: Cell, threshold: int) -> str:
    """Return a cell as it is read: a hidden number says that it is one."""
    return say("少于%(count)d或不公布", count=threshold) if cell is None else str(cell)


def _cut_section(paper: Paper, cut: str, title: str, hint: str, names: Mapping[str, str]) -> Section:
    total = _row(paper, "total", say(N_("一共")), [column.letters.total for column in paper.columns])
    return _section(paper, cut, title, hint, [total, *_parts(paper, lambda column: column.letters, cut, names)])


def _section(paper: Paper, key: str, title: str, hint: str, rows: Sequence[Row]) -> Section:
    spans = tuple((column.first_ends_on, column.ends_on) for column in paper.columns)
    return Section(key, say(title), say(hint), tuple(rows), spans)


def _parts(paper: Paper, of: Callable[[Column], Shown], cut: str, names: Mapping[str, str]) -> list[Row]:
    shown = [of(column).cuts[cut] for column in paper.columns]
    return [_row(paper, key, say(name), [cells[key] for cells in shown], is_part=True) for key, name in names.items()]


def _singles(paper: Paper, keys: Sequence[str]) -> list[Row]:
    # Weeks that ended before something was counted have no number of it.
    return [_row(paper, key, say(_SINGLES[key]), [column.singles.get(key) for column in paper.columns]) for key in keys]


def _waits(paper: Paper) -> list[Row]:
    return [
        Row(key, say(name), tuple(_wait_cell(column.waits[key]) for column in paper.columns), "")
        for key, name in _WAITS.items()
    ]


def _wait_cell(wait: Wait | None) -> Cell:
    return None if wait is None else f"{wait.median:g} / {wait.ninetieth:g}"


def _topics(paper: Paper) -> Section:
    counted = {topic: [block.topics.get(topic.value, 0) for block in paper.topics] for topic in Topic if paper.topics}
    # Blocks of four weeks, which no single week is compared with.
    rows = [replace(_row(paper, one.value, words.topic(one), cells), usual="") for one, cells in counted.items()]
    title, hint = say(N_("话题")), say(N_("四周合在一起；老师开箱以后数的，一封信可以有几个话题"))
    return Section("topics", title, hint, tuple(rows), tuple((b.first_ends_on, b.ends_on) for b in paper.topics))


def _row(paper: Paper, key: str, name: str, cells: Sequence[Cell], *, is_part: bool = False) -> Row:
    counted = [cell for cell in cells if not isinstance(cell, str)]
    total, is_more = paper.total(counted)
    return Row(key, name, tuple(cells), f"{total}+" if is_more else total, is_part, _usual(paper, cells))


def _usual(paper: Paper, cells: Sequence[Cell]) -> str:
    """Return the mean of the four weeks before the newest: of shown numbers alone, so that it tells nothing new."""
    columns, before = paper.columns[-1 - BLOCK_WEEKS : -1], cells[-1 - BLOCK_WEEKS : -1]
    numbers = [cell for cell in before if isinstance(cell, int)]
    if len(columns) < BLOCK_WEEKS or any(column.is_block for column in columns) or len(numbers) < BLOCK_WEEKS:
        return ""
    return f"{round(sum(numbers) / BLOCK_WEEKS, 1):g}"
