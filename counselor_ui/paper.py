"""The weekly paper: a page with charts, an A4 PDF and a spreadsheet, for the school or for the bureau.

For readers, who also count a week's topics here and write what became of common wishes. Numbers only: the addresses
name a version and a span and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, abort, make_response, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from counselor_ui.guard import back_to, colleague, guard, sent_form, status_of
from counselor_ui.papers.rows import cell_in_words
from counselor_ui.papers.whole import WholePaper, recent_weeks, whole_paper
from counselor_ui.people import staff
from counselor_ui.sentences import sentence_for
from mailbox.errors import InputRefused, NotAllowed, NotKept, PassRefused
from mailbox.openings.week_reports import LONGEST_WORDS, Report, count_topics, reports, say_what_became
from mailbox.people.audit import audit_head
from mailbox.people.school_calendar import days_of
from mailbox.people.setup import school_name
from mailbox.rules.roles import HEAD, Act
from mailbox.rules.school_calendar import Span
from mailbox.rules.weekly_paper import BLOCK_WEEKS, Version
from mailbox.web.current import office
from mailbox.web.forms import require_plain_form, text_of
from mailbox.web.language import say

pages = Blueprint("paper", __name__, url_prefix="/desk/paper", template_folder="templates")
guard(pages)

# N_ marks a message for the catalogue where it is not yet spoken.
N_ = str
_WEEKS, _TERM, _YEAR = "weeks", "term", "year"
SPANS = {_WEEKS: N_("最近八周"), _TERM: N_("这个学期"), _YEAR: N_("一年")}
_A_YEAR = 53
_PDF, _SHEET = "application/pdf", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class _Wish:
    """Which paper is asked for."""

    version: Version
    span: str

    @classmethod
    def asked(cls) -> _Wish:
        version, span = request.args.get("for", Version.SCHOOL), request.args.get("span", _WEEKS)
        if version not in set(Version) or span not in SPANS:
            abort(404)
        return cls(Version(version), span)


@pages.get("/")
def paper_page() -> str:
    return _page()


@pages.get("/pdf")
def pdf() -> AnyResponse:
    from counselor_ui.papers.pdf import as_pdf

    return _file(as_pdf(_asked_paper()), _PDF, "pdf")


@pages.get("/sheet")
def sheet() -> AnyResponse:
    from counselor_ui.papers.sheet import as_sheet

    return _file(as_sheet(_asked_paper()), _SHEET, "xlsx")


@pages.get("/<any(level, kind, topics):section>.svg")
def chart(section: str) -> AnyResponse:
    from counselor_ui.papers.charts import as_svg, rows_chart, weeks_chart

    whole = _asked_paper()
    shown = next(one for one in whole.sections if one.key == section)
    if not shown.has_bars:
        abort(404)
    drawing = rows_chart(shown) if section == "topics" else weeks_chart(shown)
    response = make_response(as_svg(drawing))
    response.mimetype = "image/svg+xml"
    return response


@pages.post("/<ends_on>/topics")
def count(ends_on: str) -> AnyResponse:
    sent_form("topics")
    count_topics(office(), colleague(), _day(ends_on))
    return back_to("paper.paper_page")


@pages.post("/<ends_on>/words")
def write_words(ends_on: str) -> AnyResponse:
    me = colleague()
    require_plain_form(request)
    typed = text_of(request, "words")
    try:
        sent_form("words")
        say_what_became(office(), me, _day(ends_on), typed)
    except (InputRefused, PassRefused, NotKept) as refused:
        return make_response(_page(problem=sentence_for(refused), typed={ends_on: typed}), status_of(refused))
    return back_to("paper.paper_page", _anchor="words")


def _page(*, problem: str = "", typed: dict[str, str] | None = None) -> str:
    wish, kept = _Wish.asked(), _kept()
    whole, may_write = _whole(kept, wish), staff().may(Act.WRITE_PAPER)
    return render_template(
        "desk/paper.html",
        wish=wish,
        whole=whole,
        lacks_term=wish.span == _TERM and _term_now() is None,
        versions=[(version.value, say(name)) for version, name in _VERSIONS.items()] if may_write else [],
        may_write=may_write,
        spans=[(span, say(name)) for span, name in SPANS.items()],
        uncounted=[report.week.ends_on for report in kept if report.week.topics is None][-BLOCK_WEEKS:],
        recent=list(reversed(kept))[:BLOCK_WEEKS],
        cell_in_words=cell_in_words,
        longest=LONGEST_WORDS,
        problem=problem,
        typed=typed or {},
    )


_VERSIONS = {Version.SCHOOL: N_("学校"), Version.BUREAU: N_("教育局")}


def _asked_paper() -> WholePaper:
    whole = _whole(_kept(), _Wish.asked())
    if whole is None:
        abort(404)
    return whole


def _kept() -> list[Report]:
    _require_may_see()
    return reports(office(), colleague().school_id)


def _require_may_see() -> None:
    us = staff()
    wanted = Act.SEE_BUREAU_PAPER if _Wish.asked().version is Version.BUREAU else Act.SEE_PAPER
    if not us.may(wanted):
        raise NotAllowed(wanted.value)


def _whole(kept: list[Report], wish: _Wish) -> WholePaper | None:
    """Return the paper on the weeks of a span, or None while no week has ended."""
    within = _within(kept, wish.span)
    if not within:
        return None
    school_id, today = colleague().school_id, office().local_now().date()
    name, head = school_name(office(), school_id), audit_head(office(), school_id)
    origin = kept[0].week.ends_on
    return whole_paper(within, wish.version, origin, name, today, head, for_head=colleague().role == HEAD)


def _within(kept: list[Report], span: str) -> list[Report]:
    if span == _YEAR:
        return kept[-_A_YEAR:]
    if span == _TERM:
        term = _term_now()
        if term:
            return [report for report in kept if term.holds(report.week.ends_on)]
        return kept[-_A_YEAR // 2 :]
    return recent_weeks(kept)


def _term_now() -> Span | None:
    """Return the term that began last, or None where the calendar holds none that has begun."""
    today = office().local_now().date()
    begun = [term for term in days_of(office(), colleague().school_id).calendar.terms if term.first <= today]
    return max(begun, key=lambda one: one.first, default=None)


def _file(content: bytes, kind: str, ending: str) -> AnyResponse:
    wish = _Wish.asked()
    response = make_response(content)
    response.mimetype = kind
    face = HEAD if colleague().role == HEAD else wish.version
    name = f"summary-{face}-{office().local_now():%Y-%m-%d}.{ending}"
    response.headers["Content-Disposition"] = f"attachment; filename={name}"
    return response


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        abort(404)


def chart_address(section: str, wish: _Wish) -> str:
    """Return the address of a section's chart of the paper that is shown."""
    return f"{url_for('paper.chart', section=section)}?for={wish.version.value}&span={wish.span}"


@pages.context_processor
def _for_templates() -> dict[str, object]:
    return {"chart_address": chart_address}
