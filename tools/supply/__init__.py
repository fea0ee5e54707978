"""What the program is made of besides our own text: what may be in it, is it unchanged, what is known against it.

Never imported by the program: its commands are `make audit` and `make sbom` (docs/decisions/0027).
"""
