"""Charts of a weekly paper, drawn by ReportLab: SVG for the page, the same drawing in the PDF.

Readable in print and to who sees no colours: light to dark in one order, and a table stands beside every chart.
A hidden number has no bar: a dot behind the week's name says so.
"""

from __future__ import annotations

from collections.abc import Sequence

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.barcharts import HorizontalBarChart, VerticalBarChart
from reportlab.graphics.shapes import Drawing, Rect, String
from reportlab.lib.colors import HexColor

from counselor_ui.papers.fonts import CHART_FONT, ensure_fonts
from counselor_ui.papers.rows import Cell, Row, Section

WIDTH, HEIGHT = 490, 200
# From Cividis, which keeps its order in grey and for every kind of colour blindness.
_SHADES = ("#00204d", "#4f5a72", "#a09878", "#f0d65a", "#d8d3c4")
_INK, _LINE = HexColor("#2b2118"), HexColor("#b9ab90")
_ROW_HEIGHT = 18
_HIDDEN_SIGN = "·"


def weeks_chart(section: Section) -> Drawing:
    """Draw the parts of a section, stacked, week by week."""
    ensure_fonts()
    parts = [row for row in section.rows if row.is_part]
    drawing = Drawing(WIDTH, HEIGHT)
    chart = VerticalBarChart()
    chart.x, chart.y, chart.width, chart.height = 34, 44, WIDTH - 44, HEIGHT - 84
    chart.data = [[_number(cell) for cell in row.cells] for row in parts]
    chart.categoryAxis.style = "stacked"
    chart.categoryAxis.categoryNames = [_marked(head, parts, place) for place, head in enumerate(section.heads)]
    chart.categoryAxis.labels.fontName, chart.categoryAxis.labels.fontSize = CHART_FONT, 7.5
    chart.valueAxis.valueMin, chart.valueAxis.labels.fontSize = 0, 9
    # Letters are whole.
    chart.valueAxis.labelTextFormat = "%d"
    chart.valueAxis.valueStep = _step(max((sum(column) for column in zip(*chart.data, strict=True)), default=0))
    chart.valueAxis.strokeColor = chart.categoryAxis.strokeColor = _LINE
    chart.valueAxis.visibleGrid, chart.valueAxis.gridStrokeColor = 1, HexColor("#e3d9c3")
    chart.barWidth, chart.groupSpacing = 10, 8
    for place in range(len(parts)):
        chart.bars[place].fillColor = HexColor(_SHADES[place % len(_SHADES)])
        chart.bars[place].strokeColor = _INK
        chart.bars[place].strokeWidth = 0.5
    drawing.add(chart)
    _legend(drawing, parts)
    return drawing


def rows_chart(section: Section) -> Drawing:
    """Draw one bar for each row's shown sum, the longest first."""
    ensure_fonts()
    rows = sorted(section.rows, key=_sum_of)
    height = _ROW_HEIGHT * max(len(rows), 1) + 40
    drawing = Drawing(WIDTH, height)
    chart = HorizontalBarChart()
    chart.x, chart.y, chart.width, chart.height = 96, 24, WIDTH - 140, height - 34
    chart.data = [[_sum_of(row) for row in rows] or [0]]
    chart.categoryAxis.categoryNames = [row.name for row in rows] or [""]
    chart.categoryAxis.labels.fontName, chart.categoryAxis.labels.fontSize = CHART_FONT, 10
    chart.categoryAxis.labels.boxAnchor = "e"
    chart.valueAxis.valueMin, chart.valueAxis.labelTextFormat = 0, "%d"
    chart.valueAxis.valueStep = _step(max((_sum_of(row) for row in rows), default=0))
    chart.valueAxis.strokeColor = chart.categoryAxis.strokeColor = _LINE
    chart.bars[0].fillColor, chart.bars[0].strokeColor, chart.bars[0].strokeWidth = HexColor(_SHADES[0]), _INK, 0.5
    chart.barLabelFormat, chart.barLabels.nudge, chart.barLabels.fontSize = "%d", 10, 9
    drawing.add(chart)
    return drawing


def as_svg(drawing: Drawing) -> str:
    """Return a drawing as SVG."""
    return str(renderSVG.drawToString(drawing))


def _number(cell: Cell) -> int:
    return cell if isinstance(cell, int) else 0


def _sum_of(row: Row) -> int:
    return sum(_number(cell) for cell in row.cells)


def _marked(head: str, parts: Sequence[Row], place: int) -> str:
    return f"{head} {_HIDDEN_SIGN}" if any(row.cells[place] is None for row in parts) else head


def _step(highest: int) -> int:
    for step in (1, 2, 5, 10, 20, 50, 100, 200, 500):
        if highest <= step * 6:
            return step
    return 1_000


def _legend(drawing: Drawing, parts: Sequence[Row]) -> None:
    x = 34
    for place, row in enumerate(parts):
        shade = HexColor(_SHADES[place % len(_SHADES)])
        drawing.add(Rect(x, HEIGHT - 20, 11, 11, fillColor=shade, strokeColor=_INK, strokeWidth=0.5))
        drawing.add(String(x + 16, HEIGHT - 18, row.name, fontName=CHART_FONT, fontSize=10, fillColor=_INK))
        x += 30 + 11 * len(row.name)
