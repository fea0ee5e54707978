"""Make the 楷体 of the pages out of LXGW WenKai: one file for what the pages say, one for what people write.

Run by hand when sentences have new characters:  python tools/make_fonts.py LXGWWenKai-Regular.ttf
Needs fontTools and brotli (pip install fonttools brotli), which the service does not. The font is in Debian's package
fonts-lxgw-wenkai. Writes mailbox/web/static/fonts/ and the ranges in tokens.css; why two files: fonts/README.md.
"""

from __future__ import annotations

import sys
from itertools import groupby
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

HOUSE = Path(__file__).resolve().parents[1]
STATIC = HOUSE / "mailbox" / "web" / "static"
FONTS = STATIC / "fonts"
STYLES = STATIC / "tokens.css"
FAMILY = "Qiaoqiaohua Kai"
UNITS = 512
# Whose characters are sentences of the children's pages.
SOURCES = (
    "mailbox/kiosk/templates",
    "mailbox/web/problems.py",
    "mailbox/letters/pictures.toml",
    "mailbox/people/help_page.py",
)
# Teachers are named on the first page: the most frequent family names, and what is put behind them.
NAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯"
    "江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文"
    "老师主任校长医生心理阿姨叔叔年级班楼室办公一二三四五六七八九十零星期日月"
)
LETTERS = (
    "".join(map(chr, range(0x20, 0x7F)))
    + "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿêɑɡ"
    + "·—–…‘’“”、。《》〈〉「」（），：；？！～％×✓▾▴　"
)


def common_characters() -> str:
    """Return the 3,755 characters of GB 2312's first level: 99.7 % of running text."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return "".join(raw.decode("gb2312", "ignore") for raw in rows)


def said_by_pages() -> set[str]:
    files = [file for source in SOURCES for file in _files(HOUSE / source)]
    text = "".join(file.read_text("utf-8") for file in files) + NAMES
    return {sign for sign in text if sign >= "\u2010" and sign <= "\uffef"} | set(LETTERS)


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.html"))


def ranges_of(signs: set[str]) -> str:
    """Return a CSS unicode-range."""
    numbers = sorted(map(ord, signs))
    runs = [[number for _, number in run] for _, run in groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])]
    return ",".join(f"U+{run[0]:x}" if len(run) == 1 else f"U+{run[0]:x}-{run[-1]:x}" for run in runs)


def make(source: Path, signs: set[str], name: str) -> None:
    font = TTFont(source)
    options = Options()
    options.hinting, options.layout_features, options.name_IDs = False, [], ["*"]
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(signs)))
    subsetter.subset(font)
    # The licence reserves the font's own name for the unchanged one.
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = FAMILY.replace(" ", "") if record.nameID == 6 else FAMILY
    scale_upem(font, UNITS)
    font.flavor = "woff2"
    font.save(FONTS / name)


def main() -> None:
    source = Path(sys.argv[1])
    known = set(map(chr, TTFont(source).getBestCmap()))
    base = said_by_pages() & known
    earlier = {sign for sign in (FONTS / "characters.txt").read_text("utf-8") if sign != "\n"}
    more = ((set(common_characters()) | earlier) & known) - base
    make(source, base, "kai.woff2")
    make(source, more, "kai-more.woff2")
    (FONTS / "characters.txt").write_text("".join(sorted(base | more)), "utf-8")
    styles = STYLES.read_text("utf-8")
    before, rest = styles.split("unicode-range: ", 1)
    STYLES.write_text(f"{before}unicode-range: {ranges_of(base)};{rest.split(';', 1)[1]}", "utf-8")
    print(f"{len(base)} + {len(more)} characters")


if __name__ == "__main__":
    main()
