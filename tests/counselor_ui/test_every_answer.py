"""What every answer of every address holds, read off the app's own map: a new address is held to it by itself.

Which methods are served, forms that are refused without a token of the very session and for the very purpose, headers
and cookies. Who gets where is in test_every_route, whose school and whose people these are.
"""

from __future__ import annotations

import ast
import inspect
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from mailbox.rules.roles import COUNSELOR, HEAD, LEAD, TECHNICIAN
from mailbox.web.forms import new_token
from tests.counselor_ui.at_desk import HTTPS
from tests.counselor_ui.test_every_route import _KIOSK, _SESSION, ASKERS, FIELDS, TABLE, Walk, routes, walk
from tests.fuzzing.answers import faults_of
from tests.support.fixtures import database_of_kind

# The fixture is known under its name here.
__all__ = ["walk"]

HOUSE = Path(__file__).resolve().parents[2]
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "TRACE")
CHINESE = {"Accept-Language": "zh-CN"}
_PURPOSE = re.compile(r'(?:sent_form|sent_letter_form|nonce_of)\((?:[^")]*?)"([^"]+)"')
# Another's session, from whose forms the token comes.
OTHERS = {
    **{COUNSELOR: LEAD, LEAD: COUNSELOR, HEAD: LEAD, TECHNICIAN: LEAD},
    **{"kiosk": "withdrawn", "withdrawn": "kiosk", "nobody": COUNSELOR},
}
_WHO_MAY = {endpoint: line.split() for line, endpoints in TABLE.items() for endpoint in endpoints}
# What takes no token: the link itself, which works once, is the proof; or nothing is kept and nothing changed by it.
WITHOUT_TOKEN = {
    *("arrival.accept", "arrival.found", "kiosk.enroll_device", "siren.enroll_device"),
    *("kiosk.chosen", "kiosk.forget_enrolment", "kiosk.open_enrolment_link", "kiosk.tell_still_there"),
}
FROM_ELSEWHERE = {**CHINESE, "Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
# That a reader is shown a letter once more, with the form that was refused beside it.
SHOWN_AGAIN = re.compile(r"""INSERT INTO "audit" VALUES\('[0-9a-f]{32}',\d+,'[0-9a-f]{32}','thread\.read',""")


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind("sqlite", request, tmp_path)


def asked(walk: Walk, asker: str, rule: Rule, method: str, **given: object) -> TestResponse:
    if asker in walk.kiosks:
        # One page takes the enrolment away.
        walk.browsers[asker].carry(_KIOSK, walk.kiosks[asker])
    client = walk.browsers[asker].client
    return client.open(walk.address(asker, rule), method=method, base_url=HTTPS, headers=CHINESE, **given)


def test_an_address_serves_its_methods_and_answers_all_others_with_405(walk: Walk) -> None:
    addresses = {walk.address("nobody", rule): rule for rule in walk.app.url_map.iter_rules()}
    adapter, wrong, served = walk.app.url_map.bind("localhost"), [], set()
    for address, rule in addresses.items():
        here = set(adapter.allowed_methods(address))
        served |= here
        for method in set(METHODS) - here | {"OPTIONS"}:
            answer = asked(walk, "nobody", rule, method)
            status = 200 if method == "OPTIONS" else 405
            allowed = set(answer.headers.get("Allow", "").split(", "))
            if answer.status_code != status or allowed != here or faults_of(answer):
                wrong.append((address, method, answer.status_code, allowed, faults_of(answer)))
    assert wrong == []
    # None is served but to look and to send.
    assert served == {"GET", "HEAD", "OPTIONS", "POST"}


def who_gets_in(rule: Rule) -> str:
    """Return somebody whom the address lets in: what refuses them is then the form and not the role."""
    line = _WHO_MAY.get(rule.endpoint, [])
    return next((ASKERS[line.index(come)] for come in ("ok", "bad") if come in line), "nobody")


def tokens_of_others(walk: Walk, asker: str, rule: Rule) -> Iterator[tuple[str, str | None]]:
    """Yield what a form of another site, another session and another page would carry."""
    found = _PURPOSE.search(inspect.getsource(walk.app.view_functions[rule.endpoint]))
    purpose = found[1] if found else "none"
    is_desk = not rule.endpoint.startswith("kiosk.")
    cookie = _SESSION if is_desk else _KIOSK
    named = f"desk-{purpose}" if is_desk else purpose
    office = walk.school.office
    yield "no token", None
    yield "another session's token", new_token(office, named, walk.browsers[OTHERS[asker]].cookie(cookie) or "nobody")
    yield "another page's token", new_token(office, "desk-other", walk.browsers[asker].cookie(cookie) or "nobody")


class Beside:
    """Somebody who looks into the database beside the program."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        self._rows: set[str] = set()
        self._version = 0

    def sees_a_change(self) -> bool:
        """Return whether a row came, went or changed since the last look; that a letter was shown again is none."""
        version = self._database.execute("PRAGMA data_version").fetchone()[0]
        if version == self._version:
            return False
        self._version, before = version, self._rows
        self._rows = {line for line in self._database.iterdump() if not SHOWN_AGAIN.match(line)}
        return before != self._rows


@pytest.fixture
def beside(walk: Walk) -> Iterator[Beside]:
    for asker in (COUNSELOR, LEAD):
        # From now on what they read is read.
        walk.browsers[asker].get(f"/desk/letters/{walk.known[asker]['thread_id']}")
    file = walk.school.office.settings.database_url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(file)) as database:
        beside = Beside(database)
        beside.sees_a_change()
        yield beside


def test_no_form_is_taken_without_a_token_of_this_session_and_this_page(walk: Walk, beside: Beside) -> None:
    wrong, tried = [], 0
    for rule, method in routes(walk.app):
        if method != "POST" or rule.endpoint in WITHOUT_TOKEN:
            continue
        asker = who_gets_in(rule)
        for what, token in tokens_of_others(walk, asker, rule):
            fields = {name: value.format(asker=asker) for name, value in FIELDS.get(rule.endpoint, {}).items()}
            answer = asked(walk, asker, rule, method, data=fields if token is None else {"token": token, **fields})
            tried += 1
            is_login = answer.status_code == 303 and (answer.location or "").startswith("/desk/login")
            found = {
                f"was taken ({answer.status_code})": answer.status_code not in (400, 403, 404, 409) and not is_login,
                "changed something": beside.sees_a_change(),
                "set a cookie": bool(answer.headers.getlist("Set-Cookie")),
            }
            wrong += [(rule.endpoint, what, fault) for fault, is_so in found.items() if is_so]
            wrong += [(rule.endpoint, what, fault) for fault in faults_of(answer)]
    assert wrong == []
    assert tried > 250


def test_what_takes_no_token_does_nothing_for_another_site(walk: Walk, beside: Beside) -> None:
    """A browser brings no cookie of ours along from there, and none of ours may be set or taken away then."""
    by_name = {rule.endpoint: rule for rule, method in routes(walk.app) if method == "POST"}
    for name in sorted(WITHOUT_TOKEN):
        address = walk.address("nobody", by_name[name])
        stranger = walk.app.test_client()
        answer = stranger.post(address, base_url=HTTPS, headers=FROM_ELSEWHERE, data={"kind": "meet", "link": "x"})
        assert answer.status_code in (303, 403, 404), name
        assert answer.headers.getlist("Set-Cookie") == [], name
        assert not beside.sees_a_change(), name
        assert faults_of(answer) == []


def test_every_answer_has_every_header_and_no_cookie_but_a_safe_one(walk: Walk) -> None:
    wrong = []
    for rule, method in routes(walk.app):
        for asker in {"nobody", who_gets_in(rule)}:
            data = {"token": walk.token(walk.browsers[asker], rule.endpoint)} if method == "POST" else None
            answer = asked(walk, asker, rule, method, data=data)
            wrong += [(rule.endpoint, method, asker, fault) for fault in faults_of(answer)]
    assert wrong == []


def test_every_cookie_of_the_program_is_for_this_host_unread_by_scripts_and_not_sent_from_elsewhere() -> None:
    calls = []
    for folder in ("mailbox", "counselor_ui"):
        for file in (HOUSE / folder).rglob("*.py"):
            calls += [call for call in ast.walk(ast.parse(file.read_text("utf-8"))) if _sets_a_cookie(call)]
    assert len(calls) > 5
    for call in calls:
        given = {one.arg: getattr(one.value, "value", None) for one in call.keywords}
        assert (given["secure"], given["httponly"], given["samesite"]) == (True, True, "Strict"), ast.unparse(call)
        assert given.get("path", "/") == "/" and "domain" not in given, ast.unparse(call)


def _sets_a_cookie(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ("set_cookie", "delete_cookie")
    )
