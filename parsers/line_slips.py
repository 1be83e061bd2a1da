"""Slips in the marks that lines begin and end with: those of headings, tables and redirects."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from parsers.html_tags import DAMAGED_ATTRIBUTE

_DOUBLED_TABLE = re.compile(
    r"^[\ufdd0 \t:]*+(?:\{\|[^\n]*\{\||\|\}[^\n]*\|\}|\|\|-+[ \t]*(?:\w+=[^\n|]*)?$|\|\|\+)", re.MULTILINE
)
_NO_HEADING = re.compile(
    r"^\ufdd0*+==[^\n]*[^=\s\ufdd0][ \t\ufdd0]*$|^(?![\ufdd0 \t]*+[|!=*#:;])[^\n]*[^=\n]==+[ \t\ufdd0]*$", re.MULTILINE
)
_HALF_HEADING = re.compile(r"^(?:=[^=\n|]*[^=\s|][ \t]*|[^\W\d_][^=\n|]{0,80}= ?)$", re.MULTILINE)
_ROW = re.compile(r"^[\ufdd0 \t:]*+(?:\{\||\|-)[^\n]*", re.MULTILINE)
# A list item like a redirect, and a line like one that lost its number sign
_LIKE_REDIRECT = re.compile(r"\s*+(#?)[ \t]*+([^\W\d_]{5,20})\b[ \t]*+:?[ \t]*+(\[?)[^\n]*")
_MAX_SLIPS = 2  # letters of a word that is still known as that of a redirect
_FIRST = 2000  # characters of a page in which a redirect is looked for that is not its first line


def line_slips(masked: str) -> Iterator[tuple[str, int, int]]:
    """Code, start and end of lines of a masked text that have the marks of a table or heading doubled or by half."""
    has_tables = "{|" in masked or "|-" in masked
    if has_tables or "|}" in masked or "||+" in masked:
        yield from (("doubled-table-mark", *match.span()) for match in _DOUBLED_TABLE.finditer(masked))
    if "==" in masked:
        yield from (("no-heading", *match.span()) for match in _NO_HEADING.finditer(masked))
    if "\n=" in masked or "=\n" in masked or "= \n" in masked or masked[:1] == "=" or masked.endswith(("=", "= ")):
        yield from (("no-heading", *match.span()) for match in _HALF_HEADING.finditer(masked))
    if has_tables:
        yield from (
            ("damaged-attribute", *row.span()) for row in _ROW.finditer(masked) if DAMAGED_ATTRIBUTE.search(row[0])
        )


def redirect_slip(text: str, words: tuple[str, ...]) -> tuple[int, int] | None:
    """Where a page that is no redirect has a line that looks like one. ``words`` are those of redirects, with ``#``."""
    found = _LIKE_REDIRECT.match(text)
    if found and (found[1] or (found[3] and found[2].isupper())):
        word = f"#{found[2].lower()}"
        if any(OSA.distance(word, known.lower(), score_cutoff=_MAX_SLIPS) <= _MAX_SLIPS for known in words):
            return found.start(2) - len(found[1]), found.end()
    head = text[:_FIRST]
    for line in re.finditer(r"^[ \t]*#[^\n]*\[\[[^\n]*", head, re.MULTILINE) if "#" in head else ():
        if any(line[0].strip().lower().startswith(known.lower()) for known in words):
            return line.span()
    return None
