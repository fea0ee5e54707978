"""拼音 above the characters of the children's pages: what ``_()`` and ``|pinyin`` give to a template of theirs.

Owns the markup. Every Chinese page carries its 拼音; a style sheet shows it or not, so that one tap on the switch
works everywhere, also on the answer to a form. The 拼音 lies in an attribute that the style sheet prints: so it is not
in what is copied, found, read out by a screen reader or spoken by the page. Names and all other values are escaped.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from flask import g
from flask.sansio.app import App
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from mailbox.kiosk.pinyin import read_aloud
from mailbox.letters.picture_words import PICTURES
from mailbox.web.language import CHINESE, page_language, say

# Children of these grades are still learning to read.
LEARNING_GRADES = range(1, 4)
_CATALOGUE_SIZE = 2_048
_POSTED_SIZE = 256
_OURS = "kiosk/"


def install(app: App) -> None:
    """Give the children's templates 拼音; other templates keep what they have."""
    plain_words: Any = app.jinja_env.globals["_"]

    @pass_context
    def words(context: Context, message: str, **values: object) -> object:
        if not (context.name or "").startswith(_OURS):
            return context.call(plain_words, message, **values)
        return _sentence(message, values)

    app.jinja_env.globals["_"] = words
    app.jinja_env.globals["plain"] = say
    app.jinja_env.globals["shows_pinyin"] = shows_pinyin
    app.jinja_env.filters["pinyin"] = with_pinyin
    app.jinja_env.filters["posted_pinyin"] = posted_with_pinyin


def shows_pinyin() -> bool:
    """Whether the page begins with its 拼音 shown: where the asking kiosk stands with grades 1 to 3."""
    return page_language() == CHINESE and g.get("kiosk_grade") in LEARNING_GRADES


def with_pinyin(text: object) -> Markup:
    """Return a text that is in no catalogue (a name, a day, a reply) with its 拼音; markup is left as it is."""
    return _whole(_value(text))


def posted_with_pinyin(text: object) -> Markup:
    """Return what the school has posted on every page (a helper's hours, a counselor's name) with its 拼音, kept.

    Never for what a child or a counselor wrote in a letter: that is kept nowhere.
    """
    return _posted(str(text), page_language() == CHINESE)


@lru_cache(_POSTED_SIZE)
def _posted(text: str, is_chinese: bool) -> Markup:
    return _whole(_marked(text)) if is_chinese else escape(text)


def _sentence(message: str, values: dict[str, Any]) -> Markup:
    is_chinese = page_language() == CHINESE
    if is_chinese and not values:
        return _whole_of_catalogue(message)
    # The catalogue is ours; its English is markup as Jinja's own extension takes it for.
    marked = _of_catalogue(message) if is_chinese else Markup(say(message))  # noqa: S704
    # A number keeps its own form for %(count)d.
    spoken = {name: value if isinstance(value, int) else _value(value) for name, value in values.items()}
    return _whole(marked % spoken if spoken else marked)


@lru_cache(_CATALOGUE_SIZE)
def _whole_of_catalogue(message: str) -> Markup:
    return _whole(_of_catalogue(message))


def _value(text: object) -> Markup:
    if isinstance(text, Markup):
        return text
    # Nothing of it is remembered: it may be a reply.
    return _marked(str(text)) if page_language() == CHINESE else escape(text)


@lru_cache(_CATALOGUE_SIZE)
def _of_catalogue(message: str) -> Markup:
    return _marked(message)


def _marked(text: str) -> Markup:
    if text in _PICTURE_WORDS:
        return _PICTURE_WORDS[text]
    pieces = (str(escape(part)) if spoken is None else _ruby(part, spoken) for part, spoken in read_aloud(text))
    return Markup("".join(pieces))  # noqa: S704 - what is neither a character nor our own tag was escaped.


def _whole(marked: Markup) -> Markup:
    """Keep a sentence together where its parts would be laid out one by one, as in a button."""
    is_in_parts = "<ruby>" in marked and not marked.startswith("<span>")
    return Markup("<span>") + marked + Markup("</span>") if is_in_parts else marked


def _ruby(characters: str, spoken: str) -> str:
    """Return one tag; Chinese characters and letters of 拼音 are nothing that needs escaping."""
    return f"<ruby>{characters}<rt aria-hidden=true data-p={spoken}></rt></ruby>"


# The words of the codes have their 拼音 in their own list; a page shows 256 of them, so they are marked once.
_PICTURE_WORDS = {
    picture.word: Markup("".join(map(_ruby, picture.word, picture.pinyin.split())))  # noqa: S704 - our own list.
    for picture in PICTURES
}
