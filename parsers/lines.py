"""A chunk put together from its lines, each of which is read once however often it returns.

A line is cut where nothing is open: what a template, a comment, a tag, a table or a list in tags spans is one line.
The cuts are guesses; each line is read by itself, and where anything is left open in one the chunk is not read this
way at all. So the outcome is that of reading the chunk as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from parsers.blocks import BlockReader, Body, tidy_lines
from parsers.chunk import Chunk, ItemKeeper
from parsers.chunk_reader import ChunkReader
from parsers.chunk_scan import ODD, Tools
from parsers.lists import LIST_PREFIX, MAX_LIST_DEPTH, Entry, build_lists, shown_lines
from parsers.masks import GONE
from parsers.memory import Memory
from parsers.record import Link, ListNode, Table
from parsers.sections import SectionText
from parsers.shift import move_chunk, move_links
from parsers.tables import TABLE_START
from parsers.tag_blocks import LISTS

_MAX_ALONE = 5000  # lines of a chunk that are read one by one; more are read at once in less time
_MAX_FAULTS = 100  # of a chunk; with more, which of them are told depends on the whole
_TAGS = "ref gallery nowiki pre poem math source syntaxhighlight".split()


def _balanced() -> str:
    """Templates up to three deep, in time that grows with their length whatever they hold."""
    inner = r"\{\{[^{}]*+\}\}"
    for _ in range(2):
        inner = rf"\{{\{{(?:[^{{}}]++|{inner}|\{{(?!\{{)|\}}(?!\}}))*+\}}\}}"
    return inner


def _nested_tags(name: str) -> str:
    """A tag with its end, up to three deep in itself, in time that grows with its length."""
    inner = "(?!)"
    for _ in range(3):
        inner = rf"<{name}\b[^<>]*+>(?:[^<]++|{inner}|<(?!/?{name}\b))*+</{name}\s*+>"
    return inner


_BLOCK = f"(?:{'|'.join(map(_nested_tags, ('table', *LISTS)))})"
_TAG = "|".join(rf"<{tag}\b(?:[^<>/]|/(?!>))*+>(?:[^<]|<(?!/?{tag}\b))*+</{tag}\s*+>" for tag in _TAGS)
_COMMENT = r"<!--(?:[^<-]|<(?!!--)|-(?!->))*+-->"
_TABLE = r"[ \t:]*+\{\|(?:[^\n]++|\n(?![ \t]*+(?:\|\}|:*+\{\|)))*+\n[ \t]*+\|\}"
_LINE = re.compile(
    rf"((?:{_TABLE})?+(?:[^\n{{<]++|(?=\{{)(?:{_balanced()}|\{{)|(?=<)(?:{_COMMENT}|(?i:{_TAG}|(?=<[tuod]){_BLOCK})|<))*+)(?:\n|\Z)"
)
# No brace, tag or odd character, and every link closed: the scan would find nothing in it, and leave nothing open.
_PLAIN = re.compile(rf"(?:[^\[{{}}<{ODD}]++|\[(?!\[)|\[\[[^\[\]{{}}<{ODD}]++\]\](?!\]))*+")
_OTHER = re.compile(r"[-=]|[ \t]*+\||[*#:]*+;")  # rules, headings, pipes, terms


@dataclass(slots=True)
class Line:
    """What was read of one line, as if it stood at ``at`` and in section ``section`` of a page.

    An item of a list has ``entries``, any other line ``texts``; what is ``special`` is a heading, with a ``level``
    and a ``title`` (``unbroken`` for its anchor), or has ``tables`` or ``lists`` in tags, or is ``silent``, as if there
    were no line, or ``open``: it cannot be read by itself. ``chunk`` holds the items when they are more than ``links``.
    """

    texts: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    links: Sequence[Link] = ()
    at: int = 0
    section: int = 0
    chunk: Chunk | None = None
    on_page: bool = False
    special: bool = False
    level: int = 0
    title: str = ""
    unbroken: str = ""
    tables: tuple[Table, ...] = ()
    lists: tuple[ListNode, ...] = ()
    silent: bool = False
    open: bool = False


_BLANKS = " \t"  # which a text does not begin or end with
_BLANK = Line(("",))
_OPEN = Line(special=True, open=True)

Lines = Memory[str, Line]


class LinesReader:
    """Reads one chunk that stands at ``offset`` of its page and whose first section is number ``section``.

    ``lines`` remembers lines of the wiki, ``lead_lines`` those of leads, where a template may be an infobox.
    """

    def __init__(self, tools: Tools, lines: Lines, lead_lines: Lines, offset: int, section: int) -> None:
        self.tools = tools
        self.offset, self.section = offset, section
        self.lines, self.lead_lines = lines, lead_lines
        self.chunk = Chunk(offset, section)
        self.heading = (0, "", "", 0)  # level, title, unbroken title and start
        self.body = Body()
        self.entries: list[Entry] = []
        self.alone = 0

    def read(self, source: str) -> Chunk | None:
        """The chunk, or None where it must be read as a whole."""
        if "\r" in source:
            return None
        chunk, entries = self.chunk, self.entries
        lead = self.offset == 0
        memory = self.lead_lines if lead else self.lines
        get = memory.young.get
        texts, links = self.body.lines, chunk.links
        section = self.section
        offset = at = self.offset
        for written in source.split("\n") if "{" not in source and "<" not in source else _LINE.findall(source):
            line = get(written)
            if line is None:
                line = memory.get(written) or self.remember(memory, written, lead)
                get = memory.young.get
            if line.entries:
                entries += line.entries
            elif line.special:
                if line.open:
                    return None
                if line.level:
                    self.end_section()
                    self.heading = (line.level, line.title, line.unbroken, at - offset)
                    texts = self.body.lines
                    section += 1
                    lead, memory = False, self.lines
                    get = memory.young.get
                elif not line.silent:
                    self.take_blocks(line)
            else:
                if entries:
                    self.end_list()
                texts += line.texts
            if line.links:
                if line.at != at or line.section != section:
                    line.links = move_links(line.links, at - line.at, section - line.section)
                    line.at, line.section = at, section
                links += line.links
            elif line.chunk is not None:
                self.take_items(line, line.chunk, at, section)
            if line.on_page:
                chunk.on_page = True
            at += len(written) + 1
        self.end_section()
        return chunk if len(chunk.faults) <= _MAX_FAULTS else None

    def end_list(self) -> None:
        entries, body = self.entries, self.body
        body.lines += shown_lines(entries)
        body.lists += build_lists(entries)
        entries.clear()

    def end_section(self) -> None:
        if self.entries:
            self.end_list()
        body = self.body
        text = SectionText(*self.heading, tidy_lines(body.lines), tuple(body.lists), tuple(body.tables))
        self.chunk.sections.append(text)
        self.body = Body()

    def take_blocks(self, line: Line) -> None:
        if self.entries:
            self.end_list()
        self.body.lines += line.texts
        self.body.tables += line.tables
        self.body.lists += line.lists

    def take_items(self, line: Line, read: Chunk, at: int, section: int) -> None:
        """Add what a line holds beside its text, at its place."""
        if read.offset != at or read.section != section:
            read = line.chunk = move_chunk(read, at, section)
        start = at - self.offset
        chunk = self.chunk
        chunk.links += read.links
        chunk.templates += read.templates
        chunk.infoboxes += read.infoboxes
        chunk.magic += read.magic
        if read.categories:
            chunk.categories += [(start + place, category) for place, category in read.categories]
        if read.papers:
            chunk.papers += [(start + place, paper) for place, paper in read.papers]
        if read.tags:
            chunk.tags += [(name, closes, start + low, start + high) for name, closes, low, high in read.tags]
        if read.faults:
            chunk.faults += [(code, start + low, start + high) for code, low, high in read.faults]

    def remember(self, memory: Lines, written: str, lead: bool) -> Line:
        if not written.strip(_BLANKS):
            return _BLANK
        other = _OTHER.match(written) or written.rstrip(_BLANKS).endswith("=")
        plain = not other and _PLAIN.fullmatch(written)
        self.alone += not plain
        if self.alone > _MAX_ALONE:
            return _OPEN
        line = self.read_plain(written) if plain else self.read_line(written, lead)
        if not line.on_page:
            memory.put(written, line)
        return line

    def read_plain(self, written: str) -> Line:
        """A line that holds inline markup only."""
        marker = LIST_PREFIX.match(written)
        start = marker.end() if marker else 0
        piece = written[start:]
        found = self.tools.known.get(piece) or self.tools.inline.read(piece)
        if marker:
            line = Line((), ((marker[1][:MAX_LIST_DEPTH], found.text, None),))
        else:
            line = Line((found.text,) if found.text else ())
        line.on_page = found.on_page
        if found.only_links and len(found.links) == 1:
            line.links, line.at = found.links, -start
        elif not found.empty:
            keeper = ItemKeeper(written)
            keeper.keep(found, start, conditional=False)
            keeper.collect()
            _give_items(line, keeper.chunk)
        return line

    def read_line(self, written: str, lead: bool) -> Line:
        """A line with templates, comments, tags or a table in it."""
        if written.rfind("<") > written.rfind(">"):
            return _OPEN  # maybe a tag that goes on
        reader = ChunkReader(written, self.tools)
        reader.lead = lead
        reader.prepare()
        masked, chunk = reader.masked, reader.chunk
        if not chunk.settled or chunk.more_faults:
            return _OPEN
        blocks = BlockReader(masked, reader.inline)
        line = Line()
        marker = LIST_PREFIX.match(masked) if "\n" not in masked and not TABLE_START.match(masked) else None
        if marker and blocks.tagged:
            return _OPEN
        if marker:
            entries: list[Entry] = []
            blocks.read_item(marker, 0, len(masked), entries)
            line.entries = tuple(entries)
        elif GONE in masked and not masked.strip(GONE + " \t"):
            line.special = line.silent = True
        elif not self.read_blocks(blocks, line, reader):
            return _OPEN
        reader.nodes()
        reader.collect(blocks.tables)
        line.on_page = chunk.on_page
        _give_items(line, chunk)
        return line

    def read_blocks(self, blocks: BlockReader, line: Line, reader: ChunkReader) -> bool:
        """Read a heading, a table or other text; false where what follows it may belong to it."""
        titles: list[tuple[str, str]] = []
        *_, body = blocks.read(lambda heading: titles.append(reader.heading(heading, blocks.masked)))
        reader.slips(blocks)
        if blocks.unclosed_tables or blocks.open_tags or body.has_marks or (titles and "\n" in blocks.masked):
            return False
        line.texts, line.tables, line.lists = tuple(body.lines), tuple(body.tables), tuple(body.lists)
        if body.heading:
            line.level, (line.title, line.unbroken) = body.heading.level, titles[0]
            reader.chunk.section = line.section = 1
        line.special = bool(line.level or line.tables or line.lists)
        return True


def _give_items(line: Line, chunk: Chunk) -> None:
    items = (chunk.templates, chunk.infoboxes, chunk.magic, chunk.categories, chunk.papers, chunk.tags, chunk.faults)
    if any(items):
        line.chunk = chunk
    else:
        line.links = chunk.links
