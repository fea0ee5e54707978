"""A weekly paper as an A4 PDF that prints well: charts first, the tables behind them, the threshold on every page."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

from reportlab.lib.colors import HexColor
from reportlab.lib.enums import TA_LEFT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
    TableStyle,
)

from counselor_ui.papers.charts import rows_chart, weeks_chart
from counselor_ui.papers.fonts import PAPER_FONT, ensure_fonts, writable
from counselor_ui.papers.rows import Section, cell_in_words
from counselor_ui.papers.whole import WholePaper
from mailbox.web.language import day, say

_INK, _SOFT, _LINE, _TINT = (HexColor(colour) for colour in ("#2b2118", "#4f4236", "#b9ab90", "#f3ead7"))
_MARGIN = 18 * mm
_WIDTH = A4[0] - 2 * _MARGIN
_MOST_COLUMNS = 12


def as_pdf(whole: WholePaper) -> bytes:
    """Return the paper as a PDF. Columns beyond what fits a page are set in a second table below the first."""
    ensure_fonts()
    out = io.BytesIO()
    title = f"{whole.school_name} · {whole.title}"
    document = BaseDocTemplate(
        out,
        pagesize=A4,
        title=title,
        author=whole.school_name,
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=_MARGIN,
    )
    frame = Frame(_MARGIN, _MARGIN + 6 * mm, _WIDTH, A4[1] - 2 * _MARGIN - 6 * mm, 0, 0, 0, 0)
    document.addPageTemplates(PageTemplate(frames=[frame], onPage=lambda canvas, _: _foot(canvas, whole)))
    document.build(
        [*_head(whole), *[part for section in whole.sections for part in _section(section, whole)], *_words(whole)]
    )
    return out.getvalue()


def _head(whole: WholePaper) -> list[Flowable]:
    return [
        Paragraph(_text(whole.title), _style(20, after=2)),
        Paragraph(_text(whole.school_name), _style(12, _SOFT, after=6)),
        *(Paragraph(_text(sentence), _style(10.5, _SOFT, after=3)) for sentence in whole.notes),
        Spacer(1, 4 * mm),
    ]


def _section(section: Section, whole: WholePaper) -> list[Flowable]:
    heading = [
        Paragraph(_text(section.title), _style(14, before=8, after=1)),
        Paragraph(_text(section.hint), _style(9.5, _SOFT, after=4)),
    ]
    if not section.rows:
        return [KeepTogether([*heading, Paragraph(_text(say("还没有数。")), _style(10.5))])]
    chart: list[Flowable] = []
    if section.key in {"level", "kind"} and section.has_bars:
        chart = [weeks_chart(section)]
    elif section.key == "topics" and section.has_bars:
        chart = [rows_chart(section)]
    return [KeepTogether([*heading, *chart]), Spacer(1, 2 * mm), *_tables(section, whole)]


def _tables(section: Section, whole: WholePaper) -> list[Flowable]:
    made: list[Flowable] = []
    for first in range(0, len(section.heads), _MOST_COLUMNS):
        place = slice(first, first + _MOST_COLUMNS)
        is_last = first + _MOST_COLUMNS >= len(section.heads)
        heads = [_head_cell(head) for head in section.heads[place]]
        last = [_cell(say("前四周平均"), 8)] if section.has_usual else []
        rows: list[list[Any]] = [["", *heads, *([*last, _cell(say("合计"), 8)] if is_last else [])]]
        for row in section.rows:
            cells = [
                _cell(cell_in_words(cell, whole.paper.threshold) if cell is not None else "*", 9)
                for cell in row.cells[place]
            ]
            sums = [row.usual, row.total] if section.has_usual else [row.total]
            rows.append([_cell(row.name, 9.5), *cells, *([_cell(str(one), 9) for one in sums] if is_last else [])])
        name_width = 30 * mm
        width = (_WIDTH - name_width) / (len(rows[0]) - 1)
        table = Table(rows, colWidths=[name_width] + [width] * (len(rows[0]) - 1), repeatRows=1)
        table.setStyle(
            TableStyle(
                [
                    ("LINEBELOW", (0, 0), (-1, -1), 0.4, _LINE),
                    ("BACKGROUND", (0, 0), (-1, 0), _TINT),
                    ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
                    ("TOPPADDING", (0, 0), (-1, -1), 2.5),
                    ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
                ]
            )
        )
        made += [table, Spacer(1, 3 * mm)]
    return made


def _words(whole: WholePaper) -> list[Flowable]:
    made: list[Flowable] = []
    if whole.lesson:
        made += [
            Paragraph(_text(say("给下一次心理健康教育课的建议")), _style(14, before=8, after=2)),
            Paragraph(_text(whole.lesson), _style(11)),
        ]
    if whole.words:
        made.append(Paragraph(_text(say("大家的愿望，和后来怎么样了")), _style(14, before=8, after=2)))
        for ends_on, said in whole.words:
            made.append(Paragraph(_text(f"{day(ends_on)}　{said}"), _style(11, after=4)))
    return made


def _foot(canvas: Canvas, whole: WholePaper) -> None:
    canvas.saveState()
    canvas.setFont(PAPER_FONT, 8.5)
    canvas.setFillColor(_SOFT)
    canvas.drawString(_MARGIN, 12 * mm, writable(whole.small_print))
    canvas.drawRightString(A4[0] - _MARGIN, 12 * mm, str(canvas.getPageNumber()))
    canvas.restoreState()


def _cell(text: str, size: float) -> Paragraph:
    return Paragraph(_text(text), _style(size))


def _head_cell(text: str) -> Paragraph:
    # Month above day, so that a dozen weeks fit.
    return Paragraph(_text(text).replace("月", "月<br/>"), _style(8))


def _text(text: str) -> str:
    # What people wrote is text and no markup.
    return escape(writable(text)).replace("\n", "<br/>")


def _style(size: float, colour: HexColor = _INK, *, before: float = 0, after: float = 0) -> ParagraphStyle:
    return ParagraphStyle(
        f"kai {size}",
        fontName=PAPER_FONT,
        fontSize=size,
        leading=size * 1.35,
        textColor=colour,
        alignment=TA_LEFT,
        spaceBefore=before,
        spaceAfter=after,
        wordWrap="CJK",
    )


__all__: Sequence[str] = ["as_pdf"]
