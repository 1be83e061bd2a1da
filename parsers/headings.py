"""Lines of masked wikitext that are headings (Parser::handleHeadings)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from parsers.masks import GONE

_BLANK = "[ \t\ufdd0]*+"
HEADING_LINE = re.compile(
    rf"^\ufdd0*+=.*=[ \t\ufdd0]*+$|^{_BLANK}<[hH](?P<level>[1-6])(?:\s[^<>\n]*+)?>.*</[hH](?P=level)\s*+>{_BLANK}$",
    re.MULTILINE,
)
_TAGGED = re.compile(rf"{_BLANK}<[hH]([1-6])(?:\s[^<>\n]*+)?>{_BLANK}(.*?){_BLANK.rstrip('+')}</[hH]\1\s*+>{_BLANK}")
_HEADING_END = re.compile("</h[1-6]", re.IGNORECASE)


@dataclass(slots=True)
class Heading:
    """A heading line: ``start`` is where its line starts, ``title`` the span of its title."""

    level: int
    start: int
    title: tuple[int, int]


def find_heading(line: str, start: int) -> Heading | None:
    """The heading that a line is, if it is one (Parser::handleHeadings); comments around it do not matter.

    One that is written with tags counts, as it does for MediaWiki, when it is the whole of its line.
    """
    if "<" in line and (tagged := _TAGGED.fullmatch(line)) and not _HEADING_END.search(tagged[2]):
        return Heading(int(tagged[1]), start, (start + tagged.start(2), start + tagged.end(2)))
    bare = line.rstrip(" \t" + GONE)
    content = bare.lstrip(GONE)
    if len(content) < 3 or content[0] != "=" or content[-1] != "=":
        return None
    before = len(content) - len(content.lstrip("="))
    if before == len(content):
        level = min(6, (before - 1) // 2)
    else:
        level = min(6, before, len(content) - len(content.rstrip("=")))
    offset = start + len(bare) - len(content)
    return Heading(level, start, (offset + level, start + len(bare) - level))
