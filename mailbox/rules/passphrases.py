"""Whether a passphrase will do, and what to say if not: length first, then how many guesses it takes. Pure.

zxcvbn knows names, dates, keyboard rows and the common words of Latin letters, 拼音 among them only by chance; Chinese
characters it takes for noise. For those there are rules of our own: enough different ones, and no line that every
pupil knows by heart.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from zxcvbn import zxcvbn

MIN_LENGTH = 12
# Against who has a copy of the database, where no pace holds: 13 years of one graphics card (docs/throttles.md). Three
# words taken by chance have more; a name with a birthday, or a brand with a year, has less.
_ENOUGH_GUESSES = 10**12
# Three quarters of what is written in Chinese are these many characters.
_COMMON_CHARACTERS = 500
_MOST_READ = 72
_FEWEST_DIFFERENT = 6
_FEWEST_OWN = 8
_CHINESE = re.compile(r"[\u3400-\u9fff]")
_NOISE = re.compile(r"[\W_]+")
# What everybody would try first: lines from the textbooks, the songs and the walls of every school.
_KNOWN_LINES = (
    "床前明月光疑是地上霜举头望明月低头思故乡",
    "春眠不觉晓处处闻啼鸟夜来风雨声花落知多少",
    "白日依山尽黄河入海流欲穷千里目更上一层楼",
    "鹅鹅鹅曲项向天歌白毛浮绿水红掌拨清波",
    "锄禾日当午汗滴禾下土谁知盘中餐粒粒皆辛苦",
    "离离原上草一岁一枯荣野火烧不尽春风吹又生",
    "好好学习天天向上",
    "人之初性本善性相近习相远",
    "少壮不努力老大徒伤悲",
    "天生我材必有用千金散尽还复来",
    "海内存知己天涯若比邻",
    "书山有路勤为径学海无涯苦作舟",
    "团结紧张严肃活泼",
    "起来不愿做奴隶的人们",
    "一二三四五六七八九十",
    "小燕子穿花衣年年春天来这里",
    "世上无难事只怕有心人",
    "百年大计教育为本",
    "学高为师身正为范",
)


def passphrase_problem(passphrase: str, names: Iterable[str] = ()) -> str | None:
    """Return why a passphrase will not do, or None: too_short, names, known_line, too_few, too_easy.

    ``names`` are what a stranger can know of this person: their own, the login name, the school's.
    """
    meant = unicodedata.normalize("NFKC", passphrase).strip()
    if len(meant) < MIN_LENGTH:
        return "too_short"
    lowered = meant.lower()
    own = lowered
    for name in sorted({one for one in map(_plain, names) if len(one) > 1}, key=len, reverse=True):
        own = own.replace(name, "")
    if own != lowered and len(_plain(own)) < _FEWEST_OWN:
        return "names"
    if len(set(_plain(lowered))) < _FEWEST_DIFFERENT:
        return "too_few"
    if _is_known(_plain(lowered)):
        return "known_line"
    return "too_easy" if _guesses(lowered[:_MOST_READ], names) < _ENOUGH_GUESSES else None


def _guesses(read: str, names: Iterable[str]) -> float:
    """Return about how many guesses it takes: one Chinese character does not make a weak word a good passphrase."""
    characters, latin = set(_CHINESE.findall(read)), _CHINESE.sub("", read).strip()
    of_latin = float(zxcvbn(latin, user_inputs=list(names))["guesses"]) if latin else 1.0
    return of_latin * float(_COMMON_CHARACTERS ** len(characters))


def _is_known(plain: str) -> bool:
    """Whether little is left of it once the lines that everybody knows are taken out."""
    left = plain
    for line in _KNOWN_LINES:
        # A line is often known by its half.
        for part in (line, line[: len(line) // 2], line[len(line) // 2 :]):
            left = left.replace(part, "")
    return left != plain and len(left) < _FEWEST_OWN


def _plain(text: str) -> str:
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).lower())
