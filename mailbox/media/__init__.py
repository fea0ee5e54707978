"""Drawings and recordings, decoded and made anew in a process of their own; others use ``mailbox.media.clean``."""
