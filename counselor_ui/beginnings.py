"""The beginnings of replies: read, say otherwise, hide, give ours back, add one's own.

Who may not change them sees them. What is refused stays in its form; advice of the gentle check stands beside the
school's own words and forbids nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, make_response, render_template
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import check_words, words
from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.errors import Changed, Clash, InputRefused, MailboxError, NotAllowed, NotKept, TextRefused
from mailbox.people.beginnings import (
    MAX_CHINESE,
    MAX_ENGLISH,
    SchoolBeginning,
    add_beginning,
    beginnings_of,
    change_beginning,
    hide_beginning,
    restore_beginning,
    show_beginning,
)
from mailbox.people.stand_in import may_as_lead
from mailbox.rules.gentle_check import look_again
from mailbox.rules.roles import Act, may
from mailbox.web.current import office
from triage.protocol import Topic

pages = Blueprint("beginnings", __name__, url_prefix="/desk/beginnings", template_folder="templates")
guard(pages)

_DOING = {"hide": hide_beginning, "show": show_beginning, "restore": restore_beginning}
_REFUSED = (InputRefused, TextRefused, Changed, Clash, NotKept)


@dataclass(frozen=True)
class Typed:
    """What a refused form held: whose beginning it was (empty for a new one) and its words."""

    key: str = ""
    topic: str = ""
    chinese: str = ""
    english: str = ""


@pages.get("/")
def beginnings_page() -> str:
    return _page()


@pages.post("/")
def change() -> AnyResponse:
    form, me = sent_form("beginnings"), colleague()
    typed, seen = _typed(form), form.get("version", "")
    doing = _DOING.get(form.get("do", ""))
    try:
        if doing is not None:
            doing(office(), me.school_id, me.person_id, typed.key, seen)
        else:
            change_beginning(
                office(), me.school_id, me.person_id, typed.key, typed.chinese, typed.english, seen_version=seen
            )
    except _REFUSED as refused:
        return _again(typed, refused)
    return back_to("beginnings.beginnings_page", _anchor=typed.key)


@pages.post("/add")
def add() -> AnyResponse:
    form, me = sent_form("beginnings-add"), colleague()
    typed = _typed(form)
    try:
        add_beginning(office(), me.school_id, me.person_id, _topic(typed.topic), typed.chinese, typed.english)
    except _REFUSED as refused:
        return _again(typed, refused)
    return back_to("beginnings.beginnings_page", _anchor=typed.topic)


def _again(typed: Typed, refused: MailboxError) -> AnyResponse:
    return make_response(_page(typed, sentence_for(refused)), status_of(refused))


def _page(typed: Typed | None = None, problem: str = "") -> str:
    me = colleague()
    if not may(me.role, Act.SEE_BEGINNINGS):
        raise NotAllowed(Act.SEE_BEGINNINGS.value)
    kept = beginnings_of(office(), me.school_id)
    return render_template(
        "desk/beginnings.html",
        by_topic=[(topic, words.topic(topic), [one for one in kept if one.words.topic is topic]) for topic in Topic],
        may_change=may_as_lead(office(), me.school_id, me.person_id, Act.CHANGE_BEGINNINGS),
        advice=_advice,
        typed=typed or Typed(),
        problem=problem,
        most_chinese=MAX_CHINESE,
        most_english=MAX_ENGLISH,
    )


def _advice(one: SchoolBeginning) -> list[str]:
    """Return the gentle check's advice on a school's own words, each once; ours were checked."""
    if one.is_ours and not one.is_changed:
        return []
    finds = [*look_again(one.words.chinese), *look_again(one.words.english)]
    return list(dict.fromkeys(check_words.advice(find) for find in finds))


def _typed(form: MultiDict[str, str]) -> Typed:
    return Typed(*(form.get(name, "") for name in ("key", "topic", "chinese", "english")))


def _topic(value: str) -> Topic:
    try:
        return Topic(value)
    except ValueError:
        raise InputRefused("beginning", "topic") from None
