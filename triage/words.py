"""Chinese words of a plain text, by jieba with its own dictionary, read without jieba's cache file.

jieba keeps a cache in the temp folder, which everybody may write to, and reads it back as code-like data; so the
dictionary is read here from jieba's package, once, and only the words that a child's note may hold.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import jieba

LONGEST_WORD_BYTES = 12  # four Chinese characters in UTF-8
FEWEST_DIGITS = 3  # words counted at least 100 times in jieba's dictionary; single characters always


@lru_cache(maxsize=1)
def _tokenizer() -> jieba.Tokenizer:
    counts: dict[str, int] = {}
    total = 0
    dictionary = Path(jieba.__file__).with_name("dict.txt")
    with dictionary.open("rb") as lines:
        for line in lines:
            word_bytes, count_digits, _ = line.split(b" ", 2)
            length = len(word_bytes)
            if length <= LONGEST_WORD_BYTES and (len(count_digits) >= FEWEST_DIGITS or length <= 3):
                word, count = word_bytes.decode(), int(count_digits)
                counts[word] = count
                total += count
                for end in range(1, len(word)):
                    counts.setdefault(word[:end], 0)
    tokenizer = jieba.Tokenizer()
    # These three are what jieba's own ``initialize`` sets, less the cache.
    tokenizer.FREQ, tokenizer.total, tokenizer.initialized = counts, total, True
    return tokenizer


def load() -> None:
    """Read the dictionary now (about 0.15 s and 8 MB), so that the first note doesn't wait."""
    _tokenizer()


def cut(plain: str) -> list[str]:
    """The words of a text of any length, in order; joined they are the text again."""
    return list(_tokenizer().cut(plain, HMM=False))
