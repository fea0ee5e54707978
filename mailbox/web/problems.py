"""Pages for what has no page: unknown addresses, bodies that are too large, errors inside.

Owns their sentences, and that an error leaves its class in the log and nothing else (its message may hold words). A
body that is too large has arrived by then (waitress takes it whole), so that a browser shows our page.
"""

from __future__ import annotations

import logging
import sys

from flask import Flask, render_template, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from mailbox.web.language import say

_log = logging.getLogger("mailbox.web")
# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str
_SENTENCES = {
    404: (N_("这里没有东西"), N_("可能走错了，回到开头就好。")),
    413: (N_("信太大了"), N_("一封信最多 4000 个字。请分成两封再写。")),
    500: (N_("信箱出了点问题"), N_("不是你的错。请再试一次；还不行，请告诉老师。")),
}
_TOO_LARGE_WITH_PARTS = (N_("信太大了"), N_("画和录音加起来太大了，收不下。少放一样，再送一次。"))


def install(app: Flask) -> None:
    """Answer every error of ``app`` with a kind page, and log classes only."""
    app.log_exception = _log_class_only  # type: ignore[method-assign, assignment]
    app.register_error_handler(HTTPException, _page)


def _log_class_only(_found: object) -> None:
    kind = sys.exc_info()[0]
    _log.error("a page failed: %s", kind.__name__ if kind else "unknown")


def _page(problem: HTTPException) -> tuple[str, int, dict[str, str]] | HTTPException:
    code = problem.code or 500
    if code < 400:
        return problem
    title, sentence = _SENTENCES.get(code, _SENTENCES[500 if code >= 500 else 404])
    if code == 413 and request.mimetype == "multipart/form-data":
        title, sentence = _TOO_LARGE_WITH_PARTS
    # The standard asks for it (RFC 9110, 15.5.6).
    methods = {"Allow": ", ".join(problem.valid_methods or ())} if isinstance(problem, MethodNotAllowed) else {}
    return render_template("kiosk/trouble.html", title=say(title), sentence=say(sentence)), code, methods
