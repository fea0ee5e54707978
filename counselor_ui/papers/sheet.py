"""A weekly paper as a spreadsheet: one tidy sheet a table, a line for each row and week, to be reckoned with.

A hidden number is an empty cell beside a column that says why. Nothing that people wrote becomes a formula.
"""

from __future__ import annotations

import io

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from counselor_ui.papers.rows import Cell, Section
from counselor_ui.papers.whole import WholePaper
from mailbox.web.language import say


def as_sheet(whole: WholePaper) -> bytes:
    """Return the paper as an .xlsx file."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 - a new book has one sheet.
    first.title = say("说明")
    for line in (whole.title, whole.school_name, *whole.notes, whole.small_print):
        first.append([_as_text(line)])
    for section in whole.sections:
        _fill(book.create_sheet(section.title), section, whole)
    if whole.words:
        sheet = book.create_sheet(say("愿望"))
        _head(sheet, say("一周到"), say("后来怎么样了"))
        for ends_on, said in whole.words:
            sheet.append([ends_on, _as_text(said)])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, section: Section, whole: WholePaper) -> None:
    _head(sheet, say("从一周到"), say("一周到"), say("什么"), say("多少"), say("说明"))
    for row in section.rows:
        for span, cell in zip(section.spans, row.cells, strict=True):
            number, remark = _cell(cell, whole.paper.threshold)
            sheet.append([*span, _as_text(row.name), number, remark])
    for letter, width in zip("ABCDE", (14, 14, 20, 12, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _cell(cell: Cell, threshold: int) -> tuple[int | str | None, str]:
    if cell is None:
        return None, say("少于%(count)d或不公布", count=threshold)
    return (cell, "") if isinstance(cell, int) else (_as_text(cell), "")


def _head(sheet: Worksheet, *names: str) -> None:
    sheet.append(list(names))
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _as_text(text: str) -> str:
    # A sheet takes what begins with one of these for a formula.
    return f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text
