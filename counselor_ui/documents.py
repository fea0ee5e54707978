"""文书: the school's notices and records as drafts with its own names and days in them, to read and to print.

The text is that of docs/papers, which its own counsel must see before it is used; the desk says so on every sheet.
"""

from __future__ import annotations

from flask import Blueprint, g, render_template

from counselor_ui.document_facts import facts_of
from counselor_ui.document_text import laid_out, paper_called, papers
from counselor_ui.guard import colleague, guard
from mailbox.errors import NotAllowed
from mailbox.rules.roles import Act, may
from mailbox.web.current import office

pages = Blueprint("documents", __name__, url_prefix="/desk/documents", template_folder="templates")
guard(pages)


@pages.get("/")
def documents_page() -> str:
    _require_to_see()
    sees_plan = may(colleague().role, Act.SEE_CRISIS_PLAN)
    return render_template("desk/documents.html", papers=papers(), sees_plan=sees_plan)


@pages.get("/<name>")
def paper(name: str) -> str:
    _require_to_see()
    wanted = paper_called(name)
    text = laid_out(wanted, facts_of(office(), colleague().school_id))
    return render_template("desk/document.html", paper=wanted, text=text)


@pages.app_context_processor
def _for_other_pages() -> dict[str, object]:
    return {"sees_documents": _sees}


def _require_to_see() -> None:
    colleague()
    if not _sees():
        raise NotAllowed(Act.SEE_DOCUMENTS.value)


def _sees() -> bool:
    """Say whether whoever is logged in sees the papers, for the bar of every page."""
    return may(g.colleague.role, Act.SEE_DOCUMENTS)
