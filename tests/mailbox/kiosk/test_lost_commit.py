"""The database kept a letter, but its answer was lost on the way: sent again from the page, it is still one letter.

A PostgreSQL that ends in the moment of a commit does this; the program can't know, and tells the child to send again.
"""

from __future__ import annotations

from tests.mailbox.kiosk.tablet import Tablet, code_of, field_of, words_in
from tests.support.lost_commit import lost_answer_of_a_commit
from tests.support.page_words import words_of_page

WORDS, MORE = "我想养一只乌龟", "还有一件事"


def test_a_letter_sent_again_from_the_page_that_could_not_tell_is_one_letter(tablet: Tablet) -> None:
    token = tablet.token("/write")
    with lost_answer_of_a_commit(tablet.school.office.database.engine):
        unsure = tablet.post("/write", token=token, words=WORDS)
    assert (unsure.status_code, words_in(unsure), code_of(unsure)) == (503, WORDS, [])
    again = tablet.post("/write", token=field_of(unsure, "token"), words=WORDS)
    assert len(code_of(again)) == 6
    assert tablet.letters() == [WORDS]


def test_a_letter_changed_before_it_is_sent_again_is_kept_too(tablet: Tablet) -> None:
    with lost_answer_of_a_commit(tablet.school.office.database.engine):
        unsure = tablet.send(WORDS)
    changed = tablet.post("/write", token=field_of(unsure, "token"), words=WORDS + "！")
    assert len(code_of(changed)) == 6
    assert sorted(tablet.letters()) == sorted([WORDS, WORDS + "！"])


def test_a_letter_written_back_and_sent_again_is_one_letter(tablet: Tablet) -> None:
    opened = tablet.open_typed("".join(code_of(tablet.send(WORDS))))
    with lost_answer_of_a_commit(tablet.school.office.database.engine):
        unsure = tablet.write_back(opened, MORE)
    assert unsure.status_code == 503
    assert "已经送到了" in words_of_page(tablet.write_back(unsure, MORE).text)
    assert sorted(tablet.letters()) == sorted([WORDS, MORE])


def test_after_the_screen_was_cleared_the_form_is_a_new_one(tablet: Tablet) -> None:
    token = tablet.token("/write")
    tablet.school.clock.advance(seconds=5)
    tablet.get("/clear")
    with lost_answer_of_a_commit(tablet.school.office.database.engine):
        unsure = tablet.post("/write", token=token, words=WORDS)
    assert WORDS not in unsure.text
    assert field_of(unsure, "token") != token
