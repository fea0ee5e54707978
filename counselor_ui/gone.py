"""The page that gives typed words back when their letter was shredded meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from flask import make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import status_of
from mailbox.errors import NotFound
from mailbox.web.forms import require_plain_form, text_of

_Step = Callable[[str], AnyResponse]


def or_gone(field: str) -> Callable[[_Step], _Step]:
    """Let a step that finds no letter any more give the words of ``field`` back, instead of a page without them."""

    def wrapped(step: _Step) -> _Step:
        @wraps(step)
        def taken(thread_id: str) -> AnyResponse:
            try:
                return step(thread_id)
            except NotFound as gone:
                require_plain_form(request)
                page = render_template("desk/letter_gone.html", typed=text_of(request, field))
                return make_response(page, status_of(gone))

        return taken

    return wrapped
