"""Words under six pictures and back."""

from __future__ import annotations

from mailbox.letters.picture_words import PICTURES
from mailbox.sealing.receipt import ReceiptCode
from tests.torture.ledger import Code

_INDEX = {picture.word: picture.index for picture in PICTURES}


def receipt_of(code: Code) -> ReceiptCode:
    return ReceiptCode(tuple(_INDEX[word] for word in code))
