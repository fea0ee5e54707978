"""Back in by the two recovery slips, and new slips at the desk. Shows no word that was typed, and no slip twice.

Two people type one slip each, one after the other; what was typed goes sealed through the form. Whether slips fit is
said to nobody more than five times, then once a minute.
"""

from __future__ import annotations

import secrets
from math import ceil

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.account import tries_of, wait_sentence
from counselor_ui.arrival import EXAMPLE
from counselor_ui.guard import back_to, colleague, form_token, guard, sent_form
from counselor_ui.sentences import N_, sentence_for
from counselor_ui.slips import slips_and_session, slips_page
from mailbox.errors import InputRefused, MailboxError, NotAllowed, PassRefused, SlipRefused, WrongPassphrase
from mailbox.people.new_slips import make_new_slips
from mailbox.people.recovery import Comeback, Newcomer, come_back, whose_slips
from mailbox.people.setup import school_name
from mailbox.people.slips_typed import TypedSlips, open_typed, seal_typed
from mailbox.people.wishes import SLIPS, ask, wish_lines
from mailbox.rules.throttle import Pace
from mailbox.web.current import office, throttle
from mailbox.web.language import say

pages = Blueprint("recovery", __name__, url_prefix="/desk/slips", template_folder="templates")
guard(pages)

COOKIE = "__Host-desk-slips"
_TRIES = ("recovery/slips", Pace(burst=5, interval_s=60))
_NEWCOMER = "newcomer"
_COOKIE_BYTES = 32
_REFUSED = {
    "needs 24 words": N_("一张纸条正好 24 个字，您写的多了或者少了。请对着纸条数一数，从头再写。"),
    "a word is not right": N_("字都认得，可是合不上：有一个抄成了别的字，或者两个换了位置。请对着纸条从头再写。"),
    "the same slip twice": N_("这一张刚才已经写过了。请写另外那一张。"),
    "the slips do not belong together": N_("两张纸条不是一对。请找同一天印的两张，从第一张重新写。"),
    "void": N_("这两张纸条已经作废，后来做过新的。请找新的两张。"),
    "spent": N_("这两张纸条已经让一位老师进来过了，不能再用一次。请那位老师登录，做两张新的。"),
    "another school": N_("这两张是一对，可是不是这个信箱的。"),
}


@pages.get("/")
def type_page() -> AnyResponse:
    response = make_response(_typing_page(TypedSlips(), ""))
    if not _cookie():
        cookie = secrets.token_urlsafe(_COOKIE_BYTES)
        response.set_cookie(COOKIE, cookie, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@pages.post("/")
def type_slip() -> AnyResponse:
    """Take one slip, or the words of it that were wrong; once both are there, ask who comes back."""
    form = sent_form("recover")
    so_far, problem = _so_far(form)
    if problem:
        return make_response(_typing_page(so_far, problem), 400)
    try:
        if so_far.gaps:
            words = {place: form.get(f"word-{place}", "") for place in so_far.gaps}
            typed = so_far.with_words(words)
        else:
            typed = so_far.with_slip(form.get("slip", ""))
    except SlipRefused as refused:
        # Of the slip that was refused nothing stays; the other one does.
        kept = TypedSlips(so_far.slips[:-1]) if so_far.gaps else so_far
        return make_response(_typing_page(kept, _sentence(refused)), 400)
    if typed.which:
        return make_response(_typing_page(typed, ""), 400 if typed.gaps else 200)
    return _who_page_for(typed)


@pages.post("/in")
def let_in() -> AnyResponse:
    """Let one person read again under a new passphrase, and show them the new slips."""
    form = sent_form("recover-in")
    typed, problem = _so_far(form)
    if problem or typed.which:
        return make_response(_typing_page(TypedSlips(), problem or say("这一页放得太久了，请从第一张重新写。")), 400)
    chosen, passphrase = form.get("who", ""), form.get("passphrase", "")
    newcomer = Newcomer(form.get("display_name", ""), form.get("login_name", ""))
    try:
        back = whose_slips(office(), typed.pair)
    except SlipRefused as refused:
        return make_response(_typing_page(TypedSlips(), _sentence(refused)), 400)
    try:
        if passphrase != form.get("again", ""):
            raise InputRefused("passphrase", "differs")
        if passphrase.strip().lower() == EXAMPLE:
            raise InputRefused("passphrase", "example")
        done = come_back(office(), typed.pair, newcomer if chosen == _NEWCOMER else chosen, passphrase)
    except SlipRefused as refused:
        return make_response(_typing_page(TypedSlips(), _sentence(refused)), 400)
    except MailboxError as refused:
        return make_response(_who_page(back, typed, form, sentence_for(refused)), 400)
    assert done.slips is not None  # noqa: S101 - made with the same act unless asked otherwise.
    name = next((name for one, name, _ in back.readers if one == done.person_id), newcomer.display_name.strip())
    came = done.resealed
    response = slips_and_session(
        *(done.slips, name, back.school_name, (done.login_name, passphrase)),
        login_name=done.login_name,
        given=came.letters_given,
        withheld=came.letters_withheld,
        damaged=came.damaged,
        is_renewed=True,
    )
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="Strict", path="/")
    return response


@pages.get("/new")
def new_slips_page() -> str:
    return _new_slips_page()


@pages.post("/new/ask")
def ask_for_slips() -> AnyResponse:
    sent_form("ask-slips")
    ask(office(), colleague(), SLIPS, colleague().person_id)
    return back_to("recovery.new_slips_page")


@pages.post("/new")
def make_slips() -> AnyResponse:
    form, me = sent_form("make-slips"), colleague()
    limit = tries_of(me.person_id)
    wait_s = throttle().try_once(limit)
    if wait_s:
        return make_response(_new_slips_page(wait_sentence(wait_s)), 429)
    try:
        made = make_new_slips(office(), me, form.get("old", ""))
    except WrongPassphrase:
        return make_response(_new_slips_page(say("现在的口令不对，请再写一次。")), 400)
    throttle().give_back(limit)
    school = school_name(office(), me.school_id)
    shown = slips_page(made.slips, me.display_name, school, form_token("slips"), is_renewed=True, left=made.left)
    return make_response(shown)


def _cookie() -> str:
    return request.cookies.get(COOKIE, "")


def _so_far(form: MultiDict[str, str]) -> tuple[TypedSlips, str]:
    """Return what was typed before this form, and what to say where it cannot be read any more."""
    if not form.get("typed"):
        return TypedSlips(), "" if _cookie() else say("浏览器没有留住这一页。请允许本站的 Cookie，再从头写。")
    try:
        return open_typed(office(), _cookie(), form["typed"]), ""
    except PassRefused:
        return TypedSlips(), say("这一页放得太久了，请从第一张重新写。")


def _who_page_for(typed: TypedSlips) -> Response:
    wait_s = throttle().try_once(_TRIES)
    if wait_s:
        response = make_response(_typing_page(TypedSlips(typed.slips[:1]), wait_sentence(wait_s)), 429)
        response.headers["Retry-After"] = str(ceil(wait_s))
        return response
    try:
        back = whose_slips(office(), typed.pair)
    except SlipRefused as refused:
        return make_response(_typing_page(TypedSlips(), _sentence(refused)), 400)
    throttle().give_back(_TRIES)
    return make_response(_who_page(back, typed, MultiDict(), ""))


def _sentence(refused: SlipRefused) -> str:
    return say(_REFUSED[refused.reason])


def _typing_page(typed: TypedSlips, problem: str) -> str:
    sealed = seal_typed(office(), _cookie(), typed) if typed.slips else ""
    return render_template("school/recovery.html", typed=typed, sealed=sealed, problem=problem)


def _who_page(back: Comeback, typed: TypedSlips, form: MultiDict[str, str], problem: str) -> str:
    return render_template(
        "school/come_back.html",
        back=back,
        sealed=seal_typed(office(), _cookie(), typed),
        form=form,
        problem=problem,
        newcomer=_NEWCOMER,
        example=EXAMPLE,
    )


def _new_slips_page(problem: str = "") -> str:
    me = colleague()
    if not me.is_reader:
        raise NotAllowed("slips")
    mine = [line for line in wish_lines(office(), me) if line.kind == SLIPS and line.person_id == me.person_id]
    return render_template("school/new_slips.html", wish=mine[0] if mine else None, problem=problem)
