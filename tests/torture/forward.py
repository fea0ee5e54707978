"""Brings a database forward as ``flask init`` does, without loading the pages: ``python -m tests.torture.forward``.

Says when it begins, so that whoever wants to end it half-way knows where half-way is.
"""

from __future__ import annotations

import os
import sys

from mailbox.config import load_settings
from mailbox.upkeep.upgrade import bring_forward
from tests.support.served import HOUSE


def main() -> None:
    settings = load_settings(os.environ, HOUSE)
    sys.stdout.write("begun\n")
    sys.stdout.flush()
    bring_forward(settings)


if __name__ == "__main__":
    main()
