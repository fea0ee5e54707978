"""Paper notes (纸条): the form for typing one in, and the slip with its code, which is shown once.

The code stands in the answer to the form and nowhere else: in no address, no log, no cookie. A second click shows the
same one. What was typed stays in the form until it is kept.
"""

from __future__ import annotations

from datetime import date

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import words
from counselor_ui.guard import colleague, form_nonce, guard, sent_form, status_of
from counselor_ui.sentences import sentence_for
from mailbox.errors import AlreadySent, InputRefused, NotKept, PassRefused, TextRefused
from mailbox.kiosk.pinyin import read_aloud
from mailbox.letters.found import FoundOnPaper
from mailbox.letters.paper import enter_note, readers_to_choose
from mailbox.letters.picture_words import PICTURES
from mailbox.letters.post import MAX_CHARACTERS
from mailbox.rules.school_week import HALVES, half_day
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

pages = Blueprint("paper_notes", __name__, url_prefix="/desk/paper-notes", template_folder="templates")
guard(pages)

# What is printed is for a child, so it is Chinese whatever language the desk is read in.
_FOR_THE_CHILD = (
    "你放进木箱的纸条，老师收到了。",
    "在信箱的平板上点“看回信”，再按顺序点这六张图，就能看到回信。",
    "别给人看。丢了也没关系，再写一张就好。",
)


@pages.get("/new")
def new_note_page() -> str:
    # From one note of a pile to the next the day stays; it is no secret, as it stands in the list as well.
    return _form(on=request.args.get("on", ""), half=request.args.get("half", ""))


@pages.post("/new")
def new_note() -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    text, on, half = text_of(request, "words"), request.form.get("on", ""), request.form.get("half", "")
    barred, taken = frozenset(request.form.getlist("not_for")), "take" in request.form
    try:
        sent_form("paper-note")
        found = FoundOnPaper(_day(on), half, me.person_id, taken)
        entered = enter_note(office(), me, text, found, barred, form_nonce())
    except AlreadySent:
        return make_response(render_template("desk/paper_slip.html", pairs=[], on=on, half=half))
    except (InputRefused, TextRefused, PassRefused, NotKept) as refused:
        page = _form(text, on, half, barred, taken, problem=sentence_for(refused))
        return make_response(page, status_of(refused))
    pictures = [PICTURES[index] for index in entered.posted.code.pictures]
    page = render_template(
        "desk/paper_slip.html",
        pairs=[pictures[place : place + 2] for place in range(0, len(pictures), 2)],
        nobody_left=entered.posted.nobody_left,
        is_repeat=entered.posted.is_repeat,
        row=entered.row,
        sentences=[read_aloud(sentence) for sentence in _FOR_THE_CHILD],
        words=words,
        on=on,
        half=half,
    )
    return make_response(page)


def _form(
    text: str = "",
    on: str = "",
    half: str = "",
    barred: frozenset[str] = frozenset(),
    taken: bool = False,
    problem: str = "",
) -> str:
    now = office().local_now()
    return render_template(
        "desk/paper_note.html",
        readers=readers_to_choose(office(), colleague()),
        typed=text,
        on=on if _is_day(on) else now.date().isoformat(),
        half=half if half in HALVES else half_day(now),
        halves=words.halves(),
        barred=barred,
        taken=taken,
        problem=problem,
        today=now.date().isoformat(),
        most=MAX_CHARACTERS,
    )


def _day(text: str) -> date:
    if not _is_day(text):
        raise InputRefused("found", "unknown")
    return date.fromisoformat(text)


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
