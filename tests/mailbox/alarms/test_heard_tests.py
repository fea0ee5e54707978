"""A test alarm that is heard at once still proves every channel, once, and is then forgotten."""

from __future__ import annotations

from sqlalchemy import func, select

from mailbox.alarms.channels import add_channel, channel_lines
from mailbox.alarms.siren import ring_test, ringing
from mailbox.alarms.worker import deliver_due
from mailbox.people.stations import acknowledge_test_alarms
from mailbox.store.tables import Delivery
from tests.conftest import SchoolAtWork
from tests.support.web_hook import WebHook


def deliveries(school: SchoolAtWork) -> int:
    with school.office.database.view() as view:
        return view.session.scalar(select(func.count()).select_from(Delivery)) or 0


def ring_and_hear(school: SchoolAtWork, address: str) -> None:
    add_channel(school.office, school.school_id, school.technician_id, "值班手机", address)
    ring_test(school.office, school.school_id, school.technician_id)
    acknowledge_test_alarms(school.office, school.school_id)
    assert ringing(school.office, school.school_id) == []


def test_a_test_alarm_heard_at_once_still_reaches_the_channels(school: SchoolAtWork, web_hook: WebHook) -> None:
    ring_and_hear(school, web_hook.apprise_url)
    assert deliver_due(school.office) == 1
    assert "测试" in str(web_hook.wait_for(1)[0])
    assert deliveries(school) == 0


def test_a_channel_that_fails_a_heard_test_says_so_and_is_not_tried_again(school: SchoolAtWork) -> None:
    ring_and_hear(school, "json://127.0.0.1:9/")
    assert deliver_due(school.office) == 0
    assert channel_lines(school.office, school.school_id)[0].problem
    assert deliveries(school) == 0
