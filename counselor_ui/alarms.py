"""What rings, whom it called and calls next, who is on duty now; the head's 我已联系到; the alarm's times.

Says nothing of a letter. Every one of the staff sees that something rings; who sees names and telephones is decided by
the acts.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import alarm_words
from counselor_ui.guard import back_to, colleague, guard, sent_form
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.alarms.escalation import say_reached
from mailbox.alarms.times import alarm_times, change_times
from mailbox.alarms.watching import duty_now, has_open_alarm, open_alarms_for, urgent_loads
from mailbox.errors import InputRefused, NotFound, NotKept, SessionRefused
from mailbox.people.listing import names_of
from mailbox.people.stand_in import may_as_lead
from mailbox.rules.alarm_times import BOUNDS
from mailbox.rules.roles import Act
from mailbox.web.current import office

pages = Blueprint("alarms", __name__, url_prefix="/desk/alarms", template_folder="templates")
guard(pages)


@pages.app_template_global()
def something_rings() -> bool:
    """Whether the menu shows a mark; a page that tells of a trouble must not fail for it."""
    try:
        return has_open_alarm(office(), colleague())
    except (NotKept, SessionRefused):
        return False


@pages.get("/")
def alarms_page() -> str:
    return _page()


@pages.post("/<alarm_id>/reached")
def reached(alarm_id: str) -> AnyResponse:
    """The head has reached somebody, by telephone or in person, and reads nothing."""
    form, me = sent_form("reached"), colleague()
    try:
        was_first = say_reached(office(), me.school_id, me.person_id, alarm_id, form.get("person", ""))
    except NotFound:
        # Somebody opened the letter meanwhile; the page says how it stands now.
        return back_to("alarms.alarms_page", said="over")
    return back_to("alarms.alarms_page", said="reached" if was_first else "held")


@pages.post("/times")
def save_times() -> AnyResponse:
    form, me = sent_form("alarm-times"), colleague()
    try:
        change_times(office(), me.school_id, me.person_id, {name: _number(form, name) for name in BOUNDS})
    except InputRefused as refused:
        return make_response(_page(form.to_dict(), sentence_for(refused), refused.reason), 400)
    return back_to("alarms.alarms_page", said="times")


def _number(form: MultiDict[str, str], name: str) -> int:
    typed = form.get(name, "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= 4 else -1


def _page(typed: dict[str, str] | None = None, problem: str = "", wrong: str = "") -> str:
    me, us = colleague(), staff()
    school_id, now = me.school_id, office().local_now()
    times = alarm_times(office(), school_id)
    return render_template(
        "school/alarms.html",
        alarms=open_alarms_for(office(), me),
        now=now,
        names=names_of(office(), school_id),
        staff=[line for line in us.lines if line.state == "active" and line.id != me.person_id],
        may_say_reached=us.may(Act.SAY_REACHED),
        duty=duty_now(office(), me) if us.may(Act.SEE_DUTY) else None,
        loads=urgent_loads(office(), me) if us.may(Act.SEE_URGENT_LOAD) else None,
        may_change_times=may_as_lead(office(), school_id, me.person_id, Act.CHANGE_ALARM_TIMES),
        times=times,
        typed=typed or {name: str(number) for name, number in times.numbers().items()},
        bounds=BOUNDS,
        problem=problem,
        wrong=wrong,
        said=request.args.get("said"),
        words=alarm_words,
    )
