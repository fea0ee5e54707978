"""Every address of the app as a door: who stands before it, what it asks for, and a token of its own form.

Most are found as a person finds them, by following the pages. The others (a page's script sends them, or one must have
done something first) are read off the view: the name of its form, and the fields that its module asks for.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Rule

from mailbox.web.forms import new_token
from tests.fuzzing.cast import DESK, EVERYBODY, HTTPS, KIOSK_COOKIE, Cast
from tests.fuzzing.extent import count
from tests.fuzzing.forms import Form, Seen, seen_in

# The doors that nobody's page leads to by a link.
FIRST_PAGES = ("/", "/read", "/write", "/help", "/desk/", "/desk/login", "/desk/recovery", "/siren", "/certificate")
MOST_PAGES_OF_A_KIND = count(1, 2)
_PURPOSE = re.compile(r'(?:sent_form|sent_letter_form|nonce_of)\((?:[^")]*?)"([^"]+)"')
_FIELD = re.compile(r'(?:form|args|files)(?:\.get|\.getlist)?[(\[]\s*"([a-z_]+)"|text_of\(request, "([a-z_]+)"\)')
NOTHING = "0" * 32
# What an address names that is no row of the school.
_PLACES = {
    **{"section": "level", "filename": "nothing.css", "kind": "kiosk", "page": "calendar", "situation": "bullying"},
    **{"ends_on": "2026-02-27", "month": "2026-03", "which": "1", "step": "told"},
}


@dataclass
class Door:
    """One address before one person. ``form`` is what was found on a page, or made of what the view asks for.

    ``is_open``: this person's pages lead there.
    """

    who: str
    endpoint: str
    method: str
    path: str
    form: Form = field(default_factory=lambda: Form("", "get", False))
    is_open: bool = False

    def token(self, cast: Cast) -> str | None:
        """Return a fresh token for the form, or None where the page's own must do."""
        found = _PURPOSE.search(inspect.getsource(cast.app.view_functions[self.endpoint]))
        cookie = cast.cookies[self.who]
        if not found or (cookie and cookie[0] not in (DESK, KIOSK_COOKIE)):
            return None
        purpose = found[1] if self.endpoint.startswith("kiosk.") else f"desk-{found[1]}"
        return new_token(cast.office, purpose, cookie[1] if cookie else "nobody")


def doors_of(cast: Cast) -> list[Door]:
    """Return all doors, those of one address apart from each other; nothing in the school is changed."""
    found: list[Door] = []
    known: dict[str, dict[str, str]] = {}
    for who in EVERYBODY:
        found += _walked(cast, who, known.setdefault(who, {}))
    reached = {(door.who, door.endpoint, door.method) for door in found}
    for who in EVERYBODY:
        # What a lead's page names, others may try too.
        values = {**known["lead"], **known["counselor"], **known[who]}
        for rule, method in routes(cast):
            if (who, rule.endpoint, method) not in reached:
                found.append(Door(who, rule.endpoint, method, _address(cast, rule, values), _form_of(cast, rule)))
    return found


def routes(cast: Cast) -> Iterator[tuple[Rule, str]]:
    for rule in sorted(cast.app.url_map.iter_rules(), key=lambda rule: (rule.endpoint, rule.rule)):
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            yield rule, method


def _walked(cast: Cast, who: str, known: dict[str, str]) -> list[Door]:
    client, adapter = cast.client(who), cast.app.url_map.bind("localhost")
    todo, found, visited = list(FIRST_PAGES), [], Counter[str]()
    seen = set(todo)

    def where(address: str, method: str) -> str | None:
        try:
            endpoint, values = adapter.match(urlsplit(address).path, method=method)
        except HTTPException:
            return None
        known.update({name: str(value) for name, value in values.items()})
        return str(endpoint)

    while todo:
        page = todo.pop(0)
        endpoint = where(page, "GET")
        if endpoint is None or visited[endpoint] >= MOST_PAGES_OF_A_KIND:
            continue
        visited[endpoint] += 1
        answer = client.get(page, base_url=HTTPS, headers={"Accept-Language": "zh-CN"})
        shown = Seen([], [answer.location] if answer.location else [])
        if answer.mimetype == "text/html" and not answer.location:
            shown = seen_in(answer.text)
        found.append(Door(who, endpoint, "GET", page, is_open=answer.status_code == 200))
        for form in shown.forms:
            action = form.action or page
            target = where(action, form.method.upper())
            if target and form.method in ("get", "post"):
                found.append(Door(who, target, form.method.upper(), action, form, is_open=True))
        fresh = [link.split("#")[0] for link in shown.links if link.startswith("/") and link.split("#")[0] not in seen]
        seen.update(fresh)
        todo += fresh
    return _few(found)


def _few(doors: list[Door]) -> list[Door]:
    """Keep a few doors of each address and each set of fields."""
    kept, held = [], Counter[object]()
    for door in doors:
        kind = (door.endpoint, door.method, frozenset(name for name, _ in door.form.pairs))
        held[kind] += 1
        if held[kind] <= MOST_PAGES_OF_A_KIND:
            kept.append(door)
    return kept


def _address(cast: Cast, rule: Rule, known: dict[str, str]) -> str:
    values = {name: _PLACES.get(name) or known.get(name, NOTHING) for name in rule.arguments}
    with cast.app.test_request_context(base_url=HTTPS):
        return str(cast.app.url_map.bind("localhost").build(rule.endpoint, values))


def _form_of(cast: Cast, rule: Rule) -> Form:
    module = inspect.getsource(sys.modules[cast.app.view_functions[rule.endpoint].__module__])
    names = dict.fromkeys(one or other for one, other in _FIELD.findall(module))
    return Form("", "post", False, [("token", ""), *((name, "") for name in names if name != "token")])
