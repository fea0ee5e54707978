"""Rules and model together: what raises, what abstains, and what a counselor is shown."""

from __future__ import annotations

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.triage.own_notes import ORDINARY, PLAIN_URGENT
from triage.assessor import Assessor
from triage.protocol import Assessment, Cause, Source, Topic, Urgency

HAPPY = "今天运动会我们班得了第二名。老师给大家发了糖。下午我们一起画了画。晚上奶奶做了红烧肉。"


# What is said in the same words of grave things and of others: rules raise it to soon, and the model says the rest
# (docs/decisions/0008).
LEFT_TO_THE_MODEL = [
    "书包里有刀,看谁还敢惹我",
    "我们中午去水库游泳,没有大人",
    "有个男的一直跟着我",
    "他把我锁在厕所里",
    "他们逼我去厂里干活不让读书",
    "我想变成星星,不用再上学",
    "替我照顾好弟弟",
    "遗书写好了",
    "我死了你要把我的红书包烧给我",
    "放学他们堵我,还踢我",
    "不给钱就打,已经给了好几次",
    "他们让我学狗叫",
]


@pytest.mark.parametrize("text", LEFT_TO_THE_MODEL)
def test_what_rules_raise_to_soon_only_is_urgent_where_it_is_plain(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert (assessment.by_rules, assessment.urgency) == (Urgency.SOON, Urgency.URGENT)


@pytest.mark.parametrize("text", [text for texts in PLAIN_URGENT.values() for text in texts])
def test_a_plain_disclosure_is_urgent_and_says_why(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert assessment.urgency is Urgency.URGENT
    assert assessment.reasons


def test_few_ordinary_notes_raise_an_alarm(assessor: Assessor) -> None:
    raised = [text for text in ORDINARY if assessor.assess(text).urgency is Urgency.URGENT]
    assert len(raised) <= len(ORDINARY) // 4


def test_no_rule_calls_an_ordinary_note_urgent(assessor: Assessor) -> None:
    reasons = [reason for text in ORDINARY for reason in assessor.assess(text).reasons]
    assert [reason for reason in reasons if reason.source is Source.RULE and reason.rule.startswith("U")] == []


def test_one_dark_line_in_a_long_happy_note_is_urgent_and_shown(assessor: Assessor) -> None:
    dark = "我想从桥上跳下去"
    text = HAPPY * 4 + dark + "。" + HAPPY * 4
    assessment = assessor.assess(text)
    first = assessment.reasons[0]
    assert assessment.urgency is Urgency.URGENT
    assert text[first.start : first.end] in dark


@pytest.mark.parametrize(
    "text", ["please help me, my father is bad", "도와주세요 선생님", "\ufffd\ufffd\ufffd\ufffd\ufffd"]
)
def test_what_cannot_be_read_waits_for_a_person(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert (assessment.urgency, assessment.cause) == (Urgency.UNSCREENED, Cause.NEEDS_PERSON)


@pytest.mark.parametrize("text", ["asdfghjkl", "666", "哈哈哈哈哈哈", "。。。。", ""])
def test_plain_nonsense_is_routine(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert (assessment.urgency, assessment.topics, assessment.reasons) == (Urgency.ROUTINE, (Topic.OTHER,), ())


def test_a_rule_raises_even_a_note_in_another_language(assessor: Assessor) -> None:
    assert assessor.assess("i want to die, nobody at home").urgency is Urgency.URGENT


def test_a_note_in_pinyin_is_read(assessor: Assessor) -> None:
    text = "wo bu xiang huo le"
    assessment = assessor.assess(text)
    first = assessment.reasons[0]
    assert assessment.urgency is Urgency.URGENT
    assert "huo" in text[first.start : first.end]


@pytest.mark.parametrize(
    "text",
    [
        "gao nian ji de ren mei tian du wo,bu gei qian jiu da wo",
        "shu shu ban ye jin wo fang jian mo wo,bu rang wo gao su ma ma",
    ],
)
def test_a_grave_note_wholly_in_pinyin_rings(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert assessment.urgency is Urgency.URGENT
    assert assessment.reasons


@pytest.mark.parametrize("text", ["jin tian mao chong pa dao wo shou shang lai le", "ming tian yao kao yu wen"])
def test_any_other_note_wholly_in_pinyin_waits_for_a_person(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert (assessment.urgency, assessment.cause) == (Urgency.UNSCREENED, Cause.NEEDS_PERSON)


def test_what_the_rules_find_urgent_no_happy_words_lower(assessor: Assessor) -> None:
    levels = {assessor.assess("我不想活了。" + HAPPY * times).urgency for times in range(6)}
    assert levels == {Urgency.URGENT}


def test_the_topics_of_a_rule_are_tagged(assessor: Assessor) -> None:
    assert Topic.SELF_HARM in assessor.assess("我不想活了").topics


def test_a_third_person_is_said_to_be_one(assessor: Assessor) -> None:
    assert assessor.assess("我同桌说她想死").reasons[0].rule == "U7"


def test_many_notes_are_assessed_in_their_order(assessor: Assessor) -> None:
    texts = ["谢谢老师", "我想死", "asdf", "hello my friend"]
    assert assessor.assess_many(texts) == [assessor.assess(text) for text in texts]


def test_an_urgent_note_always_has_a_reason(assessor: Assessor) -> None:
    urgent = [
        assessor.assess(text) for text in [*ORDINARY, *(text for texts in PLAIN_URGENT.values() for text in texts)]
    ]
    assert all(one.reasons for one in urgent if one.urgency in (Urgency.URGENT, Urgency.SOON))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=200),
        st.lists(
            st.sampled_from(
                ["我", "想死", "他们打我", "。", ",", " ", "爸爸", "\u200b", "wo xiang si", "开心", "😀", "x"]
            )
        ).map("".join),
    )
)
def test_any_text_gets_an_assessment_whose_places_are_in_it(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert all(0 <= reason.start < reason.end <= len(text) for reason in assessment.reasons)
    assert Assessment.from_dict(assessment.to_dict()) == assessment


def test_reasons_are_at_most_three_and_are_words_without_a_score(assessor: Assessor) -> None:
    text = "我不想活了,爸爸用皮带抽我,他们堵我要钱,不给就打,我书包里有刀,我准备离家出走"
    reasons = assessor.assess(text).reasons
    assert len(reasons) == 3
    assert not any(re.search(r"[0-9%.]", reason.words) for reason in reasons)


def test_a_reason_never_repeats_what_the_child_wrote(assessor: Assessor) -> None:
    for text in ("我叫王小明,他们放学堵我,踢我", "我昨天在操场边的小树林被人按着头"):
        for reason in assessor.assess(text).reasons:
            assert "王小明" not in reason.words and "小树林" not in reason.words


def test_a_note_of_four_thousand_characters_is_read_to_its_end(assessor: Assessor) -> None:
    text = (HAPPY * 100)[:3980] + "。我不想活了。"
    assert assessor.assess(text).urgency is Urgency.URGENT


@pytest.mark.parametrize(
    "bad", ["想" * 4000, "爸爸用" * 1300, "wo " * 1300, "a" * 4000, "自" + " " * 3999, "死了," * 1300]
)
def test_a_repetitive_note_of_four_thousand_characters_is_answered(assessor: Assessor, bad: str) -> None:
    assert isinstance(assessor.assess(bad), Assessment)


def test_a_dark_line_is_found_in_a_long_note_without_punctuation(assessor: Assessor) -> None:
    dark = "我想从桥上跳下去"
    happy = "今天运动会我们班得了第二名老师给大家发了糖下午我们一起画了画晚上奶奶做了红烧肉"
    assessment = assessor.assess(happy * 3 + dark + happy * 3)
    assert assessment.urgency is Urgency.URGENT


@pytest.mark.parametrize(
    "text",
    [
        "བླ་མ་ལགས་ང་ཧ་ཅང་སྡུག་གི་འདུག",
        "مەن بەك قورقۇۋاتىمەن، ياردەم قىلىڭ",
        "ᠪᠢ ᠠᠶᠤᠵᠤ ᠪᠠᠶᠢᠨ᠎ᠠ",
        "😭😭😭🔪🩸",
        "\ud800\ud800\ud800\ud800",
    ],
    ids=["tibetan", "uyghur", "mongolian", "dark emoji", "lone surrogates"],
)
def test_what_no_model_here_can_judge_waits_for_a_person(assessor: Assessor, text: str) -> None:
    assessment = assessor.assess(text)
    assert (assessment.urgency, assessment.cause) == (Urgency.UNSCREENED, Cause.NEEDS_PERSON)


@pytest.mark.parametrize("text", ["", "。" * 50, "哈" * 500, "😀😀😀", "\x00\x01\x02", "a" * 100, "12345678"])
def test_what_says_nothing_is_routine(assessor: Assessor, text: str) -> None:
    assert assessor.assess(text).urgency is Urgency.ROUTINE


def test_a_hundred_thousand_characters_are_answered(assessor: Assessor) -> None:
    assert assessor.assess((HAPPY * 2_000)[:100_000] + "我不想活了").urgency is Urgency.URGENT


def test_a_note_that_waits_for_a_person_keeps_what_the_rules_found(assessor: Assessor) -> None:
    assessment = assessor.assess("저는 무서워요 도와주세요 아빠가 때려요 집에 가기 싫어요 我一直睡不着,每天晚上都想哭")
    assert (assessment.urgency, assessment.by_rules) == (Urgency.UNSCREENED, Urgency.SOON)
