"""The school's papers (文书): one text in docs/papers, read, filled in and laid out. Nothing else here knows Markdown.

A blank stands in the text as [its name]. What is known is put in; what is not stays as a line to write on. Whatever is
put in is text: no sign of it is markup, and the text itself may hold no HTML.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from pathlib import Path

from markdown import Markdown
from markupsafe import Markup

from mailbox.errors import NotFound

_FOLDER = Path(__file__).resolve().parent.parent / "docs" / "papers"
# A line of the table in the folder's README: the paper, its file, and for whom it is.
_LISTED = re.compile(r"^\| \[(?P<title>[^\]]+)\]\((?P<name>[a-z-]+)\.md\) \| (?P<whom>[^|]+) \|$", re.M)
# A link is no blank.
_BLANK = re.compile(r"\[([^\[\]]+)\](?!\()")
_MEANT = re.compile(r"[\\`*_{}\[\]()#+\-.!>~|]")
_LINE = "＿＿＿＿＿＿"


@dataclass(frozen=True)
class Paper:
    """One paper as the folder lists it."""

    name: str
    title: str
    whom: str


@cache
def papers() -> tuple[Paper, ...]:
    listed = _LISTED.finditer((_FOLDER / "README.md").read_text("utf-8"))
    return tuple(Paper(found["name"], found["title"], found["whom"].strip()) for found in listed)


def paper_called(name: str) -> Paper:
    """Raises NotFound."""
    for paper in papers():
        if paper.name == name:
            return paper
    raise NotFound("paper")


def laid_out(paper: Paper, known: Mapping[str, str]) -> Markup:
    """Return a paper as HTML, its blanks filled with what is ``known`` by their names."""
    text = (_FOLDER / f"{paper.name}.md").read_text("utf-8")
    filled = _BLANK.sub(lambda blank: _fill(blank[1], known.get(blank[1], "")), text)
    reader = Markdown(extensions=["tables"])
    reader.preprocessors.deregister("html_block")
    reader.inlinePatterns.deregister("html")
    return Markup(reader.convert(filled))  # noqa: S704 - a file of our own, without HTML; what was put in is escaped.


def _fill(name: str, words: str) -> str:
    if words:
        return _MEANT.sub(lambda sign: f"&#{ord(sign[0])};", escape(" ".join(words.split()), quote=False))
    return f"〔{name}〕{_LINE}" if name.strip() else _LINE
