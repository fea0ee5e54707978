"""What every answer must be, whatever was asked: calm, kept by nobody, framed by nobody, and free of what was sent."""

from __future__ import annotations

from http.cookies import SimpleCookie

from werkzeug.test import TestResponse

from tests.fuzzing.hostile import SIGN, TAG

_ALWAYS = {
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_OURS = "__Host-"


def faults_of(answer: TestResponse) -> list[str]:
    """Return what is wrong with an answer, in a few words each; nothing of what it holds."""
    headers = answer.headers
    policy, rights = headers.get("Content-Security-Policy", ""), headers.get("Permissions-Policy", "")
    found = {
        "an error inside": answer.status_code >= 500,
        "may be kept": headers.get("Cache-Control") not in ("no-store", "public, max-age=86400"),
        "a page may be kept": answer.mimetype == "text/html" and headers.get("Cache-Control") != "no-store",
        "may be framed": "frame-ancestors 'none'" not in policy,
        "loads from elsewhere": "default-src 'none'" not in policy or "unsafe" in policy or "*" in policy,
        "has rights": "camera=()" not in rights or "geolocation=()" not in rights,
        "names its server": "Server" in headers or "X-Powered-By" in headers or "Via" in headers,
        "shows a tag as it was sent": answer.mimetype == "text/html" and TAG in answer.text,
        "repeats what was sent in a header": any(SIGN in name + value for name, value in headers if name != "Location"),
        "leads away": not _stays(headers.get("Location", "/")),
    }
    found |= {f"lacks {name}": headers.get(name) != value for name, value in _ALWAYS.items()}
    found |= {f"a cookie: {fault}": True for line in headers.getlist("Set-Cookie") for fault in _cookie_faults(line)}
    return [fault for fault, is_so in found.items() if is_so]


def _stays(location: str) -> bool:
    # An address without its last slash is sent on to the whole one on this very host.
    path = location.removeprefix("https://localhost")
    return path.startswith("/") and not path.startswith(("//", "/\\"))


def _cookie_faults(line: str) -> list[str]:
    (name, morsel), *more = SimpleCookie(line).items()
    wanted = {
        "not for this host alone": name.startswith(_OURS) and not morsel["domain"] and morsel["path"] == "/",
        "goes in the clear": bool(morsel["secure"]),
        "is read by scripts": bool(morsel["httponly"]),
        "goes along from elsewhere": morsel["samesite"] == "Strict",
        "is several": not more,
    }
    return [fault for fault, is_right in wanted.items() if not is_right]
