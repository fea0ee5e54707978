"""The figure on public texts is measured where they are at hand, and simply missing where they are not."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

from triage.public import FILE, any_risk


def test_without_the_data_there_is_no_figure(tmp_path: Path) -> None:
    assert any_risk(tmp_path) is None


def test_sentences_that_differ_plainly_are_ranked_well(tmp_path: Path) -> None:
    things = "天空 小河 书本 树叶 窗户 桌子 风筝 茶杯 火车 雨伞 石头 月亮".split()  # noqa: SIM905
    sentences = [{"text": f"我真的不想活了,{thing}", "labels": ["主动自杀意图"]} for thing in things]
    sentences += [{"text": f"今天去看了{thing},很开心", "labels": ["与自杀/自伤/攻击行为无关"]} for thing in things]
    with gzip.open(tmp_path / FILE, "wt", encoding="utf-8") as file:
        file.writelines(json.dumps(sentence, ensure_ascii=False) + "\n" for sentence in sentences)
    figures = any_risk(tmp_path)
    assert figures and (figures["sentences"], figures["with a risk"]) == (24, 12)
    assert figures["average precision"] > 0.95
