"""Character references in wikitext, read as MediaWiki does (Sanitizer::decodeCharReferences): they end with ";"."""

from __future__ import annotations

import re
from html.entities import html5

ENTITY = r"&(?:[A-Za-z][A-Za-z0-9]{1,31}|\#[0-9]{1,7}|\#[xX][0-9A-Fa-f]{1,6});"
_ENTITY = re.compile(ENTITY)
# Sanitizer::validateCodepoint: what both XML and HTML may hold
_POSSIBLE = re.compile("[\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


def character_of(reference: str) -> str | None:
    """The character of one reference; None where it is unknown, or no page may hold it, so that it is text."""
    if reference[1] != "#":
        return html5.get(reference[1:])
    digits = reference[2:-1]
    number = int(digits[1:], 16) if digits[0] in "xX" else int(digits)
    shown = chr(number) if number <= 0x10FFFF else ""
    return shown if _POSSIBLE.fullmatch(shown) else None


def decode_entities(text: str) -> str:
    """A title, a key or an address with the characters that its references stand for."""
    return _ENTITY.sub(_decoded, text) if "&" in text else text


def _decoded(match: re.Match[str]) -> str:
    reference = match[0]
    return character_of(reference) or (_REPLACEMENT if reference[1] == "#" else reference)
