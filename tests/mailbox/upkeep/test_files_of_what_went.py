"""No file of the database holds anything of the letters that went, not even between the rows that stay."""

from __future__ import annotations

import os
from pathlib import Path

from sqlalchemy import make_url, text

from mailbox.letters.answer import answer
from mailbox.letters.desk import open_thread
from mailbox.store.tables import Note, Reply, Thread, WeekKey, WeekKeyCopy
from mailbox.upkeep.old_letters import remove_old_letters
from tests.conftest import SchoolAtWork
from tests.mailbox.upkeep.test_old_letters import pass_days, sent


def sealed_bytes(school: SchoolAtWork) -> list[bytes]:
    """Return every box, wrapped key and look-up tag that is kept of letters and weeks."""
    with school.office.database.view() as view:
        threads, notes = view.session.query(Thread).all(), view.session.query(Note).all()
        replies, copies = view.session.query(Reply).all(), view.session.query(WeekKeyCopy).all()
        # The current week stays.
        current = {key.id for key in view.session.query(WeekKey).filter_by(current=True)}
    found = [value for thread in threads for value in (thread.lookup_tag, thread.wrapped_receipt_key)]
    found += [thread.receipt_public for thread in threads]
    found += [value for note in notes for value in (note.box, note.circumstances, note.send_tag) if value]
    found += [value for reply in replies for value in (reply.child_box, reply.reader_box) if value]
    return found + [copy.box for copy in copies if copy.week_key_id not in current]


def pieces(boxes: list[bytes], every: int) -> set[bytes]:
    """Return pieces of the boxes, some of each: a long one is cut into pages with other bytes between them."""
    return {box[at : at + 32] for box in boxes for at in range(0, len(box) - 31, 32 * every)}


def found_in(folder: Path, wanted: set[bytes]) -> dict[str, int]:
    """Return how many of the pieces each file under ``folder`` holds, at any place, as a thief finds them."""
    found = {}
    for path in folder.rglob("*"):
        if path.is_file():
            raw = path.read_bytes()
            number = sum(piece in raw for piece in wanted)
            if number:
                found[path.name] = number
    return found


def test_no_file_holds_a_box_a_wrapped_key_or_a_look_up_of_what_went(school: SchoolAtWork) -> None:
    folder = _files_of(school)
    thread_ids = [sent(school, f"第{number}封信, " + "很长很长的话" * 90 * number)[1] for number in range(6)]
    for thread_id in thread_ids:
        answer(school.office, school.counselor, thread_id, "我在", release_now=True, form_nonce=os.urandom(16))
    pass_days(school, 7)
    # A cluster's folder is large, and a few of its pages tell as much as all.
    gone = pieces(sealed_bytes(school), every=12 if "base" in folder.parts else 1)
    _write_down(school)
    # A few pieces lie across the end of a page.
    assert sum(found_in(folder, gone).values()) > 0.9 * len(gone)
    # Others come and stay: what went must not lie between them either.
    pass_days(school, 200)
    _, stays = sent(school, "留下的信")
    pass_days(school, 160)
    assert remove_old_letters(school.office) == 6
    _write_down(school)
    assert found_in(folder, gone) == {}
    assert open_thread(school.office, school.counselor, stays).notes[0].content is not None


def _files_of(school: SchoolAtWork) -> Path:
    """Return the folder with all files of the database; PostgreSQL's own log is left out, and said to keep more."""
    engine = school.office.database.engine
    if engine.dialect.name == "sqlite":
        return Path(make_url(school.office.settings.database_url).database or "").parent
    with school.office.database.view() as view:
        place = view.session.scalar(text("SHOW data_directory"))
        number = view.session.scalar(text("SELECT oid FROM pg_database WHERE datname = current_database()"))
        return Path(f"{place}/base/{number}")


def _write_down(school: SchoolAtWork) -> None:
    engine = school.office.database.engine
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            # As it does by itself within a minute: it keeps examples of what stands in each column.
            connection.exec_driver_sql("ANALYZE")
            connection.commit()
            connection.exec_driver_sql("CHECKPOINT")
