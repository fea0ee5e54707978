"""A sheet of blank slips to lay beside the tablet: a child copies the code by hand. Knows no letter and no school.

The slips say neither what they are for nor where: who finds one, or sees a child with one, learns nothing.
"""

from __future__ import annotations

from flask import Blueprint, render_template

from counselor_ui.guard import guard
from mailbox.letters.picture_words import CODE_WORDS

pages = Blueprint("blank_slips", __name__, url_prefix="/desk/blank-slips", template_folder="templates")
guard(pages)

SLIPS_A_SHEET = 8


@pages.get("/")
def sheet() -> str:
    return render_template("school/blank_slips.html", slips=SLIPS_A_SHEET, places=CODE_WORDS)
