"""保存与删除 at the desk: what goes next, what went, what is held; and 依法留存 on a letter's page."""

from __future__ import annotations

import os

from mailbox.letters.post import Letter, post
from mailbox.upkeep.first_to_go import note_what_goes
from mailbox.upkeep.old_letters import remove_old_letters
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import arrive, logged_in, words_of


def test_the_first_letters_of_a_term_are_told_a_month_before_they_go_and_then_no_more(school: SchoolAtWork) -> None:
    arrive(school, "我想家了")
    school.clock.advance(days=330)
    note_what_goes(school.office)
    assert "有信到保存期" not in logged_in(school).get("/desk/letters/").text
    school.clock.advance(days=10, hours=10)
    note_what_goes(school.office)
    desk = logged_in(school)
    notice = words_of(desk.get("/desk/letters/").text)
    assert "有信到保存期，会删除：一个月里 1 次往来。" in notice and "其中没有回过的 1 封。" in notice
    page = words_of(desk.get("/desk/retention/").text)
    assert "最后一封以后 365 天，整个往来一起删除" in page and "信的最后一封以后 400 天" in page
    assert "没有人打开过的 1 封" in page and "这一年还没有删过什么。" in page
    school.clock.advance(days=26)
    arrive(school, "新的一封")
    assert remove_old_letters(school.office) == 1
    desk = logged_in(school)
    assert "有信到保存期" not in desk.get("/desk/letters/").text
    page = words_of(desk.get("/desk/retention/").text)
    assert "1 次往来，里面有信 1 封" in page


def test_a_closed_letter_is_in_no_number_of_who_was_closed_out(school: SchoolAtWork) -> None:
    arrive(school, "给林老师看的")
    closed_out = frozenset({school.counselor.person_id})
    post(school.office, Letter(school.school_id, "kiosk", "不给林老师", os.urandom(16), closed_out))
    school.clock.advance(days=340)
    assert words_of(logged_in(school).get("/desk/retention/").text).count("没有人打开过的 1 封") == 1
    # The technician, who reads no letter, has the numbers of all.
    assert "没有人打开过的 2 封" in words_of(logged_in(school, "jishu").get("/desk/retention/").text)
    school.clock.advance(days=26, hours=10)
    assert remove_old_letters(school.office) == 2
    assert "1 次往来，里面有信 1 封" in words_of(logged_in(school).get("/desk/retention/").text)
    assert "2 次往来，里面有信 2 封" in words_of(logged_in(school, "jishu").get("/desk/retention/").text)


def test_a_lone_counselor_holds_a_letter_with_a_reason_and_ends_it(school: SchoolAtWork) -> None:
    thread_id = arrive(school, "我想家了")
    desk = logged_in(school)
    page = f"/desk/letters/{thread_id}"
    refused = desk.send(page, "/hold", hold_reason=" ")
    assert (refused.status_code, "请写一句理由" in words_of(refused.text)) == (400, True)
    assert desk.send(page, "/hold", hold_reason="公安来函要求保存").status_code == 303
    held = words_of(desk.get(page).text)
    assert "由林老师留存。到期也不会删除，直到解除。" in held and "公安来函要求保存" in held
    assert "公安来函要求保存" in desk.get("/desk/retention/").text
    # Who reads no letter learns that there is one, and no word of it.
    technician = logged_in(school, "jishu").get("/desk/retention/").text
    assert "有 1 封信依法留存" in technician and "公安" not in technician and thread_id not in technician
    assert desk.send(page, "/hold/end").status_code == 303
    assert "由林老师留存" not in desk.get(page).text
