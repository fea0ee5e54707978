"""What the help panel of a page says: the school's own words, or the ones that are true everywhere.

The panel stands on every page, those about trouble included, so nothing that goes wrong here may take it away.
"""

from __future__ import annotations

import logging

from flask import g
from flask.blueprints import BlueprintSetupState

from mailbox.kiosk.device import enrolment, pages
from mailbox.people.help_page import Help
from mailbox.people.stations import help_at
from mailbox.web.current import office
from mailbox.web.language import say

_log = logging.getLogger("mailbox.kiosk")


@pages.record_once
def _with_app(state: BlueprintSetupState) -> None:
    state.app.jinja_env.globals["school_help"] = school_help
    # Words that a school wrote are no format: a % in them means a %.
    state.app.jinja_env.globals["said_by_school"] = say


def school_help() -> Help:
    """Return what the asking tablet's school says about help now."""
    if "school_help" not in g:
        g.school_help = _found()
    found: Help = g.school_help
    return found


def _found() -> Help:
    if not enrolment():
        return Help()
    try:
        return help_at(office(), enrolment())
    except Exception as missing:
        # A withdrawn tablet, a database that is away: the panel says what is true everywhere.
        _log.warning("the school's help is not at hand", extra={"error_class": type(missing).__name__})
        return Help()
