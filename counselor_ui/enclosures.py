"""What lies beside a letter's words: drawings and voices, the print for the parents, and that it was passed on.

Opened in memory for who may read the letter, under no name of the child's, and kept by no browser.
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui import kind_words
from counselor_ui.guard import back_to, colleague, guard, sent_form
from counselor_ui.marked_text import visible
from mailbox.errors import NotFound
from mailbox.letters.desk import open_part_of, open_thread
from mailbox.letters.passing import mark_passed_on, take_back_passed_on
from mailbox.people.setup import school_name
from mailbox.rules.letter_kinds import LetterKind
from mailbox.web.current import office

pages = Blueprint("enclosures", __name__, url_prefix="/desk/letters", template_folder="templates")
guard(pages)


@pages.get("/<thread_id>/parts/<part_id>")
def part(thread_id: str, part_id: str) -> Response:
    """Give one drawing or voice, or the piece of it that the player asks for: Safari plays nothing else."""
    opened = open_part_of(office(), colleague(), thread_id, part_id)
    response = Response(opened.content, mimetype=opened.media_type)
    response.headers["Content-Disposition"] = "inline"
    response.accept_ranges = "bytes"
    response.make_conditional(request, accept_ranges=True, complete_length=len(opened.content))
    return response


@pages.get("/<thread_id>/print")
def for_parents(thread_id: str) -> str:
    """Show the first letter as the parents shall have it: the child's words and drawing, and nothing of ours."""
    reader = colleague()
    opened = open_thread(office(), reader, thread_id)
    first = opened.notes[0]
    if opened.kind is not LetterKind.TO_PARENTS or first.content is None:
        raise NotFound("letter to parents")
    return render_template(
        "desk/for_parents.html",
        thread_id=thread_id,
        note=first,
        content=first.content,
        details=kind_words.details(first.content),
        drawings=[label for label in first.content.parts if label.kind == "drawing"],
        has_voice=any(label.kind == "voice" for label in first.content.parts),
        school_name=school_name(office(), reader.school_id),
        visible=visible,
    )


@pages.post("/<thread_id>/passed-on")
def passed_on(thread_id: str) -> AnyResponse:
    reader = colleague()
    if sent_form("passed-on").get("undo"):
        take_back_passed_on(office(), reader, thread_id)
    else:
        mark_passed_on(office(), reader, thread_id)
    return back_to("letters.letter_page", thread_id=thread_id)
