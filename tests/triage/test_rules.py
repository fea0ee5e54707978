"""Close calls as pairs: the same words, and what around them makes the difference."""

from __future__ import annotations

import pytest

from triage import rules
from triage.normalize import read
from triage.protocol import Urgency
from triage.rules import Finding, Scope


def found(text: str) -> list[Finding]:
    return [finding for finding in rules.find(read(text)) if finding.counts]


def level(text: str) -> Urgency:
    return rules.gravest(rules.find(read(text)))


URGENT_AND_NOT = [
    ("我想死", "笑死我了,同桌太搞笑"),
    ("热得睡不着,我不想活了", "热死了,教室没有空调"),
    ("我没有想死,就是想睡着不醒", "我没有想死"),
    ("他从来不打我,就是拿皮带抽我", "从来没人打我"),
    ("看完那本小说我也想像他一样跳楼", "小说里的人跳楼了"),
    ("我的漫画都送给同桌了,以后用不着了", "要转学了,我的漫画都送给同桌了,以后用不着了"),
    ("好想紫砂", "我爷爷有一把紫砂壶"),
    ("考砸了想重开", "网卡了,想重开一局"),
    ("有时候会用美工刀划手", "美术课不小心用美工刀划手了"),
    ("爸爸拿着刀追妈妈", "爸爸拿着刀切菜"),
    ("他把手伸进我的衣服里", "打针的时候他把手伸进我的衣服里,是校医"),
    ("叔叔关上门摸我", "爷爷摸我的头说我长高了"),
    ("网上认识的人要来接我", "讲座说网上认识的人要来接我不能去"),
    ("表哥让我试笑气", "化学老师讲笑气的来历"),
    ("我要离家出走", "我家母鸡又离家出走了"),
    ("爸爸把我摔在地上,头出血了", "奶奶下雨摔断了腿"),
    ("他们说敢告老师就弄死我", "狼人杀他们说要弄死我,游戏太好玩了"),
    ("爸爸拿着菜刀要砍人", "爷爷拿螺丝刀弄开门,把我救出来"),
    ("爸爸打了我一个耳光,脸肿了", "爸爸打了我一个耳光,就一下,脸没肿"),
    ("妈妈推我,手受伤了", "妈妈推了我一下,没有受伤"),
    ("我想逃出这个家", "天天吃猪肝,看见猪肝都想逃"),
]


@pytest.mark.parametrize(("grave", "harmless"), URGENT_AND_NOT)
def test_the_grave_one_of_a_pair_is_urgent(grave: str, harmless: str) -> None:
    assert level(grave) is Urgency.URGENT


@pytest.mark.parametrize(("grave", "harmless"), URGENT_AND_NOT)
def test_the_harmless_one_of_a_pair_is_not_urgent(grave: str, harmless: str) -> None:
    assert level(harmless) is not Urgency.URGENT


# Rules say soon of the first, and the model says the rest (test_assessor.py); of the second they say nothing.
LEFT_TO_THE_MODEL = [
    ("书包里有刀,看谁还敢惹我", "书包里有刀,明天劳动课削水果"),
    ("我们中午去水库游泳,没有大人", "防溺水讲座说不能去水库游泳"),
    ("有个男的一直跟着我", "有只小狗一直跟着我"),
    ("他把我锁在厕所里", "捉迷藏他把我锁在厕所里,我赢了"),
    ("我想变成星星,不用再上学", "表演的时候我想变成星星"),
    ("替我照顾好弟弟", "我去旅游几天,替我照顾好弟弟"),
    ("他们堵我,还踢我", "他们没有打我也没有踢我"),
    ("她们把我踢倒在地上", "她们把我踢出群了"),
    ("放学又被踢了,膝盖还疼", "网太卡,又被踢下线了"),
    ("老师不用找我了", "问卷我是乱勾的,不用找我谈"),
    ("不给钱就打,已经给了好几次", "老师收班费,不给的记名字"),
    ("他们让我学狗叫", "老师让我们学狗叫,排练童话剧"),
    ("我死了你要把我的红书包烧给我", "蚂蚁死了要埋起来"),
]


@pytest.mark.parametrize(("grave", "harmless"), LEFT_TO_THE_MODEL)
def test_of_a_pair_that_is_left_to_the_model_the_harmless_one_raises_nothing(grave: str, harmless: str) -> None:
    assert (level(grave), level(harmless)) == (Urgency.SOON, Urgency.ROUTINE)


SOON_AND_NOT = [
    ("他们每天都骂我,已经一个学期了", "今天同桌骂我,放学和好了"),
    ("我一直睡不着,每天晚上都想哭", "昨天有点难过"),
    ("爸爸妈妈又吵架了", "爸爸妈妈昨天回来了"),
    ("奶奶去世了", "我家的仓鼠去世了"),
    ("我不想上学了", "放假太开心了都不想上学"),
    ("妈妈半年没有打电话来", "妈妈昨天打电话来了"),
    ("我就是个多余的人", "今天我值日倒垃圾"),
    ("我又尿床了", "弟弟又尿床了"),
]


@pytest.mark.parametrize(("distress", "harmless"), SOON_AND_NOT)
def test_lasting_distress_is_soon(distress: str, harmless: str) -> None:
    assert level(distress) is Urgency.SOON


@pytest.mark.parametrize(("distress", "harmless"), SOON_AND_NOT)
def test_its_harmless_neighbour_is_routine(distress: str, harmless: str) -> None:
    assert level(harmless) is Urgency.ROUTINE


@pytest.mark.parametrize(
    "figure",
    ["热死了", "作业写死我了", "打死我也不吃香菜", "饿死我了", "无聊死了", "手机死机了", "羡慕死你了", "想死你了"],
)
def test_a_figure_of_speech_raises_nothing(figure: str) -> None:
    assert level(figure) is Urgency.ROUTINE


@pytest.mark.parametrize("tail", ["哈哈开玩笑的", "别告诉别人", "😊😊", "其实也没事啦"])
def test_a_cheerful_or_secret_tail_lowers_nothing(tail: str) -> None:
    assert level("我不想活了," + tail) is Urgency.URGENT


def test_harm_long_over_is_soon() -> None:
    assert level("三年级的时候叔叔关上门摸我,早就过去了") is Urgency.SOON


def test_harm_that_began_long_ago_and_goes_on_is_urgent() -> None:
    assert level("三年级的时候叔叔关上门摸我,现在还在摸") is Urgency.URGENT


def test_self_injury_last_week_is_urgent() -> None:
    assert level("以前也有过,上星期我又用小刀划自己") is Urgency.URGENT


def test_a_friend_who_wants_to_die_is_urgent_as_a_third_person() -> None:
    [finding] = [one for one in found("我同桌说她想死") if one.urgency is Urgency.URGENT]
    assert (finding.rule, finding.scope) == ("U7", Scope.OTHER)


def test_a_child_who_speaks_of_itself_is_not_a_third_person() -> None:
    assert {one.rule for one in found("我跟同桌说我想死") if one.urgency is Urgency.URGENT} == {"U1"}


def test_one_dark_line_in_a_long_happy_note_counts() -> None:
    happy = "今天运动会我们班得了第二名。老师给大家发了糖。下午还看了电影。"
    assert level(happy * 3 + "回家路上我想从桥上跳下去。" + happy * 3) is Urgency.URGENT


def test_a_story_that_is_the_writers_own_counts() -> None:
    assert level("给你讲个故事,有只兔子每天都想死,其实是我") is Urgency.URGENT


def test_a_wish_told_after_a_film_is_the_writers_own() -> None:
    assert level("昨天看了电影,我不想活了") is Urgency.URGENT


def test_a_story_told_over_two_sentences_stays_a_story() -> None:
    assert level("昨天看了一部电影。里面有个人自杀了") is Urgency.ROUTINE


def test_a_negation_in_another_clause_denies_nothing() -> None:
    assert level("我没有朋友,我想死") is Urgency.URGENT


@pytest.mark.parametrize("phrase", ["忍不住想死", "是不是死了就好了", "要不死了算了"])
def test_a_negation_in_form_only_denies_nothing(phrase: str) -> None:
    assert level("我" + phrase) is Urgency.URGENT


def test_sentences_are_numbered_from_one() -> None:
    [finding] = [one for one in found("今天很好。吃了饭。我想死。") if one.phrase.name == "die_wish"]
    assert finding.sentence == 3


def test_an_empty_note_has_no_finding() -> None:
    assert rules.find(read("")) == []


@pytest.mark.parametrize("between", ["。", "……", "...", ".", "~"])
def test_after_a_story_has_ended_the_writer_speaks(between: str) -> None:
    assert level(f"昨天看了一部电影{between}我想死") is Urgency.URGENT


def test_dots_end_a_sentence() -> None:
    assert [finding.sentence for finding in found("我很累……爸爸用皮带抽我") if finding.urgency is Urgency.URGENT] == [2]


@pytest.mark.parametrize("told", ["小说里的人想死。", "电影里他想死。", "我不想死。"])
def test_what_does_not_count_never_hides_what_does(told: str) -> None:
    assert level(told * 20 + "我想死。") is Urgency.URGENT
