"""Wikitext to record, at a cost that follows what changed between one text and the next.

A text is cut at headings. Each chunk is read once and remembered; a chunk that returns is only moved to its place.
Where something is left open across a cut (a template, a table, a comment), the chunk is read together with all
that follows, so that the outcome is always that of reading the whole text at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from itertools import chain, pairwise

from parsers.chunk import Chunk
from parsers.chunk_reader import ChunkReader
from parsers.chunk_scan import Tools
from parsers.diagnostics import build_diagnostics
from parsers.html_tags import Tag, unpaired
from parsers.infobox import InfoboxRule
from parsers.inline import Inline, InlineReader
from parsers.line_slips import redirect_slip
from parsers.lines import Lines, LinesReader
from parsers.memory import Memory, without_collection
from parsers.record import Record, Redirect, Value
from parsers.sections import SectionText, build_sections
from parsers.shift import move_chunk
from parsers.site import Site
from parsers.titles import RedirectLine, Target, is_relative, resolve_title
from parsers.version import parser_version

_CHUNK_CHARACTERS = 2_000_000  # what a page needs is its own latest texts; more only costs memory
_PIECE_CHARACTERS = 1_000_000
_MAX_ALONE = 2000  # chunks of one text that are read one by one; what follows them is read at once, in less time
_CUT = re.compile(r"\n(?==[^\n]*=[ \t]*\r?$)", re.MULTILINE)  # before a line that may be a heading


class Reader:
    """Reads texts of one wiki. ``infoboxes`` names the templates that are one (default: see InfoboxRule).

    Not for use by several threads at once.
    """

    def __init__(self, site: Site, infoboxes: Collection[str] | None = None) -> None:
        self.site = site
        self.infoboxes = infoboxes
        self.rule = InfoboxRule(infoboxes, site)
        self.version = parser_version(infoboxes)
        self._chunks: Memory[tuple[str, bool], tuple[Chunk, str]] = Memory(_CHUNK_CHARACTERS, lambda key: len(key[0]))
        self._pieces: Memory[str, Inline] = Memory(_PIECE_CHARACTERS, len)
        self._values: Memory[str, tuple[str, tuple[Value, ...]]] = Memory(_PIECE_CHARACTERS, len)
        self._lines: Lines = Memory(_PIECE_CHARACTERS, len)
        self._lead_lines: Lines = Memory(_PIECE_CHARACTERS, len)
        self._read_chunks = 0
        self._targets: dict[str, Target | None] = {}
        self._names: dict[str, tuple[str | None, str | None]] = {}
        self._inline = InlineReader(site, "")
        words = "|".join(map(re.escape, site.redirect_words))
        self._redirect_link = re.compile(
            rf"(?a:\s*+)(?i:{words})(?a:\s*+):?(?a:\s*+)\[\[([^\[\]|\r\n]+)(?:\|[^\]\r\n]*)?\]\]"
        )

    def read(self, text: str, title: str) -> Record:
        """The record of one text under its full title. Any text can be read; oddities become diagnostics.

        Line breaks may be those of any system; a wiki stores ``\\n`` only. Spans count those of ``text``.
        """
        with without_collection():
            return self._read(text, title)

    def _read(self, text: str, title: str) -> Record:
        placed = self._place(text, title)
        redirect = self._redirect(text, title)
        namespace, _ = self.site.split_title(title)
        parts: list[tuple[SectionText, int]] = []
        faults: list[tuple[str, int, int]] = []
        tags: list[Tag] = []
        for chunk in placed:
            offset = chunk.offset
            parts += [(section, offset) for section in (chunk.sections[1:] if offset else chunk.sections)]
            faults += [(code, start + offset, end + offset) for code, start, end in chunk.faults]
            tags += [(name, closes, start + offset, end + offset) for name, closes, start, end in chunk.tags]
        faults += unpaired(tags)
        if redirect is None and (like := redirect_slip(text, self.site.redirect_words)):
            faults.append(("damaged-redirect", *like))
        sections, cut = build_sections(parts, len(text))
        if cut:
            faults.append(("paths-too-long", *cut.span))
        record = Record(
            title=title,
            namespace=namespace,
            source=text,
            redirect=Redirect(redirect.target.title, redirect.target.fragment) if redirect else None,
            infoboxes=tuple(chain.from_iterable([chunk.infoboxes for chunk in placed])),
            templates=tuple(chain.from_iterable([chunk.templates for chunk in placed])),
            sections=sections,
            links=tuple(chain.from_iterable([chunk.links for chunk in placed])),
            categories=tuple(category for chunk in placed for _, category in chunk.categories),
            papers=tuple(paper for chunk in placed for _, paper in chunk.papers),
            magic=tuple(chain.from_iterable([chunk.magic for chunk in placed])),
            diagnostics=build_diagnostics(faults, sum(chunk.more_faults for chunk in placed)),
        )
        object.__setattr__(record, "parts", tuple(placed))
        return record

    def _redirect(self, text: str, title: str) -> RedirectLine | None:
        match = self._redirect_link.match(text)
        if match is None or match[1].lstrip().startswith("#"):  # a page is no redirect to itself
            return None
        target = resolve_title(match[1], title, self.site)
        if target is None:
            return None
        return RedirectLine(target, text.index("[[", 0, match.end()), match.end(), is_relative(match[1]))

    def _place(self, text: str, title: str) -> list[Chunk]:
        """The chunks of a text; from the first that is not settled on, the rest is one chunk."""
        cuts = [0, *(match.end() for match in _CUT.finditer(text)), len(text)]
        placed: list[Chunk] = []
        section = 0
        last_alone = self._read_chunks + _MAX_ALONE
        for low, high in pairwise(cuts):
            if self._read_chunks >= last_alone:
                high = len(text)
            chunk = self._chunk(text[low:high], title, low, section)
            if not chunk.settled and high < len(text):
                chunk = self._chunk(text[low:], title, low, section)
                high = len(text)
            if placed and not _begins_with_heading(chunk):
                # the cut was at no heading: what stands before it goes on
                last = placed.pop()
                return [*placed, self._chunk(text[last.offset :], title, last.offset, last.section)]
            placed.append(chunk)
            section += len(chunk.sections) - 1
            if high == len(text):
                break
        return placed

    def _chunk(self, source: str, title: str, offset: int, section: int) -> Chunk:
        key = (source, offset == 0)
        entry = self._chunks.get(key)
        if entry is not None and (not entry[0].on_page or entry[1] == title):
            chunk = entry[0]
            if chunk.offset == offset and chunk.section == section:
                return chunk
            chunk = move_chunk(chunk, offset, section)
        else:
            self._read_chunks += 1
            self._inline = InlineReader(self.site, title, self._targets)
            known = self._pieces.young
            tools = Tools(self.site, self.rule, self._read_piece, known, self._names, self._inline, self._values)
            redirect = self._redirect(source, title) if offset == 0 else None
            chunk = None
            if redirect is None:
                chunk = LinesReader(tools, self._lines, self._lead_lines, offset, section).read(source)
            if chunk is None:
                chunk = ChunkReader(source, tools, offset, section, redirect).read()
        self._chunks.put(key, (chunk, title))
        return chunk

    def _read_piece(self, piece: str) -> Inline:
        known = self._pieces.get(piece)
        if known is None:
            known = self._inline.read(piece)
            if not known.on_page:
                self._pieces.put(piece, known)
        return known


def _begins_with_heading(chunk: Chunk) -> bool:
    return len(chunk.sections) > 1 and chunk.sections[1].start == 0
