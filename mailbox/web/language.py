"""Two languages: Chinese is the message itself, English comes from ``translations/en/*.po`` beside the pages.

Owns which language an answer has (the browser's wish, else Chinese) and how days are written. The catalogues are read
once at start, so that nothing has to be compiled on a teacher's machine.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Any

from babel.dates import format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, current_app, g, has_request_context, request

CHINESE = "zh-Hans"
ENGLISH = "en"
_BABEL_LOCALES = {CHINESE: "zh_Hans_CN", ENGLISH: "en"}
_KEY = "catalogues"


def install(app: Flask, folders: Iterable[Path]) -> None:
    """Give ``app`` the catalogues in ``FOLDER/en/*.po``, and its templates ``_()``, ``ngettext`` and ``|day``."""
    catalogue = NullTranslations()
    for folder in folders:
        for file in sorted((folder / ENGLISH).glob("*.po")):
            catalogue.add_fallback(_read(file))
    app.extensions[_KEY] = {CHINESE: NullTranslations(), ENGLISH: catalogue}
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda message: _translations(app).gettext(message),
        lambda one, many, number: _translations(app).ngettext(one, many, number),
        newstyle=True,
    )
    app.jinja_env.filters["day"] = day
    app.jinja_env.globals["page_language"] = page_language


def page_language() -> str:
    """Return ``zh-Hans`` or ``en``: what the asking browser prefers of the two, Chinese where it says nothing."""
    if not has_request_context():
        return CHINESE
    if "page_language" not in g:
        wished = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "zh-TW", "en"], default="zh")
        g.page_language = ENGLISH if wished == "en" else CHINESE
    return str(g.page_language)


def say(message: str, **values: object) -> str:
    """Return a message in the page's language; ``values`` fill its ``%(name)s`` places."""
    spoken = _translations(current_app).gettext(message) if has_request_context() else message
    return spoken % values if values else spoken


def day(value: date) -> str:
    """Return a day as its reader writes it: 3月6日周五, or Fri, Mar 6."""
    return format_skeleton("MMMEd", value, locale=_BABEL_LOCALES[page_language()])


def short_day(value: date) -> str:
    """Return a day without its weekday, for narrow columns: 3月6日, or Mar 6."""
    return format_skeleton("MMMd", value, locale=_BABEL_LOCALES[page_language()])


def in_both_languages(folders: tuple[Path, ...], in_words: Callable[[Any], str], what: object) -> str:
    """Return a sentence of the pages as the console says it: Chinese / English."""
    spoken = []
    for wish in ("zh", "en"):
        with _speaking(folders).test_request_context(headers={"Accept-Language": wish}):
            spoken.append(in_words(what))
    return " / ".join(dict.fromkeys(spoken))


@cache
def _speaking(folders: tuple[Path, ...]) -> Flask:
    app = Flask(__name__, static_folder=None)
    install(app, folders)
    return app


def _translations(app: Flask) -> NullTranslations:
    chosen: NullTranslations = app.extensions[_KEY][page_language()]
    return chosen


def _read(file: Path) -> GNUTranslations:
    with file.open("rb") as source:
        catalogue = read_po(source, locale=ENGLISH)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return GNUTranslations(compiled)
