"""Drawings and voices of a letter: made anew, sealed apart, opened by its readers, and weighed where no model reads."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, select, update

from mailbox.alarms.siren import ringing
from mailbox.errors import NoteRefused, NotFound
from mailbox.letters.answer import answer
from mailbox.letters.collect import collect
from mailbox.letters.content import PartLabel
from mailbox.letters.desk import open_part_of, open_thread, queue
from mailbox.letters.learning import learning
from mailbox.letters.post import Letter, SentPart, post, write_back
from mailbox.people.arrivals import approve
from mailbox.people.login import log_in, who
from mailbox.store.tables import NotePart, ReaderCopy, Thread
from mailbox.upkeep.demo_drawing import house_and_sun
from tests.conftest import PASSPHRASE, SchoolAtWork, assess_by_mark
from tests.mailbox.letters.test_journey import letter_of, only_thread
from tests.mailbox.media.samples import recording
from triage.assessor import DEFAULT_MODEL
from triage.held_out import load_reference
from triage.protocol import Assessment, Cause, Urgency

PNG, MP3 = b"\x89PNG", (b"ID3", b"\xff\xf3", b"\xff\xf2", b"\xff\xfb")


def drawing() -> SentPart:
    return SentPart("drawing", house_and_sun())


def voice() -> SentPart:
    return SentPart("voice", recording("chromium"))


def drawn(school: SchoolAtWork, words: str = "", **more: object) -> Letter:
    return letter_of(school, words, parts=(drawing(),), **more)


def labels(school: SchoolAtWork, thread_id: str) -> list[PartLabel]:
    notes = open_thread(school.office, school.counselor, thread_id).notes
    return [part for note in notes if note.content for part in note.content.parts]


def rows(school: SchoolAtWork, table: type[NotePart] | type[ReaderCopy]) -> int:
    with school.office.database.view() as view:
        return view.session.scalar(select(func.count()).select_from(table)) or 0


# --- sealed and opened ----------------------------------------------------------------------------


def test_a_drawing_and_a_voice_are_opened_by_a_reader_made_anew(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "这是我家", parts=(drawing(), voice())))
    thread_id = only_thread(school)
    pictured, spoken = labels(school, thread_id)
    assert (pictured.kind, pictured.seconds, spoken.kind, spoken.seconds) == ("drawing", None, "voice", 2)
    shown = open_part_of(school.office, school.counselor, thread_id, pictured.id)
    heard = open_part_of(school.office, school.counselor, thread_id, spoken.id)
    assert (shown.media_type, shown.content[:4]) == ("image/png", PNG)
    assert (heard.media_type, heard.content.startswith(MP3)) == ("audio/mpeg", True)
    assert not {shown.content, heard.content} & {drawing().content, voice().content}


def test_no_box_of_a_part_shows_what_it_is(school: SchoolAtWork) -> None:
    post(school.office, letter_of(school, "", parts=(drawing(), voice())))
    with school.office.database.view() as view:
        boxes = list(view.session.scalars(select(NotePart.box)))
    assert len(boxes) == 2
    assert not any(box is None or PNG in box or b"IHDR" in box or b"LAME" in box for box in boxes)


def test_a_part_moved_to_another_letter_does_not_open(school: SchoolAtWork, caplog: pytest.LogCaptureFixture) -> None:
    post(school.office, drawn(school, "第一封"))
    first = only_thread(school)
    (part,) = labels(school, first)
    post(school.office, letter_of(school, "第二封"))
    (second,) = (row.id for row in queue(school.office, school.counselor) if row.id != first)
    with pytest.raises(NotFound):
        open_part_of(school.office, school.counselor, second, part.id)
    with school.office.database.work() as work:
        work.session.execute(update(NotePart).values(thread_id=second))
        work.commit()
    with pytest.raises(NotFound):
        open_part_of(school.office, school.counselor, second, part.id)
    assert "could not be opened" in caplog.text


@pytest.mark.parametrize("part_id", ["0" * 32, "", "\x00", "..", "１" * 32])
def test_an_unknown_part_is_not_there(school: SchoolAtWork, part_id: str) -> None:
    post(school.office, letter_of(school, "信"))
    with pytest.raises(NotFound):
        open_part_of(school.office, school.counselor, only_thread(school), part_id)


def test_a_part_of_a_closed_letter_is_sealed_to_the_others_alone(
    school: SchoolAtWork, second_counselor: Callable[[], tuple[str, str]]
) -> None:
    person_id, login = second_counselor()
    approve(school.office, school.school_id, school.counselor.person_id, person_id)
    barred = who(school.office, log_in(school.office, login, PASSPHRASE))
    post(school.office, drawn(school, not_for_readers=frozenset({person_id})))
    thread_id = only_thread(school)
    (part,) = labels(school, thread_id)
    assert open_part_of(school.office, school.counselor, thread_id, part.id).content[:4] == PNG
    with pytest.raises(NotFound):
        open_part_of(school.office, barred, thread_id, part.id)
    with school.office.database.view() as view:
        assert list(view.session.scalars(select(NotePart.box))) == [None]
        copies = view.session.scalars(select(ReaderCopy.holder_id).where(ReaderCopy.message_id == part.id))
        assert set(copies) == {school.counselor.person_id, "recovery"}


def test_parts_go_with_their_thread(school: SchoolAtWork) -> None:
    post(school.office, drawn(school, not_for_readers=frozenset({"somebody"})))
    assert rows(school, NotePart) == 1
    assert rows(school, ReaderCopy) > 0
    with school.office.database.work() as work:
        work.session.execute(delete(Thread))
        work.commit()
    assert (rows(school, NotePart), rows(school, ReaderCopy)) == (0, 0)


# --- levels ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "today", "level", "rings"),
    [
        ("", False, (Urgency.UNSCREENED, Cause.NEEDS_PERSON), False),
        ("这是我家", False, (Urgency.UNSCREENED, Cause.NEEDS_PERSON), False),
        ("【尽快】", False, (Urgency.UNSCREENED, Cause.NEEDS_PERSON), False),
        ("【紧急】", False, (Urgency.URGENT, None), True),
        ("", True, (Urgency.URGENT, None), True),
        ("这是我家", True, (Urgency.URGENT, None), True),
    ],
)
def test_a_person_looks_at_what_no_model_reads_and_it_rings_where_words_or_child_say_so(
    school: SchoolAtWork, words: str, today: bool, level: tuple[str, str | None], rings: bool
) -> None:
    post(school.office, drawn(school, words, today=today))
    row = queue(school.office, school.counselor)[0]
    assert ((row.urgency, row.cause), bool(ringing(school.office, school.school_id))) == (level, rings)
    content = open_thread(school.office, school.counselor, row.id).notes[0].content
    assert content and (content.today, content.assessment.urgency) == (today, level[0])


def test_a_letter_on_which_triage_failed_still_rings_with_a_drawing(school: SchoolAtWork) -> None:
    def broken(text: str, adjustment: object = None) -> None:
        raise RuntimeError

    post(replace(school.office, assess=broken), drawn(school, "一封信"))  # type: ignore[arg-type]
    assert queue(school.office, school.counselor)[0].cause == Cause.FAILED
    assert ringing(school.office, school.school_id)


def test_a_letter_raised_by_a_drawing_or_by_the_child_teaches_triage_nothing(school: SchoolAtWork) -> None:
    model = load_reference(DEFAULT_MODEL).model

    def doubting(text: str, adjustment: object = None) -> Assessment:
        return replace(assess_by_mark(text), scores={"urgent": 0.1, "at_least_soon": 0.2}, model=model)

    settings = replace(school.office.settings, model_dir=DEFAULT_MODEL)
    office = replace(school.office, settings=settings, assess=doubting)
    for letter in (letter_of(school, "只有字"), letter_of(school, "今天", today=True), drawn(school, "【紧急】")):
        post(office, letter)
        thread_id = only_thread(school)
        open_thread(office, school.counselor, thread_id)
        answer(office, school.counselor, thread_id, "好", release_now=True, form_nonce=letter.form_nonce)
    assert len(queue(office, school.counselor, answered=True)) == 3
    assert learning(office, school.counselor).letters == 1


# --- refused, repeated, written back --------------------------------------------------------------


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        (SentPart("drawing", b"no drawing at all"), "drawing_not_a_drawing"),
        (SentPart("drawing", house_and_sun()[:400]), "drawing_broken"),
        (SentPart("drawing", bytes(5 * 2**20)), "drawing_too_large"),
        (SentPart("voice", house_and_sun()), "voice_not_a_recording"),
    ],
)
def test_a_refused_part_says_which_and_the_words_can_be_sent_without_it(
    school: SchoolAtWork, part: SentPart, reason: str
) -> None:
    letter = letter_of(school, "我写了很久", parts=(part,))
    with pytest.raises(NoteRefused, match=f"^{reason}$"):
        post(school.office, letter)
    assert queue(school.office, school.counselor) == []
    post(school.office, replace(letter, parts=()))
    assert len(queue(school.office, school.counselor)) == 1


def test_where_no_decoder_can_start_the_words_can_be_sent_alone(
    school: SchoolAtWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    letter = drawn(school, "我写了很久")
    with pytest.raises(NoteRefused, match="drawing_unavailable"):
        post(school.office, letter)
    post(school.office, replace(letter, parts=()))
    assert len(queue(school.office, school.counselor)) == 1


def test_the_same_form_with_the_same_drawing_is_one_letter_and_with_another_it_is_another(
    school: SchoolAtWork,
) -> None:
    letter = drawn(school, "这是我家")
    first, again = post(school.office, letter), post(school.office, letter)
    assert (first.code.pictures == again.code.pictures, again.is_repeat) == (True, True)
    other = post(school.office, replace(letter, parts=(drawing(), voice())))
    assert other.code.pictures != first.code.pictures
    assert (len(queue(school.office, school.counselor)), rows(school, NotePart)) == (2, 3)


def test_a_letter_written_back_may_carry_a_drawing_and_raises_its_thread(school: SchoolAtWork) -> None:
    code = post(school.office, letter_of(school, "一封信")).code
    thread_id = collect(school.office, school.school_id, code).thread_id
    again = drawn(school)
    for _ in range(2):
        write_back(school.office, again, thread_id)
    assert queue(school.office, school.counselor)[0].cause == Cause.NEEDS_PERSON
    (part,) = labels(school, thread_id)
    assert open_part_of(school.office, school.counselor, thread_id, part.id).content[:4] == PNG
    write_back(school.office, drawn(school, today=True), thread_id)
    assert queue(school.office, school.counselor)[0].urgency == Urgency.URGENT
