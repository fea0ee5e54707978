"""Not written yet."""

from __future__ import annotations

from flask import Blueprint

from counselor_ui.guard import colleague, guard

pages = Blueprint("people", __name__, url_prefix="/desk/people", template_folder="templates")
guard(pages)


@pages.get("/")
def people_page() -> str:
    return colleague().display_name
