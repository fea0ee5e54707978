"""What the doctor finds and why a backup fails, as sentences that say what to do. Owns the words only."""

from __future__ import annotations

from datetime import date

from mailbox.errors import UpkeepRefused
from mailbox.upkeep.findings import Check, Finding
from mailbox.web.language import day, say

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str

_CHECKS = {
    Check.SETTINGS: N_("设置"),
    Check.FILES: N_("文件权限"),
    Check.DISK: N_("磁盘空间"),
    Check.CLOCK: N_("时钟"),
    Check.DATABASE: N_("数据库"),
    Check.ROWS: N_("资料完好"),
    Check.KEYS: N_("钥匙"),
    Check.WORKER: N_("警报程序"),
    Check.CHANNELS: N_("警报去处"),
    Check.CERTIFICATE: N_("证书"),
    Check.MODEL: N_("分诊模型"),
    Check.MEDIA: N_("画和录音"),
    Check.BACKUP: N_("备份"),
}
_GOOD = {
    Check.DISK: N_("还有 %(free)s。"),
    Check.ROWS: N_("看过 %(number)d 行，都没有被改过。"),
    Check.CERTIFICATE: N_("到 %(day)s，会自己更新。"),
    Check.BACKUP: N_("最近一次是 %(day)s。"),
}
_FOUND = {
    (Check.SETTINGS, "refused"): N_("设置有错，不能启动：%(sentence)s"),
    (Check.SETTINGS, "plain_http"): N_(
        "信不加密地走过网络。请运行 flask tls init，再从设置里去掉 plain_http_on_network。"
    ),
    (Check.FILES, "open"): N_("别的账户读得到 %(path)s。请运行：chmod %(mode)s %(path)s"),
    (Check.FILES, "key_file"): N_("钥匙文件用不了：%(sentence)s"),
    (Check.DISK, "full"): N_("只剩 %(free)s，信可能存不下。请现在腾出地方。"),
    (Check.DISK, "nearly_full"): N_("只剩 %(free)s，这个星期请腾出一些地方。"),
    (Check.CLOCK, "behind"): N_("时钟慢了：有的事记在将来。请把电脑的时间调准，再重新启动信箱。"),
    (Check.DATABASE, "no_answer"): N_(
        "数据库没有回应。请看看它是不是在运行、磁盘是不是满了；坏了就从备份恢复（docs/backup.md）。"
    ),
    (Check.DATABASE, "none"): N_(
        "还没有数据库。第一次用，请运行：flask init；以前有过，请从备份恢复（docs/backup.md）。"
    ),
    (Check.DATABASE, "old"): N_("数据库还是旧版本的。请停下信箱，运行：flask upgrade"),
    (Check.ROWS, "not_yet"): N_("还没有仔细看过一遍。"),
    (Check.ROWS, "file"): N_("数据库文件坏了。请停下信箱，从备份恢复（docs/backup.md）。"),
    (Check.ROWS, "rows"): N_(
        "有 %(number)d 行被人从外面改过，或者坏了，信箱不再相信它们。请告诉负责人，从备份恢复（docs/backup.md）。"
    ),
    (Check.KEYS, "no_recovery"): N_("恢复钥匙不见了或者被人改过，新的信不能封存给它。请从备份恢复（docs/backup.md）。"),
    (Check.KEYS, "not_ours"): N_("有一周的钥匙被人改过。请告诉负责人，从备份恢复（docs/backup.md）。"),
    (Check.KEYS, "current_lacks"): N_("有一位老师没有这一周的钥匙，看不到新的信。请让负责人提前开一次箱：flask open"),
    (Check.KEYS, "nobody_holds"): N_("有几周的信，现在的老师都打不开，只有恢复纸条能打开。请告诉负责人。"),
    (Check.KEYS, "not_shared"): N_("%(names)s看不到以前几周的信。请一位同事在“人员”里把以前几周给他们看。"),
    (Check.WORKER, "silent"): N_("警报程序没有在跑，紧急的信不会响。请重新启动信箱。"),
    (Check.WORKER, "not_run"): N_("警报程序没有在跑，紧急的信不会响。请另外运行：flask worker"),
    (Check.CHANNELS, "failed"): N_("上一次没有送到：%(names)s。请在“设备与警报”里看看，再试响一次。"),
    (Check.CERTIFICATE, "unreadable"): N_("证书读不出来，平板打不开信箱。请运行：flask tls status"),
    (Check.CERTIFICATE, "authority_ended"): N_("根证书到期了，平板打不开信箱。请运行：flask tls init --again"),
    (Check.CERTIFICATE, "authority_ends"): N_("根证书一年之内到期。请在假期里运行：flask tls init --again"),
    (Check.CERTIFICATE, "ended"): N_("证书到期了，平板打不开信箱。请运行：flask tls renew"),
    (Check.CERTIFICATE, "clock"): N_("电脑的时钟比证书还早。请先把时间调准。"),
    (Check.CERTIFICATE, "moved"): N_("电脑的地址变了，平板找不到它。请在路由器里固定成原来的地址。"),
    (Check.MODEL, "broken"): N_("分诊模型的文件被改过。请从安装包里恢复 models 文件夹。"),
    (Check.MEDIA, "broken"): N_("读画和录音的程序起不来，孩子只能写字。请重新安装依赖，再重新启动信箱。"),
    (Check.BACKUP, "none"): N_("还没有做过备份。信箱开着，过一会儿会自己做；也可以现在做。"),
    (Check.BACKUP, "too_old"): N_("最近一次好的备份是 %(day)s，超过两天了。请现在做一次备份。"),
    (Check.BACKUP, "same_disk"): N_(
        "最近一次是 %(day)s，和信箱在同一块磁盘上：磁盘坏了，备份也没了。请插一个 U 盘，在设置里写 backup_dir。"
    ),
}
_REFUSED = {
    "no_recovery": N_("还没有恢复钥匙：请先请第一位心理老师造好钥匙，抄好两张纸条。"),
    "no_folder": N_("找不到文件夹 %(place)s。U 盘是不是没插好？"),
    "no_room": N_("%(place)s 放不下了。请腾出地方，或者换一个大的 U 盘。"),
    "not_written": N_("写不进去：%(place)s。请看看 U 盘是不是写保护了，文件夹是不是允许信箱写。"),
    "busy": N_("正在做另一次备份或恢复，请等它做完。"),
    "database": N_("数据库没有回应。请看看它是不是在运行、磁盘是不是坏了。"),
    "no_backup": N_("%(place)s 不是信箱的备份，或者打不开。"),
    "damaged": N_("%(place)s 坏了，校验对不上。请重新拷一次，或者用别的一份备份。"),
    "newer": N_("%(place)s 是更新的版本做的。请先装那个版本的信箱。"),
    "wrong_key": N_("这两张纸条打不开 %(place)s。它们是这所学校的吗？做过新纸条以前的备份，要用旧的两张。"),
    "not_empty": N_("%(place)s 里已经有一所学校，不会覆盖。要恢复到这里，请先把整个数据文件夹改个名字收好。"),
    "in_the_way": N_("%(place)s 已经在那里，不会覆盖。请先把整个数据文件夹改个名字收好。"),
    "running": N_("信箱还在运行。请先停下它，再做一次。"),
    "other_keys": N_("这个备份里的钥匙文件和这里的资料对不上，没有放进去。请找更新的备份。"),
}


def check_in_words(check: Check) -> str:
    return say(_CHECKS[check])


def finding_in_words(finding: Finding) -> str:
    """Return what was found and what to do, in the page's language."""
    told = {name: day(value) if isinstance(value, date) else value for name, value in finding.told.items()}
    if not finding.reason:
        return say(_GOOD[finding.check], **told) if finding.check in _GOOD and told else say("好的。")
    if (finding.check, finding.reason) == (Check.BACKUP, "failed"):
        refused = refusal_in_words(UpkeepRefused(str(told["reason"]), str(told["place"])))
        return say("上一次备份没有做成：%(sentence)s", sentence=refused)
    if (finding.check, finding.reason) == (Check.BACKUP, "too_old") and not told:
        return say("还没有一次备份做成过。请现在做一次备份。")
    return say(_FOUND[finding.check, finding.reason], **told)


def refusal_in_words(refused: UpkeepRefused) -> str:
    """Return why a backup was not made or not brought back, and what to do."""
    return say(_REFUSED[refused.reason], place=refused.place)


def upkeep_in_words(what: UpkeepRefused | Finding | Check) -> str:
    """Return a check, a finding or a refusal in the page's language."""
    match what:
        case Check():
            return check_in_words(what)
        case Finding():
            return finding_in_words(what)
        case _:
            return refusal_in_words(what)
