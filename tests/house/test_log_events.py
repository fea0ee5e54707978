"""What the log may say is on a list: every sentence that our modules write, and the fields that go with it."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.import_rules import modules_of
from tests.support.log_lines import event_sentences, wrong_lines

HOUSE = Path(__file__).resolve().parents[2]
# No secret, no word and no minute can be among these: a class's name, and the random ids of rows.
FIELDS = {"error_class", "row_id", "channel_id"}
LEVELS = {"debug", "info", "warning", "error", "exception", "critical"}
# Here the sentence comes from the caller within the module.
BY_ITS_CALLER = {"mailbox/letters/opened.py"}
ROW = "0123456789abcdef" * 2


def log_calls() -> Iterator[tuple[str, ast.Call]]:
    """Yield every call that writes an event, with its module's path."""
    for path in modules_of(HOUSE):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in LEVELS:
                of = ast.unparse(node.func.value)
                if of == "_log" or of.startswith(("logging", "_log.")):
                    yield path.relative_to(HOUSE).as_posix(), node


def test_each_sentence_that_a_module_writes_into_the_log_is_on_the_list_and_none_is_left_over() -> None:
    calls = list(log_calls())
    sentences = [call.args[0] for module, call in calls if module not in BY_ITS_CALLER]
    written = {str(one.value).removesuffix(" %s") for one in sentences if isinstance(one, ast.Constant)}
    assert [ast.unparse(one) for one in sentences if not isinstance(one, ast.Constant)] == []
    by_callers = {
        node.value
        for module in BY_ITS_CALLER
        for node in ast.walk(ast.parse((HOUSE / module).read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in event_sentences()
    }
    assert written | by_callers == event_sentences()


def test_no_event_has_another_field_than_a_class_and_ids_of_rows() -> None:
    calls = list(log_calls())
    extras = [word.value for _, call in calls for word in call.keywords if word.arg == "extra"]
    assert len(calls) > len(extras) > 30
    named = {
        ast.literal_eval(key) if key else "**" for extra in extras if isinstance(extra, ast.Dict) for key in extra.keys
    }
    assert all(isinstance(extra, ast.Dict) for extra in extras) and named == FIELDS
    # A value put into the sentence itself: only the name of an error's class, which the next test reads.
    assert [module for module, call in calls if len(call.args) > 1] == ["mailbox/web/problems.py"]
    assert {word.arg for _, call in calls for word in call.keywords} <= {"extra", "exc_info"}


def test_an_event_as_it_may_be_written_is_nothing_to_complain_of() -> None:
    lines = (
        "信箱在 / the mailbox is at: http://127.0.0.1:8000",
        f"2026-03-02 ERROR mailbox.letters a letter could not be opened {ROW}",
        f"2026-03-02 ERROR mailbox.alarms an alarm could not call anybody NotKept {ROW}",
        "2026-03-02 ERROR mailbox.upkeep a backup could not be made no_room",
        "2026-03-02 WARNING apprise",
        "2026-03-02 ERROR gunicorn.error Connection in use: ('127.0.0.1', 8000)",
    )
    assert wrong_lines("\n".join(lines)) == []


@pytest.mark.parametrize(
    "line",
    [
        "Traceback (most recent call last):",
        '127.0.0.1 - - [02/Mar/2026 10:00:00] "GET /write HTTP/1.1" 200 -',
        "2026-03-02 10:00 ERROR mailbox.letters a letter could not be opened",
        "2026-03-02 ERROR mailbox.letters a letter could not be opened 我和同桌吵架了",
        "2026-03-02 ERROR mailbox.letters a sentence that nobody put on the list",
        "2026-03-02 ERROR app Exception on /write [POST]",
        "2026-03-02 WARNING waitress 127.0.0.1 sent something",
        "2026-03-02 ERROR waitress ValueError mailbox/web/receiving.py:12",
        "2026-03-02 ERROR gunicorn.error",
        "2026-03-02 ERROR sqlalchemy.pool.impl.QueuePool OperationalError",
        "2026-03-02 WARNING apprise ntfy could not be reached",
        "2026-03-02 ERROR mailbox.web a page failed: KeyError",
        "worker: NotKept",
        "/work/main/app.py:3: DeprecationWarning: old",
    ],
)
def test_any_other_line_and_each_failure_of_the_program_is_noticed(line: str) -> None:
    assert wrong_lines(line) == [line]


def test_a_failure_that_a_test_brings_about_is_none() -> None:
    log = "2026-03-02 ERROR mailbox.web a page failed: KeyError\nworker: NotKept"
    assert wrong_lines("2026-03-02 ERROR waitress KeyError app.py:12", failures_expected=True) == []
    assert wrong_lines(log, ["worker:"]) == ["2026-03-02 ERROR mailbox.web a page failed: KeyError"]
    assert wrong_lines(log, failures_expected=True) == []
