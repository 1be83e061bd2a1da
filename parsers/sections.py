"""The section tree: anchors as MediaWiki gives them, paths, and what stands in which section."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from string import ascii_lowercase, ascii_uppercase

from parsers.immutable import dataclass
from parsers.record import ListNode, Section, Span, Table
from parsers.site import normalise_spaces
from parsers.unicode_form import nfc

_MAX_PATHS = 5_000_000  # characters of all paths of a page; then each is its own title alone
_LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)  # PHP's strtolower knows no others


@dataclass(frozen=True, slots=True)
class SectionText:
    """A section as read, before it has a place on its page. ``start`` is where its heading's line starts.

    ``unbroken`` is the title as its anchor has it: ``<br>`` parts no words there (Parser::finalizeHeadings).
    """

    level: int
    title: str
    unbroken: str
    start: int
    text: str
    lists: tuple[ListNode, ...]
    tables: tuple[Table, ...]


def anchor_of(title: str) -> str:
    """The anchor of a heading in HTML5 form (Sanitizer::escapeIdForAttribute): blanks as underscores.

    Parser::normalizeSectionName reads it as the fragment of a title, whose blanks at the beginning stay.
    """
    fragment = normalise_spaces(f"#{title.strip(' _')}")[1:]
    return nfc(fragment.replace(" ", "_"))


def build_sections(parts: Sequence[tuple[SectionText, int]], length: int) -> tuple[tuple[Section, ...], Section | None]:
    """The sections of a page, and the first from which on paths are too long to be told whole.

    ``parts`` are in order, each with the position that its ``start`` counts from.
    """
    starts = [offset + part.start for part, offset in parts]
    places, whole = _outline(tuple([(part.level, part.title, part.unbroken) for part, _ in parts]))
    spans: Iterable[Span] = zip(starts, [*starts[1:], length], strict=True)
    sections = tuple(
        [
            Section(index, part.level, part.title, anchor, path, part.text, part.lists, part.tables, span)
            for index, ((part, _), (anchor, path), span) in enumerate(zip(parts, places, spans, strict=True))
        ]
    )
    return sections, sections[whole] if whole < len(sections) else None


@lru_cache(maxsize=512)  # a page keeps its headings from one text to the next
def _outline(headings: tuple[tuple[int, str, str], ...]) -> tuple[list[tuple[str, tuple[str, ...]]], int]:
    """Anchor and path of each section, given what ``SectionText`` says of it, the first is the lead.

    Also of how many the paths are whole.
    """
    places: list[tuple[str, tuple[str, ...]]] = []
    used: dict[str, int] = {}
    path: list[tuple[int, str]] = []
    untold, whole = _MAX_PATHS, 0
    for index, (level, title, unbroken) in enumerate(headings):
        while path and path[-1][0] >= level:
            path.pop()
        anchor = ""
        if index:
            path.append((level, title))
            anchor = _unique(anchor_of(unbroken), used)
        titles = tuple([title for _, title in path])
        untold -= sum(map(len, titles))
        whole += untold >= 0
        places.append((anchor, titles if untold >= 0 else titles[-1:]))
    return places, whole


def _unique(anchor: str, used: dict[str, int]) -> str:
    """``_2`` for the second heading of a name; the case of A to Z does not count (Parser::finalizeHeadings)."""
    key = anchor.translate(_LOWER)
    if key not in used:
        used[key] = 1
        return anchor
    number = used[key] + 1
    while f"{key}_{number}" in used:
        number += 1
    used[key] = number
    used[f"{key}_{number}"] = 1
    return f"{anchor}_{number}"
