"""Not written yet."""

from __future__ import annotations

from flask import Blueprint

from counselor_ui.guard import colleague, guard

pages = Blueprint("summary", __name__, url_prefix="/desk/summary", template_folder="templates")
guard(pages)


@pages.get("/")
def summary_page() -> str:
    return colleague().display_name
