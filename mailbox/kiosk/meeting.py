"""A child's answer to times to meet: one of them or none, with a sentence if it likes. It is a letter written back.

Works without scripts; a second tap is one answer. Whatever is refused, what was chosen and written stays in the form.
Where the teacher answered again meanwhile, nothing is kept: only the code opens the times that hold now, so the page
asks for it, with what was written still there.
"""

from __future__ import annotations

from flask import render_template, request

from mailbox.errors import NoteRefused, NotFound, NotKept, PassRefused, TextRefused, TooManyLetters
from mailbox.kiosk.choosing import Offered, form_for
from mailbox.kiosk.device import is_of_earlier_child, pages, sent_form, this_kiosk
from mailbox.kiosk.pace import turn_of
from mailbox.kiosk.reading import read_form
from mailbox.letters.post import Letter, write_back
from mailbox.letters.reply_words import Choice
from mailbox.people.stations import Kiosk
from mailbox.web.current import office
from mailbox.web.forms import OurForm, require_plain_form, text_of

_NONE = "none"


@pages.post("/choose-time")
def choose_time() -> tuple[str, int] | str:
    kiosk = this_kiosk()
    require_plain_form(request)
    form: OurForm | None = None
    try:
        offered = Offered.from_pass(kiosk, request.form.get("offered", ""))
    except PassRefused:
        # The replies were opened too long ago: only their code opens them again.
        return render_template("kiosk/times.html", meeting=None), 400
    try:
        form = sent_form("time")
        place = _chosen(offered)
        choice = Choice(offered.reply_id, place)
        words, seen = text_of(request, "words"), offered.newest_id
        letter = Letter(kiosk.school_id, kiosk.id, words, form.nonce, choice=choice, newest_seen=seen)
        with turn_of(kiosk) as turn:
            write_back(office(), letter, offered.thread_id, turn.take)
    except TooManyLetters:
        return _again(kiosk, offered, form, "slow"), 429
    except NotKept:
        return _again(kiosk, offered, form, "not_kept"), 503
    except NotFound:
        return render_template("kiosk/times.html", meeting=None), 400
    except (NoteRefused, TextRefused, PassRefused) as refused:
        return _again(kiosk, offered, form, getattr(refused, "reason", "unreadable")), 400
    return render_template("kiosk/time_chosen.html", none_fits=place is None)


def _chosen(offered: Offered) -> int | None:
    """Return the place of the chosen time, None if none suits. Raises NoteRefused (not_chosen, past)."""
    said = request.form.get("time", "")
    if said == _NONE:
        return None
    if said not in {str(place) for place in range(len(offered.times))}:
        raise NoteRefused("not_chosen")
    if not offered.is_open(int(said)):
        raise NoteRefused("past")
    return int(said)


def _again(kiosk: Kiosk, offered: Offered, form: OurForm | None, problem: str) -> str:
    if is_of_earlier_child(form, problem):
        return read_form(problem="earlier")
    if problem == "outdated":
        return render_template("kiosk/times.html", meeting=None, is_outdated=True)
    meeting = form_for(kiosk, offered, request.form.get("time", ""), text_of(request, "words"), problem)
    return render_template("kiosk/times.html", meeting=meeting)
