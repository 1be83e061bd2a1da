"""One chunk of a page, a run of whole sections in which nothing is left open, and the items that were read in it.

A chunk is read once however often it returns, on the same page or another: it is then moved to its new place.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Hashable
from dataclasses import dataclass, field

from parsers.html_tags import Tag
from parsers.inline import Inline
from parsers.masks import GONE, OPAQUE, is_masked, unmask
from parsers.plain_text import drop_comments
from parsers.record import Category, Infobox, Link, Magic, Paper, Row, Span, Template
from parsers.sections import SectionText


@dataclass(slots=True)
class Chunk:
    """What was read. ``settled`` is false when the meaning depends on what follows the chunk.

    Spans and sections of items are those of the page, with the chunk at ``offset`` and its first section (what
    stands before its first heading) number ``section``. Bare positions count from the start of the chunk.
    """

    offset: int
    section: int
    settled: bool = True
    sections: list[SectionText] = field(default_factory=list)
    infoboxes: list[Infobox] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    categories: list[tuple[int, Category]] = field(default_factory=list)
    papers: list[tuple[int, Paper]] = field(default_factory=list)
    magic: list[Magic] = field(default_factory=list)
    faults: list[tuple[str, int, int]] = field(default_factory=list)
    more_faults: int = 0
    tags: list[Tag] = field(default_factory=list)  # HTML tags that are not next to their other half
    on_page: bool = False
    memory: dict[Hashable, tuple[Row, ...]] = field(default_factory=dict)


class ItemKeeper:
    """Gives the items of ``text`` their place on the page: it begins at ``offset``, in section ``section``.

    ``starts`` are where sections begin in the text, the first of which is ``section``.
    """

    def __init__(self, text: str, offset: int = 0, section: int = 0) -> None:
        self.text, self.offset, self.section = text, offset, section
        self.starts = [0]
        self.chunk = Chunk(offset, section)

    def placed(self, start: int, end: int) -> Span:
        return (self.offset + start, self.offset + end)

    def section_at(self, position: int) -> int:
        """The number, on the page, of the section that holds a position of the chunk."""
        return self.section + bisect_right(self.starts, position) - 1

    def keep(self, found: Inline, start: int, *, conditional: bool) -> None:
        chunk = self.chunk
        chunk.on_page = chunk.on_page or found.on_page
        section = self.section_at(start)
        begin = self.offset + start
        for link in found.links:
            low, high = link.span
            url = self.source_url(link.url, start + low) if link.url is not None else None
            span = (begin + low, begin + high)
            chunk.links.append(Link(link.kind, link.target, url, link.host, link.label, section, span, conditional))
        if found.only_links:
            return
        for at, category in found.categories:
            key = category.sort_key
            if key and OPAQUE in key:
                key = self.source_key(key, start + at)
            kept = (
                Category(category.name, key, conditional) if conditional or key is not category.sort_key else category
            )
            chunk.categories.append((start + at, kept))
        for word in found.magic:
            chunk.magic.append(Magic(word.name, word.value, (begin + word.span[0], begin + word.span[1])))
        for paper in found.papers:
            chunk.papers.append((start, Paper(paper.number, paper.url, paper.key, section)))
        for code, low, high in found.faults:
            chunk.faults.append((code, start + low, start + high))

    def source_url(self, url: str, start: int) -> str:
        """An address as written, with the comments and templates in it."""
        if not is_masked(url):
            return url
        at = self.text.find(url[:8].rstrip(GONE + OPAQUE), start)
        return self.text[at : at + len(url)] if at >= 0 else unmask(url)

    def source_key(self, key: str, start: int) -> str:
        """The sort key of the category at ``start`` as written, with the templates in it."""
        at = self.text.find("|", start) + 1
        return drop_comments(self.text[at : at + len(key)]).replace("\n", "")

    def collect(self) -> None:
        """Bring all that was read into the order of the source."""
        chunk = self.chunk
        chunk.links.sort(key=_link_order)
        chunk.templates.sort(key=lambda use: use.span)
        chunk.categories.sort(key=lambda entry: entry[0])
        chunk.papers.sort(key=lambda entry: entry[0])
        chunk.magic.sort(key=lambda word: word.span)


def _link_order(link: Link) -> tuple[tuple[int, int], str]:
    return link.span, link.kind
