"""Acts of the audit chain as words of the page's language. An act without words of its own is called another one."""

from __future__ import annotations

from counselor_ui.decision_words import rule
from mailbox.care.reveal import RULES
from mailbox.web.language import say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_ACTS = {
    "thread.read": N_("打开了一封信"),
    "thread.claim": N_("接过一封信"),
    "thread.answer": N_("写好了一封回信"),
    "thread.remark": N_("在信边对同事说了一句"),
    "thread.hand_over": N_("把一封信交给了同事"),
    "thread.second.ask": N_("请同事也读一封信"),
    "thread.second.read": N_("应同事的请，读了一封信"),
    "thread.draft": N_("存了回信的草稿"),
    "paper.enter": N_("抄进来一张纸条"),
    "paper.take": N_("抄进来一张纸条，并且当场接手"),
    "meetings.look": N_("看了约好的时间"),
    "thread.found": N_("找信时看到一封信里的几个字"),
    "letters.search": N_("找过一次信"),
    "thread.level": N_("改了一封信的级别"),
    "thread.level.urgent": N_("把一封信改成紧急"),
    "thread.level.soon": N_("把一封信改成尽快"),
    "thread.level.routine": N_("把一封信改成日常"),
    "thread.pass_on": N_("把一封家信转给了家长"),
    "thread.pass_on.undo": N_("说家信还没有转，点错了"),
    "thread.prank": N_("把一封信标成了恶作剧"),
    "thread.prank.undo": N_("说一封信不是恶作剧"),
    "thread": N_("办了一封信里的事"),
    "case": N_("在个案里记了一笔"),
    "case.open": N_("为一封信立了个案"),
    "case.read": N_("打开了个案"),
    "case.close": N_("结束了个案"),
    "case.reopen": N_("重新打开了个案"),
    "case.forget": N_("到期删除了一个个案"),
    "letters.forget": N_("到期删除了信"),
    "weeks.forget": N_("销毁了到期的周钥匙"),
    "hold.place": N_("依法留存了一封信"),
    "hold.end": N_("结束了一封信的依法留存"),
    "cases.share": N_("让一位同事也能看个案"),
    "plan": N_("动了危机预案"),
    "plan.change": N_("改了危机预案"),
    "plan.restore": N_("换回了自带的危机预案"),
    "follow_up": N_("做了一次回访"),
    "talk": N_("写了一次谈心记录"),
    "ask": N_("请了第二个人决定一件事"),
    "ask.reveal": N_("请人同意看一封信的时间和平板"),
    "ask.lower": N_("请人同意把一封信从紧急调低"),
    "ask.hold": N_("请人同意依法留存一封信"),
    "ask.case_file": N_("请人同意把个案做成文件"),
    "agree": N_("同意了同事请的事"),
    "refuse": N_("没有同意同事请的事"),
    "withdraw": N_("撤回了请人决定的事"),
    "reveal": N_("看了一封信的时间和平板"),
    "reveal.alone": N_("现在就有危险，自己先看时间和平板"),
    "reveal.seen": N_("知道了同事自己先看过"),
    "case.file.take": N_("取走了一个个案的文件"),
    "summary.topics": N_("点了一周的话题"),
    "summary.words": N_("写了大家的愿望后来怎样"),
    "triage.adjust": N_("采用了筛查的调校"),
    "triage.adjust.undo": N_("撤回了筛查的调校"),
    "opening": N_("到点开箱"),
    "opening.by_hand": N_("提前开箱"),
    "opening.read_replies": N_("开箱前读了要出去的回信"),
    "opening.holding.on": N_("打开了“先说一声”，或改了它的话"),
    "opening.holding.off": N_("关掉了“先说一声”"),
    "thread.hold_reply": N_("给一封信先说了一声"),
    "thread.hold_reply.back": N_("收回了一封还没出去的“先说一声”"),
    "summary.recipient": N_("改了小结寄给谁"),
    "summary.mail": N_("动了寄小结的设置"),
    "summary.mail.now": N_("把最近的小结寄了一次"),
    "summary.mail.sent": N_("小结寄出去了"),
    "own.cover": N_("先遮住了重的内容"),
    "own.uncover": N_("不再遮住重的内容"),
    "login": N_("登录"),
    "session.end": N_("结束了一次登录"),
    "passphrase.change": N_("换了口令"),
    "factor": N_("改了登录的第二道锁"),
    "school.found": N_("建立了信箱"),
    "keys.made": N_("造好了钥匙"),
    "keys.pepper": N_("换了钥匙文件里的胡椒"),
    "invite": N_("邀请了一位同事"),
    "reader.approve": N_("同意一位老师看信"),
    "reader.anew": N_("请一位同事重新开始"),
    "reader.anew_stopped": N_("停下了一位同事的重新开始"),
    "reader": N_("定了谁能看信"),
    "reader.role.lead": N_("同意一位老师当负责人"),
    "reader.role.counselor": N_("同意一位老师不再当负责人"),
    "proposal": N_("办了一个建议"),
    "proposal.make": N_("提了一个建议"),
    "proposal.accepted": N_("同意了一个建议"),
    "proposal.declined": N_("回了一个建议：先不改"),
    "proposal.remove": N_("拿掉了一个建议"),
    "slips.used": N_("用两张恢复纸条设了新口令"),
    "slips.again": N_("从备份恢复了，用过的恢复纸条可以再用一次"),
    "slips.refused": N_("有人写了两张对不上的恢复纸条"),
    "slips.made": N_("做了两张新的恢复纸条"),
    "wish": N_("请第二个人说定一件事"),
    "wish.slips": N_("请人同意做新的恢复纸条"),
    "wish.slips.agree": N_("同意做新的恢复纸条"),
    "wish.lead": N_("提出请一位老师当负责人"),
    "wish.counselor": N_("提出一位老师不再当负责人"),
    "wish.drop": N_("拿掉了一件要两个人同意的事"),
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
    "alarm.call": N_("警报没人应，叫了下一位"),
    "alarm.call.everybody": N_("警报没人应，所有的都再响"),
    "alarm.reached": N_("说已经联系到了一位老师"),
    "alarm.times": N_("改了警报的时间"),
    "duty.change": N_("改了值班表"),
    "channel.try": N_("试了一路警报"),
    "alarm.closed.end": N_("停下了没人能看的信的警报"),
    "help.change": N_("改了求助的电话和人"),
    "help.check": N_("核对了求助的电话和人"),
    "calendar": N_("改了校历"),
    "backup.make": N_("做了一次备份"),
    "backup.restore": N_("从备份恢复了信箱"),
    "upkeep.look": N_("把全部资料仔细看了一遍"),
    "beginning": N_("改了回信的开头"),
}
# Acts of the machine that end in a number.
_COUNTED = {
    "talk.forget": N_("到期删除了谈心记录，%(number)d 份"),
    "letters.forget": N_("到期删除了信，%(number)d 次往来"),
    "weeks.forget": N_("销毁了到期的周钥匙，%(number)d 把"),
}
_OTHER = N_("做了别的事")


def act_in_words(act: str) -> str:
    """Return an act's words: its own, or those of the longest beginning that has some."""
    parts = act.split(".")
    counted = _COUNTED.get(".".join(parts[:-1]))
    if counted and parts[-1].isdigit():
        return say(counted, number=int(parts[-1]))
    for length in range(len(parts), 0, -1):
        found = _ACTS.get(".".join(parts[:length]))
        if found:
            # A reveal is told with the rule that somebody confirmed.
            is_reveal = parts[0] == "reveal" and parts[-1] in RULES
            return f"{say(found)} · {rule(parts[-1])}" if is_reveal else say(found)
    return say(_OTHER)
