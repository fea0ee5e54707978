"""What a school would use without this project: two lists of words, for the comparison in the card only.

Owns the lists. Nothing that runs in a school reads them.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_SHORT = """
自杀 想死 不想活 去死 轻生 割腕 跳楼 遗书 自残 安眠药 活着没意思 结束生命 被打 强奸 性侵 霸凌 杀人 离家出走
"""
_MORE = """
死 消失 解脱 再见 血 刀 跳 药 疼 打我 打人 揍 皮带 棍子 锁 饿 不给吃 摸 脱 裤子 照片 秘密 亲我 欺负 威胁 要钱 保护费
堵 扇 踢 报复 杀 恨 捅 网友 见面 跟踪 逃 走了 救 害怕 哭 没人 不要我
"""
SHORT = tuple(_SHORT.split())
WIDE = (*SHORT, *_MORE.split())


def raised_by(words: Sequence[str], texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of n texts hold one of the words."""
    return np.array([any(word in text for word in words) for text in texts], dtype=bool)
