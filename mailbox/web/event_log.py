"""What the program's log may say: the day, whose event, what kind of error, which row, and where in the program.

Never a path, an address, an agent, a word of a letter, nor the minute. Our own modules write constant sentences and
class names, so theirs are kept; a library's message may hold anything and is left out, but for a few known ones.
"""

from __future__ import annotations

import logging
import threading
import time
from pathlib import Path
from types import TracebackType

from mailbox.config import Settings
from mailbox.web.log_file import LogFile, folder_of

_HOUSE = Path(__file__).resolve().parents[2]
# Not "app": under that name Flask writes which path failed.
_OURS = ("mailbox", "counselor_ui", "triage")
_ROW_FIELDS = ("error_class", "row_id", "channel_id")
# Sentences of gunicorn that an operator needs; they name processes and our own port, nobody's request.
_HARMLESS = frozenset(
    {
        "Connection in use: %s",
        "Invalid address: %s",
        "Can't connect to %s",
        "Worker (pid:%s) was sent %s!",
        "Worker (pid:%s) was sent %s! Perhaps out of memory?",
        "Worker (pid:%s) exited with code %s.",
        "WORKER TIMEOUT (pid:%s)",
    }
)


class EventFormatter(logging.Formatter):
    """One line an event, made of nothing that a visitor brought."""

    def format(self, record: logging.LogRecord) -> str:
        parts = [time.strftime("%Y-%m-%d", time.localtime(record.created)), record.levelname, record.name]
        if record.name.split(".")[0] in _OURS or record.msg in _HARMLESS:
            parts.append(record.getMessage())
        parts += [str(getattr(record, name)) for name in _ROW_FIELDS if hasattr(record, name)]
        if record.exc_info and record.exc_info[0]:
            parts += [record.exc_info[0].__name__, _place(record.exc_info[2])]
        return " ".join(part for part in parts if part)


def install(settings: Settings) -> None:
    """Send every event of this process, and errors that end a thread, to standard error and to the log's files."""
    root = logging.getLogger()
    root.handlers[:] = handlers(settings)
    root.setLevel(logging.WARNING)
    threading.excepthook = _thread_ended
    logging.raiseExceptions = False


def handlers(settings: Settings) -> list[logging.Handler]:
    """Return what takes the events: standard error, and the files beside the data unless the settings want none."""
    made: list[logging.Handler] = [logging.StreamHandler()]
    if settings.log_files:
        made.append(LogFile(folder_of(settings), settings.log_kilobytes * 1_024, settings.log_files))
    for handler in made:
        handler.setFormatter(EventFormatter())
    return made


def _thread_ended(ended: threading.ExceptHookArgs) -> None:
    found = (ended.exc_type, ended.exc_value or ended.exc_type(), ended.exc_traceback)
    logging.getLogger("mailbox.web").error("a thread ended with an error", exc_info=found)


def _place(trace: TracebackType | None) -> str:
    """Return file and line of the innermost place in our own program; names of files hold nobody's words."""
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if file.startswith(str(_HOUSE)) and "site-packages" not in file:
            place = f"{Path(file).relative_to(_HOUSE).as_posix()}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
