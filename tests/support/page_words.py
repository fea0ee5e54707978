"""What a page says: its text without 拼音, scripts and tags, as a child reads it.

Interface sentences carry 拼音 (``<ruby>字<rt …></rt></ruby>``), so a test looks for a sentence here, not in the HTML.
"""

from __future__ import annotations

from html.parser import HTMLParser

_UNREAD = frozenset({"rt", "rp", "script", "style", "svg"})
# Where one of these begins or ends, words do not run on.
_APART = frozenset(
    """address article aside blockquote body br button caption dd details dialog div dl dt fieldset figcaption figure
    footer form h1 h2 h3 h4 head header hr html input label legend li main nav ol option p pre section select summary
    table tbody td textarea tfoot th thead title tr ul""".split()  # noqa: SIM905 - fifty names in quotes read worse.
)


def words_of_page(html: str) -> str:
    """Return the text of a page or of a piece of one: entities resolved, whitespace folded, no ``<rt>`` and ``<rp>``.

    Inline tags leave no trace, so a sentence is found whole whatever is marked in it; blocks are apart by one space.
    """
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return " ".join("".join(reader.pieces).split())


def everything_in(html: str) -> str:
    """Return the page as it was sent and what it says: for what must stand in neither, not even in an attribute."""
    return f"{html}\n{words_of_page(html)}"


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._unread += tag in _UNREAD
        if tag in _APART:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        self._unread = max(0, self._unread - (tag in _UNREAD))
        if tag in _APART:
            self.pieces.append(" ")

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in _APART:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.pieces.append(data)
