"""Under which names and addresses the school's tablets find this PC: what may be given, and what can be found out.

Knows sockets and nothing else. Finds IPv4 addresses only: those of IPv6 change by themselves and must be given.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from mailbox.errors import SettingsRefused

Address = IPv4Address | IPv6Address
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_NAME = 253
# A certificate authority for one of these could speak for every school and every shop.
_SHARED = frozenset({"com.cn", "edu.cn", "gov.cn", "net.cn", "org.cn", "ac.cn"})
# Nothing is sent to these: the system only says from which of its addresses it would be.
_PROBES = ("10.255.255.255", "172.31.255.255", "192.168.255.255", "203.0.113.1")
_ASK_FOR_ADDRESS = 0x8915


@dataclass(frozen=True)
class Places:
    """DNS names in lower case and IP addresses, each once, the one to show first first."""

    names: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.names or self.addresses)

    def within(self, others: Places) -> bool:
        return set(self.names) <= set(others.names) and set(self.addresses) <= set(others.addresses)

    def same_as(self, others: Places) -> bool:
        return self.within(others) and others.within(self)

    def in_words(self) -> str:
        return ", ".join([*self.names, *map(str, self.addresses)]) or "-"

    def best(self, here: Iterable[Address] = ()) -> str:
        """Return what a tablet is told: a name of the school's own DNS, else an address that this PC has now.

        A name that ends in .local comes last: tablets before Android 12 do not find it.
        """
        now = set(here)
        ranked = [name for name in self.names if not name.endswith(".local")]
        ranked += [str(address) for address in sorted(self.addresses, key=lambda address: address not in now)]
        return next(iter([*ranked, *self.names]))


def read_places(names: Iterable[str], addresses: Iterable[str]) -> Places:
    """Return what a technician gave. Raises SettingsRefused with the mend."""
    return Places(
        tuple(dict.fromkeys(_name(name) for name in names)),
        tuple(dict.fromkeys(_address(address) for address in addresses)),
    )


def found_places() -> Places:
    """Return this PC's addresses in the local network and its .local name, where it has a usable one.

    Without an address there is no network now, and nothing is found.
    """
    addresses = local_addresses()
    host = socket.gethostname().split(".")[0].lower()
    names = (f"{host}.local",) if addresses and _LABEL.fullmatch(host) and host != "localhost" else ()
    return Places(names, addresses)


def local_addresses() -> tuple[IPv4Address, ...]:
    """Return the IPv4 addresses under which others find this PC now, those it would use itself first."""
    every = dict.fromkeys([*_used(), *_of_interfaces(), *_of_own_name()])
    return tuple(address for address in every if not _is_only_here(address))


def bare_host(host: str) -> str:
    """Return a host as it stands in an address: IPv6 in brackets."""
    return f"[{host}]" if ":" in host else host


def _is_only_here(address: Address) -> bool:
    return address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast


def _name(text: str) -> str:
    name = text.strip().rstrip(".").lower()
    labels = name.split(".")
    with suppress(ValueError):
        ip_address(name)
        raise SettingsRefused("--name", f"{name} is an address; give it as --address {name}")
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels) or not labels[-1].isascii():
        raise SettingsRefused("--name", "give a name of letters a-z, digits and hyphens, such as xinxiang.local")
    if len(labels) < 2 or name in _SHARED:
        raise SettingsRefused("--name", f"{name} is too wide; give this PC's whole name, such as xinxiang.local")
    return name


def _address(text: str) -> Address:
    try:
        address = ip_address(text.strip().strip("[]"))
    except ValueError:
        raise SettingsRefused("--address", "give one address of this PC, such as 192.168.1.20") from None
    if address.is_unspecified or address.is_multicast or address.is_link_local or getattr(address, "scope_id", None):
        raise SettingsRefused("--address", f"{address} is no address that a tablet can open; give this PC's own")
    return address


def _used() -> Iterator[IPv4Address]:
    for probe in _PROBES:
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
            asked.connect((probe, 9))
            yield IPv4Address(asked.getsockname()[0])


def _of_interfaces() -> Iterator[IPv4Address]:
    if sys.platform != "linux":
        return
    import fcntl

    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        for _, interface in socket.if_nameindex():
            with suppress(OSError):
                answer = fcntl.ioctl(asked.fileno(), _ASK_FOR_ADDRESS, interface.encode()[:15].ljust(256, b"\0"))
                yield IPv4Address(answer[20:24])


def _of_own_name() -> Iterator[IPv4Address]:
    if sys.platform == "linux":
        # The interfaces have said it all, and a name that no file knows would wait for a DNS that is not there.
        return
    with suppress(OSError):
        for _, _, _, _, place in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET):
            yield IPv4Address(place[0])
