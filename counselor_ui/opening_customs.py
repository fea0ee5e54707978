"""What a school does at its opening beside opening: the words of a holding reply, and who gets the summary by mail.

Readers see it, the lead changes it. Whatever is refused, what was typed stays in its form.
"""

from __future__ import annotations

from flask import Blueprint, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.alarms.channels import channel_lines
from mailbox.errors import Changed, Clash, InputRefused, MailboxError, NotAllowed, NotKept, PassRefused, TextRefused
from mailbox.openings.customs import change_holding, customs_of
from mailbox.openings.recipients import (
    LONGEST_ADDRESS,
    add_recipient,
    choose_channel,
    mail_newest,
    mailing_of,
    remove_recipient,
)
from mailbox.rules.holding_words import MAX_CHINESE, MAX_ENGLISH, PLACES
from mailbox.rules.names import LONGEST_NAME
from mailbox.rules.roles import Act
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of

pages = Blueprint("opening_customs", __name__, url_prefix="/desk/opening/customs", template_folder="templates")
guard(pages)

_REFUSED = (InputRefused, TextRefused, PassRefused, Changed, Clash, NotKept)
# Apprise's names for a mail account, plain and encrypted.
_MAIL = frozenset({"mailto", "mailtos"})


@pages.get("/")
def customs_page() -> str:
    return _page()


@pages.post("/words")
def change_words() -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    typed = {"holds": "holds" in request.form, "chinese": text_of(request, "chinese")}
    typed["english"] = text_of(request, "english")
    try:
        form = sent_form("holding")
        change_holding(
            office(),
            me.school_id,
            me.person_id,
            holds=bool(typed["holds"]),
            chinese=str(typed["chinese"]),
            english=str(typed["english"]),
            seen_version=form.get("version", ""),
        )
    except _REFUSED as refused:
        return _again(refused, typed=typed)
    return back_to("opening_customs.customs_page", saved=1)


@pages.post("/channel")
def change_channel() -> AnyResponse:
    me = colleague()
    try:
        choose_channel(office(), me.school_id, me.person_id, sent_form("mail-channel").get("channel", ""))
    except _REFUSED as refused:
        return _again(refused)
    return back_to("opening_customs.customs_page", saved=1, _anchor="mail")


@pages.post("/recipients")
def add() -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    name, address = text_of(request, "name"), text_of(request, "address")
    try:
        sent_form("recipient")
        add_recipient(office(), me.school_id, me.person_id, name, address)
    except _REFUSED as refused:
        return _again(refused, name=name, address=address)
    return back_to("opening_customs.customs_page", saved=1, _anchor="mail")


@pages.post("/recipients/<recipient_id>/remove")
def remove(recipient_id: str) -> AnyResponse:
    sent_form("recipient-off")
    me = colleague()
    remove_recipient(office(), me.school_id, me.person_id, recipient_id)
    return back_to("opening_customs.customs_page", saved=1, _anchor="mail")


@pages.post("/mail")
def mail_now() -> AnyResponse:
    me = colleague()
    try:
        sent_form("mail-now")
        mail_newest(office(), me.school_id, me.person_id)
    except _REFUSED as refused:
        return _again(refused)
    return back_to("opening_customs.customs_page", _anchor="mail")


def _again(refused: MailboxError, **kept: object) -> AnyResponse:
    return make_response(_page(problem=sentence_for(refused), **kept), status_of(refused))


def _page(**more: object) -> str:
    us, school_id = staff(), colleague().school_id
    if us.me not in us.readers:
        raise NotAllowed("only readers")
    customs = customs_of(office(), school_id)
    channels = [line for line in channel_lines(office(), school_id) if line.service in _MAIL]
    given = {
        "typed": {"holds": customs.holds, **customs.words},
        "name": "",
        "address": "",
        "problem": "",
        "saved": "saved" in request.args,
    }
    return render_template(
        "desk/opening_customs.html",
        customs=customs,
        channels=channels,
        mailing=mailing_of(office(), school_id),
        may_change=us.may_as_lead(Act.CHANGE_OPENING),
        places=PLACES,
        most_chinese=MAX_CHINESE,
        most_english=MAX_ENGLISH,
        longest_name=LONGEST_NAME,
        longest_address=LONGEST_ADDRESS,
        **(given | more),
    )
