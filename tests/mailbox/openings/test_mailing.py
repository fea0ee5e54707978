"""The weekly summary reaches a real mail server: once to each chosen person, numbers only, hidden ones hidden."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from email.message import EmailMessage

import pytest
from sqlalchemy import text

from app import look_once
from counselor_ui.papers.mail import newest_summary
from mailbox.alarms.channels import add_channel, channel_lines, remove_channel
from mailbox.errors import InputRefused, NotAllowed, NotFound
from mailbox.letters.post import Letter, post
from mailbox.openings.mailing import pause_after, send_due_mails
from mailbox.openings.recipients import (
    MOST_RECIPIENTS,
    add_recipient,
    choose_channel,
    mail_newest,
    mailing_of,
    remove_recipient,
)
from mailbox.openings.week_reports import freeze_ended_weeks
from mailbox.store.tables import AuditRow, OpeningCustom, SummaryMail, SummaryRecipient
from tests.conftest import SchoolAtWork
from tests.mailbox.openings.at_opening import bring_lead, go_to
from tests.support.smtp import SmtpServer, running_smtp_server, text_of

SECRET = "我把秘密埋在橘子树下"
HEAD, OFFICE = "head@school.invalid", "jiaowu@school.invalid"


@pytest.fixture
def server() -> Iterator[SmtpServer]:
    with running_smtp_server() as running:
        yield running


@pytest.fixture
def lead_id(school: SchoolAtWork) -> str:
    return bring_lead(school)


def turn_on(school: SchoolAtWork, lead_id: str, server: SmtpServer, *addresses: str) -> None:
    """Let the lead choose the school's e-mail channel, and who gets the summary."""
    add_channel(school.office, school.school_id, school.technician_id, "学校邮箱", server.apprise_url)
    channel_id = channel_lines(school.office, school.school_id)[0].id
    choose_channel(school.office, school.school_id, lead_id, channel_id)
    for address in addresses:
        add_recipient(school.office, school.school_id, lead_id, address.partition("@")[0], address)


def let_letters_come(school: SchoolAtWork, count: int = 7) -> None:
    for number in range(count):
        post(school.office, Letter(school.school_id, "kiosk", f"{SECRET}{number}", os.urandom(16)))


def send(school: SchoolAtWork) -> int:
    freeze_ended_weeks(school.office)
    return send_due_mails(school.office, newest_summary)


def states(school: SchoolAtWork) -> dict[str, str]:
    return {line.name: line.state for line in mailing_of(school.office, school.school_id).lines}


def pdf_of(message: EmailMessage) -> bytes:
    attached = [part for part in message.walk() if part.get_content_type() == "application/pdf"]
    content = attached[0].get_payload(decode=True)
    assert len(attached) == 1 and isinstance(content, bytes)
    return content


def test_on_friday_evening_each_chosen_person_gets_the_numbers_once(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD, OFFICE)
    let_letters_come(school)
    go_to(school, "2026-03-06 17:59")
    assert send(school) == 0
    go_to(school, "2026-03-06 18:00")
    assert [send(school), send(school)] == [2, 0]
    messages = server.wait_for(2)
    # Who gets the alarms of that channel gets no copy.
    assert sorted(server.recipients) == [[HEAD], [OFFICE]]
    said = text_of(messages[0])
    assert "青山小学" in said and "一共：7" in said and SECRET not in said
    assert pdf_of(messages[0]).startswith(b"%PDF")
    assert states(school) == {"head": "sent", "jiaowu": "sent"}
    go_to(school, "2026-03-13 18:00")
    assert send(school) == 2


def test_the_worker_sends_it_by_itself(school: SchoolAtWork, lead_id: str, server: SmtpServer) -> None:
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-06 18:00")
    look_once(school.office)
    assert len(server.wait_for(1)) == 1


def test_small_numbers_are_hidden_in_the_mail_too(school: SchoolAtWork, lead_id: str, server: SmtpServer) -> None:
    turn_on(school, lead_id, server, HEAD)
    let_letters_come(school, 3)
    go_to(school, "2026-03-06 18:00")
    send(school)
    message = server.wait_for(1)[0]
    assert "一共：少于5或不公布" in text_of(message)
    # The tables of a PDF are packed; what counts is that the same paper was printed.
    assert "：3" not in text_of(message) and pdf_of(message)


def test_a_mail_of_a_clock_that_ran_a_day_ahead_is_sent_when_it_is_set_right(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-06 18:00")
    freeze_ended_weeks(school.office)
    school.clock.advance(days=-1)
    assert [send_due_mails(school.office, newest_summary) for _ in range(2)] == [1, 0]
    assert len(server.wait_for(1)) == 1


def test_two_workers_send_one_to_each(school: SchoolAtWork, lead_id: str, server: SmtpServer) -> None:
    turn_on(school, lead_id, server, HEAD, OFFICE)
    go_to(school, "2026-03-06 18:00")
    with ThreadPoolExecutor(4) as workers:
        sent = sum(workers.map(lambda _: send(school), range(4)))
    assert (sent, len(server.wait_for(2))) == (2, 2)


def test_a_mail_that_fails_is_shown_and_tried_again(school: SchoolAtWork, lead_id: str, server: SmtpServer) -> None:
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-06 18:00")
    server.refusals = 1
    assert send(school) == 0
    assert mailing_of(school.office, school.school_id).failing == ["head"]
    assert send(school) == 0
    school.clock.advance(seconds=61)
    assert send(school) == 1
    assert mailing_of(school.office, school.school_id).failing == []
    with school.office.database.view() as view:
        assert view.session.query(AuditRow).filter_by(act="summary.mail.sent").count() == 1


def test_a_worker_that_died_while_sending_is_followed_by_another(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-06 18:00")
    freeze_ended_weeks(school.office)
    now = int(school.clock.now.timestamp())
    with school.office.database.work() as work:
        work.session.query(SummaryMail).update({"state": "sending", "claimed_until": now + 300})
        work.commit()
    assert send(school) == 0
    school.clock.advance(seconds=301)
    assert send(school) == 1


def test_one_that_cannot_be_sent_for_a_week_is_overtaken_by_the_next(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    server.refusals = 1
    go_to(school, "2026-03-06 18:00")
    send(school)
    go_to(school, "2026-03-13 18:00")
    assert send(school) == 1
    assert mailing_of(school.office, school.school_id).ends_on == date(2026, 3, 13)


def test_after_a_holiday_with_the_machine_off_only_the_newest_week_is_sent(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-23 08:00")
    assert send(school) == 1
    assert mailing_of(school.office, school.school_id).ends_on == date(2026, 3, 20)


def test_it_is_off_until_the_lead_turns_it_on_and_when_she_turns_it_off(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    go_to(school, "2026-03-06 18:00")
    assert send(school) == 0
    turn_on(school, lead_id, server, HEAD)
    go_to(school, "2026-03-13 18:00")
    freeze_ended_weeks(school.office)
    choose_channel(school.office, school.school_id, lead_id, "")
    assert send(school) == 0
    go_to(school, "2026-03-20 18:00")
    assert send(school) == 0


def test_who_is_taken_off_the_list_gets_nothing_that_still_waits(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD, OFFICE)
    go_to(school, "2026-03-06 18:00")
    freeze_ended_weeks(school.office)
    line = next(one for one in mailing_of(school.office, school.school_id).lines if one.name == "head")
    remove_recipient(school.office, school.school_id, lead_id, line.id)
    assert send(school) == 1 and server.recipients == [[OFFICE]]
    with pytest.raises(NotFound):
        remove_recipient(school.office, school.school_id, lead_id, line.id)


def test_in_a_school_without_a_lead_its_counselors_choose_who_gets_it(school: SchoolAtWork, server: SmtpServer) -> None:
    turn_on(school, school.counselor.person_id, server, OFFICE, HEAD)
    line = next(one for one in mailing_of(school.office, school.school_id).lines if one.name == "jiaowu")
    remove_recipient(school.office, school.school_id, school.counselor.person_id, line.id)
    go_to(school, "2026-03-07 09:00")
    freeze_ended_weeks(school.office)
    mail_newest(school.office, school.school_id, school.counselor.person_id)
    assert send(school) == 1 and server.recipients == [[HEAD]]
    with pytest.raises(NotAllowed):
        add_recipient(school.office, school.school_id, school.technician_id, "我", OFFICE)


def test_without_its_channel_nothing_is_sent_and_the_desk_says_so(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    channel_id = channel_lines(school.office, school.school_id)[0].id
    remove_channel(school.office, school.school_id, school.technician_id, channel_id)
    go_to(school, "2026-03-06 18:00")
    assert send(school) == 0
    assert mailing_of(school.office, school.school_id).failing == ["head"]


def test_a_channel_that_is_no_mail_account_sends_nothing(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "网页", "json://127.0.0.1:9/")
    choose_channel(school.office, school.school_id, lead_id, channel_lines(school.office, school.school_id)[0].id)
    add_recipient(school.office, school.school_id, lead_id, "校长", HEAD)
    go_to(school, "2026-03-06 18:00")
    assert send(school) == 0 and states(school) == {"校长": "failing"}


def test_the_newest_is_sent_once_more_when_the_lead_asks(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server)
    with pytest.raises(InputRefused, match="no_week"):
        mail_newest(school.office, school.school_id, lead_id)
    go_to(school, "2026-03-07 09:00")
    send(school)
    with pytest.raises(InputRefused, match="nobody"):
        mail_newest(school.office, school.school_id, lead_id)
    add_recipient(school.office, school.school_id, lead_id, "校长", HEAD)
    for _ in range(2):
        mail_newest(school.office, school.school_id, lead_id)
    assert [send(school), send(school)] == [1, 0]


def test_addresses_are_kept_wrapped_and_stand_nowhere_in_the_database(
    school: SchoolAtWork, lead_id: str, server: SmtpServer
) -> None:
    turn_on(school, lead_id, server, HEAD)
    with school.office.database.view() as view:
        row = view.session.execute(text("SELECT * FROM summary_recipients")).one()
        acts = [(act.act, act.subject_id) for act in view.session.query(AuditRow)]
    assert HEAD.encode() not in b"".join(bytes(value) for value in row if isinstance(value, bytes | memoryview))
    assert HEAD not in repr([value for value in row if isinstance(value, str)]) and HEAD not in repr(acts)


@pytest.mark.parametrize("changed", ["address", "channel"])
def test_rows_from_outside_send_nothing_to_anybody(
    school: SchoolAtWork, lead_id: str, server: SmtpServer, changed: str
) -> None:
    turn_on(school, lead_id, server, HEAD, OFFICE)
    with school.office.database.work() as work:
        if changed == "channel":
            work.session.query(OpeningCustom).update({"holds": True})
        else:
            kept = work.session.query(SummaryRecipient).order_by(SummaryRecipient.name).all()
            kept[0].wrapped_address = kept[1].wrapped_address
        work.commit()
    go_to(school, "2026-03-06 18:00")
    send(school)
    school.clock.advance(hours=1)
    send(school)
    assert [HEAD] not in server.recipients and len(server.recipients) == (0 if changed == "channel" else 1)


def test_what_is_no_address_or_there_already_is_refused(school: SchoolAtWork, lead_id: str) -> None:
    add_recipient(school.office, school.school_id, lead_id, "校长", HEAD)
    for name, address, reason in (
        ("校长", "nobody", "address"),
        ("校长", "a@b.cn, c@d.cn", "address"),
        ("校长", "a@b.cn\nBcc: c@d.cn", "address"),
        ("校长", "校长@b.cn", "address"),
        ("校长", f"{'a' * 200}@b.cn", "address"),
        ("", "a@b.cn", "blank_or_long"),
        ("又是校长", "HEAD@school.invalid", "there"),
    ):
        with pytest.raises(InputRefused, match=reason):
            add_recipient(school.office, school.school_id, lead_id, name, address)


def test_the_list_has_an_end(school: SchoolAtWork, lead_id: str) -> None:
    for number in range(MOST_RECIPIENTS):
        add_recipient(school.office, school.school_id, lead_id, f"老师{number}", f"t{number}@school.cn")
    with pytest.raises(InputRefused, match="too_many"):
        add_recipient(school.office, school.school_id, lead_id, "老师", "t@school.cn")


def test_only_the_lead_chooses_who_gets_it(school: SchoolAtWork, lead_id: str) -> None:
    office, school_id = school.office, school.school_id
    for person_id in (school.counselor.person_id, school.technician_id):
        with pytest.raises(NotAllowed):
            add_recipient(office, school_id, person_id, "校长", HEAD)
        with pytest.raises(NotAllowed):
            remove_recipient(office, school_id, person_id, "0" * 32)
        with pytest.raises(NotAllowed):
            choose_channel(office, school_id, person_id, "")
        with pytest.raises(NotAllowed):
            mail_newest(office, school_id, person_id)
    with pytest.raises(InputRefused, match="unknown"):
        choose_channel(office, school_id, lead_id, "0" * 32)


def test_pauses_grow_to_six_hours() -> None:
    assert [pause_after(attempts) for attempts in (1, 2, 3, 9, 10, 99)] == [60, 120, 240, 15_360, 21_600, 21_600]


def test_a_summary_before_the_first_week_is_none(school: SchoolAtWork) -> None:
    with pytest.raises(NotFound):
        newest_summary(school.office, school.school_id)
