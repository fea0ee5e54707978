"""The page that gives typed words back when their letter, or what followed from it, was shredded meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import status_of
from mailbox.errors import NotFound
from mailbox.web.forms import require_plain_form, text_of

_Step = Callable[..., AnyResponse]


def or_gone(*fields: str, of_a_case: bool = False) -> Callable[[_Step], _Step]:
    """Let a step that finds no letter any more give the words of ``fields`` back, instead of a page without them.

    ``of_a_case``: what is gone is the case that followed from a letter, and the page says so.
    """

    def wrapped(step: _Step) -> _Step:
        @wraps(step)
        def taken(**ids: str) -> AnyResponse:
            try:
                return step(**ids)
            except NotFound as gone:
                require_plain_form(request)
                typed = "\n".join(filter(str.strip, (text_of(request, field) for field in fields)))
                page = render_template("desk/letter_gone.html", typed=typed, of_a_case=of_a_case)
                return make_response(page, status_of(gone))

        return taken

    return wrapped
