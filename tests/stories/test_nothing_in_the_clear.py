"""After a whole story nothing on the disk tells what a child wrote, with which code, from where or with what."""

from __future__ import annotations

import base64
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.client import HTTPConnection
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from werkzeug.datastructures import FileStorage
from werkzeug.test import stream_encode_multipart

from mailbox.care.cases import open_case, remark
from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread, queue
from mailbox.openings.opening import open_box_of
from mailbox.upkeep.demo_drawing import house_and_sun
from tests.mailbox.media.samples import recording
from tests.support.page_words import words_of_page
from tests.support.served import ServedApp
from tests.support.staffed import StaffedSchool, staff

SERVED_FROM = "127.0.0.1"
# Any address of 127.0.0.0/8 is this machine's: the child's differs from the server's, so that it can be searched for.
CHILD_ADDRESS = "127.77.66.55"
AGENT = "TabletBrowser/7.31 (invented)"
FORM = "application/x-www-form-urlencoded"
WORDS = "纸飞机飞过了鲸鱼山，我把秘密埋在橘子树下"
REPLY = "谢谢你告诉我橘子树的事，午休来图书角坐坐"
BACK = "老师我去过了，蒲公英都开了"
CASE_WORDS = "孩子提到橘子树，今天先请班主任陪着"
VOICE = recording("ipad", 20)

# Runs in every served process: it writes down each file that Python opens, under the test's own folder.
WATCH = """
import os, sys
_out = os.open(os.environ["OPENED_FILES"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
def _note(event, args):
    if event == "open" and isinstance(args[0], (str, bytes)):
        os.write(_out, os.fsencode(args[0]) + b"\\n")
sys.addaudithook(_note)
"""


class Tablet:
    """An enrolled tablet that talks to the served program by plain forms."""

    def __init__(self, served: ServedApp, cookie: str) -> None:
        self._port = served.port
        self._headers = {"Cookie": f"__Host-kiosk={cookie}", "User-Agent": AGENT}

    def get(self, path: str) -> str:
        return self._ask("GET", path)

    def post(self, path: str, **fields: str) -> str:
        return self._ask("POST", path, urlencode(fields))

    def post_files(self, path: str, fields: dict[str, str], **files: bytes) -> str:
        """Send a form with a drawing or a voice, as the page's script does."""
        parts = {name: FileStorage(BytesIO(content), name) for name, content in files.items()}
        body, length, kind = stream_encode_multipart({**fields, **parts}, use_tempfile=False)
        return self._ask("POST", path, body.read(length), f"multipart/form-data; boundary={kind}")

    def token(self, page: str, name: str = "token") -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', page)
        assert found
        return found[1]

    def _ask(self, method: str, path: str, body: str | bytes | None = None, kind: str = FORM) -> str:
        connection = HTTPConnection(SERVED_FROM, self._port, timeout=30, source_address=(CHILD_ADDRESS, 0))
        headers = {**self._headers, **({"Content-Type": kind} if body else {})}
        connection.request(method, path, body, headers)
        answered = connection.getresponse()
        page = answered.read().decode()
        connection.close()
        assert answered.status == 200, page
        return page


@pytest.fixture
def served(served_app: Callable[..., ServedApp], tmp_path: Path) -> ServedApp:
    temporary = tmp_path / "temporary"
    (tmp_path / "watch").mkdir()
    temporary.mkdir()
    (tmp_path / "watch" / "sitecustomize.py").write_text(WATCH)
    served = served_app(
        environment={
            "TMPDIR": str(temporary),
            "PYTHONPATH": str(tmp_path / "watch"),
            "OPENED_FILES": str(tmp_path / "opened"),
        },
        web_workers=2,
        # This test looks into the served processes.
        memory_private=False,
    )
    served.flask("init")
    return served


def send(tablet: Tablet, words: str) -> list[str]:
    page = tablet.post("/write", token=tablet.token(tablet.get("/write")), words=words)
    code = [words_of_page(word) for word in re.findall(r"<figcaption>(.+?)</figcaption>", page)]
    assert len(code) == 6
    return code


def whole_story(school: StaffedSchool, tablet: Tablet) -> list[str]:
    """Letter, reading, case, reply, opening, collecting, writing back, reading again. Returns the code's words."""
    code = send(tablet, WORDS)
    office, counselor = school.office, school.counselor
    thread_id = queue(office, counselor)[0].id
    assert open_thread(office, counselor, thread_id).notes[0].content
    case_id = open_case(office, counselor, thread_id, ["other"], CASE_WORDS)
    remark(office, counselor, case_id, CASE_WORDS, os.urandom(16))
    answer(office, counselor, thread_id, REPLY, release_now=False, form_nonce=os.urandom(16))
    open_box_of(office, school.school_id, office.local_now().date(), by_hand=True)
    page = tablet.post("/read", token=tablet.token(tablet.get("/read")), typed=" ".join(code))
    assert REPLY in words_of_page(page)
    tablet.post("/write-back", token=tablet.token(page), thread=tablet.token(page, "thread"), words=BACK)
    assert len(open_thread(office, counselor, thread_id).notes) == 2
    return code


def spellings(text: str) -> dict[str, bytes]:
    """The ways in which a text is likely to lie on a disk."""
    return {
        "utf-8": text.encode(),
        "utf-16": text.encode("utf-16-le"),
        "gb18030": text.encode("gb18030"),
        "url": quote(text).encode(),
        "json": text.encode("unicode_escape"),
        "base64": base64.b64encode(text.encode()),
    }


def searched_files(served: ServedApp, tmp_path: Path) -> list[Path]:
    folders = (served.folder, tmp_path / "temporary")
    return [file for folder in folders for file in folder.rglob("*") if file.is_file()]


def test_no_file_holds_words_code_address_or_browser_after_a_whole_story(served: ServedApp, tmp_path: Path) -> None:
    school = staff(served)
    served.start()
    code = whole_story(school, Tablet(served, school.kiosk_cookie))
    files = searched_files(served, tmp_path)
    contents = {file: file.read_bytes() for file in files}
    assert {"mailbox.db", "mailbox.db-wal", "server.log"} <= {file.name for file in files}

    # Every pair of neighbouring pictures is searched for: one word alone may stand in a list of all pictures.
    pairs = [f"{one}{joint}{other}" for one, other in pairwise(code) for joint in ("", " ", "·")]
    words = (WORDS, WORDS[:6], REPLY[:8], BACK[:8], CASE_WORDS[:8], "橘子树")
    secrets = (*words, CHILD_ADDRESS, AGENT, school.kiosk_cookie, *pairs)
    found = [
        (file.name, secret, spelling)
        for secret in secrets
        for spelling, raw in spellings(secret).items()
        for file, content in contents.items()
        if raw in content
    ]
    assert found == []


def test_the_search_finds_what_is_there(served: ServedApp, tmp_path: Path) -> None:
    """The school's name is kept in the clear: a search that misses it would prove nothing."""
    staff(served)
    contents = [file.read_bytes() for file in searched_files(served, tmp_path)]
    assert any(spellings("青山小学")["utf-8"] in content for content in contents)


def send_all(tablet: Tablet) -> None:
    """Send a long letter, a drawing and a voice, and write back with a drawing."""
    send(tablet, "橘" * 3_990 + "树下有一个秘密。。。")
    fields = {"token": tablet.token(tablet.get("/write")), "words": WORDS, "detail_who": "橘子树"}
    page = tablet.post_files("/write", {**fields, "kind": "for_classmate"}, drawing=house_and_sun(), voice=VOICE)
    code = [words_of_page(word) for word in re.findall(r"<figcaption>(.+?)</figcaption>", page)]
    page = tablet.post("/read", token=tablet.token(tablet.get("/read")), typed=" ".join(code))
    back = {name: tablet.token(page, name) for name in ("token", "thread")}
    tablet.post_files("/write-back", {**back, "words": BACK}, drawing=house_and_sun())


def test_sending_a_long_letter_a_drawing_and_a_voice_opens_no_file_but_the_program_own(
    served: ServedApp, tmp_path: Path
) -> None:
    """What the decoder opens, a process of its own, is watched in tests/mailbox/media."""
    school = staff(served)
    served.start()
    tablet = Tablet(served, school.kiosk_cookie)
    # The first letters may still load what the program itself needs, in either of the two processes.
    for _ in range(4):
        send_all(tablet)
    opened = tmp_path / "opened"
    assert opened.read_text().count("\n") > 100
    before = opened.stat().st_size
    send_all(tablet)
    new = opened.read_bytes()[before:].decode().splitlines()
    # What its log holds is searched above and in tests/mailbox/web/test_log_file.py.
    own = (".py", ".pyc", ".html", "/logs/events.log", "/logs/events.lock")
    strange = [name for name in new if not name.endswith(own) and not is_of_python(name)]
    assert strange == []
    assert list((tmp_path / "temporary").iterdir()) == []
    held = {name for process in served.processes() for name in held_by(process)}
    outside = {name for name in held if name.startswith(tempfile.gettempdir()) and "served-0" not in name}
    # Gunicorn's workers show by an unnamed empty file that they live.
    assert {name for name in outside if "/wgunicorn-" not in name} == {str(opened)}


def is_of_python(name: str) -> bool:
    return "/lib/python" in name or "/zoneinfo/" in name or name.startswith(("/proc/", "/dev/"))


def held_by(process: int) -> Iterator[str]:
    """Yield what a process holds open; what it closed since the folder was listed is held no more."""
    for link in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):
            yield os.readlink(link)
