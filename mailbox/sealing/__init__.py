"""All cryptography of the house. Owns keys, boxes and marks; knows no database, no Flask and no clock.

Everything is built from the ``cryptography`` package; the format is written down in docs/boxes.md.
"""
