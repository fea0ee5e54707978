"""Reading the answer: the code typed or tapped in every way a child may try, and writing back."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import pytest
from werkzeug.test import TestResponse

from mailbox import kiosk
from mailbox.letters.answer import answer
from mailbox.letters.desk import queue
from mailbox.letters.picture_words import GROUPS, PICTURES
from mailbox.upkeep.retention import remove_old_reply_copies
from tests.conftest import NONCE
from tests.mailbox.kiosk.tablet import INDEX_OF, Tablet, chosen_in, code_of, field_of, words_in
from tests.mailbox.kiosk.test_writing import a_store_without_notes
from tests.support.page_words import everything_in, words_of_page

PINYIN_OF = {picture.word: picture.pinyin for picture in PICTURES}
REPLY = "我也会想家"
# All that the pages with a code may ask for, whichever code it is.
ADDRESSES = (
    {"/", "/clear", "/help", "/read", "/write-back", "/manifest.webmanifest"}
    | {
        f"/static/{name}"
        for name in (
            "mailbox.svg",
            "paper.css",
            "tokens.css",
            "pictures/sprite.svg",
            "icons/apple-touch-icon.png",
            "fonts/kai-more.woff2",
        )
    }
    | {f"/page/{file.name}" for file in Path(kiosk.__path__[0], "static").iterdir()}
)


def reply_to_all(tablet: Tablet, words: str = REPLY) -> None:
    office, counselor = tablet.school.office, tablet.school.counselor
    for row in queue(office, counselor):
        answer(office, counselor, row.id, words, release_now=True, form_nonce=NONCE)


@pytest.fixture
def code(tablet: Tablet) -> list[str]:
    """The code of a letter that was answered."""
    code = code_of(tablet.send("我想家了"))
    reply_to_all(tablet)
    return code


WAYS_TO_TYPE: dict[str, Callable[[list[str]], str]] = {
    "words": "".join,
    "words with spaces": "  ".join,
    "words with dots": "·".join,
    "pinyin with tones": lambda code: " ".join(PINYIN_OF[word] for word in code),
    "pinyin with wrong tones": lambda code: " ".join(PINYIN_OF[word].replace("ǎ", "à") + "4" for word in code),
    "pinyin in one": lambda code: "".join(PINYIN_OF[word] for word in code).replace(" ", ""),
    "capitals and full width": lambda code: "　".join(PINYIN_OF[word].upper() for word in code),
    "half and half": lambda code: "，".join([*code[:3], *(PINYIN_OF[word] for word in code[3:])]),
}


def test_the_code_may_be_typed_as_words_or_as_pinyin(tablet: Tablet, code: list[str]) -> None:
    for way, typed in WAYS_TO_TYPE.items():
        assert REPLY in words_of_page(tablet.open_typed(typed(code)).text), way


def test_the_code_is_tapped_picture_by_picture_and_then_opened(tablet: Tablet, code: list[str]) -> None:
    page = tablet.get("/read")
    for count, word in enumerate(code):
        assert chosen_in(page) == code[:count]
        page = tap(tablet, page, picture=INDEX_OF[word])
    # Six are there to be looked at: opening is a tap of its own.
    assert (chosen_in(page), REPLY in words_of_page(page.text)) == (code, False)
    assert REPLY in words_of_page(tap(tablet, page, open="1").text)


def test_a_picture_can_be_taken_away_and_all_can_be_chosen_anew(tablet: Tablet, code: list[str]) -> None:
    page = tap(tablet, tap(tablet, tablet.get("/read"), picture="1"), picture="2")
    assert len(chosen_in(page)) == 2
    assert chosen_in(tap(tablet, page, undo="1")) == [PICTURES[1].word]
    assert chosen_in(tap(tablet, page, again="1")) == []


def test_a_picture_tapped_twice_counts_once_and_rests_in_its_drawer(tablet: Tablet) -> None:
    page = tap(tablet, tap(tablet, tablet.get("/read"), picture="7"), picture="7")
    assert chosen_in(page) == [PICTURES[7].word]
    assert 'value="7" disabled' in page.text


def test_what_is_no_picture_is_not_chosen(tablet: Tablet) -> None:
    forged = ["256", "-1", "1.5", "９", "9" * 5_000, "", "\u0661", "x", "0"]
    page = tablet.post("/read", {"token": tablet.token("/read"), "picture": forged})
    assert (page.status_code, chosen_in(page)) == (200, [PICTURES[0].word])


def test_of_more_than_six_pictures_the_first_six_count(tablet: Tablet) -> None:
    page = tablet.post("/read", {"token": tablet.token("/read"), "picture": [str(index) for index in range(9)]})
    assert chosen_in(page) == [picture.word for picture in PICTURES[:6]]


def test_five_pictures_are_asked_for_the_sixth(tablet: Tablet, code: list[str]) -> None:
    for refused in (tablet.open_tapped(code[:5]), tablet.open_typed("".join(code[:5]))):
        assert (refused.status_code, "还差几张图" in words_of_page(refused.text)) == (400, True)
    assert "一共六张" in words_of_page(tablet.open_typed("".join(code) + "大象").text)
    assert "还差几张图" in words_of_page(tablet.open_typed("").text)


def test_words_that_cannot_be_read_stay_in_their_field_to_be_mended(tablet: Tablet) -> None:
    refused = tablet.open_typed("大象 猴子 <b>冰箱子</b>")
    assert (refused.status_code, "有的词我们没认出来" in words_of_page(refused.text)) == (400, True)
    assert 'value="大象 猴子 &lt;b&gt;冰箱子&lt;/b&gt;"' in refused.text


def test_a_wrong_code_is_answered_kindly_and_its_pictures_may_be_mended(tablet: Tablet, code: list[str]) -> None:
    turned = [code[1], code[0], *code[2:]]
    for refused in (tablet.open_tapped(turned), tablet.open_typed(" ".join(turned))):
        said = everything_in(refused.text)
        assert (refused.status_code, "顺序对不对" in said, REPLY in said) == (400, True, False)
        assert chosen_in(refused) == turned
        assert "没关系" in words_of_page(refused.text)


def test_a_form_that_is_not_ours_opens_nothing(tablet: Tablet, code: list[str]) -> None:
    fields = {"token": "forged", "typed": "".join(code), "open": "1"}
    refused = tablet.post("/read", fields)
    said = everything_in(refused.text)
    assert (refused.status_code, REPLY in said, "".join(code) in said) == (400, False, False)
    token = tablet.token("/read")
    tablet.school.clock.advance(hours=3)
    assert "放得太久" in words_of_page(tablet.post("/read", {**fields, "token": token}).text)


def test_a_code_in_an_address_opens_nothing_and_is_not_shown(tablet: Tablet, code: list[str]) -> None:
    token = tablet.token("/read")
    tapped = urlencode([("token", token), ("open", "1"), *(("picture", INDEX_OF[word]) for word in code)])
    typed = urlencode({"token": token, "open": "1", "typed": "".join(code)})
    for address in (f"/read?{typed}", f"/read?{tapped}"):
        for page in (tablet.get(address), tablet.post(address, token=token)):
            assert (page.status_code, REPLY in everything_in(page.text), chosen_in(page)) == (200, False, [])
            assert "".join(code) not in everything_in(page.text)


def test_no_address_on_the_way_holds_a_picture_of_the_code(tablet: Tablet) -> None:
    """Addresses stay in histories, caches and logs; what follows a # is never sent."""
    sent = tablet.send("我想家了")
    code = code_of(sent)
    reply_to_all(tablet)
    replies = tablet.open_tapped(code)
    turned = list(reversed(code))
    pages = [sent, tablet.open_tapped(code[:5]), tablet.open_tapped(turned), tablet.open_typed("".join(code[:5]))]
    for page in (*pages, replies, tablet.open_typed("".join(code)), tablet.write_back(replies, "还有")):
        assert "Location" not in page.headers
        asked = re.findall(r'\b(?:href|src|action|formaction)="([^"#]+)', page.text)
        assert asked and set(asked) <= ADDRESSES
        assert all('method="post"' in form for form in re.findall(r"<form[^>]*>", page.text))


def test_a_code_and_the_chosen_row_ask_for_no_file_and_every_code_takes_the_same_bytes(tablet: Tablet) -> None:
    """Whoever sees only lengths on the network learns nothing of the pictures."""
    sent = [tablet.send("我想家了") for _ in range(6)]
    assert not any("pictures/" in page.text for page in sent)
    assert len({len(page.data) for page in sent}) == 1
    row = tap(tablet, tablet.get("/read"), picture="7").text.split('<ol class="chosen"')[1].split("</ol>")[0]
    assert "<path" in row and "<use" not in row


def test_every_word_and_its_pinyin_stand_on_the_page_once(tablet: Tablet) -> None:
    buttons = re.findall(
        r'<button class="picture-choice" data-said="([a-z]+)".*?</svg>(.*?)</button>', tablet.get("/read").text
    )
    assert [(said, words_of_page(word)) for said, word in buttons] == [(p.toneless, p.word) for p in PICTURES]


def test_another_tablet_of_the_school_opens_it_too(tablet: Tablet, code: list[str]) -> None:
    assert REPLY in words_of_page(tablet.another("图书角").open_tapped(code).text)


def test_all_pictures_lie_in_eight_drawers_that_one_request_draws(tablet: Tablet) -> None:
    page = tablet.get("/read").text
    assert page.count('<details class="picture-group"') == len(GROUPS) == 8
    assert page.count('class="picture-choice"') == len(PICTURES) == 256
    assert set(re.findall(r'<use href="([^"#]+)', page)) == {"/static/pictures/sprite.svg"}
    assert tablet.get("/static/pictures/sprite.svg").status_code == 200


def test_without_an_answer_the_page_says_when_to_come_back(tablet: Tablet) -> None:
    page = tablet.open_tapped(code_of(tablet.send("我想家了")))
    assert "现在还没有回信。3月6日周五开箱" in words_of_page(page.text)


def test_a_reply_whose_days_are_over_is_said_to_be_put_away(tablet: Tablet, code: list[str]) -> None:
    tablet.school.clock.advance(days=61)
    remove_old_reply_copies(tablet.school.office)
    page = tablet.open_tapped(code)
    assert "已经收起来了" in words_of_page(page.text) and "现在还没有回信" not in words_of_page(page.text)


def test_a_reply_is_shown_as_text_whatever_stands_in_it(tablet: Tablet) -> None:
    code = code_of(tablet.send("我想家了"))
    reply_to_all(tablet, "<script>alert(1)</script>{{ 7*7 }}🙂\u202eשלום\n" + "长" * 1_000)
    page = tablet.open_tapped(code)
    assert "<script>alert(1)</script>{{ 7*7 }}🙂" in words_of_page(page.text)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}🙂" in page.text
    assert '<p dir="auto">' in page.text


def test_the_page_never_shows_what_the_child_wrote(tablet: Tablet, code: list[str]) -> None:
    assert "我想家了" not in everything_in(tablet.open_tapped(code).text)


# --- writing back ---------------------------------------------------------------------------------


def test_a_child_writes_back_after_reading(tablet: Tablet, code: list[str]) -> None:
    back = tablet.write_back(tablet.open_tapped(code), "【尽快】还有一件事\r\n就这些")
    assert (back.status_code, "已经送到了" in words_of_page(back.text)) == (200, True)
    assert tablet.letters() == ["我想家了", "【尽快】还有一件事\n就这些"]
    assert queue(tablet.school.office, tablet.school.counselor)[0].urgency == "soon"


def test_writing_back_twice_with_one_form_is_one_letter(tablet: Tablet, code: list[str]) -> None:
    replies = tablet.open_tapped(code)
    assert [tablet.write_back(replies, "还有").status_code for _ in range(3)] == [200] * 3
    assert tablet.letters() == ["我想家了", "还有"]


def test_what_cannot_be_written_back_stays_on_the_page(tablet: Tablet, code: list[str]) -> None:
    replies = tablet.open_tapped(code)
    for words, said in ((" ", "信还是空的"), ("还" * 4_002, "多了 2 个字")):
        refused = tablet.write_back(replies, words)
        assert (refused.status_code, said in words_of_page(refused.text), words_in(refused)) == (400, True, words)
    assert tablet.write_back(refused, "短一点").status_code == 200


def test_writing_back_that_the_store_cannot_keep_stays_on_the_page(tablet: Tablet, code: list[str]) -> None:
    replies = tablet.open_tapped(code)
    with a_store_without_notes(tablet.school):
        refused = tablet.write_back(replies, "还有")
    assert (refused.status_code, words_in(refused), "还没有存好" in words_of_page(refused.text)) == (503, "还有", True)
    assert tablet.write_back(refused, "还有").status_code == 200


def test_after_two_hours_only_the_code_opens_the_way_back(tablet: Tablet, code: list[str]) -> None:
    replies = tablet.open_tapped(code)
    tablet.school.clock.advance(hours=3)
    refused = tablet.write_back(replies, "我写了很久")
    assert (refused.status_code, words_in(refused)) == (400, "我写了很久")
    # A fresh token alone does not help: the page says what does.
    again = tablet.write_back(refused, "我写了很久")
    assert (again.status_code, "再用六张图打开一次" in words_of_page(again.text)) == (400, True)
    assert tablet.write_back(tablet.open_tapped(code), words_in(again)).status_code == 200


def test_a_thread_is_written_into_only_from_the_tablet_that_opened_it(tablet: Tablet, code: list[str]) -> None:
    thread, other = field_of(tablet.open_tapped(code), "thread"), tablet.another("图书角")
    token = field_of(other.open_tapped(code), "token")
    for foreign in (thread, "", "forged"):
        assert other.post("/write-back", token=token, thread=foreign, words="信").status_code == 400
    assert tablet.letters() == ["我想家了"]


def tap(tablet: Tablet, page: TestResponse, **pressed: str) -> TestResponse:
    """Press one button of the form with the pictures."""
    before = re.findall(r'type="hidden" name="picture" value="(\d+)"', page.text)
    pictures = [*before, *([pressed.pop("picture")] if "picture" in pressed else [])]
    return tablet.post("/read", {"token": field_of(page, "token"), "picture": pictures}, **pressed)
