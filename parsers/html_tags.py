"""HTML tags that come in pairs, and those of them that have lost the other half.

MediaWiki mends such pages when it shows them, so nothing is lost; but somebody has made a slip.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from parsers.plain_text import HTML_TAGS
from parsers.record import Span
from parsers.vocabulary import EXTENSION_TAGS

# Sanitizer::getRecognizedTagData, without those that HTML itself closes (p, li, td, …)
_PAIRED = (
    "abbr b bdi bdo big blockquote caption center cite code data del dfn div em font h1 h2 h3 h4 h5 h6 i ins kbd mark "
    "ol pre ruby s samp small span strike strong sub sup table time tt u ul var"
)
_NAMES = "|".join(_PAIRED.split())
_LONG_NAMES = "|".join(sorted(name for name in HTML_TAGS | EXTENSION_TAGS if len(name) > 1))  # a<b is none
_REST = r"(?:(?!\n=)\s(?:[^<>\n]|\n(?!=))*|)"  # never over a line that may be a heading, where texts are cut
_TAG = re.compile(rf"<(/?)({_NAMES}){_REST}(/?)>", re.IGNORECASE)
_HALF = re.compile(  # up to what cannot stand in a tag
    rf"<((?:{_LONG_NAMES})(?=[\s/]|\Z))(?:[^<>\n]|\n(?!=))*+"
    r"(?:\Z|(?=\n=)|(?=<(?!!--|/?(?:noinclude|includeonly|onlyinclude)\b)))",
    re.IGNORECASE,
)
_CURLY_QUOTES = "\u201c\u201d\u201e\u2018\u2019\u00ab\u00bb"
_WITH_ATTRIBUTES = re.compile(rf"<(?:{_LONG_NAMES})\s[^<>\n]*+>", re.IGNORECASE)
# A value in curly quotes or without its equals sign; a name of two words (Cite's cite_error_ref_too_many_keys)
DAMAGED_ATTRIBUTE = re.compile(
    f'=[ ]?[{_CURLY_QUOTES}]|\\s[a-z]+"(?=[^"=]+")|^<ref\\s+name\\s*=\\s*[^\\s"\'<>/]+[ ]+[^\\s"\'<>/=]+\\s*/?>'
)
_OVER_LINES = re.compile(rf"</?(?:{'|'.join(sorted(HTML_TAGS))})(?!\n=)\s(?:[^<>\n]|\n(?!=))*+>", re.IGNORECASE)

Tag = tuple[str, bool, int, int]  # name, whether it closes, start, end


def find_tags(text: str, start: int, hidden: Sequence[Span]) -> list[Tag]:
    """The tags from ``start`` on that are not next to their other half; ``hidden`` are ordered spans to pass over."""
    found: list[Tag] = []
    if "<" not in text:
        return found
    starts = [low for low, _ in hidden]
    for match in _TAG.finditer(text, start):
        index = bisect_right(starts, match.start()) - 1
        if match[3] or (index >= 0 and match.start() < hidden[index][1]):
            continue
        name, closes = match[2].lower(), bool(match[1])
        if closes and found and found[-1][:2] == (name, False):
            found.pop()
        else:
            found.append((name, closes, *match.span()))
    return found


def on_one_line(masked: str) -> str:
    """Masked text in which a tag is over where it ends, not where its line does (Sanitizer::internalRemoveHtmlTags)."""
    if "<" not in masked or "\n" not in masked:
        return masked
    return _OVER_LINES.sub(lambda tag: tag[0].replace("\n", " "), masked)


def half_tags(text: str, start: int, hidden: Sequence[Span]) -> Iterator[Span]:
    """Where tags begin that have no ``>``, from ``start`` on; ``hidden`` are ordered spans to pass over."""
    for match in _seen(_HALF, text, start, hidden):
        yield match.start(), match.end(1)


def damaged_attributes(text: str, start: int, hidden: Sequence[Span]) -> Iterator[Span]:
    """Tags with an attribute that does not work, in the same way."""
    tags = _seen(_WITH_ATTRIBUTES, text, start, hidden)
    return (tag.span() for tag in tags if DAMAGED_ATTRIBUTE.search(tag[0]))


def _seen(pattern: re.Pattern[str], text: str, start: int, hidden: Sequence[Span]) -> Iterator[re.Match[str]]:
    if "<" in text:
        starts = [low for low, _ in hidden]
        for match in pattern.finditer(text, start):
            index = bisect_right(starts, match.start()) - 1
            if index < 0 or match.start() >= hidden[index][1]:
                yield match


def unpaired(tags: Iterable[Tag]) -> Iterator[tuple[str, int, int]]:
    """A fault for each tag of a page that has no other half."""
    opened: list[Tag] = []
    for tag in tags:
        if not tag[1]:
            opened.append(tag)
            continue
        names = [name for name, *_ in opened[-_MAX_OPEN:]]
        if tag[0] not in names:
            yield "stray-html-tag", tag[2], tag[3]
            continue
        while opened[-1][0] != tag[0]:
            yield "unclosed-html-tag", *opened.pop()[2:]
        opened.pop()
    for tag in opened:
        yield "unclosed-html-tag", tag[2], tag[3]


_MAX_OPEN = 100  # of which one may be meant
