"""The weekly summary as a mail: the newest numbers in a few lines to read on a phone, the whole paper as a PDF.

Made by the worker with nobody asking, so in Chinese. It says what the school's page shows and nothing more.
"""

from __future__ import annotations

from counselor_ui.papers.pdf import as_pdf
from counselor_ui.papers.rows import Section, cell_in_words
from counselor_ui.papers.whole import WholePaper, recent_weeks, whole_paper
from mailbox.errors import NotFound
from mailbox.office import Office
from mailbox.openings.mailing import Printed
from mailbox.openings.week_reports import reports
from mailbox.people.audit import audit_head
from mailbox.people.setup import school_name
from mailbox.rules.weekly_paper import Version
from mailbox.web.language import say


def newest_summary(office: Office, school_id: str) -> Printed:
    """Return a school's newest weekly paper. Raises NotFound before the first week has ended."""
    kept = reports(office, school_id)
    if not kept:
        raise NotFound("week")
    name, today = school_name(office, school_id), office.local_now().date()
    whole = whole_paper(
        recent_weeks(kept), Version.SCHOOL, kept[0].week.ends_on, name, today, audit_head(office, school_id)
    )
    return Printed(f"{name} · {whole.title}", _text(whole), f"summary-{kept[-1].week.ends_on}.pdf", as_pdf(whole))


def _text(whole: WholePaper) -> str:
    lines = [*whole.notes, ""]
    for section in whole.sections:
        lines += _newest(section, whole.paper.threshold)
    return "\n".join([*lines, say("图表和前几周的数字在附件里。"), whole.small_print])


def _newest(section: Section, threshold: int) -> list[str]:
    if not section.rows:
        return []
    said = [f"{row.name}：{cell_in_words(row.cells[-1], threshold)}" for row in section.rows]
    return [f"【{section.title}】{section.heads[-1]}", *said, ""]
