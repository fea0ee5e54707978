"""From an empty machine to an answered letter, by real people's hands in real browsers, with the served program."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.people import Child, Counselor, Technician, set_up_link, tablet
from tests.support.browser import Visitors
from tests.support.served import ServedApp
from tests.support.smtp import SmtpServer, text_of

PASSPHRASE = "pingguo shu xia de mao"
URGENT = "我不想活了，活着没意思"
HYPERBOLE = "数学作业写死我了哈哈，老师少布置一点吧"
ROUTINE = "操场边上能不能种一排向日葵"
ANSWER_NOW = "谢谢你告诉我。今天放学以前我在二楼心屋，你随时可以来。"
ANSWER_HELD = "好主意，我们已经问了校工叔叔。"


# Two workers, since whatever goes wrong with one goes wrong with two as well.
@pytest.fixture(params=["sqlite", "postgresql"])
def served(request: pytest.FixtureRequest, served_app: Callable[..., ServedApp]) -> ServedApp:
    if request.param == "postgresql":
        url = request.getfixturevalue("empty_database_url")
        app = served_app(web_workers=2, database_url=url.replace("+psycopg", ""))
    else:
        app = served_app(web_workers=2)
    app.flask("init")
    app.start()
    return app


def test_a_school_is_set_up_and_three_letters_are_written_sorted_answered_and_read(
    served: ServedApp, visitors: Visitors, smtp_server: SmtpServer
) -> None:
    # Set-up: school and technician, the first counselor with keys and slips, siren page, channel, kiosk.
    technician = Technician(visitors.visit())
    technician.found(set_up_link(served.log()), "青山小学", PASSPHRASE)
    technician.add_channel("值班邮箱", smtp_server.apprise_url)
    counselor = Counselor(visitors.visit())
    slips = counselor.arrive(technician.invite_counselor("林老师"), "lin", PASSPHRASE)
    assert [len(slip) for slip in slips] == [24, 24]

    siren = visitors.visit()
    siren.goto(technician.enroll("siren", "值班室"))
    siren.click("text=登记")
    technician.page.reload()
    technician.page.click("text=响一次测试警报")
    siren.click("button.heard")
    assert "测试" in text_of(smtp_server.wait_for(1)[0])
    technician.page.reload()
    kiosk_link = technician.enroll("kiosk", "三楼走廊")

    page = tablet(visitors)
    page.goto(kiosk_link)
    page.click("button.primary")
    page.wait_for_selector("text=登记好了")
    child = Child(page, served.url)

    # Three letters; the urgent one reaches somebody at once and says nothing of what is in it.
    codes = {words: child.write(words) for words in (ROUTINE, HYPERBOLE, URGENT)}
    assert all(len(code) == 6 for code in codes.values())
    alarm = text_of(smtp_server.wait_for(2)[1])
    assert "紧急" in alarm
    assert not any(word in alarm for word in ("不想活", "没意思", "三楼走廊"))
    siren.wait_for_selector("text=有一封紧急的信")

    # The desk: the urgent letter first, the joke nowhere near it.
    levels = counselor.levels()
    assert levels[0] == "紧急" and levels.count("紧急") == 1
    assert counselor.open(0) == URGENT
    siren.wait_for_selector("[data-alarm=urgent]", state="hidden")
    counselor.reply(ANSWER_NOW, now=True)
    places = [counselor.open(place) for place in range(2)]
    assert sorted(places) == sorted([HYPERBOLE, ROUTINE])
    counselor.open(places.index(ROUTINE))
    counselor.reply(ANSWER_HELD, now=False)

    # The child reads what was released; what is held waits for the opening.
    assert child.read(codes[URGENT]) == [ANSWER_NOW]
    assert child.read(codes[ROUTINE]) == []
    served.flask("open")
    assert child.read(codes[ROUTINE]) == [ANSWER_HELD]
    child.write_back("太好了，我也想帮忙浇水")

    # The answer back is in the same thread, on the desk again.
    counselor.page.click("nav >> text=信")
    counselor.page.click("li:has-text('孩子又写来了') a.open")
    assert "浇水" in counselor.page.locator(".turn.note .child").last.inner_text()
    assert counselor.page.locator(".turn").count() == 3

    # The week in numbers, and not a word.
    counselor.page.click("text=每周小结")
    summary = counselor.page.locator("main").inner_text()
    assert "4" in counselor.page.locator("tbody tr").first.inner_text()
    assert not any(word in summary for word in ("向日葵", "不想活", "浇水"))
