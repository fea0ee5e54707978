"""The alarm worker is ended between its claim and the end of its sending, again and again: every alarm is sent.

At least once, that is: a worker that dies behind the channel's yes and before its own note sends it again.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from mailbox.alarms.worker import CLAIM_SECONDS
from mailbox.store.tables import Delivery
from tests.torture.auditor import Verdict, audit, first_alarms, wait_for_alarms
from tests.torture.place import Place

_PATIENCE_S = 90.0
_LONGEST_WAIT_S = 1.0
# A claim lasts as long as the channel takes to answer.
_LOOK_EVERY_S = 0.002
_UNSEEN, _UNHEARD = "no claim was seen, so nobody was killed with one", "the channel heard nothing"


def kill_the_sender(place: Place, times: int) -> Verdict:
    """Let an urgent letter come, end the worker that sends its alarm, start another; ``times`` times.

    ``place`` goes by a moved clock, so that nobody waits for a claim to run out, and its pages send nothing.
    """
    assert place.clock is not None
    verdict, child, hook = Verdict(), place.child("庚"), place.hook
    place.serve()
    place.start_sender()
    ways: dict[str, Callable[[], None]] = {
        "when it had claimed": lambda: verdict.wait(lambda: _is_claimed(place), _PATIENCE_S, _UNSEEN, _LOOK_EVERY_S),
        "when the channel had heard it": lambda: verdict.wait(lambda: len(hook.posts) > heard, _PATIENCE_S, _UNHEARD),
        "at any moment": lambda: time.sleep(place.chance.uniform(0, _LONGEST_WAIT_S)),
    }
    names = list(ways)
    for number in range(times):
        heard = len(hook.posts)
        child.write(is_grave=True)
        ways[names[number % len(names)]]()
        place.kill_sender()
        place.clock.jump(seconds=CLAIM_SECONDS + 1)
        place.start_sender()
        wait_for_alarms(place.school.office, _PATIENCE_S)
        verdict.require(len(hook.posts) > heard, f"killed {names[number % len(names)]}, and the alarm was never sent")
    place.kill_sender()
    place.served.stop()
    posts = first_alarms(hook.posts)
    verdict.figures |= {"alarm workers killed": times, "alarms sent, the repeated ones among them": posts}
    verdict.add(audit(place.school, place.ledger, posts=posts))
    return verdict


def _is_claimed(place: Place) -> bool:
    with place.school.office.database.view() as view:
        return any(row.state == "sending" for row in view.session.query(Delivery))
