"""What no child and no colleague types: values, bodies, types, addresses, cookies. Each carries a sign to be found by.

Owns the list of what has broken programs before, and how it is mixed; knows no page.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_from_bytes

# Stands in texts that are sent: no log may hold it.
SIGN = "Zeichen7q"
# A tag that would run, were it ever shown as it came.
TAG = f"<img src=x onerror={SIGN}>"
FORM_TYPE = "application/x-www-form-urlencoded"

TEXTS: tuple[str, ...] = (
    *("", " ", "\0", f"{SIGN}\0{SIGN}", "\r\n", f"a\r\nSet-Cookie: {SIGN}=1", "\u2028", "\x1e{}", "\x7f\x1b[2J"),
    *("\ud800", f"{SIGN}\udfff", "\ufffe\uffff", "\U0010ffff", "\u202e" + SIGN, "\u200b\u200d\ufeff", "e\u0301" * 500),
    *(TAG, f'"><script>{SIGN}</script>', f"'{TAG}", "{{7*7}}", "{asker}", "%s%n%(x)s", "${7*7}", "{0.__class__}"),
    *("'; DROP TABLE threads; --", "%", "_", "*", '"', "NEAR(", "../../../etc/passwd", "/etc/passwd", "file:///etc"),
    *("-1", "0", "1", "2", "00", "1e309", "NaN", "Infinity", "0x10", "1_000", "+1", " 1", "9" * 19, "9" * 400),
    *("9" * 5_000, "²", "٣", "１２", "½", "१", "1.5", "-0", str(2**31), str(2**63), str(2**64)),
    *("2026-02-30", "0000-00-00", "9999-12-31", "0001-01-01", "10000-01-01", "2026-03-02T10:00", "20260302"),
    *("2026-W10-1", "２０２６-03-02", "2026-13", "9999-12", "0000-01", "2026-03-06", "2026-10-02"),
    *("24:00", "25:61", "7:40-12:00", "12:00-7:40", "23:59-24:00", "：", "-", "00:00-00:00", "7:40-12:00，13:30-17:30"),
    *("on", "yes", "true", "none", "null", "None", "[]", "{}", "[" * 3_000, '{"a":' * 800, "\\", "\\u0000"),
    *("urgent", "soon", "routine", "unscreened", "lead", "head", "counselor", "technician", "whisper", "drawing"),
    *("0" * 32, "f" * 32, "g" * 32, "A" * 32, "0" * 31, "0" * 33),
    *("json://127.0.0.1:9/", "json://[::1", "mailto://", "https://[", "http://" + SIGN + "@[:", "dingtalk://", "://"),
    *("a@b", "a@b.cn\nBcc: c@d.cn", SIGN + "@" + "x" * 300 + ".cn", "@", "方 <a@b.cn>"),
    *("橘" * 4_000, "橘" * 4_001, SIGN * 8_000, "𝒳" * 2_000, "\n" * 4_000, "👨‍👩‍👧" * 300, "ﷺ" * 900),
    *(
        "大象西瓜风筝火车大山雨伞",
        "daxiang xigua",
        "苹果树下的第三只猫在打鼾",
        "林老师",
        "lin",
        f"谢谢你写信来，{SIGN}",
    ),
    *(f"想开点，我一定替你保密 {SIGN}", "我被打了，今天", f"【紧急】{SIGN}", "【尽快】想家了"),
)
PATHS: tuple[str, ...] = (
    *("%00", "..%2f..%2fetc%2fpasswd", "%ff%fe", "%ed%a0%80", "%0d%0aSet-Cookie:%20a=b", "%2e%2e", "~", "a" * 4_000),
    *(quote_from_bytes(TAG.encode()), "0" * 32, "F" * 32, "%E6%A9%98" * 30, ";", "-1", "2026-02-30", "9999-12-31", "."),
    *("0001-01-01", "kiosk", "calendar", "week", "year", "9999-12", "0000-00", "%25", "'", "%22", "{x}", "٣", "²"),
)
TYPES: tuple[str, ...] = (
    *("", "text/plain", "application/json", "application/xml", "multipart/form-data", "multipart/form-data; boundary="),
    *("multipart/form-data; boundary=" + "b" * 300, "multipart/mixed; boundary=b", FORM_TYPE + "; charset=utf-7"),
    *(FORM_TYPE + "; charset=" + SIGN, "a/b/c", ";", "\xff", 'multipart/form-data; boundary="b', FORM_TYPE.upper()),
)
COOKIES: tuple[str, ...] = (
    *("=", ";", ";;;=;", "__Host-desk", "__Host-desk=", "__Host-desk=" + "A" * 43, "__Host-desk=" + SIGN),
    *("__Host-desk=\xff\xfe", "__Host-kiosk=" + SIGN + "; __Host-desk=" + SIGN, "a" * 6_000 + "=b", "__Host-siren=%00"),
    *(
        '__Host-desk="\\',
        '__Host-desk="\\377\\000"',
        "__Host-desk-device=" + "." * 900,
        "__Host-desk-slips=" + "é" * 50,
    ),
    *("language=" + SIGN, "__Host-desk-device=" + "gAAAA" * 200),
)
HEADERS: tuple[tuple[str, str], ...] = (
    *(
        ("Accept-Language", "zh;q=" + SIGN),
        ("Accept-Language", "*" * 5_000),
        ("Accept-Language", "en;q=1e309,zh;q=N"),
    ),
    *(("If-None-Match", '"' + SIGN), ("If-Modified-Since", "Mon, 99 Foo 99999 99:99:99"), ("Range", "bytes=-")),
    *(("Range", "bytes=9-1,0-" + "9" * 400), ("Range", "bytes=0-0," * 500), ("Accept-Encoding", "gzip;q=" + SIGN)),
    *(("Authorization", "Basic \xff"), ("X-Forwarded-For", "127.0.0.1, " + SIGN), ("X-Forwarded-Host", SIGN)),
    *(("Referer", "\x80" + SIGN), ("Origin", "null"), ("Content-Encoding", "gzip"), ("Expect", "100-" + SIGN)),
    *(("User-Agent", TAG), ("X-HTTP-Method-Override", "DELETE"), ("Sec-Fetch-Site", "cross-site")),
)
METHODS = ("HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "GETT", "get")


@dataclass
class Body:
    """What is sent as a form: pairs in order, so that one name may come twice; files beside them."""

    pairs: list[tuple[str, str]]
    files: dict[str, bytes] = field(default_factory=dict)

    def encoded(self, dice: random.Random, *, as_parts: bool) -> tuple[bytes, str]:
        """Return the bytes and their type, as a browser would send them."""
        if not as_parts:
            return "&".join(f"{_escaped(name)}={_escaped(value)}" for name, value in self.pairs).encode(), FORM_TYPE
        edge = f"----{dice.randrange(10**9)}"
        parts = [_part(edge, name, value.encode("utf-8", "surrogatepass")) for name, value in self.pairs]
        parts += [_part(edge, name, content, file="a.png") for name, content in self.files.items()]
        return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"


def changed(dice: random.Random, pairs: Sequence[tuple[str, str]], *, keep: frozenset[str]) -> list[tuple[str, str]]:
    """Return the fields of a form with some of them hostile, missing, twice or invented; those in ``keep`` stay."""
    made: list[tuple[str, str]] = []
    how_much = dice.choice((0.15, 0.4, 0.9))
    for name, value in pairs:
        if name in keep or dice.random() > how_much:
            made.append((name, value))
        elif dice.random() < 0.1:
            continue
        else:
            made.append((name, any_text(dice, value)))
    if dice.random() < 0.15 and made:
        made.insert(dice.randrange(len(made) + 1), (dice.choice(made)[0], any_text(dice)))
    if dice.random() < 0.1:
        made += [(any_text(dice)[:40], any_text(dice)) for _ in range(dice.choice((1, 5, 400)))]
    return made


def any_text(dice: random.Random, value: str = "") -> str:
    """Return a hostile text, sometimes grown out of a good value."""
    text = dice.choice(TEXTS)
    if value and dice.random() < 0.25:
        at = dice.randrange(len(value) + 1)
        return dice.choice((value[:at] + text + value[at:], value * 3, value[:at], value.swapcase(), value + "\0"))
    return text


def damaged(dice: random.Random, content: bytes) -> bytes:
    """Return bytes with some of them cut, doubled, changed or put in."""
    made = bytearray(content)
    for _ in range(dice.choice((1, 1, 2, 5))):
        at = dice.randrange(len(made) + 1)
        until = min(len(made), at + dice.choice((1, 2, 8, 200)))
        match dice.randrange(5):
            case 0:
                made[at:until] = b""
            case 1:
                made[at:at] = made[at:until]
            case 2:
                made[at:until] = dice.randbytes(until - at)
            case 3:
                made[at:at] = dice.choice((b"\0", b"\xff", b"\r\n", b"%", b"&", b"=", b";", b'"', b"\x80" * 9))
            case _:
                del made[at:]
    return bytes(made)


def _escaped(text: str) -> str:
    return quote_from_bytes(text.encode("utf-8", "surrogatepass"))


def _part(edge: str, name: str, content: bytes, file: str = "") -> bytes:
    named = name.encode("utf-8", "surrogatepass").replace(b"\r", b"").replace(b"\n", b"").replace(b'"', b"%22")
    more = f'; filename="{file}"\r\nContent-Type: image/png' if file else ""
    head = b'Content-Disposition: form-data; name="' + named + b'"' + more.encode()
    return b"\r\n".join((f"--{edge}".encode(), head, b"", content, b""))
