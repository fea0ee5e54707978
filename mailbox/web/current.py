"""What every page needs at hand: the office and the shared counters of the app that serves it."""

from __future__ import annotations

from typing import cast

from flask import Flask, current_app

from mailbox.office import Office
from mailbox.web.floods import Floods
from mailbox.web.throttle import Throttle


def install(app: Flask, office: Office, throttle: Throttle) -> None:
    app.extensions["office"] = office
    app.extensions["throttle"] = throttle
    app.extensions["floods"] = Floods()


def office() -> Office:
    return cast(Office, current_app.extensions["office"])


def floods() -> Floods:
    return cast(Floods, current_app.extensions["floods"])


def throttle() -> Throttle:
    return cast(Throttle, current_app.extensions["throttle"])
