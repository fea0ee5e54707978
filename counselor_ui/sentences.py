"""Errors as sentences that a teacher can act on. Owns the words only; every error the staff pages meet has one."""

from __future__ import annotations

from mailbox.errors import (
    Changed,
    ClaimLost,
    Clash,
    InputRefused,
    MailboxError,
    NotAllowed,
    NotAuthentic,
    NotFound,
    NotKept,
    PassRefused,
    TextRefused,
)
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_REFUSED_FIELDS = {
    ("passphrase", "too_short"): N_("口令太短了，至少要 12 个字。四五个词连成一句话最好记。"),
    ("passphrase", "differs"): N_("两次写的口令不一样，请再写一遍。"),
    ("passphrase", "example"): N_("这是页面上的例子，谁都看得到。请自己想一个。"),
    ("login_name", "taken"): N_("这个登录名已经有人用了，请换一个。"),
    ("login_name", "blank_or_long"): N_("登录名要 1 到 40 个字。"),
    ("display_name", "blank_or_long"): N_("名字要 1 到 40 个字。"),
    ("school_name", "blank_or_long"): N_("学校名要 1 到 40 个字。"),
    ("display_name", "invited"): N_("这个名字已经在名单里了。链接丢了，请在名单里换一个新链接。"),
    ("opening", "unknown"): N_("请选择每周哪一天、几点开箱。"),
    ("station", "there"): N_("已经有一台设备叫这个名字，请换一个名字。"),
    ("station", "unknown_or_blank"): N_("请给这台设备起个名字，例如“三楼走廊”。"),
    ("channel", "unknown_or_blank"): N_("请写名称和一个能用的地址，例如 mailtos://…。"),
    ("reason", "blank_or_long"): N_("请写一句理由（最多 400 个字）。"),
    ("reply", "blank_or_long"): N_("回信要 1 到 4000 个字。"),
    ("adjustment", "no_model"): N_("分诊程序的文件读不出来，请告诉技术老师。"),
    ("adjustment", "too_few"): N_("判断过的信还不够多，现在不能调校。"),
    ("urgency", "unknown"): N_("请选择紧急、尽快或日常。"),
}
_BY_ERROR: dict[type[MailboxError], str] = {
    NotFound: N_("这里没有这个东西，可能已经被收起来了。"),
    NotAllowed: N_("您的身份不能做这件事。"),
    PassRefused: N_("这一页放得太久了，请重新打开再试一次。"),
    ClaimLost: N_("一位同事正在处理这封信。"),
    Changed: N_("这件东西刚才被别人改过了，请看过再做。"),
    Clash: N_("别人比您快了一步，请看过再做。"),
    NotAuthentic: N_("这里的资料被人从外面改过，信箱不能照着做。请告诉技术老师。"),
    TextRefused: N_("有一个字存不下来，请换一个写法。"),
    NotKept: N_("没有存好，什么也没有改变。请再试一次；还不行，请找技术老师看看磁盘。"),
}
_OTHERWISE = N_("没有做成，请再试一次。")


def sentence_for(refused: MailboxError) -> str:
    """Return what happened and what to do, in the page's language."""
    if isinstance(refused, ClaimLost) and refused.holder:
        return say("%(name)s正在处理这封信。", name=refused.holder)
    if isinstance(refused, InputRefused):
        known = _REFUSED_FIELDS.get((refused.field, refused.reason))
        return say(known) if known else say("有一项填得不对，请再看一遍。")
    return say(_BY_ERROR.get(type(refused), _OTHERWISE))
