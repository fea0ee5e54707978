"""The app as a bare WSGI callable, for servers that ``bench.servers`` sets beside ours. Nothing else starts it."""

from app import create_app, open_office

_office = open_office()
application = create_app(_office)
# Forked workers each open connections of their own.
_office.database.close()
