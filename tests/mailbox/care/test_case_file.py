"""A case as one encrypted file: with a second person's consent, unaltered inside, closed without the passphrase."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from mailbox.care.approval_lists import number_waiting
from mailbox.care.case_file import ask_for_file, new_key, take_file
from mailbox.care.cases import open_case, remark
from mailbox.care.commands import case_commands
from mailbox.care.deciding import decide
from mailbox.care.follow_ups import follow_up_done
from mailbox.care.reading import OpenedCase, read_case
from mailbox.care.reports import report_from, write_report
from mailbox.care.reveal import ask_to_reveal
from mailbox.errors import Changed, InputRefused, NotAllowed, NotFound, PassRefused
from mailbox.rules.roles import COUNSELOR, HEAD
from mailbox.sealing.case_file import open_file
from mailbox.store.tables import new_id
from tests.conftest import SchoolAtWork
from tests.mailbox.care.second_persons import arrive_at, join
from tests.mailbox.care.test_cases import arrive, everything_kept

WORDS = "【紧急】橘子树下\r\n有人等着欺负我 \t。"
WHY = "派出所要信的原文"
REPORT = {"situation": "9", "to": "police", "at": "2026-03-02T09:40", "by": "林老师", "officer": "王警官"}


def page(case: OpenedCase) -> dict[str, str]:
    return {"case.html": f"<p>{len(case.entries)}</p>"}


def a_case(school: SchoolAtWork, not_for: frozenset[str] = frozenset()) -> str:
    office, lin = school.office, school.counselor
    case_id = open_case(office, lin, arrive(school, WORDS, not_for, draws=True), ["bullying"], "先找到孩子")
    remark(office, lin, case_id, "约好了明天", os.urandom(16))
    write_report(office, lin, case_id, report_from(REPORT), os.urandom(16))
    visit = read_case(office, lin, case_id).follow_ups[0]
    follow_up_done(office, lin, case_id, visit.id, "在操场上笑了", os.urandom(16))
    return case_id


def agreed(school: SchoolAtWork) -> tuple[str, str]:
    office, he = school.office, join(school, COUNSELOR, "he")
    case_id = a_case(school)
    request_id = ask_for_file(office, school.counselor, case_id, WHY)
    decide(office, he, request_id, agrees=True)
    return case_id, request_id


def test_the_file_holds_letters_byte_for_byte_entries_reports_visits_and_enclosures(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    case_id, request_id = agreed(school)
    key = new_key(office, lin, request_id)
    file = take_file(office, lin, request_id, key.seed, page)
    assert "橘子".encode() not in file and b"PNG" not in file
    folder = zipfile.ZipFile(io.BytesIO(open_file(key.passphrase, file)))
    assert folder.namelist() == ["case.html", "case.json", "letters/1.txt", "letters/1-1.png"]
    assert folder.read("letters/1.txt") == WORDS.encode()
    assert folder.read("letters/1-1.png").startswith(b"\x89PNG")
    told = json.loads(folder.read("case.json"))
    kinds = [entry["kind"] for entry in told["entries"]]
    assert kinds == ["opened", "letter", "remark", "report", "follow_up"]
    assert told["entries"][3]["said"]["officer"] == "王警官" and told["school"] == "青山小学"
    assert [row["done"] for row in told["follow_ups"]] == [True, False, False, False]
    assert len(told["entries"]) == len(read_case(office, lin, case_id).entries)


def test_each_taking_has_a_passphrase_of_its_own_that_is_kept_nowhere(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    _, request_id = agreed(school)
    first, second = new_key(office, lin, request_id), new_key(office, lin, request_id)
    assert first.passphrase != second.passphrase
    for _ in range(2):
        open_file(first.passphrase, take_file(office, lin, request_id, first.seed, page))
    kept = everything_kept(office.database)
    assert first.passphrase not in kept and first.seed not in kept and "橘子" not in kept
    with pytest.raises(PassRefused):
        take_file(office, lin, request_id, "1234", page)


def test_nobody_takes_it_without_consent_after_its_end_or_in_anothers_name(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_for_file(office, lin, a_case(school), WHY)
    for act in (
        lambda: new_key(office, lin, request_id),
        lambda: take_file(office, lin, request_id, "0" * 32, page),
    ):
        with pytest.raises(Changed):
            act()
    with pytest.raises(InputRefused):
        decide(office, lin, request_id, agrees=True)
    decide(office, he, request_id, agrees=True)
    with pytest.raises(NotFound):
        take_file(office, he, request_id, "0" * 32, page)
    school.clock.advance(days=1, seconds=1)
    with pytest.raises(Changed):
        take_file(office, lin, request_id, "0" * 32, page)


def test_a_head_agrees_where_there_is_one_counselor_and_takes_nothing(school: SchoolAtWork) -> None:
    office, lin, head = school.office, school.counselor, join(school, HEAD, "fang")
    request_id = ask_for_file(office, lin, a_case(school), WHY)
    assert number_waiting(office, head) == 1
    decide(office, head, request_id, agrees=True)
    with pytest.raises(NotAllowed):
        take_file(office, head, request_id, "0" * 32, page)
    key = new_key(office, lin, request_id)
    assert open_file(key.passphrase, take_file(office, lin, request_id, key.seed, page))


def test_the_case_of_a_closed_letter_is_asked_of_its_readers_alone(school: SchoolAtWork) -> None:
    office, lin = school.office, school.counselor
    he, an = join(school, COUNSELOR, "he"), join(school, COUNSELOR, "an")
    request_id = ask_for_file(office, lin, a_case(school, frozenset({an.person_id})), WHY)
    assert (number_waiting(office, he), number_waiting(office, an)) == (1, 0)
    with pytest.raises(NotFound):
        decide(office, an, request_id, agrees=True)


def test_a_reveal_that_was_agreed_to_opens_no_case_file(school: SchoolAtWork) -> None:
    office, lin, he = school.office, school.counselor, join(school, COUNSELOR, "he")
    request_id = ask_to_reveal(office, lin, arrive_at(school, new_id()), "U1", WHY)
    decide(office, he, request_id, agrees=True)
    with pytest.raises(NotFound):
        take_file(office, lin, request_id, "0" * 32, page)


def test_the_command_opens_a_file_for_who_has_the_passphrase(school: SchoolAtWork, tmp_path: Path) -> None:
    office, lin = school.office, school.counselor
    _, request_id = agreed(school)
    key = new_key(office, lin, request_id)
    file = tmp_path / "case-file.qqh"
    file.write_bytes(take_file(office, lin, request_id, key.seed, page))
    wrong = CliRunner().invoke(case_commands, ["open", str(file)], input="1234\n")
    assert wrong.exit_code == 1 and not (tmp_path / "case-file.zip").exists()
    typed = key.passphrase.upper().replace("-", " ")
    right = CliRunner().invoke(case_commands, ["open", str(file)], input=f"{typed}\n")
    assert right.exit_code == 0, right.output
    assert zipfile.ZipFile(tmp_path / "case-file.zip").read("letters/1.txt") == WORDS.encode()
    assert (tmp_path / "case-file.zip").stat().st_mode & 0o077 == 0
    again = CliRunner().invoke(case_commands, ["open", str(file)], input=f"{typed}\n")
    assert again.exit_code == 1 and "cannot be written" in again.output
