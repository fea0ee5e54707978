"""HTTPS on the school's network: the school's own certificate authority, its one server certificate, their renewal.

Owns the folder ``tls`` in the data folder. Serves nothing: ``mailbox.web`` does. Reasons: docs/decisions/0011.
"""
