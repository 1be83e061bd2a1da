"""The section tree: anchors as MediaWiki gives them, paths, and what stands in which section."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from parsers.immutable import dataclass
from parsers.record import ListNode, Section, Span, Table

_BLANKS = re.compile("[ _\t\n\u00a0]+")


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as read, before it has a place on its page. ``start`` is where its heading's line starts."""

    level: int
    title: str
    start: int
    text: str
    lists: tuple[ListNode, ...]
    tables: tuple[Table, ...]


def anchor_of(title: str) -> str:
    """The anchor of a heading in HTML5 form (Sanitizer::escapeIdForAttribute): blanks as underscores."""
    return unicodedata.normalize("NFC", _BLANKS.sub(" ", title).strip(" ").replace(" ", "_"))


def build_sections(parts: Sequence[tuple[SectionText, int]], length: int) -> tuple[Section, ...]:
    """The sections of a page. ``parts`` are in order, each with the position that its ``start`` counts from."""
    sections: list[Section] = []
    used: dict[str, int] = {}
    path: list[tuple[int, str]] = []
    starts = [offset + part.start for part, offset in parts]
    for index, (part, _) in enumerate(parts):
        while path and path[-1][0] >= part.level:
            path.pop()
        anchor = ""
        if index:
            path.append((part.level, part.title))
            anchor = _unique(anchor_of(part.title), used)
        end = starts[index + 1] if index + 1 < len(starts) else length
        span: Span = (starts[index], end)
        titles = tuple(title for _, title in path)
        sections.append(
            Section(index, part.level, part.title, anchor, titles, part.text, part.lists, part.tables, span)
        )
    return tuple(sections)


def _unique(anchor: str, used: dict[str, int]) -> str:
    """``_2`` for the second heading of a name; case does not count (Parser::finalizeHeadings)."""
    key = anchor.lower()
    if key not in used:
        used[key] = 1
        return anchor
    number = used[key] + 1
    while f"{key}_{number}" in used:
        number += 1
    used[key] = number
    used[f"{key}_{number}"] = 1
    return f"{anchor}_{number}"
