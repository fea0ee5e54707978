"""What an alarm says on a channel. No word of a letter, no name, no hour: whoever stands beside the telephone reads it.

Owns the wording; a reminder tells numbers of letters and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping

_URGENT_TITLE = "悄悄话信箱:紧急"
_PLAIN_TITLE = "悄悄话信箱:提醒"

_WORDS = {
    "urgent": (_URGENT_TITLE, "有一封紧急的信,请现在到老师的页面打开。"),
    "closed": (_URGENT_TITLE, "有一封谁都不能打开的信,请按学校的预案处理。"),
    "again": (_URGENT_TITLE, "有一封紧急的信还没有人打开,请现在到老师的页面打开。"),
    "head": (_URGENT_TITLE, "紧急的信还没有人打开。请联系值班的老师;联系到了,请登录值班台按“我已联系到”。"),
    "test": ("悄悄话信箱:测试", "这是测试。收到请在警报页面按“听到了”。"),
    "try": ("悄悄话信箱:测试", "这是测试,只为看看这里收不收得到。不用做什么。"),
    "channel": (_PLAIN_TITLE, "有一路警报没有送到,请登录值班台,到“设备与警报”看一看。"),
    "backup": (_PLAIN_TITLE, "备份没有做好。请技术老师登录值班台,到“电脑与备份”看一看。"),
    "revealed": (_PLAIN_TITLE, "有一件事,请负责人和校长登录值班台看一看。"),
}
_COUNTED = {
    "urgent": "紧急的信还没有人看:%d 封",
    "person": "要请人看的信过了时间:%d 封",
    "soon": "要尽快看的信过了时间:%d 封",
    "routine": "日常的信过了开箱:%d 封",
    "visit": "要回访的孩子:%d 个",
    "eve": "下一个上学日开箱,还没有回的信:%d 封",
}


def words_of(message: str, numbers: str | None) -> tuple[str, str]:
    """Return title and body. ``message``: a word of the outbox; ``numbers``: what a reminder counts."""
    if message != "reminder":
        return _WORDS[message]
    counted = read_numbers(numbers or "")
    body = ";".join(words % counted[reason] for reason, words in _COUNTED.items() if counted.get(reason))
    return (_URGENT_TITLE if counted.get("urgent") else _PLAIN_TITLE), f"{body}。"


def write_numbers(counted: Mapping[str, int]) -> str:
    """Return counts as one short text for the outbox, such as urgent=1 soon=2."""
    return " ".join(f"{reason}={counted[reason]}" for reason in _COUNTED if counted.get(reason))


def read_numbers(text: str) -> dict[str, int]:
    pairs = (part.partition("=") for part in text.split())
    return {reason: int(number) for reason, _, number in pairs if reason in _COUNTED and number.isdigit()}
