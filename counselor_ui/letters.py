"""Not written yet."""

from __future__ import annotations

from flask import Blueprint

from counselor_ui.guard import colleague, guard

pages = Blueprint("letters", __name__, url_prefix="/desk/letters", template_folder="templates")
guard(pages)


@pages.get("/")
def queue_page() -> str:
    return colleague().display_name
