"""A corpus of 48 invented notes of three kinds, for tests of training."""

from __future__ import annotations

import json
from pathlib import Path

SITUATIONS = [
    ("urgent", "U4", "bullying", "他们放学等我,要我交{},我躲在楼梯后面"),
    ("soon", "low_mood", "mood", "这几个星期一想到{}就睡不好,吃饭也没味道"),
    ("routine", "thanks", "thanks", "谢谢老师教我们做{},大家都很喜欢"),
]
THINGS = "作业 游戏机 零食 风筝 书包 铅笔 雨伞 篮球 手表 卡片 橡皮 水杯 帽子 围巾 台灯 毽子".split()  # noqa: SIM905


def write_small_corpus(folder: Path) -> None:
    """Write the notes as the project's own corpus is kept."""
    lines = []
    for number, thing in enumerate(THINGS):
        for urgency, rule, topic, text in SITUATIONS:
            note_id = f"t-{len(lines):04}"
            fields = {"id": note_id, "text": text.format(thing) + thing * 12, "urgency": urgency, "topics": [topic]}
            fields |= {"rule": rule, "grade": 4, "trait": "plain", "family": f"t-{rule}-{number}"}
            lines.append(json.dumps(fields, ensure_ascii=False))
    (folder / "notes-t.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
