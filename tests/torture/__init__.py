"""Crash tests: the served program is killed, starved, locked out and misled about the time; then all is looked for.

``make torture`` (``python -m tests.torture``) takes minutes; ``test_short_torture.py`` is the same in seconds. What
was decided and what each scene really simulates: docs/torture.md. Nothing in the house imports it.
"""
