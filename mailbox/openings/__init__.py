"""Openings: when held replies become readable, and each week's generation of keys."""
