"""The forms of a page as a browser finds them: where each goes, by which method, with which fields and first values."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

_TYPED = ("textarea", "select")


@dataclass
class Form:
    """``pairs`` are the fields in order, with what the page has put into them; ``choices`` what else it offers."""

    action: str
    method: str
    is_multipart: bool
    pairs: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """What a page offers: its forms, and the addresses it leads to."""

    forms: list[Form]
    links: list[str]


def seen_in(page: str) -> Seen:
    """Return what a page offers."""
    reader = _Reader()
    reader.feed(page)
    reader.close()
    return Seen(reader.forms, reader.links)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._by_id: dict[str, Form] = {}
        self._open: Form | None = None
        self._typing: tuple[str, Form] | None = None
        self._select: tuple[str, Form] | None = None
        self._typed = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        elif tag == "form":
            multipart = told.get("enctype", "") == "multipart/form-data"
            self._open = Form(told.get("action", ""), told.get("method", "get").lower(), multipart)
            self.forms.append(self._open)
            if told.get("id"):
                self._by_id[told["id"]] = self._open
        elif tag in ("input", "button", *_TYPED):
            self._field(tag, told)
        elif tag == "option" and self._select:
            name, form = self._select
            form.choices.setdefault(name, []).append(told.get("value", ""))
            if "selected" in told:
                _put(form, name, told.get("value", ""))

    def _field(self, tag: str, told: dict[str, str]) -> None:
        # A field may stand elsewhere on the page and name its form.
        form = self._by_id.get(told["form"]) if "form" in told else self._open
        if form is None:
            return
        if told.get("formaction"):
            # A button that sends the same fields elsewhere.
            self.forms.append(Form(told["formaction"], form.method, form.is_multipart, form.pairs, form.choices))
        name = told.get("name", "")
        if not name:
            return
        kind = told.get("type", "submit" if tag == "button" else "text")
        if tag == "textarea":
            self._typing, self._typed = (name, form), ""
        elif tag == "select":
            self._select = name, form
            form.pairs.append((name, ""))
        elif kind == "file":
            form.files.append(name)
        elif kind in ("radio", "checkbox", "submit"):
            form.choices.setdefault(name, []).append(told.get("value", "on"))
            if "checked" in told:
                form.pairs.append((name, told.get("value", "on")))
        else:
            form.pairs.append((name, told.get("value", "")))

    def handle_data(self, data: str) -> None:
        if self._typing:
            self._typed += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea" and self._typing:
            name, form = self._typing
            # HTML drops one line end behind the tag.
            form.pairs.append((name, self._typed.removeprefix("\n")))
            self._typing = None
        elif tag == "select" and self._select:
            name, form = self._select
            if dict(form.pairs).get(name) == "" and form.choices.get(name):
                _put(form, name, form.choices[name][0])
            self._select = None


def _put(form: Form, name: str, value: str) -> None:
    # In place: a button of the same form may share its fields.
    form.pairs[:] = [pair for pair in form.pairs if pair[0] != name] + [(name, value)]
