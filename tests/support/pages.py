"""The pages of an office without a server: one app is made for the whole run and lent to one office after the other.

Making an app binds two hundred routes, reads ten catalogues and compiles each template that a test looks at, and none
of them depends on the office.
"""

from __future__ import annotations

from copy import copy

from flask import Flask

from app import create_app
from mailbox.office import Office
from mailbox.web import current
from mailbox.web.network import Reach, reach_of
from mailbox.web.shared_numbers import SharedNumbers
from mailbox.web.throttle import Throttle

_made: list[Flask] = []


def pages_of(office: Office) -> Flask:
    """Return an app that serves ``office``: routes and templates are everybody's, the counters are its own."""
    if reach_of(office.settings) is not Reach.THIS_PC:
        # The rules of the network are hung into an app when it is made.
        return create_app(office)
    if not _made:
        _made.append(create_app(office))
    app = copy(_made[0])
    app.extensions = {
        name: SharedNumbers() if isinstance(kept, SharedNumbers) else kept for name, kept in app.extensions.items()
    }
    current.install(app, office, Throttle())
    return app
