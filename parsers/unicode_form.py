"""The Unicode form of titles and texts: NFC, as MediaWiki keeps them (Unicode Standard Annex #15)."""

from __future__ import annotations

import re
import sys
import unicodedata
from functools import cache

# UAX #15 calls texts with at most 30 of them in a row stream-safe; putting long runs in order takes quadratic time.
_MOST_MARKS = 200


def nfc(text: str) -> str:
    """The text in NFC; endless runs of combining marks, which no language has, stay as they are."""
    if text.isascii():
        return text
    if len(text) < _MOST_MARKS or not any(map(unicodedata.combining, text[:: _MOST_MARKS // 2])):
        return unicodedata.normalize("NFC", text)
    parts = _endless().split(text)
    return "".join(part if number % 2 else unicodedata.normalize("NFC", part) for number, part in enumerate(parts))


@cache
def _endless() -> re.Pattern[str]:
    marks = "".join(re.escape(chr(c)) for c in range(0x300, sys.maxunicode + 1) if unicodedata.combining(chr(c)))
    return re.compile(f"([{marks}]{{{_MOST_MARKS},}})")
