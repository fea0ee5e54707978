"""The sheet of blank slips that a teacher lays beside the tablet."""

from __future__ import annotations

import re

from tests.conftest import SchoolAtWork
from tests.counselor_ui.at_desk import logged_in

SHEET = "/desk/blank-slips/"


def test_a_slip_has_six_numbered_places_and_says_neither_school_nor_purpose(school: SchoolAtWork) -> None:
    page = logged_in(school).get(SHEET)
    slips = re.findall(r'<ol class="blank-slip">(.*?)</ol>', page.text)
    assert page.status_code == 200
    assert set(slips) == {"".join(f"<li>{place}</li>" for place in range(1, 7))}


def test_the_devices_page_leads_to_the_sheet(school: SchoolAtWork) -> None:
    assert f'href="{SHEET}"' in logged_in(school).get("/desk/devices/").text
