"""Wikitext to record, at a cost that follows what changed between one text and the next.

A text is cut at headings. Each chunk is read once and remembered; a chunk that returns is only moved to its place.
Where something is left open across a cut (a template, a table, a comment), the chunk is read together with all
that follows, so that the outcome is always that of reading the whole text at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

from parsers.chunk import Chunk, ChunkReader
from parsers.diagnostics import build_diagnostics
from parsers.infobox import InfoboxRule
from parsers.links import Inline, InlineReader
from parsers.memory import Memory
from parsers.record import Infobox, Link, Magic, Paper, Record, Redirect, Template
from parsers.sections import SectionText, build_sections
from parsers.shift import shift_infobox, shift_link, shift_magic, shift_template
from parsers.site import Site
from parsers.titles import resolve

_CHUNK_CHARACTERS = 16_000_000
_PIECE_CHARACTERS = 8_000_000
_CUT = re.compile(r"^(?==[^\n]*=[ \t]*$)", re.MULTILINE)


@dataclass(slots=True)
class _Placed:
    """A chunk at a place of a page: its items with the positions and sections that they have there."""

    chunk: Chunk
    offset: int
    section: int
    infoboxes: tuple[Infobox, ...]
    templates: tuple[Template, ...]
    links: tuple[Link, ...]
    papers: tuple[Paper, ...]
    magic: tuple[Magic, ...]


class Reader:
    """Reads texts of one wiki. ``infoboxes`` names the templates that are one (default: see InfoboxRule).

    Not for use by several threads at once.
    """

    def __init__(self, site: Site, infoboxes: Collection[str] | None = None) -> None:
        self.site = site
        self.rule = InfoboxRule(infoboxes, site)
        self.chunks: Memory[tuple[str, bool], _Placed] = Memory(_CHUNK_CHARACTERS)
        self.titles: dict[tuple[str, bool], str] = {}
        self.pieces: Memory[str, Inline] = Memory(_PIECE_CHARACTERS)
        self.redirect = re.compile(
            rf"\s*(?i:{'|'.join(map(re.escape, site.redirect_words))})\s*:?\s*\[\[([^\[\]|\n]+)(?:\|[^\]]*)?\]\]"
        )

    def read(self, text: str, title: str) -> Record:
        """The record of one text under its full title. Any text can be read; oddities become diagnostics."""
        placed = self._place(text, title)
        namespace, _ = self.site.split_title(title)
        parts: list[tuple[SectionText, int]] = []
        faults: list[tuple[str, int, int]] = []
        for one in placed:
            chunk, offset = one.chunk, one.offset
            sections = chunk.sections if offset == 0 else chunk.sections[1:]
            parts.extend((section, offset) for section in sections)
            faults.extend((code, start + offset, end + offset) for code, start, end in chunk.faults)
        return Record(
            title=title,
            namespace=namespace,
            source=text,
            redirect=self._redirect(text, title),
            infoboxes=tuple(box for one in placed for box in one.infoboxes),
            templates=tuple(use for one in placed for use in one.templates),
            sections=build_sections(parts, len(text)),
            links=tuple(link for one in placed for link in one.links),
            categories=tuple(category for one in placed for _, category in one.chunk.categories),
            papers=tuple(paper for one in placed for paper in one.papers),
            magic=tuple(word for one in placed for word in one.magic),
            diagnostics=build_diagnostics(faults, sum(one.chunk.more_faults for one in placed)),
        )

    def _redirect(self, text: str, title: str) -> Redirect | None:
        match = self.redirect.match(text)
        target = resolve(match[1], title, self.site) if match else None
        if target is None or target.interwiki:
            return None
        return Redirect(target.title, target.fragment)

    def _place(self, text: str, title: str) -> list[_Placed]:
        """The chunks of a text; from the first that is not settled on, the rest is one chunk."""
        cuts = [0, *(match.start() for match in _CUT.finditer(text) if match.start()), len(text)]
        placed: list[_Placed] = []
        section = 0
        for low, high in zip(cuts, cuts[1:], strict=False):
            one = self._read_chunk(text[low:high], title, low, section)
            sound = one.chunk.settled and (low == 0 or _begins_with_heading(one.chunk))
            if not sound and high < len(text):
                one = self._read_chunk(text[low:], title, low, section)
                sound = low == 0 or _begins_with_heading(one.chunk)
                high = len(text)
            if not sound and placed and not _begins_with_heading(one.chunk):
                return self._join(placed, text, title)
            placed.append(one)
            section += len(one.chunk.sections) - 1
            if high == len(text):
                break
        return placed

    def _join(self, placed: list[_Placed], text: str, title: str) -> list[_Placed]:
        """The chunks before the last one, and that one with all that follows: its end was no heading."""
        last = placed.pop()
        whole = self._read_chunk(text[last.offset :], title, last.offset, last.section)
        return [*placed, whole]

    def _read_chunk(self, source: str, title: str, offset: int, section: int) -> _Placed:
        key = (source, offset == 0)
        known = self.chunks.get(key)
        if known is not None and known.chunk.on_page and self.titles.get(key) != title:
            known = None
        if known is None:
            inline = InlineReader(self.site, title)
            reader = ChunkReader(source, self.site, self.rule, lambda piece: self._read_piece(piece, inline), lead=offset == 0)
            chunk = reader.read()
            if chunk.on_page:
                self.titles[key] = title
        elif known.offset == offset and known.section == section:
            return known
        else:
            chunk = known.chunk
        one = _put(chunk, offset, section)
        self.chunks.put(key, one, len(source))
        return one

    def _read_piece(self, piece: str, inline: InlineReader) -> Inline:
        known = self.pieces.get(piece)
        if known is None:
            known = inline.read(piece)
            if not known.on_page:
                self.pieces.put(piece, known, len(piece))
        return known


def _begins_with_heading(chunk: Chunk) -> bool:
    return len(chunk.sections) > 1 and chunk.sections[1].start == 0


def _put(chunk: Chunk, offset: int, section: int) -> _Placed:
    """A chunk's items at a place. The first section of a chunk is the one before its first heading."""
    links: dict[Link, Link] = {}
    if offset == 0 and section == 0:
        papers = tuple(paper for _, paper in chunk.papers)
        return _Placed(
            chunk, 0, 0, tuple(chunk.infoboxes), tuple(chunk.templates), tuple(chunk.links), papers, tuple(chunk.magic)
        )
    links = {link: shift_link(link, offset, section) for link in chunk.links}
    return _Placed(
        chunk,
        offset,
        section,
        tuple(shift_infobox(box, offset, section, links) for box in chunk.infoboxes),
        tuple(shift_template(use, offset, section) for use in chunk.templates),
        tuple(links.values()),
        tuple(Paper(p.number, p.url, p.key, p.section + section) for _, p in chunk.papers),
        tuple(shift_magic(word, offset) for word in chunk.magic),
    )
