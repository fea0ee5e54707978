"""The siren page of a staffed room: no login, its own enrolment cookie, no word of any letter.

Owns that cookie and how the page looks at the open alarms; gives access to nothing else.
"""

from __future__ import annotations

from flask import Blueprint

from counselor_ui.guard import guard

pages = Blueprint("siren", __name__, url_prefix="/siren", template_folder="templates")
guard(pages)
