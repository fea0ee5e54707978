"""Make mailbox/rules/learned_characters.txt: characters in the order in which children of China meet them, about.

No list by grade exists that all textbooks share. The curriculum (义务教育语文课程标准, 2022) says how many characters a
child knows after each stage: 1,600 after grade 2, 2,500 after grade 4, 3,000 after grade 6, 3,500 after grade 9. Which
ones is answered here by frequency: half from jieba's dictionary (printed Chinese, MIT), half from our own invented
notes of children; the words of the receipt pictures count as known from the start. Run from the project's folder.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import jieba

KNOWN_AFTER = (1_600, 2_500, 3_000, 3_500)
WRITTEN = Path("mailbox/rules/learned_characters.txt")


def main() -> None:
    """Write one line of characters for each stage, the commonest first."""
    # GB 2312, first level: the 3,755 characters that print needs daily.
    common = {bytes([row, cell]).decode("gb2312", "ignore") for row in range(0xB0, 0xD8) for cell in range(0xA1, 0xFF)}
    printed, children = _printed(), _children()
    total_printed, total_children = printed.total(), children.total()
    pictures = tomllib.loads(Path("mailbox/letters/pictures.toml").read_text("utf-8"))
    shown = set(json.dumps(pictures, ensure_ascii=False))
    share = {
        sign: (sign in shown) + printed[sign] / total_printed + children[sign] / total_children
        for sign in common - {""}
    }
    order = sorted(share, key=lambda sign: (-share[sign], sign))
    stages = zip((0, *KNOWN_AFTER), KNOWN_AFTER, strict=False)
    WRITTEN.write_text("".join("".join(order[start:end]) + "\n" for start, end in stages), "utf-8")


def _printed() -> Counter[str]:
    counted: Counter[str] = Counter()
    for line in (Path(jieba.__file__).parent / "dict.txt").read_text("utf-8").splitlines():
        word, times, _ = line.split(" ")
        for sign in word:
            counted[sign] += int(times)
    return counted


def _children() -> Counter[str]:
    files = sorted(Path("models/corpus").glob("notes-*.jsonl"))
    notes: Iterable[str] = (line for file in files for line in file.read_text("utf-8").splitlines())
    return Counter(sign for note in notes for sign in json.loads(note)["text"])


if __name__ == "__main__":
    main()
