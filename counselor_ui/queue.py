"""The list of letters: what is shown of it, what each number counts, and whether it changed since.

Filters stand in the address as fixed words and nothing else; other words are passed over. Asking whether the list
changed is no act of the session: a page that only stands open ends like any other.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import Blueprint, Response, jsonify, render_template, request

from counselor_ui import words
from counselor_ui.guard import colleague
from counselor_ui.help_page import check_is_due
from counselor_ui.retention import first_letters_to_go
from counselor_ui.search import empty_form
from counselor_ui.words import N_
from mailbox.alarms.channels import channel_lines
from mailbox.letters.queueing import MOST_COUNTED, QueueCounts, queue_page, queue_state
from mailbox.openings.when import next_opening_of
from mailbox.people.listing import names_of, people_lines, silent_kiosks, station_lines
from mailbox.rules.find_words import LONGEST
from mailbox.rules.letter_kinds import LetterKind
from mailbox.rules.queue_wish import Mark, QueueWish, Shape
from mailbox.web.current import floods, office
from mailbox.web.language import say

POLL_SECONDS = 20
_MARKS = {
    Mark.UNREAD: (N_("等我看"), N_("里面有还没人打开过的信")),
    Mark.ASKED: (N_("等我的"), N_("同事请我也读一读，或者交给我的")),
    Mark.MINE: (N_("我在处理"), N_("我点了“我来”，还没过时间的")),
    Mark.LATE: (N_("过了期限"), N_("该回的那一天过了，还在等的")),
    Mark.VISIT: (N_("要回访的"), N_("个案里该回访的那天到了")),
}
_MINE_ANSWERED = (N_("我回过的"), N_("里面有我写的回信"))
# Said as whole sentences, because languages put a number in different places.
_LATE = {
    Shape.URGENT: N_("紧急的有 %(number)d 封过了当天"),
    Shape.PERSON: N_("请人看的有 %(number)d 封过了该看的上学日"),
    Shape.SOON: N_("尽快的有 %(number)d 封过了下一个上学日"),
    Shape.ROUTINE: N_("日常的有 %(number)d 封过了开箱"),
}


@dataclass(frozen=True)
class Choice:
    """One thing to show alone: its word, how many there are (None where it is not counted), and what that counts.

    ``level`` gives it a drawing and a colour.
    """

    word: str
    number: int | None
    meaning: str
    level: words.Level | None
    is_on: bool
    arguments: dict[str, object]


def hang(pages: Blueprint) -> None:
    """Hang the list, and the question whether it changed, into the letters' pages."""
    pages.add_url_rule("/", "queue_page", show_list)
    pages.add_url_rule("/state", "queue_state", state)


def show_list() -> str:
    reader = colleague()
    wish = _wish()
    shown = queue_page(office(), reader, wish)
    school_id, now = reader.school_id, office().local_now()
    return render_template(
        "desk/queue.html",
        rows=shown.rows,
        shown=shown,
        wish=wish,
        is_answered=wish.answered,
        answered_number=_badge(shown.counts.answered),
        at_least=shown.total if shown.is_counted else shown.total - 1,
        choices=_choices(wish, shown.counts),
        all_kinds=_arguments(replace(wish, kind=None)),
        by_kind=[(kind, _arguments(replace(wish, kind=kind))) for kind in LetterKind],
        late=[say(_LATE[shape], number=number) for shape, number in shown.counts.late.items() if number],
        only_late=_arguments(QueueWish(marks=frozenset({Mark.LATE}))),
        here=_arguments(replace(wish, page=shown.page)),
        page_before=_arguments(replace(wish, page=shown.page - 1)) if shown.page > 1 else None,
        page_after=_arguments(replace(wish, page=shown.page + 1)) if shown.after else None,
        poll_seconds=POLL_SECONDS,
        search_form=empty_form(),
        longest_search=LONGEST,
        names=names_of(office(), school_id),
        opening=words.until_opening(next_opening_of(office(), school_id), now),
        silent_channels=[line.name for line in channel_lines(office(), school_id) if line.problem],
        help_check_due=check_is_due(school_id),
        silent_kiosks=silent_kiosks(office(), school_id),
        newcomers=[line.display_name for line in people_lines(office(), school_id) if line.state == "waiting"],
        thanks=request.args.get("thanks"),
        goes_first=first_letters_to_go() if not wish.answered else None,
        picks=request.args.get("pick", "") if not wish.answered else "",
        slowed=slowed_kiosks(school_id),
    )


def slowed_kiosks(school_id: str) -> list[tuple[str, str]]:
    """Return id and name of the tablets that had to wait lately because very many letters came from them."""
    names = {line.id: line.name for line in station_lines(office(), school_id)}
    return [(kiosk_id, names[kiosk_id]) for kiosk_id in floods().lately(names)]


def state() -> Response:
    """Say how the list stands, or with 304 that it is as the asker knows it. Numbers only, and no act."""
    found = queue_state(office(), colleague(is_act=False))
    response = jsonify(unread=found.unread)
    response.set_etag(found.tag)
    response.make_conditional(request)
    return response


def _badge(answered: int) -> str:
    """Return the number of answered letters, or one that says that there are more."""
    return f"{answered}" if answered <= MOST_COUNTED else f"{MOST_COUNTED}+"


def _wish() -> QueueWish:
    asked = request.args
    shape, kind, page = asked.get("level"), asked.get("kind"), asked.get("page", "")
    answered = asked.get("tab") == "answered"
    marks = frozenset(Mark(word) for word in asked.getlist("with") if word in set(Mark))
    return QueueWish(
        answered=answered,
        shape=Shape(shape) if shape in set(Shape) and not answered else None,
        marks=marks & {Mark.MINE} if answered else marks,
        kind=LetterKind(kind) if kind in set(LetterKind) else None,
        page=int(page) if page.isascii() and page.isdigit() and len(page) < 6 else 1,
    )


def _arguments(wish: QueueWish) -> dict[str, object]:
    """Return the words of an address that asks for a wish; what is not asked for does not stand there."""
    asked: dict[str, object] = {}
    if wish.answered:
        asked["tab"] = "answered"
    if wish.shape:
        asked["level"] = wish.shape.value
    if wish.marks:
        asked["with"] = sorted(mark.value for mark in wish.marks)
    if wish.kind:
        asked["kind"] = wish.kind.value
    if wish.page > 1:
        asked["page"] = wish.page
    return asked


def _choices(wish: QueueWish, counts: QueueCounts) -> list[Choice]:
    """Return what may be shown alone, each with what its number counts; a level or visits without any are left out."""
    if wish.answered:
        return [_choice_of_mark(wish, Mark.MINE, *_MINE_ANSWERED, None)]
    levels = [_choice_of_level(wish, level, counts) for level in words.shapes()]
    shown = [mark for mark in _MARKS if mark is not Mark.VISIT or counts.visit or mark in wish.marks]
    marks = [_choice_of_mark(wish, mark, *_MARKS[mark], counts.marked(mark)) for mark in shown]
    return [choice for choice in levels if choice.number or choice.is_on] + marks


def _choice_of_level(wish: QueueWish, level: words.Level, counts: QueueCounts) -> Choice:
    shape = Shape(level.shape)
    is_on = wish.shape is shape
    without = replace(wish, shape=None if is_on else shape, page=1)
    return Choice(level.word, counts.shapes[shape], level.meaning, level, is_on, _arguments(without))


def _choice_of_mark(wish: QueueWish, mark: Mark, word: str, meaning: str, number: int | None) -> Choice:
    toggled = replace(wish, marks=wish.marks ^ {mark}, page=1)
    return Choice(say(word), number, say(meaning), None, mark in wish.marks, _arguments(toggled))
