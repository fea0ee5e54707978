"""PostgreSQL is away for a minute and comes back: nothing is told that is not kept, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mailbox.letters.desk import open_thread
from mailbox.store.migrations import migrate
from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import arrive, logged_in
from tests.mailbox.kiosk.tablet import Tablet, code_of, words_in
from tests.support.cleared import create_database
from tests.support.postgres import FORGETFUL, Cluster

WORDS, REPLY = "我想养一只乌龟", "图书角有一本乌龟的书"

pytestmark = pytest.mark.postgres


@pytest.fixture
def cluster() -> Iterator[Cluster]:
    """A PostgreSQL of this test's own, so that it may stop it."""
    cluster = Cluster(FORGETFUL)
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.remove()


@pytest.fixture
def database_url(cluster: Cluster) -> str:
    address = create_database(cluster.address, "mailbox")
    migrate(address)
    return address


def test_a_child_and_a_counselor_send_what_they_typed_once_the_database_is_back(
    cluster: Cluster, tablet: Tablet, open_school: SchoolAtWork
) -> None:
    thread_id = arrive(open_school, "我们班的花开了")
    desk, token = logged_in(open_school), tablet.token("/write")
    letter = desk.get(f"/desk/letters/{thread_id}")

    cluster.stop()
    unsure = tablet.post("/write", token=token, words=WORDS)
    refused = desk.send(letter, "/reply", reply=REPLY, when="now")
    home, queue = tablet.get("/"), desk.get("/desk/letters/")
    assert (unsure.status_code, words_in(unsure), code_of(unsure)) == (503, WORDS, [])
    assert (refused.status_code, REPLY in refused.text) == (503, True)
    assert (home.status_code, queue.status_code) == (503, 503)

    cluster.start()
    assert len(code_of(tablet.post("/write", token=token, words=WORDS))) == 6
    assert desk.send(letter, "/reply", reply=REPLY, when="now").status_code == 303
    # The answered letter waits no longer.
    assert tablet.letters() == [WORDS]
    assert len(open_thread(open_school.office, open_school.counselor, thread_id).replies) == 1
