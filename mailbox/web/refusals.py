"""What the server itself answers when no page was reached: a request that is none, is too large, or broke inside.

Owns its few sentences, in both languages since nobody's wish could be read, and that these answers carry the headers of
every page, repeat nothing of what was sent, and name no program.
"""

from __future__ import annotations

from waitress.task import ErrorTask

from mailbox.web.headers import ALWAYS

_PAGE = """<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>悄悄话信箱</title>
<link rel="stylesheet" href="/static/tokens.css">
<link rel="stylesheet" href="/static/paper.css">
</head>
<body class="kiosk">
<main class="sheet">
<p class="lead">{chinese}</p>
<p lang="en">{english}</p>
<p><a class="button" href="/">回到开头 <span lang="en">Back to the start</span></a></p>
</main>
</body>
</html>
"""
_NOT_UNDERSTOOD = (
    "信箱没看懂刚才送来的东西。回到开头，再试一次就好。",
    "The mailbox did not understand what was sent just now. Go back to the start and try once more.",
)
_SENTENCES = {
    403: (
        "这是从别的网站送来的，信箱没有收。请在信箱自己的页面上再试一次。",
        "This came from another site, and the mailbox did not take it. Please try again on the mailbox's own page.",
    ),
    413: (
        "送来的东西太大了，收不下。少放一样，再送一次。",
        "This is more than the mailbox can take. Leave something out and send it again.",
    ),
    421: (
        "信箱不认识这个网址。请用信箱自己的网址。技术老师：要用这个名字，请在 mailbox.toml 里写 other_names。",
        "The mailbox is not known under this name. Use its own address. To let this name be used, a technician writes"
        " it into mailbox.toml: other_names.",
    ),
    500: (
        "信箱出了点问题，不是你的错。请再试一次；还不行，请告诉老师。",
        "Something went wrong in the mailbox; it is not your fault. Try once more, or tell a teacher.",
    ),
}


class Refusal(ErrorTask):  # type: ignore[misc]
    """The server's own answer to one request, in the place of waitress's, which has no headers of ours."""

    def execute(self) -> None:
        error = self.request.error
        body = page_of(error.code)
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [*ALWAYS.items(), ("Cache-Control", "no-store")]
        self.response_headers.append(("Content-Type", "text/html; charset=utf-8"))
        self.set_close_on_finish()
        self.content_length = len(body)
        # What could not be read as a request has no method.
        self.write(b"" if getattr(self.request, "command", "") == "HEAD" else body)


def page_of(code: int) -> bytes:
    """Return the page for an HTTP status."""
    chinese, english = _SENTENCES.get(code, _NOT_UNDERSTOOD)
    return _PAGE.format(chinese=chinese, english=english).encode()
