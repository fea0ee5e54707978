"""Invented notes of 300 characters, the same at every run: everyday things, worries, slips of the pen, few grave ones.

Written for this measurement; no child's words. Varied, so that triage does its whole work: figures of speech,
negations, a film told, 拼音, English, and, in one note of thirty, a line that must ring.
"""

from __future__ import annotations

import random

LETTERS = 300
_ONE_GRAVE_IN = 30
_ONE_WORRIED_IN = 4

_EVERYDAY = (
    "今天体育课跑了八百米,腿酸得要命,不过我没有停下来走。",
    "同桌借我的橡皮一直不还,我说了三次她都说忘了。",
    "数学作业多得写死我了,妈妈还说这算少的!",
    "我们班种的向日葵开花了,可惜周末下大雨倒了两棵。",
    "中午食堂的番茄炒蛋很好吃,就是排队太长。",
    "昨天看了一部电影,里面的主角掉进了河里,最后被狗救了上来,我们都笑死了。",
    "我想参加合唱队,又怕自己唱跑调被人笑。",
    "爷爷来接我的时候带了一根烤玉米,还是热的。",
    "英语老师让我们背 Unit 5,我背了两遍 still 记不住。",
    "周五大扫除我负责擦窗户,擦完以后手都皱了。",
    "新来的同学从贵州转来,普通话有一点口音,但是讲故事特别好听。",
    "我的笔袋拉链坏了,铅笔掉了一地,后面的男生帮我捡起来了。",
    "弟弟把我的拼图弄乱了,我气得要爆炸,后来他把自己的饼干分给我。",
    "老师说下个月要春游,我希望去动物园,不想去科技馆。",
    "我考了八十七分,比上次多了五分,爸爸说还可以。",
    "课间我们玩丢沙包,我总是第一个被打中。",
    "我养的蚕宝宝结茧了,白白的像一颗花生。",
    "wo xiang 当 shi jie 上最厉害的厨师,专门做糖醋排骨。",
    "我不喜欢吃胡萝卜,可是阿姨每次都给我打很多。",
    "这个星期轮到我当值日生,黑板太高了,上面的字擦不到。",
    "我的好朋友要搬家了,她说会给我写信,不知道是不是真的。",
    "昨晚做梦考试忘记带笔,醒来才发现是星期六。",
    "我觉得我们班的图书角应该多放一些漫画书。",
    "小组活动的时候他们都听小杰的,我说的没人听见。",
    "奶奶的广场舞队得了第二名,她高兴得一晚上都在放那首歌。",
    "请问老师,毕业以后还可以回来看您吗?",
    "科学课做了火山实验,泡泡冒得到处都是!!!",
    "我跑步的时候鞋带开了,差点摔一跤,幸好没事。",
)
_WORRIED = (
    "他们给我起了个很难听的外号,我装作没听见,其实很难过。",
    "爸爸妈妈最近老是吵架,我躲在房间里不敢出来。",
    "这几天我晚上总是睡不着,上课就打瞌睡。",
    "他们建了一个群,就是不让我进,体育课也没有人和我一组。",
    "考试以前我的肚子会很疼,去医院又查不出什么。",
    "有人把我的作业本藏起来,还说是跟我开玩笑。",
    "我觉得自己什么都做不好,老师会不会也这样想?",
    "妈妈去外地上班以后,我常常一个人在家,有点害怕。",
)
_GRAVE = (
    "有时候我真的不想活了,不知道可以跟谁说。",
    "我昨天又想到了死,没有人知道。",
    "我真的撑不下去了,想从这个世界上消失。",
)


def notes(how_many: int, seed: int) -> list[str]:
    """Return notes of exactly 300 characters, no two of a run alike."""
    chance = random.Random(seed)
    return [_note(chance, number) for number in range(how_many)]


def _note(chance: random.Random, number: int) -> str:
    lines = chance.sample(_EVERYDAY, 18)
    if number % _ONE_WORRIED_IN == 0:
        lines[1:3] = chance.sample(_WORRIED, 2)
    if number % _ONE_GRAVE_IN == 0:
        lines[4] = chance.choice(_GRAVE)
    return f"老师您好,我是第{number}个来写信的。{''.join(lines)}"[:LETTERS]
