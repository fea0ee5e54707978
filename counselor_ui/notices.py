"""What somebody is to know, on top of every page of theirs until they say that they do. Owns the words only."""

from __future__ import annotations

from contextlib import suppress

from flask import Blueprint, g
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form
from mailbox.errors import MailboxError
from mailbox.people.new_slips import seal_mine_for_new_slips
from mailbox.people.notices import (
    CODES_WRONG,
    MAKE_SLIPS,
    PUT_OUT,
    SLIPS_FAILED,
    SLIPS_MADE,
    SLIPS_USED,
    NoticeLine,
    notice_seen,
    notices_to,
)
from mailbox.rules.roles import LEAD
from mailbox.web.current import office
from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_MESSAGES = {
    SLIPS_USED: N_("%(day)s，有人用两张恢复纸条给%(name)s设了新口令。事先没有说好，请马上问一问校长和%(name)s。"),
    SLIPS_FAILED: N_(
        "%(day)s，有人在登录页写了两张对不上的恢复纸条，没有进来。不是学校的人在试，就请看看两张纸条还在不在。"
    ),
    SLIPS_MADE: N_("%(day)s，%(name)s做了两张新的恢复纸条，旧的作废了。点“知道了”，您能看的信也会封进新纸条。"),
    PUT_OUT: N_("%(day)s，一位同事让%(name)s离开了信箱。事先没有说好，请马上问一问。"),
    CODES_WRONG: N_(
        "%(day)s，有人写对了您的口令，接着写错了很多次动态码，没有进来。不是您自己，就请今天在“我的登录”里换一个口令。"
    ),
    MAKE_SLIPS: N_("恢复纸条用过一次了，不能再让人进来。请现在做两张新的。"),
}

pages = Blueprint("notices", __name__, url_prefix="/desk/notices", template_folder="templates")
guard(pages)


@pages.app_context_processor
def _for_every_page() -> dict[str, object]:
    return {"notices_here": notices_here}


@pages.post("/<notice_id>/seen")
def seen(notice_id: str) -> AnyResponse:
    sent_form("notice")
    me = colleague()
    kinds = {line.id: line.kind for line in notices_to(office(), me)}
    # Whoever made the new slips could not open what a child closed to them.
    if kinds.get(notice_id) == SLIPS_MADE:
        seal_mine_for_new_slips(office(), me)
    notice_seen(office(), me, notice_id)
    return back_to("door.home")


def notices_here() -> list[tuple[str, str, str]]:
    """Return id, kind and words of what the asking person is to know; none where that cannot be read now."""
    if "colleague" not in g:
        return []
    with suppress(MailboxError):
        return [(line.id, line.kind, _words(line)) for line in notices_to(office(), g.colleague)]
    return []


def _words(line: NoticeLine) -> str:
    message = _MESSAGES.get(line.kind)
    return say(message, day=day(line.written_on), name=line.name) if message else _role_words(line)


def _role_words(line: NoticeLine) -> str:
    if line.kind == LEAD:
        return say("您现在是负责人。") if line.is_about_me else say("%(name)s现在是负责人。", name=line.name)
    if line.is_about_me:
        return say("您现在不是负责人了，照样看信。")
    return say("%(name)s不再是负责人，照样看信。", name=line.name)
