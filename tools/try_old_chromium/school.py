"""Serve the demonstration's school by HTTPS with an enrolled tablet, and run a command that looks at it.

``python tools/try_old_chromium/school.py COMMAND …`` runs COMMAND with SCHOOL_URL, SCHOOL_COOKIE (the tablet's) and
SCHOOL_CODE (the places of six pictures that have an answer) in its environment, and ends with its exit status.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from http.client import HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

HOUSE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(HOUSE))

from mailbox.letters.picture_words import PICTURES  # noqa: E402
from mailbox.upkeep.tls.keeping import Folder, look_up  # noqa: E402
from tests.support.served import ServedApp  # noqa: E402
from tests.support.shown import ShownSchool, show_school  # noqa: E402
from tests.support.tls import trusting  # noqa: E402


def cookie_of_a_tablet(served: ServedApp, school: ShownSchool) -> str:
    """Enrol a tablet as a browser does; return its cookie's value."""
    root = look_up(Folder.of(served.data_dir)).authority.der
    connection = HTTPSConnection("127.0.0.1", served.port, timeout=20, context=trusting(root))
    connection.request("POST", urlsplit(school.kiosk_link).path, headers={"Sec-Fetch-Site": "same-origin"})
    answer = connection.getresponse()
    answer.read()
    cookies = answer.headers.get_all("Set-Cookie") or []
    return next(cookie for cookie in cookies if cookie.startswith("__Host-kiosk=")).split(";")[0].partition("=")[2]


def main(command: list[str]) -> int:
    index_of = {picture.word: str(picture.index) for picture in PICTURES}
    with tempfile.TemporaryDirectory() as folder:
        served = ServedApp(Path(folder) / "served", {"web_workers": 1})
        try:
            served.flask("init")
            served.flask("tls", "init", "--address", "127.0.0.1")
            school = show_school(served)
            told = {
                "SCHOOL_URL": school.url.replace("http://", "https://"),
                "SCHOOL_COOKIE": cookie_of_a_tablet(served, school),
                "SCHOOL_CODE": " ".join(index_of[word] for word in school.code),
            }
            return subprocess.run(command, env={**os.environ, **told}, check=False).returncode
        finally:
            served.stop()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
