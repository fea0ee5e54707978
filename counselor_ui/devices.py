"""Not written yet."""

from __future__ import annotations

from flask import Blueprint

from counselor_ui.guard import colleague, guard

pages = Blueprint("devices", __name__, url_prefix="/desk/devices", template_folder="templates")
guard(pages)


@pages.get("/")
def devices_page() -> str:
    return colleague().display_name
