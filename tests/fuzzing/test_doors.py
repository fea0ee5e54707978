"""Hostile inputs at every address, by everybody there is, with a form's own token: no error inside, nothing in the log.

The views are reached: what is refused is refused by them and not by the guard before them.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from mailbox.office import Office
from tests.fuzzing import hostile
from tests.fuzzing.answers import faults_of
from tests.fuzzing.cast import HTTPS, Cast, listening, make_cast
from tests.fuzzing.doors import Door, doors_of, routes
from tests.fuzzing.extent import count, dice, tell
from tests.fuzzing.hostile import SIGN, Body
from tests.support.fixtures import database_of_kind

# The decoder is a process of its own for every file, so files are few here.
FILES = (b"", b"\x89PNG\r\n\x1a\n", b"\0" * 300, b"GIF89a")
INPUTS_A_SCHOOL = 40
# What the log says of this school without any hostile input: it has no model, a stranger's page has no help, and one
# channel leads nowhere; behind that one's words stands its row.
KNOWN_LINES = (
    "ERROR mailbox.letters the model's folder cannot be read for an adjustment",
    "WARNING mailbox.kiosk the school's help is not at hand NotFound",
    "ERROR mailbox.alarms an alarm could not be delivered SendingFailed",
    # A colleague who was let in a moment ago has no key of the weeks before.
    "ERROR mailbox.letters a reply could not be opened",
)
_NO_HEADERS = {"Accept-Language": "zh-CN"}


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return database_of_kind("sqlite", request, tmp_path)


@pytest.fixture
def cast(office: Office) -> Iterator[Cast]:
    cast = make_cast(office)
    with listening(cast):
        yield cast


class Walk:
    """Sends hostile inputs one after the other; remembers what came back and what was wrong with it."""

    def __init__(self, cast: Cast, rolled: random.Random) -> None:
        self.cast, self.dice = cast, rolled
        self.came: Counter[int] = Counter()
        self.reached: set[str] = set()
        self.wrong: Counter[str] = Counter()
        self.sent = 0

    def try_at(self, door: Door) -> None:
        if self.sent % INPUTS_A_SCHOOL == 0:
            self.cast.put_back()
        self.sent += 1
        kinds = (self.form, self.body, self.address, self.visitor)
        kind = self.dice.choices(kinds, (70, 12, 10, 8) if door.method == "POST" else (0, 5, 70, 25))[0]
        kind(door)

    def form(self, door: Door) -> None:
        """Send the form with its token and hostile values in it; then look at the page to which one is sent on."""
        body = self._filled(door)
        content, content_type = body.encoded(self.dice, as_parts=door.form.is_multipart or self.dice.random() < 0.05)
        answer = self._ask(door, door.path, content=content, content_type=content_type)
        if answer.status_code in (302, 303) and answer.location.startswith("/"):
            self._ask(door, answer.location, method="GET")

    def body(self, door: Door) -> None:
        """Send a broken body, or a good one under another type, or of another length than it says."""
        content, content_type = self._filled(door).encoded(self.dice, as_parts=self.dice.random() < 0.5)
        if self.dice.random() < 0.6:
            content = hostile.damaged(self.dice, content)
        if self.dice.random() < 0.5:
            content_type = self.dice.choice(hostile.TYPES)
        if self.dice.random() < 0.1:
            content = b"a=" + SIGN.encode() * 40_000
        lies = self.dice.random() < 0.1
        headers = {"Content-Length": self.dice.choice(("", "-1", "0", "9" * 30, "1e3"))} if lies else {}
        self._ask(door, door.path, content=content, content_type=content_type, headers=headers)

    def address(self, door: Door) -> None:
        """Ask for an address of which a piece is hostile, with a hostile question behind it."""
        pieces = door.path.partition("?")[0].split("/")
        if self.dice.random() < 0.5:
            pieces[self.dice.randrange(1, len(pieces))] = self.dice.choice(hostile.PATHS)
        if self.dice.random() < 0.1:
            pieces += [self.dice.choice(hostile.PATHS)] * self.dice.choice((1, 3, 200))
        asked = [
            (self.dice.choice(ASKED) if self.dice.random() < 0.9 else hostile.any_text(self.dice)[:90], self._text())
            for _ in range(self.dice.choice((0, 1, 2, 3)))
        ]
        path = "/".join(pieces) + ("?" + urlencode(asked, errors="surrogatepass") if asked else "")
        self._ask(door, path, method=door.method if self.dice.random() < 0.8 else self.dice.choice(hostile.METHODS))

    def visitor(self, door: Door) -> None:
        """Ask with broken cookies and headers."""
        headers = dict(self.dice.sample(hostile.HEADERS, self.dice.choice((0, 1, 3))))
        cookie = self.dice.choice(hostile.COOKIES) if self.dice.random() < 0.7 else None
        self._ask(door, door.path, headers=headers, cookie=cookie)

    def _filled(self, door: Door) -> Body:
        """Return the form as somebody would fill it in, some of it hostile; its token is right, most of the time."""
        form = door.form
        pairs = [(name, value or self.dice.choice(form.choices.get(name, [""]))) for name, value in form.pairs]
        offered = {name: values for name, values in form.choices.items() if name not in dict(pairs)}
        pairs += [(name, self.dice.choice(values)) for name, values in offered.items() if self.dice.random() < 0.7]
        token = door.token(self.cast)
        if token:
            pairs = [(name, token if name == "token" else value) for name, value in pairs]
        keep = frozenset({"token"} if self.dice.random() < 0.95 else ())
        files = {name: self.dice.choice(FILES) for name in form.files if self.dice.random() < 0.2}
        return Body(hostile.changed(self.dice, pairs, keep=keep), files)

    def _text(self) -> str:
        return hostile.any_text(self.dice)[:2_000]

    def _ask(
        self,
        door: Door,
        path: str,
        *,
        method: str = "",
        content: bytes = b"",
        content_type: str = "",
        headers: dict[str, str] | None = None,
        cookie: str | None = None,
    ) -> TestResponse:
        own = self.cast.cookies[door.who]
        carried = cookie if cookie is not None else "=".join(own) if own else ""
        sent = {**_NO_HEADERS, **({"Cookie": carried} if carried else {}), **(headers or {})}
        before = len(self.cast.log)
        answer = self.cast.app.test_client(use_cookies=False).open(
            path,
            base_url=HTTPS,
            method=method or door.method,
            data=content,
            content_type=content_type or None,
            headers=sent,
        )
        self.came[answer.status_code] += 1
        if answer.status_code not in (403, 404, 405) and "/desk/login" not in (answer.location or ""):
            self.reached.add(f"{door.endpoint} {door.method}")
        told = self.cast.log[before:]
        faults = faults_of(answer) + ["words in the log"] * any(SIGN in line for line in told)
        faults += [line for line in told if "a page failed" in line or "Traceback" in line]
        for fault in faults:
            self.wrong[f"{door.who} {door.method} {door.endpoint}: {fault} ({answer.status_code})"] += 1
        return answer


ASKED = (
    *("page", "level", "with", "kind", "tab", "for", "span", "month", "done", "said", "on", "half", "thread", "met"),
    *("tried", "saved", "away", "changed", "thanks", "kept", "lang", "words", "weeks"),
)


def in_turn(doors: list[Door], dice: random.Random, wanted: int) -> Iterator[Door]:
    """Yield doors, each address as often as the others; those where somebody gets in more often than the others."""
    of_address: dict[tuple[str, str], list[Door]] = {}
    for door in doors:
        of_address.setdefault((door.endpoint, door.method), []).append(door)
    # What changes something is tried three times as often as what only shows.
    addresses = [one for one in of_address for _ in range(3 if one[1] == "POST" else 1)]
    done = 0
    while done < wanted:
        for address in dice.sample(addresses, min(len(addresses), wanted - done)):
            found = of_address[address]
            inside = [door for door in found if door.is_open] if dice.random() < 0.8 else []
            yield dice.choice(inside or found)
            done += 1


def test_hostile_inputs_at_every_address_make_no_error_inside_and_leave_no_word_in_the_log(cast: Cast) -> None:
    walk = Walk(cast, dice("doors"))
    doors, all_routes = doors_of(cast), list(routes(cast))
    assert {(door.endpoint, door.method) for door in doors} == {(rule.endpoint, method) for rule, method in all_routes}
    cast.log.clear()
    for door in in_turn(doors, walk.dice, count(350, 10_000)):
        walk.try_at(door)
    tell(f"{walk.sent} hostile inputs at {len(doors)} doors of {len(all_routes)} addresses")
    tell(f"  {len(walk.reached)} addresses let somebody in; answers by status: {dict(sorted(walk.came.items()))}")
    tell(f"  lines in the log: {len(cast.log)}, of {len(set(cast.log))} kinds")
    # What the guard turned away has tried no view.
    assert len(walk.reached) > len(all_routes) / 3
    assert walk.wrong == {}
    # Behind the day.
    assert [line for line in cast.log if not line.partition(" ")[2].startswith(KNOWN_LINES)] == []
