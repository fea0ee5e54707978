"""Reads one note and says how soon a person must read it, and why.

Knows no database, no Flask and nothing of the mailbox; imports nothing of ours from outside this package.
"""
