"""Errors as sentences that a teacher can act on. Owns the words only; every error the staff pages meet has one."""

from __future__ import annotations

from mailbox.errors import (
    Changed,
    ClaimLost,
    Clash,
    CodeRefused,
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
    ("passphrase", "names"): N_("口令里大半是人名、登录名或者学校名，别人猜得到。请换几个不相干的词。"),
    ("passphrase", "known_line"): N_("这是大家都会背的句子，别人一试就中。请自己编一句，越没道理越好。"),
    ("passphrase", "too_few"): N_("口令里来来去去只有几个字。请用四五个不同的词。"),
    ("passphrase", "too_easy"): N_("这个口令电脑很快就能猜到。请再加一两个不相干的词，不要用生日和键盘上连着的键。"),
    ("second_factor", "own_first"): N_("请先在“我的登录”里开启自己的动态码，再请别的老师开。"),
    ("login_name", "taken"): N_("这个登录名已经有人用了，请换一个。"),
    ("login_name", "blank_or_long"): N_("登录名要 1 到 40 个字。"),
    ("display_name", "blank_or_long"): N_("名字要 1 到 40 个字。"),
    ("school_name", "blank_or_long"): N_("学校名要 1 到 40 个字。"),
    ("display_name", "invited"): N_("这个名字已经在名单里了。链接丢了，请在名单里换一个新链接。"),
    ("opening", "unknown"): N_("请选择每周哪一天、几点开箱。"),
    ("terms", "overlap"): N_("两个学期的日子重叠了，请改一改。"),
    ("terms", "backwards"): N_("有一个学期的最后一天在第一天前面。"),
    ("terms", "no_date"): N_("有一个学期的日期认不出来，请写成 2026-09-01 这样。"),
    ("terms", "too_long"): N_("有一个学期太长了，或者名字太长了。"),
    ("closed", "backwards"): N_("放假的日子里，有一行最后一天在第一天前面。"),
    ("closed", "no_date"): N_("放假的日子里，有一个日期认不出来，请写成 2026-09-01 这样。"),
    ("closed", "too_long"): N_("放假的日子里，有一行太长了，或者原因太长了。"),
    ("closed", "too_many"): N_("放假的日子太多了，最多 60 行。过去的可以清空。"),
    ("extra", "backwards"): N_("上课的日子里，有一行最后一天在第一天前面。"),
    ("extra", "no_date"): N_("上课的日子里，有一个日期认不出来，请写成 2026-09-01 这样。"),
    ("extra", "too_long"): N_("上课的日子里，有一行太长了，或者原因太长了。"),
    ("extra", "too_many"): N_("上课的日子太多了，最多 60 行。过去的可以清空。"),
    ("vacation_words", "too_long"): N_("假期里说的话太长了，最多 200 个字。"),
    ("station", "there"): N_("已经有一台设备叫这个名字，请换一个名字。"),
    ("station", "unknown_or_blank"): N_("请给这台设备起个名字，例如“三楼走廊”。"),
    ("station", "room"): N_("地点最多写 40 个字。"),
    ("station", "grade"): N_("请选择一到九年级，或者不分年级。"),
    ("help_person", "blank_or_long"): N_("找谁和在哪里请都写上，各不超过 30 个字。"),
    ("help_place", "blank_or_long"): N_("找谁和在哪里请都写上，各不超过 30 个字。"),
    ("help_phone", "blank_or_long"): N_("电话在哪里，请写得短一些，不超过 30 个字。"),
    ("help_line", "number"): N_("有一个电话号码看不懂，请只写数字和短横线。"),
    ("help_line", "twice"): N_("有一个号码写了两次，请去掉一个。"),
    ("help_line", "none_shown"): N_("请至少留一个给孩子看的电话。"),
    ("help_line", "too_many"): N_("自己的电话最多加四个。"),
    ("help_words", "blank_or_long"): N_("每个电话请写一句什么时候打，不超过 30 个字。"),
    ("help_hours", "blank_or_long"): N_("几点有人接，请写得短一些，不超过 30 个字。"),
    ("help", "family"): N_("这里请不要写家里的人：有的孩子正是因为家里的事才来求助。"),
    ("duty", "unreadable"): N_("值班的时间有一处看不懂，请写成 8:00-12:00，13:30-17:00。"),
    ("duty", "backwards"): N_("值班的时间要从早写到晚，例如 8:00-12:00；过半夜的请分成两天写。"),
    ("duty", "overlap"): N_("有一天的值班时间重叠了，请再看一看。"),
    ("duty", "too_many"): N_("一天最多写四段值班时间。"),
    ("channel", "unknown_or_blank"): N_("请写名称和一个能用的地址，例如 mailtos://…。"),
    ("reason", "blank_or_long"): N_("请写一句理由（最多 400 个字）。"),
    ("remark", "blank_or_long"): N_("对同事说的话要 1 到 1000 个字。"),
    ("hand_to", "unknown"): N_("这位同事看不到这封信，请换一位。"),
    ("reply", "blank_or_long"): N_("回信要 1 到 4000 个字。"),
    ("beginning", "blank_or_long"): N_("开头的中文要 1 到 400 个字，英文最多 900 个字母。"),
    ("beginning", "topic"): N_("请选择一个话题。"),
    ("beginning", "too_many"): N_("自己的开头最多 100 段，请先去掉用不着的。"),
    ("adjustment", "no_model"): N_("分诊程序的文件读不出来，请告诉技术老师。"),
    ("adjustment", "too_few"): N_("判断过的信还不够多，现在不能调校。"),
    ("passed_on", "not_for_parents"): N_("这封信不是写给家人的，不能转交。"),
    ("situation", "unknown"): N_("请至少选一类事。"),
    ("case_words", "blank_or_long"): N_("请写一句（最多 2000 个字）。"),
    ("step", "unknown"): N_("预案里没有这一步，请重新打开这一页。"),
    ("outcome", "unknown"): N_("请选一个结果。"),
    ("report_situation", "unknown"): N_("请选属于哪一类情形。"),
    ("report_to", "unknown"): N_("请选向谁报告。"),
    ("report_at", "no_date"): N_("报告的时间认不出来，请写成 2026-03-02T10:20 这样。"),
    ("report_at", "future"): N_("报告的时间还没有到，请再看一看。"),
    ("report_by", "blank"): N_("请写谁报告的。"),
    ("report_field", "too_long"): N_("单位、人名和编号各不超过 80 个字。"),
    ("talk_day", "future"): N_("谈心的日子认不出来，或者还没有到。"),
    ("talk_who", "blank_or_long"): N_("请写和谁谈，不超过 80 个字。"),
    ("talk_words", "blank_or_long"): N_("请写谈了什么，每一格不超过 2000 个字。"),
    ("talk_thread", "no_name"): N_("孩子没有留名字，谈心不能连到这封信。"),
    ("urgency", "unknown"): N_("请选择紧急、尽快或日常。"),
}
_SLOW_CLOCK = N_("手机的时间差了，慢了大约 %(minutes)d 分钟。请在手机的设置里打开“自动设置时间”，再写新的六个数字。")
_REFUSED_CODES = {
    "wrong": N_("这个码不对，或者已经过了时间。请写手机上现在显示的。总是不对，请看看手机的时间准不准。"),
    "used": N_("这个码刚才用过了。请等手机上换了新的，再写。"),
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
    if isinstance(refused, CodeRefused):
        if refused.reason == "slow_clock":
            return say(_SLOW_CLOCK, minutes=refused.minutes)
        return say(_REFUSED_CODES[refused.reason])
    if isinstance(refused, InputRefused):
        known = _REFUSED_FIELDS.get((refused.field, refused.reason))
        return say(known) if known else say("有一项填得不对，请再看一遍。")
    return say(_BY_ERROR.get(type(refused), _OTHERWISE))
