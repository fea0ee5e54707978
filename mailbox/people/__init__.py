"""People and devices: set-up, invitations, login, the roster of readers, enrolled stations and the audit chain."""
