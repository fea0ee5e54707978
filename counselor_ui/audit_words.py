"""Acts of the audit chain as words of the page's language. An act without words of its own is called another one."""

from __future__ import annotations

from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_ACTS = {
    "thread.read": N_("打开了一封信"),
    "thread.claim": N_("接过一封信"),
    "thread.answer": N_("写好了一封回信"),
    "thread.remark": N_("在信边对同事说了一句"),
    "thread.hand_over": N_("把一封信交给了同事"),
    "thread.draft": N_("存了回信的草稿"),
    "thread.found": N_("找信时看到一封信里的几个字"),
    "letters.search": N_("找过一次信"),
    "thread.level": N_("改了一封信的级别"),
    "thread.level.urgent": N_("把一封信改成紧急"),
    "thread.level.soon": N_("把一封信改成尽快"),
    "thread.level.routine": N_("把一封信改成日常"),
    "thread.pass_on": N_("把一封家信转给了家长"),
    "thread.pass_on.undo": N_("说家信还没有转，点错了"),
    "thread": N_("办了一封信里的事"),
    "case": N_("在个案里记了一笔"),
    "case.open": N_("为一封信立了个案"),
    "case.read": N_("打开了个案"),
    "case.close": N_("结束了个案"),
    "case.reopen": N_("重新打开了个案"),
    "case.forget": N_("到期删除了一个个案"),
    "cases.share": N_("让一位同事也能看个案"),
    "follow_up": N_("做了一次回访"),
    "talk": N_("写了一次谈心记录"),
    "summary.topics": N_("点了一周的话题"),
    "summary.words": N_("写了大家的愿望后来怎样"),
    "triage.adjust": N_("采用了筛查的调校"),
    "triage.adjust.undo": N_("撤回了筛查的调校"),
    "opening": N_("到点开箱"),
    "opening.by_hand": N_("提前开箱"),
    "login": N_("登录"),
    "session.end": N_("结束了一次登录"),
    "passphrase.change": N_("换了口令"),
    "factor": N_("改了登录的第二道锁"),
    "school.found": N_("建立了信箱"),
    "keys.made": N_("造好了钥匙"),
    "invite": N_("邀请了一位同事"),
    "reader.approve": N_("同意一位老师看信"),
    "reader.anew": N_("请一位同事重新开始"),
    "reader.anew_stopped": N_("停下了一位同事的重新开始"),
    "reader": N_("定了谁能看信"),
    "person.leave": N_("让一位同事离开"),
    "weeks.share": N_("把以前几周的信给一位同事看"),
    "station": N_("动了一台设备"),
    "station.enroll": N_("一台设备登记好了"),
    "station.change": N_("改了一台设备的名字或地方"),
    "station.withdraw": N_("收回了一台设备"),
    "station.invite": N_("准备了一台设备"),
    "channel": N_("动了一路警报"),
    "channel.add": N_("加了一路警报"),
    "channel.remove": N_("去掉了一路警报"),
    "alarm": N_("动了警报"),
    "alarm.test.ring": N_("试了一次警报"),
    "alarm.test.heard": N_("有人听到了试的警报"),
    "alarm.closed.end": N_("停下了没人能看的信的警报"),
    "help.change": N_("改了求助的电话和人"),
    "help.check": N_("核对了求助的电话和人"),
    "calendar": N_("改了校历"),
    "beginning": N_("改了回信的开头"),
}
_OTHER = N_("做了别的事")


def act_in_words(act: str) -> str:
    """Return an act's words: its own, or those of the longest beginning that has some."""
    parts = act.split(".")
    for length in range(len(parts), 0, -1):
        found = _ACTS.get(".".join(parts[:length]))
        if found:
            return say(found)
    return say(_OTHER)
