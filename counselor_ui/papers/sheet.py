"""A weekly paper as a spreadsheet: one tidy sheet a table, a line for each row and week, to be reckoned with.

A hidden number is an empty cell beside a column that says why. Nothing that people wrote becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from counselor_ui.papers.rows import Section
from counselor_ui.papers.whole import WholePaper
from mailbox.web.language import say


def as_sheet(whole: WholePaper) -> bytes:
    """Return the paper as an .xlsx file."""
    book = Workbook()
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 - a new book has one sheet.
    first.title = say("说明")
    for line in (whole.title, whole.school_name, *whole.notes, whole.small_print):
        first.append([line])
        _stays_text(first)
    for section in whole.sections:
        _fill(book.create_sheet(section.title), section, whole)
    if whole.words:
        sheet = book.create_sheet(say("愿望"))
        _head(sheet, say("一周到"), say("后来怎么样了"))
        for ends_on, said in whole.words:
            sheet.append([ends_on, said])
            _stays_text(sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _fill(sheet: Worksheet, section: Section, whole: WholePaper) -> None:
    _head(sheet, say("从一周到"), say("一周到"), say("什么"), say("多少"), say("说明"))
    for name, cells in _lines(section, whole):
        for span, cell in zip(section.spans, cells, strict=True):
            remark = say("少于%(count)d或不公布", count=whole.paper.threshold) if cell is None else ""
            sheet.append([*span, name, cell, remark])
            _stays_text(sheet)
    for letter, width in zip("ABCDE", (14, 14, 30, 12, 24), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.freeze_panes = "A2"


def _lines(section: Section, whole: WholePaper) -> Iterator[tuple[str, Sequence[float | str | None]]]:
    """Yield each line's name and its cells: a wait is two lines of half-days, each a number to be reckoned with."""
    for row in section.rows:
        if section.key == "waits":
            waits = [column.waits[row.key] for column in whole.paper.columns]
            yield say("%(wait)s，中位数", wait=row.name), [None if wait is None else wait.median for wait in waits]
            slowest = [None if wait is None else wait.ninetieth for wait in waits]
            yield say("%(wait)s，十封里最慢的一封", wait=row.name), slowest
        else:
            yield row.name, row.cells


def _head(sheet: Worksheet, *names: str) -> None:
    sheet.append(list(names))
    for cell in sheet[1]:
        cell.font = Font(bold=True)


def _stays_text(sheet: Worksheet) -> None:
    """Keep the last line's words text, also once somebody edits them: a sheet takes what begins so for a formula."""
    for cell in sheet[sheet.max_row]:
        if isinstance(cell.value, str) and cell.value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
            cell.data_type, cell.quotePrefix = "s", True
