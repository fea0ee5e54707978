"""What a real Chromium's recorder and canvas give is taken."""

from __future__ import annotations

import base64
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Page

from mailbox.media.clean import clean_drawing, clean_voice
from mailbox.media.forms import PAPER
from tests.mailbox.media.samples import PITCH, heard
from tests.support.browser import Visitors

_BYTES = """
  async function bytes(blob) {
    let text = "";
    for (const one of new Uint8Array(await blob.arrayBuffer())) text += String.fromCharCode(one);
    return btoa(text);
  }
"""
# A tone instead of a microphone: the recorder is the same.
_RECORD = (
    """async ([type, pitch, milliseconds]) => {"""
    + _BYTES
    + """
  const sound = new AudioContext(), tone = sound.createOscillator(), out = sound.createMediaStreamDestination();
  await sound.resume();
  tone.frequency.value = pitch;
  tone.connect(out);
  tone.start();
  const recorder = new MediaRecorder(out.stream, { mimeType: type }), parts = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  const stopped = new Promise((done) => { recorder.onstop = done; });
  recorder.start(250);
  await new Promise((done) => setTimeout(done, milliseconds));
  recorder.stop();
  await stopped;
  return bytes(new Blob(parts));
}"""
)
_DRAW = (
    """async (type) => {"""
    + _BYTES
    + """
  const canvas = document.createElement("canvas");
  canvas.width = 640;
  canvas.height = 480;
  const pen = canvas.getContext("2d");
  pen.lineWidth = 30;
  pen.strokeStyle = "#12574a";
  pen.beginPath();
  pen.moveTo(40, 240);
  pen.lineTo(600, 240);
  pen.stroke();
  return bytes(await new Promise((done) => canvas.toBlob(done, type)));
}"""
)


@pytest.fixture
def page(visitors: Visitors) -> Page:
    page = visitors.visit()
    page.set_content("<p>touch</p>")
    # Sound begins only where somebody has touched the page.
    page.click("p")
    return page


@pytest.mark.parametrize("type_", ["audio/webm;codecs=opus", "audio/mp4;codecs=opus"])
def test_what_the_recorder_gives_is_taken(page: Page, type_: str) -> None:
    part = clean_voice(base64.b64decode(page.evaluate(_RECORD, [type_, PITCH, 2_000])))
    assert part.seconds in {1, 2, 3}
    assert heard(part.content)[1] == pytest.approx(PITCH, rel=0.02)


def test_what_we_keep_is_played(page: Page) -> None:
    content = clean_voice(base64.b64decode(page.evaluate(_RECORD, ["audio/webm;codecs=opus", PITCH, 2_000]))).content
    length = page.evaluate(
        """async (text) => {
          const sound = new Audio("data:audio/mpeg;base64," + text);
          await new Promise((done, failed) => { sound.onloadedmetadata = done; sound.onerror = failed; });
          await sound.play();
          return sound.duration;
        }""",
        base64.b64encode(content).decode(),
    )
    assert length == pytest.approx(heard(content)[0], abs=0.2)


@pytest.mark.parametrize("type_", ["image/png", "image/webp"])
def test_what_the_canvas_gives_is_taken(page: Page, type_: str) -> None:
    part = clean_drawing(base64.b64decode(page.evaluate(_DRAW, type_)))
    with Image.open(BytesIO(part.content)) as image:
        assert image.size == (640, 480)
        assert image.getpixel((20, 20)) == PAPER
        green = image.getpixel((320, 240))
    assert isinstance(green, tuple)
    assert all(abs(got - meant) < 8 for got, meant in zip(green, (18, 87, 74), strict=True))
