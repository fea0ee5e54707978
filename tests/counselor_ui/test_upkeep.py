"""The computer and its backups on the desk: the technician acts, the lead sees, nobody else comes here."""

from __future__ import annotations

import pytest

from mailbox.people.arrivals import accept_invitation, approve, invite
from mailbox.rules.roles import COUNSELOR, LEAD
from mailbox.upkeep import thorough
from mailbox.upkeep.backup import backups_in, own_folder
from mailbox.upkeep.heartbeat import beat
from tests.conftest import PASSPHRASE, SchoolAtWork
from tests.counselor_ui.at_desk import another_browser, browser_at, logged_in, words_of


@pytest.fixture(autouse=True)
def decoder_starts_by_word(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(thorough, "_decodes", lambda _kind: True)
    monkeypatch.setattr(thorough, "model_is_whole", lambda _folder: True)


def lead(school: SchoolAtWork) -> None:
    by = school.counselor.person_id
    he = accept_invitation(
        school.office, invite(school.office, school.school_id, by, COUNSELOR, "何老师"), "he", PASSPHRASE
    )
    approve(school.office, school.school_id, by, he.person_id)
    token = invite(school.office, school.school_id, by, LEAD, "安老师")
    an = accept_invitation(school.office, token, "an", PASSPHRASE)
    approve(school.office, school.school_id, he.person_id, an.person_id)


def test_a_technician_finds_it_in_the_menu_and_reads_what_to_do(school: SchoolAtWork) -> None:
    page = logged_in(school, "jishu").get("/desk/upkeep/")
    said = words_of(page.text)
    assert "电脑与备份" in said and "警报程序没有在跑，紧急的信不会响。请重新启动信箱。 请现在处理" in said
    assert 'aria-current="page">电脑与备份' in page.text


def test_one_press_makes_a_backup_that_stands_in_the_records(school: SchoolAtWork) -> None:
    technician = logged_in(school, "jishu")
    answer = technician.send("/desk/upkeep/", "/backup")
    assert answer.status_code == 303
    assert "备份做好了，也读回来核对过。" in words_of(technician.get(answer.location).text)
    assert len(backups_in(own_folder(school.office.settings))) == 1
    assert "最近一次是" in words_of(technician.get("/desk/upkeep/").text)


def test_one_press_looks_everything_through(school: SchoolAtWork) -> None:
    technician = logged_in(school, "jishu")
    assert "还没有仔细看过一遍。" in words_of(technician.get("/desk/upkeep/").text)
    answer = technician.send("/desk/upkeep/", "/look")
    said = words_of(technician.get(answer.location).text)
    assert "全部仔细看过一遍了。" in said and "行，都没有被改过。" in said


def test_a_stick_that_is_not_there_is_said_in_words_and_stays_said_until_it_works(school: SchoolAtWork) -> None:
    away = school.office.settings.data_dir / "no-stick"
    browser = browser_at(school.office, backup_dir=away)
    assert browser.log_in("jishu").status_code == 303
    refused = browser.send("/desk/upkeep/", "/backup")
    assert refused.status_code == 409
    assert f"找不到文件夹 {away}。U 盘是不是没插好？" in words_of(refused.text)
    # The page that a technician sees first says it as well.
    assert "上一次备份没有做成" in words_of(browser.get("/desk/devices/").text)
    away.mkdir()
    assert browser.send("/desk/upkeep/", "/backup").status_code == 303
    assert "上一次备份没有做成" not in words_of(browser.get("/desk/devices/").text)


def test_a_lead_sees_and_does_not_act(school: SchoolAtWork) -> None:
    lead(school)
    browser = logged_in(school, "an")
    page = browser.get("/desk/upkeep/")
    assert page.status_code == 200
    assert "现在备份一次" not in page.text and "<form" in page.text
    assert browser.get("/desk/letters/").text.count("电脑与备份") == 1


def test_a_counselor_is_not_bothered_with_it(school: SchoolAtWork) -> None:
    browser = logged_in(school)
    assert browser.get("/desk/upkeep/").status_code == 403
    assert "电脑与备份" not in browser.get("/desk/letters/").text


def test_what_is_well_is_said_too_and_in_english(school: SchoolAtWork) -> None:
    beat(school.office)
    technician = another_browser(logged_in(school, "jishu"), "en")
    assert technician.log_in("jishu").status_code == 303
    said = words_of(technician.get("/desk/upkeep/").text)
    assert "Alarm worker All right" in said and "No backup yet." in said
