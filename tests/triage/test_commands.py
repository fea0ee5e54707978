"""JSON lines in, JSON lines out; a bad line costs only itself, and says nothing of its text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner

from triage.commands import triage


def assess(lines: bytes, *options: str) -> list[dict[str, Any]]:
    result = CliRunner().invoke(triage, ["assess", *options], input=lines)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in result.output.splitlines()]


def note(note_id: Any, text: str) -> bytes:
    return json.dumps({"id": note_id, "text": text}, ensure_ascii=False).encode() + b"\n"


def test_notes_are_answered_in_their_order() -> None:
    answers = assess(note("a", "谢谢老师") + note("b", "我不想活了") + note(3, "数学考试"))
    assert [answer["id"] for answer in answers] == ["a", "b", 3]


def test_an_answer_holds_id_urgency_topics_and_reasons() -> None:
    [answer] = assess(note("a", "我不想活了"))
    assert set(answer) == {"id", "urgency", "topics", "reasons"}
    assert (answer["urgency"], answer["reasons"][0]["rule"]) == ("urgent", "U1")


def test_a_bad_line_gives_one_error_line_and_the_rest_goes_on() -> None:
    bad = [
        b"{not json}\n",
        b'{"id": 1}\n',
        b'{"id": 1, "text": 5}\n',
        b'{"id": 1, "text": null}\n',
        b"[]\n",
        b'{"id": 1, "text": "\xff\xfe"}\n',
        b'{"id": {}, "text": "x"}\n',
        b"[" * 100_000 + b"\n",
    ]
    answers = assess(b"".join(bad) + note("last", "我不想活了"))
    assert [answer.get("line") for answer in answers[:-1]] == list(range(1, len(bad) + 1))
    assert all(set(answer) == {"line", "error"} for answer in answers[:-1])
    assert answers[-1]["id"] == "last"


def test_an_error_line_never_repeats_the_line() -> None:
    answers = assess('{"id": 1, "text": "王小明的秘密\n'.encode())
    assert "王小明" not in json.dumps(answers, ensure_ascii=False)


def test_empty_lines_are_passed_over_but_counted() -> None:
    answers = assess(b"\n\n" + note("a", "谢谢") + b"oops\n")
    assert [answer.get("line", answer.get("id")) for answer in answers] == ["a", 4]


def test_a_last_line_without_an_end_is_read() -> None:
    assert len(assess(note("a", "谢谢").rstrip(b"\n"))) == 1


def test_a_lone_surrogate_breaks_nothing() -> None:
    [answer] = assess(b'{"id": "\\ud800", "text": "\\ud800\\u6211\\u60f3\\u6b7b"}\n')
    assert answer["urgency"] == "urgent"


def test_a_note_without_an_id_is_answered_without_one() -> None:
    [answer] = assess('{"text": "谢谢老师"}\n'.encode())
    assert answer["id"] is None


def test_a_missing_model_is_said_in_a_sentence(tmp_path: Path) -> None:
    result = CliRunner().invoke(triage, ["assess", "--model", str(tmp_path / "none")], input=b"")
    assert result.exit_code == 1
    assert "none" in result.output and "Traceback" not in result.output
