"""The kiosk's pages by their plain forms, as a tablet without JavaScript sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import create_app
from mailbox.alarms.outbox import raise_alarm
from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from mailbox.people.stations import KIOSK, acknowledge_test_alarms, identify, invite_station, withdraw
from tests.conftest import NONCE, SchoolAtWork

HTTPS = "https://localhost"


@dataclass
class Tablet:
    """An enrolled tablet in a school whose kiosk is open."""

    client: FlaskClient
    school: SchoolAtWork

    def field(self, page: TestResponse, name: str) -> str:
        found = re.search(rf'name="{name}" value="([^"]+)"', page.text)
        assert found
        return found[1]

    def send(self, words: str, **more: str) -> TestResponse:
        token = self.field(self.client.get("/write", base_url=HTTPS), "token")
        return self.client.post("/write", base_url=HTTPS, data={"token": token, "words": words, **more})

    def open_code(self, typed: str) -> TestResponse:
        token = self.field(self.client.get("/read", base_url=HTTPS), "token")
        return self.client.post("/read", base_url=HTTPS, data={"token": token, "typed": typed})


def code_words(page: TestResponse) -> str:
    return "·".join(re.findall(r"<figcaption>(.+?)</figcaption>", page.text))


@pytest.fixture
def tablet(school: SchoolAtWork) -> Tablet:
    with school.office.database.work() as work:
        raise_alarm(school.office, work.session, school.school_id, None, "test")
        work.commit()
    acknowledge_test_alarms(school.office, school.school_id)
    token = invite_station(school.office, school.school_id, school.technician_id, KIOSK, "三年级教室")
    client = create_app(school.office).test_client()
    assert client.post(f"/enroll/{token}", base_url=HTTPS).status_code == 200
    return Tablet(client, school)


def test_a_child_sends_a_letter_and_reads_the_answer_by_typing_the_words(tablet: Tablet) -> None:
    sent = tablet.send("我想家了")
    words = code_words(sent)
    assert words.count("·") == 5
    answer(
        tablet.school.office,
        tablet.school.counselor,
        thread(tablet),
        "我也会想家",
        release_now=True,
        form_nonce=NONCE,
    )
    assert "我也会想家" in tablet.open_code(words).text


def thread(tablet: Tablet) -> str:
    return queue(tablet.school.office, tablet.school.counselor)[0].id


def test_a_child_writes_back_after_reading(tablet: Tablet) -> None:
    replies = tablet.open_code(code_words(tablet.send("我想家了")))
    form = {name: tablet.field(replies, name) for name in ("token", "thread")}
    back = tablet.client.post("/write-back", base_url=HTTPS, data={**form, "words": "【尽快】还有"})
    assert "已经送到了" in back.text
    assert queue(tablet.school.office, tablet.school.counselor)[0].urgency == "soon"


def test_the_page_after_sending_is_the_same_for_an_urgent_letter_and_a_joke(tablet: Tablet) -> None:
    pages = [re.sub(r"<figure.*?</figure>", "", tablet.send(words).text, flags=re.S) for words in ("【紧急】", "哈哈")]
    assert pages[0] == pages[1]


@pytest.mark.parametrize(("words", "said"), [("", "空的"), (" \n ", "空的"), ("字" * 4_001, "太长")])
def test_a_letter_that_cannot_be_kept_is_explained_kindly(tablet: Tablet, words: str, said: str) -> None:
    refused = tablet.send(words)
    assert (refused.status_code, said in refused.text) == (400, True)


@pytest.mark.parametrize("words", ["<script>alert(1)</script>", "{{ 7*7 }}", "\x00", "🙂\u200f"])
def test_any_words_are_words(tablet: Tablet, words: str) -> None:
    assert tablet.send(words + "字").status_code == 200


def test_a_body_of_ten_megabytes_is_refused(tablet: Tablet) -> None:
    assert tablet.send("字" * 3_500_000).status_code == 413


def test_a_forged_form_keeps_the_words_on_the_page_and_nothing_in_the_box(tablet: Tablet) -> None:
    refused = tablet.client.post("/write", base_url=HTTPS, data={"token": "forged", "words": "我写了很久"})
    assert (refused.status_code, "我写了很久" in refused.text) == (400, True)
    assert queue(tablet.school.office, tablet.school.counselor) == []


def test_a_wrong_code_is_answered_kindly_and_not_repeated(tablet: Tablet) -> None:
    refused = tablet.open_code("大象猴子小狗狐狸小猫狮子")
    assert (refused.status_code, "再试一次" in refused.text) == (400, True)


def test_a_code_of_five_pictures_asks_for_the_sixth(tablet: Tablet) -> None:
    assert "还差几张图" in tablet.open_code("大象猴子小狗狐狸小猫").text


def test_every_page_is_unstored_and_loads_nothing_from_elsewhere(tablet: Tablet) -> None:
    for path in ("/", "/write", "/read", "/help"):
        page = tablet.client.get(path, base_url=HTTPS)
        assert page.headers["Cache-Control"] == "no-store"
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
        assert "unsafe" not in page.headers["Content-Security-Policy"]


def test_the_enrolment_is_the_only_cookie(tablet: Tablet) -> None:
    sent = tablet.send("我想家了")
    assert "Set-Cookie" not in sent.headers


def test_a_device_that_is_not_enrolled_gets_no_form(school: SchoolAtWork) -> None:
    assert create_app(school.office).test_client().get("/write", base_url=HTTPS).status_code == 404


def test_a_withdrawn_kiosk_takes_no_letter(tablet: Tablet) -> None:
    cookie = tablet.client.get_cookie("__Host-kiosk", domain="localhost")
    assert cookie is not None
    station = identify(tablet.school.office, cookie.value, KIOSK)
    withdraw(tablet.school.office, tablet.school.school_id, tablet.school.counselor.person_id, station.id)
    assert tablet.client.get("/write", base_url=HTTPS).status_code == 404
