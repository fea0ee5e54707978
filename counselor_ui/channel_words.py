"""Alarm channels in a teacher's words: what a service is called, what a problem means, which address to paste.

Owns words and the robots' own addresses; sends nothing and keeps nothing.
"""

from __future__ import annotations

from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

# What stands before the secret part in the address that each robot's own settings page offers to copy.
ROBOT_ADDRESSES = {
    "wecombot": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=",
    "dingtalk": "https://oapi.dingtalk.com/robot/send?access_token=",
    "feishu": "https://open.feishu.cn/open-apis/bot/v2/hook/",
}
_SERVICES = {
    "mailto": N_("电子邮件"),
    "mailtos": N_("电子邮件"),
    "wecombot": N_("企业微信机器人"),
    "dingtalk": N_("钉钉机器人"),
    "feishu": N_("飞书机器人"),
    "json": N_("网络钩子"),
    "jsons": N_("网络钩子"),
}
_NOT_OURS = N_("这一条在数据库里被人动过，不再使用。请删掉，重新加一个。")
_PROBLEMS = {
    "SendingFailed": N_("上一次没有送到。请看看地址、密码和网络；会自己再试。"),
    "TooSlow": N_("上一次等了很久没有回音。请看看地址和网络；会自己再试，别的警报不等它。"),
    "NotAuthentic": _NOT_OURS,
    "BoxNotOpened": _NOT_OURS,
}


def apprise_address(pasted: str) -> str:
    """Return the address in Apprise's form; a robot's own address may be pasted as it is."""
    address = pasted.strip()
    for scheme, beginning in ROBOT_ADDRESSES.items():
        if address.startswith(beginning):
            return f"{scheme}://{address.removeprefix(beginning)}"
    return address


def service_in_words(service: str) -> str:
    known = _SERVICES.get(service)
    return say(known) if known else service


def problem_in_words(problem: str) -> str:
    """``problem``: the class name that the alarm worker noted."""
    return say(_PROBLEMS.get(problem, N_("上一次发送出了错，会自己再试。")))
