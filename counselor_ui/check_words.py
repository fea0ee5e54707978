"""What the gentle check and the reading level say, in the page's language. Owns the wording only."""

from __future__ import annotations

from mailbox.rules.gentle_check import Find
from mailbox.rules.reading_level import BEYOND, ReadingLevel
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

# The advice of gentle_check.toml and gentle_check.py once more, so that the catalogue finds it; a test compares them.
ADVICE = {
    "diagnosis": N_("这里像在下诊断。写听到的感受就好，诊断留给医生。"),
    "medicine": N_("这里提到了药。请让校医或者医生来说。"),
    "secrecy": N_("这里答应了保密。有危险的时候我们要告诉能帮忙的人，不能答应谁也不说。"),
    "belittling": N_("这里听起来像“没什么大不了”。先接住孩子的感受，再说办法。"),
    "blame": N_("这里像在怪孩子。不管发生了什么，写信来都不是他的错。"),
    "details": N_("这里在问经过的细节。有人伤害孩子的时候，请只问现在安不安全，细节留给警察和检察院去问，只问一次。"),
    "pressure": N_("这里在催孩子或者替他决定。给一个小小的选择，也许更好。"),
    "blank": N_("这里还空着。请写上老师或者地点，或者删掉这一句。"),
    "quote": N_("这里重复了孩子的原话。回信可能被别人看到，请换成自己的话。"),
    "identity": N_("这里提到了班级或名字。回信可能被别人看到，请不要写出是谁。"),
}


def advice(find: Find) -> str:
    """Return why a place of a reply is worth a second look."""
    return say(ADVICE[find.kind])


def level_words(level: ReadingLevel) -> list[str]:
    """Return what to know about a reply's reading level, the grade first."""
    if level.grade is None:
        return [say("没有汉字，看不出几年级能读。")]
    if level.grade >= BEYOND:
        said = [say("有些字学校里很少教，孩子自己可能读不下来。")]
    else:
        said = [say("大约 %(grade)d 年级起能自己读。", grade=level.grade)]
    if level.has_long_sentence:
        said.append(say("句子有点长：最长的一句有 %(count)d 个字，可以分成两句。", count=level.longest_sentence))
    if level.hard:
        said.append(say("低年级可能还没学的字：%(signs)s", signs=" ".join(level.hard)))
    return said
