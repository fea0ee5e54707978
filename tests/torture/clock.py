"""The computer's clock jumps a day on and a day back while the program serves: forms, sessions, alarms, the opening.

One story without chance, by real HTTP. The school opens on Friday at three; it is Wednesday when it begins.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from mailbox.letters.collect import collect
from mailbox.store.tables import Opening
from tests.torture.auditor import Verdict, audit, first_alarms, wait_for_alarms
from tests.torture.browser import Browser, LoggedOut, Visitor, is_code
from tests.torture.children import Child
from tests.torture.codes import receipt_of
from tests.torture.desk import Counselor
from tests.torture.ledger import Code
from tests.torture.place import Place

WEDNESDAY = datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
# The worker looks every five seconds, on a busy computer somewhat later.
_SOON_S = 60.0
_MANY = 1_000
_LOGINS = 3


class Story:
    """What happens, step by step; ``verdict`` gathers what was not as it should be."""

    def __init__(self, place: Place) -> None:
        assert place.clock is not None
        self.place, self.clock, self.verdict = place, place.clock, Verdict()
        self.child: Child = place.child("己")
        # On a busy computer triage may not have read an everyday letter in time: then it rings until it is opened.
        self.opened: set[Code] = set()
        self._forms = 0

    def told(self, form: str) -> None:
        """Send a form that was opened before the clock jumped."""
        self._forms += 1
        text = f"这张纸是跳以前拿的,第{self._forms}张。"
        visitor = Visitor(Browser(self.place.served.port, self._cookie), self.place.ledger, self.child.left)
        page = visitor.send("/write", {"token": form, "words": text}, text)
        self.verdict.require(is_code(page), "a form of before the jump was not taken in the end")
        self.place.ledger.arrived(text, page.code, is_grave=False)

    def form(self) -> str:
        page = Browser(self.place.served.port, self._cookie).ask("GET", "/write")
        return page.field("token") or ""

    def counselor(self) -> Counselor:
        return Counselor(self.place.school, self.place.served.port, self.place.ledger, self.place.seed)

    def is_logged_in(self, counselor: Counselor) -> bool:
        return counselor.look() == 200

    def grave_letter_on_a_dead_channel(self) -> None:
        """Let an urgent letter come whose alarm was tried, refused, and waits for its next try."""
        self.place.hook.refusals = _MANY
        self.child.write(is_grave=True)
        self.soon(lambda: self.place.hook.refusals < _MANY, "an alarm was not even tried")

    def channel_is_back(self) -> None:
        heard = first_alarms(self.place.hook.posts)
        self.place.hook.refusals = 0
        self.soon(lambda: first_alarms(self.place.hook.posts) > heard, "after a jump an alarm was not sent soon")

    def hold_reply(self, code: Code, text: str) -> None:
        """Answer a letter for the next opening.

        The worker may have begun its round before a jump, and then ends a session that began just after it.
        """
        self.opened.add(code)
        for _ in range(_LOGINS):
            try:
                self.counselor().answer(code, text, when="held")
            except LoggedOut:
                continue
            return
        self.verdict.wrongs.append("nobody could stay logged in after a jump")

    def replies(self, code: Code) -> list[str]:
        school = self.place.school
        return [reply.text for reply in collect(school.office, school.school_id, receipt_of(code)).replies]

    def openings(self) -> int:
        with self.place.school.office.database.view() as view:
            return view.session.query(Opening).count()

    def soon(self, is_so: Callable[[], bool], otherwise: str) -> None:
        self.verdict.wait(is_so, _SOON_S, otherwise)

    @property
    def _cookie(self) -> str:
        return f"__Host-kiosk={self.place.cookies[0]}"


def jump(place: Place) -> Verdict:
    """Live through six jumps. ``place`` goes by a moved clock that stands at :data:`WEDNESDAY`."""
    place.serve()
    story = Story(place)
    _on_and_back(story)
    _over_an_opening(story)
    wait_for_alarms(place.school.office, _SOON_S)
    place.served.stop()
    story.verdict.figures["jumps of a day"] = 6
    posts = first_alarms(place.hook.posts)
    story.verdict.add(audit(place.school, place.ledger, opened=story.opened, posts=posts))
    return story.verdict


def _on_and_back(story: Story) -> None:
    for days, where in ((1, "on"), (-1, "back")):
        reader, form = story.counselor(), story.form()
        story.verdict.require(story.is_logged_in(reader), "a session was over at once")
        story.grave_letter_on_a_dead_channel()
        story.clock.jump(days=days)
        story.told(form)
        story.verdict.require(
            not story.is_logged_in(reader), f"a session went on though the clock jumped a day {where}"
        )
        story.channel_is_back()


def _over_an_opening(story: Story) -> None:
    code = story.child.write(is_grave=False)
    assert code is not None
    story.hold_reply(code, "星期五见")
    story.clock.jump(days=2, hours=6)
    story.soon(lambda: story.replies(code) == ["星期五见"], "the box was not opened on Friday")
    story.clock.jump(days=-1)
    story.verdict.require(story.replies(code) == ["星期五见"], "a reply went away when the clock was set back")
    story.hold_reply(code, "还有一句")
    story.clock.jump(days=1)
    story.soon(lambda: story.openings() > 0, "the opening is forgotten")
    time.sleep(2)
    story.verdict.require(story.openings() == 1, "the box was opened twice for one Friday")
    story.clock.jump(days=7)
    story.soon(
        lambda: story.replies(code) == ["星期五见", "还有一句"], "a held reply was not given at the next opening"
    )
