"""保存与删除: how long everything is kept, what goes next and when, what went, and what is held. Numbers only."""

from __future__ import annotations

from flask import Blueprint, render_template

from counselor_ui.guard import colleague, guard
from counselor_ui.marked_text import visible
from counselor_ui.words import N_
from mailbox.people.listing import names_of
from mailbox.upkeep.first_to_go import first_to_go
from mailbox.upkeep.gone import COUNTED, GoneDay
from mailbox.upkeep.retention_report import GoingDay, retention_for
from mailbox.web.current import office
from mailbox.web.language import say

pages = Blueprint("retention", __name__, url_prefix="/desk/retention", template_folder="templates")
guard(pages)

_GONE = {
    "conversations": N_("%(number)d 次往来"),
    "letters": N_("里面有信 %(number)d 封"),
    "parts": N_("画和录音 %(number)d 份"),
    "answers": N_("回信 %(number)d 封"),
    "child_copies": N_("孩子那份回信 %(number)d 封"),
    "cases": N_("个案 %(number)d 个"),
    "talks": N_("谈心记录 %(number)d 份"),
}


@pages.get("/")
def retention_page() -> str:
    me = colleague()
    shown = retention_for(office(), me)
    return render_template(
        "school/retention.html",
        shown=shown,
        gone=[(line, _numbers(line, sees_all=shown.sees_all)) for line in shown.gone],
        names=names_of(office(), me.school_id),
        visible=visible,
    )


def first_letters_to_go() -> GoingDay | None:
    """Return the first letters of a term that go soon, for the list's notice."""
    return first_to_go(office(), colleague())


def _numbers(line: GoneDay, *, sees_all: bool) -> list[str]:
    numbers = line.all_numbers if sees_all else line.numbers
    return [say(_GONE[word], number=numbers[word]) for word in COUNTED if numbers.get(word)]
