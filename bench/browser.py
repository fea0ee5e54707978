"""A browser for measurements: it keeps cookies, follows redirects and fills in forms, and draws no page.

Plain ``http.client``. Owns how a form of a page is found and sent.
What it sends and what it is answered is for the caller to judge.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.client import HTTPConnection, HTTPException, HTTPResponse
from http.cookies import SimpleCookie
from urllib.parse import urlencode, urlsplit

_PATIENCE_SECONDS = 60
_MOST_REDIRECTS = 5


class Unexpected(Exception):
    """An answer that is no success, or a page without the form that was looked for. Says where and which status."""


@dataclass
class Form:
    """A form of a page as it stands there: where it goes, and the fields that have a value."""

    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Answer:
    """A status, where it came from after all redirects, and the body."""

    status: int
    path: str
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8")

    def forms(self) -> list[Form]:
        reader = _Forms()
        reader.feed(self.text)
        return reader.forms

    def form(self, ending: str) -> Form:
        """Return the form whose address ends so. Raises Unexpected."""
        found = [form for form in self.forms() if form.action.endswith(ending)]
        if not found:
            raise Unexpected(f"{_shape(self.path)} holds no form for …{ending}")
        return found[0]


class Browser:
    """One connection, opened again when it was closed; ``cookies`` by name."""

    def __init__(self, port: int, cookies: dict[str, str]) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=_PATIENCE_SECONDS)
        self._cookies = dict(cookies)
        self._tags: dict[str, str] = {}

    def get(self, path: str) -> Answer:
        """Raises Unexpected, OSError, HTTPException."""
        return self._wanted(self._ask("GET", path), {200})

    def changed(self, path: str) -> bool:
        """Ask with the tag of the last answer whether something changed."""
        return self._wanted(self._ask("GET", path, is_tagged=True), {200, 304}).status == 200

    def send(self, form: Form, ok: frozenset[int] = frozenset({200}), **typed: str) -> Answer:
        """Send a form with some fields typed anew; ``ok`` are the statuses that are no trouble."""
        kept = [(name, value) for name, value in form.fields if name not in typed]
        body = urlencode([*kept, *typed.items()]).encode("ascii")
        return self._wanted(self._ask("POST", form.action, body, "application/x-www-form-urlencoded"), ok)

    def send_body(self, path: str, body: bytes, kind: str) -> Answer:
        return self._wanted(self._ask("POST", path, body, kind), {200})

    def leave(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "", *, is_tagged: bool = False) -> Answer:
        for _ in range(_MOST_REDIRECTS):
            answer = self._once(method, path, body, kind, is_tagged=is_tagged)
            read = answer.read()
            for cookie in SimpleCookie("; ".join(answer.headers.get_all("Set-Cookie", []))).values():
                self._cookies[cookie.key] = cookie.value
            if answer.status not in {302, 303}:
                return Answer(answer.status, path, read)
            method, body, kind, path = "GET", b"", "", _path_of(answer.headers["Location"])
        raise Unexpected(f"{_shape(path)} leads nowhere")

    def _once(self, method: str, path: str, body: bytes, kind: str, *, is_tagged: bool) -> HTTPResponse:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if kind:
            headers["Content-Type"] = kind
        if is_tagged and path in self._tags:
            headers["If-None-Match"] = self._tags[path]
        try:
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        except HTTPException:
            # A connection that stood idle too long was closed at the other end; nothing of this was taken.
            self._connection.close()
            self._connection.request(method, path, body or None, headers)
            answer = self._connection.getresponse()
        if "ETag" in answer.headers:
            self._tags[path] = answer.headers["ETag"]
        return answer

    def _wanted(self, answer: Answer, ok: set[int] | frozenset[int]) -> Answer:
        if answer.status not in ok:
            raise Unexpected(f"{_shape(answer.path)} answered {answer.status}")
        return answer


class _Forms(HTMLParser):
    """Collects the forms of a page: hidden and typed fields, what is chosen, and the text of text areas."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._open: Form | None = None
        self._area: str | None = None
        self._select: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = dict(attrs)
        name, value = said.get("name") or "", said.get("value") or ""
        if tag == "form":
            self._open = Form(said.get("action") or "")
            self.forms.append(self._open)
        elif self._open is None:
            return
        elif tag == "input" and name and self._counts(said):
            self._open.fields.append((name, value))
        elif tag == "textarea" and name:
            self._area = name
            self._open.fields.append((name, ""))
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in said:
            self._open.fields.append((self._select, value))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._open is not None and self._area is not None:
            name, so_far = self._open.fields[-1]
            self._open.fields[-1] = (name, so_far + data)

    @staticmethod
    def _counts(said: dict[str, str | None]) -> bool:
        kind = said.get("type") or "text"
        if kind in {"radio", "checkbox"}:
            return "checked" in said
        return kind not in {"submit", "button", "file", "image", "reset"}


def _path_of(location: str) -> str:
    parts = urlsplit(location)
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _shape(path: str) -> str:
    """Return a path without its ids, so that equal troubles are counted together."""
    return "/".join("…" if len(part) == 32 else part for part in path.partition("?")[0].split("/"))
