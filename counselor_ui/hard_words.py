"""先遮住重的内容: a reader's own wish, set beside their login, and what the pages of letters ask of it.

Covered words stand in a <details>: a tap or a key opens them, a screen reader reads them then, and no script is needed.
What is printed for a family or a report is never covered.
"""

from __future__ import annotations

from flask import Blueprint, g
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form
from mailbox.letters.content import NoteContent
from mailbox.people.own_wishes import cover_hard_words, covers_hard_words
from mailbox.rules.hard_words import has_hard_words
from mailbox.web.current import office

pages = Blueprint("hard_words", __name__, url_prefix="/desk/account", template_folder="templates")
guard(pages)


@pages.post("/hard-words")
def change() -> AnyResponse:
    form, me = sent_form("hard-words"), colleague()
    cover_hard_words(office(), me, wanted="cover" in form)
    return back_to("account.account_page", _anchor="hard-words")


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    return {"covers_hard_words": _covers, "is_covered": _is_covered}


def _covers() -> bool:
    if "covers_hard_words" not in g:
        g.covers_hard_words = covers_hard_words(office(), colleague())
    return bool(g.covers_hard_words)


def _is_covered(content: NoteContent) -> bool:
    return has_hard_words(content.assessment) and _covers()
