"""A school with one counselor, as one walk: set up, work, a second colleague, a forgotten passphrase, new slips."""

from __future__ import annotations

import os

import pytest

from mailbox.errors import NotAllowed
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.desk import open_thread, queue
from mailbox.letters.post import Letter, post
from mailbox.openings.opening import open_what_is_due
from mailbox.people.arrivals import accept_invitation, approve, invite, leave
from mailbox.people.help_page import Help, save_help
from mailbox.people.login import Colleague, log_in, who
from mailbox.people.new_slips import make_new_slips
from mailbox.people.notices import notices_to
from mailbox.people.recovery import come_back
from mailbox.people.wishes import SLIPS, agree, ask, wish_lines
from mailbox.rules.roles import COUNSELOR, HEAD, LEAD
from tests.conftest import NONCE, PASSPHRASE, SchoolAtWork

NEW = "窗台上的仙人掌想学会游泳"


def logged_in(school: SchoolAtWork, login: str, passphrase: str = PASSPHRASE) -> Colleague:
    return who(school.office, log_in(school.office, login, passphrase))


def test_a_school_with_one_counselor_and_a_head(school: SchoolAtWork) -> None:
    office, school_id, lin = school.office, school.school_id, school.counselor
    # What is the lead's to say, the one counselor says.
    save_help(office, school_id, lin.person_id, Help(phone_place="门卫室"), "")
    token = invite(office, school_id, lin.person_id, HEAD, "校长")
    accept_invitation(office, token, "xiaozhang", PASSPHRASE)
    head = logged_in(school, "xiaozhang")

    # She reads and answers; the child reads at the opening.
    code = post(office, Letter(school_id, "kiosk", "我想养一盆多肉", os.urandom(16), frozenset())).code
    [row] = queue(office, lin)
    open_thread(office, lin, row.id)
    answer(office, lin, row.id, "放在窗台上吧", release_now=False, form_nonce=NONCE)
    school.clock.advance(days=5)
    open_what_is_due(office)
    assert [reply.text for reply in collect(office, school_id, code).replies] == ["放在窗台上吧"]

    # She cannot leave her school without a reader, and the head is her second voice.
    with pytest.raises(NotAllowed):
        leave(office, school_id, lin.person_id, lin.person_id)
    ask(office, lin, LEAD, lin.person_id)
    agree(office, head, wish_lines(office, head)[0].id)
    assert logged_in(school, "lin").role == LEAD

    # She forgets her passphrase: the head's slip and her own bring her back, and the head is told.
    done = come_back(office, school.slips, lin.person_id, NEW)
    assert [one.kind for one in notices_to(office, head)][-1:] == ["slips_used"]
    again = logged_in(school, "lin", NEW)
    assert again.role == LEAD
    opened = open_thread(office, again, row.id)
    assert [note.content.text for note in opened.notes if note.content] == ["我想养一盆多肉"]

    # A slip is lost: two voices make new ones, and the ones before are void.
    ask(office, again, SLIPS, again.person_id)
    with pytest.raises(NotAllowed):
        make_new_slips(office, again, NEW)
    agree(office, head, wish_lines(office, head)[0].id)
    made = make_new_slips(office, again, NEW)
    assert made.left == 0 and done.slips is not None

    # A colleague comes, let in by the head; then the first one may go.
    token = invite(office, school_id, again.person_id, COUNSELOR, "何老师")
    he_id = accept_invitation(office, token, "he", PASSPHRASE).person_id
    with pytest.raises(NotAllowed):
        approve(office, school_id, again.person_id, he_id)
    approve(office, school_id, head.person_id, he_id)
    leave(office, school_id, again.person_id, again.person_id)
    assert queue(office, logged_in(school, "he")) == []
