"""The drawings of a code, laid into the page itself: so nothing but the page is asked for, whichever code it is.

Owns the markup and the evening out of its size: on a network that others listen to, the length of the page with a
code must not tell which drawings are in it. Read once, when the program starts.
"""

from __future__ import annotations

from pathlib import Path

from flask.blueprints import BlueprintSetupState
from markupsafe import Markup

from mailbox import web
from mailbox.kiosk.device import pages
from mailbox.letters.picture_words import CODE_WORDS, PICTURES, Picture

FOLDER = Path(web.__path__[0]) / "static" / "pictures"
_BEGINS = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 36 36">'
# Words, 拼音 and frames of six pictures, beside the drawings.
_FRAMES_BYTES = 2_048


def _read(picture: Picture) -> Markup:
    drawing = (FOLDER / picture.file).read_text("utf-8").removeprefix(_BEGINS)
    return Markup(f'<svg viewBox="0 0 36 36" aria-hidden="true">{drawing}')  # noqa: S704 - a file of our own.


_DRAWN = tuple(_read(picture) for picture in PICTURES)
CODE_BYTES = sum(sorted(map(len, _DRAWN))[-CODE_WORDS:]) + _FRAMES_BYTES


@pages.record_once
def _with_app(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals.update(drawn=drawn, evened=evened)


def drawn(picture: Picture) -> Markup:
    """Return the drawing of ``picture`` as an element of the page."""
    return _DRAWN[picture.index]


def evened(code: str) -> Markup:
    """Return a code's markup with a comment of spaces behind it, so that all codes are of one length."""
    missing = CODE_BYTES - len(code.encode())
    return Markup(code) + Markup(f"<!--{' ' * missing}-->")  # noqa: S704 - made by a template, escaped there.
