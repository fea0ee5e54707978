"""Reading the answer by the code of six pictures, and writing back. A code travels only in the body of a POST.

Owns how often wrong codes may be tried; how fast letters may be sent is of ``pace``.
"""

from __future__ import annotations

from math import ceil

from flask import render_template, request

from mailbox.errors import NoteRefused, NotFound, NotKept, PassRefused, TextRefused, TooManyLetters, UnknownCode
from mailbox.kiosk import drawings
from mailbox.kiosk.choosing import offered_in
from mailbox.kiosk.device import (
    is_of_earlier_child,
    pages,
    sent_form,
    sent_letter_form,
    this_kiosk,
    token_again,
    token_for,
)
from mailbox.kiosk.pace import turn_of
from mailbox.kiosk.writing import Filled, filled_in, letter_of
from mailbox.letters.collect import Collected, code_from_pictures, collect
from mailbox.letters.picture_words import CODE_WORDS, GROUPS, LONGEST_INPUT, PICTURES, CodeNotRead, read_code
from mailbox.letters.post import MAX_CHARACTERS, write_back
from mailbox.people.stations import Kiosk
from mailbox.rules.throttle import Pace
from mailbox.web.current import office, throttle
from mailbox.web.forms import OurForm, require_letter_form, require_plain_form, thread_of, thread_pass

# Gives the templates the drawings of a code.
__all__ = ["drawings"]

# Wrong codes: a child mistypes now and then, a guesser wants millions. The arithmetic is in docs/throttles.md.
TRIES_PER_KIOSK = Pace(burst=10, interval_s=30)
TRIES_IN_ALL = Pace(burst=200, interval_s=3)
_INDEX_DIGITS = 3


@pages.get("/read")
def read() -> str:
    this_kiosk()
    return read_form()


@pages.post("/read")
def open_by_code() -> tuple[str, int] | str:
    """Choose pictures one by one, or open the replies when six are there."""
    kiosk = this_kiosk()
    require_plain_form(request)
    chosen: tuple[int, ...] = ()
    try:
        form = sent_form("read")
        if is_of_earlier_child(form):
            return read_form(problem="earlier"), 400
        if not {"open", "typed"} & request.form.keys():
            return read_form(_chosen())
        chosen = read_code(request.form["typed"]) if "typed" in request.form else _chosen()
        if len(chosen) != CODE_WORDS:
            return read_form(chosen, "too_few"), 400
        collected = _collect(kiosk, chosen)
    except _TooManyTries as slow:
        return read_form(chosen, "slow", seconds=slow.seconds), 429
    except UnknownCode:
        return read_form(chosen, "unknown_code"), 400
    except CodeNotRead as refused:
        # What was typed stays in its field: nobody types six words twice for one slip.
        return read_form(problem=refused.reason, typed=request.form["typed"][:LONGEST_INPUT]), 400
    except PassRefused as refused:
        return read_form(problem=refused.reason), 400
    return render_template(
        "kiosk/replies.html",
        collected=collected,
        kiosk=kiosk,
        filled=Filled(),
        thread=thread_pass(office(), kiosk.id, collected.thread_id),
        token=token_for("back"),
        meeting=offered_in(kiosk, collected),
    )


@pages.post("/write-back")
def send_back() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_letter_form(request)
    form: OurForm | None = None
    try:
        form = sent_letter_form("back")
        with turn_of(kiosk) as turn:
            write_back(office(), letter_of(kiosk, form, filled_in()), _thread(kiosk), turn.take)
    except TooManyLetters as slow:
        return _back_form(form, "slow", seconds=slow.seconds), 429
    except NotKept:
        return _back_form(form, "not_kept"), 503
    except NotFound:
        return _back_form(form, "no_thread"), 400
    except (NoteRefused, TextRefused, PassRefused) as refused:
        return _back_form(form, getattr(refused, "reason", "unreadable")), 400
    return render_template("kiosk/already_sent.html")


class _TooManyTries(Exception):
    """This kiosk, or all of them together, tried too many codes; the next may be tried after ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__()
        self.seconds = seconds


def _collect(kiosk: Kiosk, chosen: tuple[int, ...]) -> Collected:
    limits = ((f"code/{kiosk.id}", TRIES_PER_KIOSK), ("code", TRIES_IN_ALL))
    wait_s = throttle().try_once(*limits)
    if wait_s:
        raise _TooManyTries(ceil(wait_s))
    collected = collect(office(), kiosk.school_id, code_from_pictures(chosen))
    throttle().give_back(*limits)
    return collected


def _chosen() -> tuple[int, ...]:
    """Return the pictures tapped so far; a picture tapped twice counts once."""
    indexes = [int(text) for text in request.form.getlist("picture") if _is_index(text)]
    known = tuple(dict.fromkeys(index for index in indexes if index < len(PICTURES)))[:CODE_WORDS]
    if "again" in request.form:
        return ()
    return known[:-1] if "undo" in request.form else known


def _is_index(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= _INDEX_DIGITS


def read_form(chosen: tuple[int, ...] = (), problem: str | None = None, *, typed: str = "", seconds: int = 0) -> str:
    """Return the page that asks for a code, with what was chosen or typed so far and why it is asked again."""
    return render_template(
        "kiosk/read.html",
        token=token_for("read"),
        chosen=[PICTURES[index] for index in chosen],
        places=CODE_WORDS,
        groups=GROUPS,
        typed=typed,
        longest=LONGEST_INPUT,
        problem=problem,
        seconds=seconds,
    )


def _thread(kiosk: Kiosk) -> str:
    try:
        return thread_of(office(), kiosk.id, request.form.get("thread", ""))
    except PassRefused:
        # The thread was opened too long ago: only its code opens it again.
        raise NotFound("thread") from None


def _back_form(form: OurForm | None, problem: str, *, seconds: int = 0) -> str:
    if is_of_earlier_child(form, problem):
        return read_form(problem="earlier")
    filled = filled_in()
    return render_template(
        "kiosk/back.html",
        token=token_again("back", problem),
        thread=request.form.get("thread", ""),
        filled=filled,
        words=filled.words,
        too_many=len(filled.words) - MAX_CHARACTERS,
        problem=problem,
        seconds=seconds,
    )
