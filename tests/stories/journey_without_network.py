"""A school's first day by plain forms, set-up to collected reply, for a place that has no network but its own loopback.

Run as ``python -m tests.stories.journey_without_network FOLDER TEMPLATE`` by test_no_network.py, inside such a place;
TEMPLATE is a migrated SQLite database. Prints as JSON what was seen. Nothing here is told to stay at home: the served
program, its worker and this journey could all leave.
"""

from __future__ import annotations

import fcntl
import json
import re
import socket
import struct
import sys
from collections.abc import Iterator
from html import unescape
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from mailbox.upkeep.tls.places import local_addresses
from tests.support.page_words import words_of_page
from tests.support.served import ServedApp
from tests.support.staffed import PASSPHRASE
from tests.support.web_hook import WebHook, running_web_hook

DARK, BRIGHT = "我不想活了。", "操场边上的向日葵开花了。"
REPLY = "谢谢你告诉我。今天放学以前我在二楼心屋，你随时可以来。"
# Runs in each Python process of the served program: whom it asks for, loopback and the probes of places.py left out.
WATCH = """
import os, sys
_out = os.open(os.environ["ASKED_FOR"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
_PLACES = {"socket.connect": 1, "socket.sendto": 1, "socket.getaddrinfo": 0}
_HERE = ("127.", "::1", "localhost", "0.0.0.0")
def _note(event, args):
    if event in _PLACES:
        to = args[_PLACES[event]]
        to = to[0] if isinstance(to, tuple) else to
        if isinstance(to, str) and not to.startswith(("/",) + _HERE):
            os.write(_out, f"{event} {to}\\n".encode())
sys.addaudithook(_note)
"""


class Person:
    """One browser without scripts, with cookies of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._cookies: dict[str, str] = {}

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def send(self, page: str, action: str, **fields: str) -> str:
        """Send the form of a page whose address ends in ``action``, with its hidden fields; return the next page."""
        for form in re.findall(r"<form[^>]*>.*?</form>", page, re.S):
            named = re.search(r'action="([^"]*)"', form)
            if named and named[1].endswith(action):
                hidden = re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form)
                return self._ask(
                    "POST", unescape(named[1]), {**{name: unescape(one) for name, one in hidden}, **fields}
                )
        raise LookupError(f"no form to {action}: {words_of_page(page)[:300]}")

    def send_plain(self, path: str, **fields: str) -> str:
        return self._ask("POST", path, fields)

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=60)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self._cookies.items())}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = connection.getresponse()
        page = answer.read().decode()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        connection.close()
        if answer.status == 303:
            return self.get(urlsplit(answer.headers["Location"])._replace(scheme="", netloc="").geturl())
        if answer.status != 200:
            raise LookupError(f"{method} {path}: {answer.status} {words_of_page(page)[:300]}")
        return page


def link_in(page: str, kind: str) -> str:
    found = re.search(rf"/{kind}/[\w-]{{20,}}", page)
    if found is None:
        raise LookupError(f"no link to {kind}: {words_of_page(page)[:300]}")
    return found[0]


def first_day(served: ServedApp, hook: WebHook) -> Iterator[tuple[str, object]]:
    """Set a school up, write an urgent letter, read and answer it, collect the answer; yield (what, seen)."""
    login = {"passphrase": PASSPHRASE, "again": PASSPHRASE}
    technician, counselor, siren, child = (Person(served.port) for _ in range(4))
    link = link_in(served.log(), "setup")
    school = {"school_name": "青山小学", "opening_weekday": "4", "opening_hour": "15"}
    devices = technician.send(technician.get(link), link, login_name="jishu", **school, **login)
    invited = technician.send(devices, "/people/invite", display_name="林老师", role="counselor")
    link = link_in(invited, "invitation")
    slips = counselor.send(counselor.get(link), link, login_name="lin", **login)
    counselor.send(slips, "/invitation/kept", first="yes", second="yes")

    devices = technician.get("/desk/devices/")
    devices = technician.send(devices, "/channels", name="门卫室", address=hook.apprise_url, person="")
    link = link_in(technician.send(devices, "/enroll/siren", name="值班室"), "siren/enroll")
    siren.send(siren.get(link), link)
    technician.send(technician.get("/desk/devices/"), "/test-alarm")
    siren.send_plain("/siren/heard", token=json.loads(siren.get("/siren/state"))["token"])
    link = link_in(technician.send(technician.get("/desk/devices/"), "/enroll/kiosk", name="三楼走廊"), "enroll")
    child.send(child.get(link), link)

    page = child.send(child.get("/write"), "/write", words=DARK + BRIGHT, kind="whisper")
    code = [words_of_page(word) for word in re.findall(r"<figcaption>(.+?)</figcaption>", page)]
    yield "pictures in the code", len(code)
    # The test alarm's, and the urgent letter's, which nobody has opened yet.
    yield "alarms", len(hook.wait_for(2))
    queue = counselor.get("/desk/letters/")
    thread = link_in(queue, "desk/letters")
    letter = counselor.get(thread)
    yield "the letter counts as urgent", "紧急" in words_of_page(queue)
    yield "the counselor reads the letter", BRIGHT in words_of_page(letter)
    counselor.send(letter, "/reply", reply=REPLY, when="now")
    replies = child.send(child.get("/read"), "/read", typed=" ".join(code))
    yield "the child reads the reply", REPLY in words_of_page(replies)


def counted() -> dict[str, int]:
    """What the system counted in this place: what had no way out, and questions to nobody on loopback, as for names."""
    told = Path("/proc/net/snmp").read_text().splitlines()
    table = {
        f"{names.partition(':')[0]} {name}": int(value)
        for names, values in zip(told[::2], told[1::2], strict=True)
        for name, value in zip(names.split()[1:], values.split()[1:], strict=True)
    }
    six = dict(line.split() for line in Path("/proc/net/snmp6").read_text().splitlines())
    return {
        "no way out": table["Ip OutNoRoutes"] + int(six["Ip6OutNoRoutes"]),
        "nobody there to ask": table["Udp NoPorts"],
        "datagrams sent": table["Udp OutDatagrams"],
    }


def bring_loopback_up() -> None:
    """A new place has even its loopback switched off."""
    _set_interface(b"lo", 0x8914, struct.pack("h", 0x1 | 0x40))


def add_network_that_ends_here(address: str) -> None:
    """Put the network of ``address`` onto loopback, so that there is a way to it and none beyond."""
    _set_interface(b"lo:1", 0x8916, struct.pack("=HH4s", socket.AF_INET, 0, socket.inet_aton(address)))


def _set_interface(name: bytes, what: int, value: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        fcntl.ioctl(asked.fileno(), what, name.ljust(16, b"\0") + value.ljust(24, b"\0"))


def journey(folder: Path, template: Path) -> dict[str, object]:
    asked_for = folder / "asked-for"
    (folder / "watch").mkdir()
    (folder / "watch" / "sitecustomize.py").write_text(WATCH)
    environment = {"PYTHONPATH": str(folder / "watch"), "ASKED_FOR": str(asked_for)}
    served = ServedApp(folder / "served", {"web_workers": 1}, environment)
    served.make_of(template)
    with running_web_hook() as hook:
        served.start()
        try:
            seen = dict(first_day(served, hook))
        finally:
            served.stop()
    seen["asked for"] = asked_for.read_text().splitlines()
    seen["counted"] = counted()
    # How the program finds this PC's own address: the system is asked for a way, and nothing goes along it.
    local_addresses()
    seen["counted after four ways were asked for"] = counted()
    add_network_that_ends_here("203.0.113.9")
    seen["own addresses"] = [str(address) for address in local_addresses()]
    seen["datagrams sent to find them"] = counted()["datagrams sent"]
    return seen


if __name__ == "__main__":
    bring_loopback_up()
    sys.stdout.write(json.dumps(journey(Path(sys.argv[1]), Path(sys.argv[2])), ensure_ascii=False))
