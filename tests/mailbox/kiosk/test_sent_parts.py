"""A drawing and a voice in the form: taken into memory alone, kept with the letter, refused without losing a word."""

from __future__ import annotations

import re
import sys
import tempfile
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import EnvironBuilder, TestResponse

from mailbox.letters.content import NoteContent
from mailbox.letters.desk import open_thread, queue
from mailbox.media.clean import MAX_DRAWING_BYTES, MAX_VOICE_BYTES
from mailbox.people.stations import withdraw
from mailbox.rules.letter_kinds import LetterKind
from mailbox.upkeep.demo_drawing import house_and_sun
from mailbox.web.bodies import MAX_FORM_BYTES, MAX_LETTER_BYTES, InMemoryRequest
from tests.mailbox.kiosk.tablet import HTTPS, Tablet, code_of, field_of, help_in, words_in
from tests.mailbox.media.samples import recording
from tests.support.page_words import words_of_page

MULTIPART = "multipart/form-data"
DRAWING = house_and_sun()


def send_form(tablet: Tablet, path: str, fields: dict[str, str], **files: bytes) -> TestResponse:
    """Send a form as the page's script does when something was drawn or said."""
    parts = {name: (BytesIO(content), f"{name}.bin", "application/x-lie") for name, content in files.items()}
    return tablet.client.post(path, base_url=HTTPS, data={**fields, **parts}, content_type=MULTIPART)


def send(tablet: Tablet, words: str = "", fields: dict[str, str] | None = None, **files: bytes) -> TestResponse:
    return send_form(tablet, "/write", {"token": tablet.token("/write"), "words": words, **(fields or {})}, **files)


def contents(tablet: Tablet) -> list[NoteContent]:
    office, counselor = tablet.school.office, tablet.school.counselor
    threads = [open_thread(office, counselor, row.id) for row in queue(office, counselor)]
    return [note.content for thread in threads for note in thread.notes if note.content]


def test_a_letter_of_a_drawing_and_a_voice_without_a_word_is_taken(tablet: Tablet) -> None:
    assert len(code_of(send(tablet, drawing=DRAWING, voice=recording("ipad")))) == 6
    (content,) = contents(tablet)
    assert (content.text, [part.kind for part in content.parts]) == ("", ["drawing", "voice"])


def test_a_letter_written_back_may_carry_them_too(tablet: Tablet) -> None:
    replies = tablet.open_tapped(code_of(send(tablet, "一封信")))
    fields = {name: field_of(replies, name) for name in ("token", "thread")}
    sent = send_form(tablet, "/write-back", {**fields, "words": "", "today": "yes"}, drawing=DRAWING)
    assert (sent.status_code, "已经送到了" in words_of_page(sent.text)) == (200, True)
    assert [(len(content.parts), content.today) for content in contents(tablet)] == [(0, False), (1, True)]


def test_both_forms_have_a_place_for_them_and_the_question_whether_it_must_be_today(tablet: Tablet) -> None:
    for page in (tablet.get("/write"), tablet.open_tapped(code_of(tablet.send("信")))):
        assert re.search(r"<div data-draw hidden>", page.text) and re.search(r"<div data-record hidden>", page.text)
        asked = re.search(r"<fieldset data-with-parts hidden>(.*?)</fieldset>", page.text, re.S)
        assert asked and "今天就要有人看吗？" in words_of_page(asked[1])
        assert re.findall(r'name="today" value="(\w+)"', asked[1]) == ["yes", "no"]
        assert "checked" not in asked[1]


def page_after(tablet: Tablet, sent: TestResponse) -> str:
    """Return the answer to sending, headers and page, without its code, which alone may differ."""
    assert len(code_of(sent)) == 6
    return f"{sent.status} {sent.headers}" + re.sub(r"<figure.*?</figure>|<!-- *-->", "", sent.text, flags=re.S)


def test_the_page_after_sending_is_the_same_byte_for_byte_whatever_was_sent(tablet: Tablet) -> None:
    """An urgent letter's and a joke's, of every kind, with and without a drawing: a classmate learns nothing."""
    pages = {page_after(tablet, tablet.send(words)) for words in ("【紧急】", "【尽快】", "哈哈哈")}
    for kind in LetterKind:
        fields = {"kind": kind.value, "detail_place": "【紧急】", "detail_when": "周三", "mood": "sad"}
        pages.add(page_after(tablet, tablet.send("哈哈哈", **fields)))
        pages.add(page_after(tablet, send(tablet, "哈哈哈", {**fields, "today": "yes"}, drawing=DRAWING)))
    pages.add(page_after(tablet, send(tablet, voice=recording("chromium"))))
    assert len(pages) == 1


def test_an_empty_file_is_no_part(tablet: Tablet) -> None:
    assert "信还是空的" in words_of_page(send(tablet, drawing=b"", voice=b"").text)
    assert send(tablet, "只有字", drawing=b"").status_code == 200
    assert [content.parts for content in contents(tablet)] == [()]


@pytest.mark.parametrize(
    ("files", "refused", "said"),
    [
        ({"drawing": b"<svg onload=alert(1)>"}, "drawing", "这幅画没有收好"),
        ({"drawing": DRAWING[:300]}, "drawing", "这幅画没有收好"),
        ({"drawing": bytes(MAX_DRAWING_BYTES + 1)}, "drawing", "这幅画太大了"),
        ({"voice": DRAWING}, "voice", "这段录音没有收好"),
        ({"voice": bytes(MAX_VOICE_BYTES + 1)}, "voice", "录音太长了"),
        ({"drawing": DRAWING, "voice": b"x"}, "voice", "这段录音没有收好"),
    ],
)
def test_a_refused_part_takes_no_word_with_it_and_the_words_go_without_it(
    tablet: Tablet, files: dict[str, bytes], refused: str, said: str
) -> None:
    answered = send(tablet, "我写了很久", {"kind": "meet", "detail_when": "周三"}, **files)
    assert (answered.status_code, words_in(answered)) == (400, "我写了很久")
    assert said in words_of_page(answered.text)
    assert f'data-refused="{refused}"' in answered.text
    assert contents(tablet) == []
    hidden = {name: field_of(answered, name) for name in ("token", "kind")}
    assert tablet.post("/write", {**hidden, "words": words_in(answered)}).status_code == 200
    assert [content.text for content in contents(tablet)] == ["我写了很久"]


def test_where_no_decoder_starts_the_child_is_told_that_its_words_can_go_alone(
    tablet: Tablet, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    answered = send(tablet, "我写了很久", drawing=DRAWING)
    assert (answered.status_code, words_in(answered)) == (400, "我写了很久")
    assert "可以先送字" in words_of_page(answered.text)


def test_a_double_tap_with_a_drawing_is_one_letter_with_one_code(tablet: Tablet) -> None:
    fields = {"token": tablet.token("/write"), "words": "信"}
    codes = [code_of(send_form(tablet, "/write", fields, drawing=DRAWING)) for _ in range(2)]
    assert (codes[0] == codes[1], len(contents(tablet))) == (True, 1)


def test_words_of_a_letter_with_a_drawing_are_not_lost_on_a_page_that_has_no_form(tablet: Tablet) -> None:
    school = tablet.school
    fields = {"token": tablet.token("/write"), "words": "我写了很久"}
    withdraw(school.office, school.school_id, school.counselor.person_id, tablet.id)
    page = send_form(tablet, "/write", fields, drawing=DRAWING)
    assert (page.status_code, words_in(page)) == (404, "我写了很久")


def test_only_where_letters_are_sent_may_a_body_be_multipart_or_large(tablet: Tablet) -> None:
    for path, fields in (("/read", {"token": "x"}), ("/to", {"kind": "meet"}), ("/no-kiosk", {})):
        answered = send_form(tablet, path, fields, drawing=bytes(MAX_FORM_BYTES * 2))
        assert answered.status_code in (303, 400, 413)
        assert 'name="words"' not in answered.text
    much = send(tablet, "信", drawing=bytes(MAX_LETTER_BYTES))
    assert (much.status_code, "12356" in help_in(much)) == (413, True)
    assert "画和录音加起来太大了" in words_of_page(much.text)
    plain = tablet.post("/write", token=tablet.token("/write"), words="信" * MAX_FORM_BYTES)
    assert plain.status_code == 413
    assert contents(tablet) == []


def test_the_largest_letter_that_may_be_kept_is_let_in() -> None:
    assert MAX_DRAWING_BYTES + MAX_VOICE_BYTES + MAX_FORM_BYTES < MAX_LETTER_BYTES


def test_a_file_of_any_size_is_read_into_memory_alone() -> None:
    """The library itself would lay what is larger than half a megabyte into a temporary file."""
    opened: list[str] = []
    watch = {"on": True}

    def note(event: str, args: tuple[object, ...]) -> None:
        if watch["on"] and (event.startswith("tempfile.") or event == "open"):
            opened.append(f"{event} {args[0]}")

    body = {"words": "信", "voice": (BytesIO(bytes(MAX_VOICE_BYTES)), "v.webm"), "drawing": (BytesIO(DRAWING), "d")}
    environment = EnvironBuilder(method="POST", data=body).get_environ()
    app = Flask("small")
    app.request_class = InMemoryRequest
    sys.addaudithook(note)
    with app.request_context(environment) as context:
        files = context.request.files
        streams = {name: type(files[name].stream) for name in ("voice", "drawing")}
        size = len(files["voice"].read())
    watch["on"] = False
    assert (streams, size) == ({"voice": BytesIO, "drawing": BytesIO}, MAX_VOICE_BYTES)
    assert opened == []


def test_the_watch_sees_what_the_library_does_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch that sees nothing would prove nothing."""
    opened: list[str] = []
    watch = {"on": True}
    sys.addaudithook(lambda event, _args: opened.append(event) if watch["on"] else None)
    body = {"voice": (BytesIO(bytes(2**20)), "v.webm")}
    environment = EnvironBuilder(method="POST", data=body).get_environ()
    with Flask("small").request_context(environment) as context:
        assert context.request.files["voice"]
    watch["on"] = False
    assert tempfile.gettempdir() and any(event.startswith("tempfile.") or event == "open" for event in opened)
