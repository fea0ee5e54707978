"""Pages load nothing from outside, escape everything, and carry neither scripts nor styles of their own."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]

COMMENT = re.compile(r"\{#.*?#\}|<!--.*?-->", re.S)
# In style sheets and scripts; an address such as https://… holds slashes that begin no comment.
STATIC_COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*|<!--.*?-->", re.S)
# A link that a person may follow and an XML namespace name an address without loading it.
NOT_A_LOAD = re.compile(r"""<a\s[^<>]*?\bhref\s*=\s*["']?https?://|\bxmlns(?::\w+)?\s*=\s*["']https?://""", re.I)
WRONG = {
    "load": re.compile(
        r"""https?://|\b(?:src|srcset|href|action|formaction|poster|data)\s*=\s*["']?//"""
        r"""|url\(\s*["']?//|@import\s+["']//""",
        re.I,
    ),
    "unescaped": re.compile(r"\|\s*safe\b|\{%-?\s*filter\s+safe\b|\{%-?\s*autoescape\s+false\b", re.I),
    "script": re.compile(r"<script\b[^>]*>(?!\s*</script)|<[^<>{}%]*\son[a-z]+\s*=|\bjavascript:", re.I),
    # A style that a field is asked to draw, {{ field(style="…") }}, ends up as an attribute all the same.
    "style": re.compile(r"(?<![\w.-])style\s*=(?!=)|<style\b", re.I),
}


def templates(root: Path) -> list[Path]:
    folders = [*(root / "mailbox").rglob("templates"), root / "counselor_ui" / "templates"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())


def wrongs(root: Path, kind: str) -> list[str]:
    """The places, path:line (1-based), where a template under ``root`` does what ``kind`` forbids."""
    found = []
    for path in templates(root):
        # What is blanked keeps its line ends, so that the line numbers stay true.
        text = COMMENT.sub(_blank, path.read_text("utf-8"))
        text = NOT_A_LOAD.sub(_blank, text) if kind == "load" else text
        places = (text.count("\n", 0, match.start()) + 1 for match in WRONG[kind].finditer(text))
        found += [f"{path.relative_to(root)}:{line}" for line in places]
    return found


def static_files(root: Path) -> list[Path]:
    """What browsers read beside pages; licences may name whatever address they like."""
    folders = [*(root / "mailbox").rglob("static"), root / "counselor_ui" / "static"]
    return sorted(path for folder in folders for path in folder.rglob("*") if path.suffix in {".css", ".js", ".svg"})


def static_wrongs(root: Path) -> list[str]:
    """The places, path:line (1-based), where a style sheet, a script or a drawing names an outside address."""
    found = []
    for path in static_files(root):
        text = NOT_A_LOAD.sub(_blank, STATIC_COMMENT.sub(_blank, path.read_text("utf-8")))
        places = (text.count("\n", 0, match.start()) + 1 for match in WRONG["load"].finditer(text))
        found += [f"{path.relative_to(root)}:{line}" for line in places]
    return found


def _blank(match: re.Match[str]) -> str:
    return "\n" * match.group().count("\n")


@pytest.mark.parametrize("kind", WRONG)
def test_no_template_of_the_house_does_it(kind: str) -> None:
    assert wrongs(HOUSE, kind) == []


@pytest.mark.parametrize("folder", ["mailbox/kiosk/templates/kiosk", "mailbox/web/templates", "counselor_ui/templates"])
@pytest.mark.parametrize(
    ("kind", "page"),
    [
        ("load", '<script src="https://cdn.example/x.js"></script>'),
        ("load", '<link rel="stylesheet" href="http://fonts.example/a.css">'),
        ("load", '<img src="//cdn.example/a.png">'),
        ("load", "<img src=\"{{ 'https://cdn.example/a.png' }}\">"),
        ("unescaped", "<p>{{ note|safe }}</p>"),
        ("unescaped", "<p>{{ note | trim | safe }}</p>"),
        ("unescaped", "{% autoescape false %}{{ note }}{% endautoescape %}"),
        ("script", "<script>\nstart();\n</script>"),
        ("script", '<script nonce="{{ nonce }}">start()</script>'),
        ("script", '<button class="a" onclick="send()">'),
        ("script", '<a href="javascript:void(0)">'),
        ("style", "<style>p { color: red }</style>"),
        ("style", '<p class="a" style="color: red">'),
        ("style", '{{ form.note(style="width: 9em") }}'),
    ],
)
def test_a_wrong_template_is_caught(folder: str, kind: str, page: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / "page.html").write_text(f"<!doctype html>\n{page}\n", "utf-8")
    assert wrongs(tmp_path, kind) == [f"{folder}/page.html:2"]


@pytest.mark.parametrize("kind", WRONG)
def test_a_good_template_passes(kind: str, tmp_path: Path) -> None:
    folder = tmp_path / "counselor_ui" / "templates"
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(
        '{# never |safe, never style="" #}\n<!-- http://example.invalid -->\n'
        "<link rel=\"stylesheet\" href=\"{{ url_for('static', filename='style.css') }}\">\n"
        '<script src="/static/a.js" defer></script>\n<svg xmlns="http://www.w3.org/2000/svg"></svg>\n'
        '<a class="help" href="https://example.invalid/">安全 safe</a>\n<p data-style="a">{{ note }}</p>\n',
        "utf-8",
    )
    assert wrongs(tmp_path, kind) == []


def test_no_style_sheet_script_or_drawing_of_the_house_loads_from_outside() -> None:
    assert static_wrongs(HOUSE) == []


@pytest.mark.parametrize("folder", ["mailbox/web/static", "mailbox/kiosk/static/pictures", "counselor_ui/static"])
@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.css", "@font-face { src: url(https://fonts.example/a.woff2); }"),
        ("a.css", '@import "//cdn.example/a.css";'),
        ("a.js", 'fetch("https://counter.example/");'),
        ("a.svg", '<image href="http://cdn.example/a.png"/>'),
    ],
)
def test_a_file_that_loads_from_outside_is_caught(folder: str, name: str, content: str, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True)
    (tmp_path / folder / name).write_text(f"/* one\n   two */\n{content}\n", "utf-8")
    assert static_wrongs(tmp_path) == [f"{folder}/{name}:3"]


def test_files_of_our_own_pass(tmp_path: Path) -> None:
    folder = tmp_path / "counselor_ui" / "static"
    folder.mkdir(parents=True)
    (folder / "a.css").write_text("/* see https://example.invalid */\np { background: url(paper.png); }\n", "utf-8")
    (folder / "a.js").write_text('// see https://example.invalid\nfetch("/siren/state");\n', "utf-8")
    (folder / "a.svg").write_text('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>\n', "utf-8")
    (folder / "LICENSE.txt").write_text("https://example.invalid/licence\n", "utf-8")
    assert static_wrongs(tmp_path) == []
