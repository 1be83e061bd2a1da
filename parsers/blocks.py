"""Lines of masked wikitext as blocks: headings, lists, tables, paragraphs (BlockLevelPass, Parser::handleTables)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from parsers.addresses import ADDRESS, SCHEMES
from parsers.masks import GONE
from parsers.plain_text import tidy
from parsers.record import ListItem, ListNode, Span, Table
from parsers.table_boxes import TableSource
from parsers.tables import Cell, build_table, parse_cells

Lines = list[tuple[int, int]]
ReadInline = Callable[[str, int], str]
_MAX_TABLE_DEPTH = 5
MAX_LIST_DEPTH = 30
TABLE_START = re.compile(r"[\ufdd0\s]*+(?::++[\ufdd0\s]*+)?\{\|")
_TABLE_END = re.compile(r"[\ufdd0\s]*+\|\}")
_STRAY_PIPE = re.compile(r"^[\ufdd0 \t]*+\|(?!\})", re.MULTILINE)
_STRAY_END = re.compile(r"^[\ufdd0 \t]*+(\|\})", re.MULTILINE)
LIST_PREFIX = re.compile(r"[\ufdd0]*+([*#:;]+)")
_MARKS = frozenset("*#:;-" + GONE)  # with which a line begins that is more than text
_BLANK = "[ \t\ufdd0]*+"
HEADING_LINE = re.compile(
    rf"^\ufdd0*+=.*=[ \t\ufdd0]*+$|^{_BLANK}<[hH](?P<level>[1-6])(?:\s[^<>\n]*+)?>.*</[hH](?P=level)\s*+>{_BLANK}$",
    re.MULTILINE,
)
_TAGGED = re.compile(rf"{_BLANK}<[hH]([1-6])(?:\s[^<>\n]*+)?>{_BLANK}(.*?){_BLANK.rstrip('+')}</[hH]\1\s*+>{_BLANK}")
_HEADING_END = re.compile("</h[1-6]", re.IGNORECASE)
_RULE = re.compile(r"-{4,}")
_COLON = re.compile(
    r"\[\[[^\[\]]*+\]\]|\[[a-zA-Z]*+:?//[^\[\]]*+\]|\b[a-zA-Z]{2,10}://\S*+"
    rf"|\b(?i:{SCHEMES}){ADDRESS}|''+[^'\n]*+(?:'(?!')[^'\n]*+)*+''+"
    r"|<(?P<tag>[a-zA-Z]+)\b[^<>/]*+>[^<>\n]*+</(?P=tag)\s*+>|<[^<>]*+>|(?P<colon>:)"
)
_KINDS = {"*": "ul", "#": "ol", ";": "dl", ":": "dl"}


@dataclass(slots=True)
class Heading:
    """A heading line: ``start`` is where its line starts, ``title`` the span of its title."""

    level: int
    start: int
    title: tuple[int, int]


@dataclass(slots=True)
class Body:
    """What stands between two headings."""

    heading: Heading | None = None
    lines: list[str] = field(default_factory=list)
    lists: list[ListNode] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)

    @property
    def text(self) -> str:
        return tidy_lines(self.lines)


def tidy_lines(lines: list[str]) -> str:
    """Lines as text: no blanks around a line, at most one empty line in a row (a row's tabs stay)."""
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines))
    return text.strip(" \n")


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


class BlockReader:
    """Reads the lines of one masked text. ``read_inline`` is given a piece and its position and returns its text."""

    def __init__(self, masked: str, read_inline: ReadInline) -> None:
        self.masked = masked
        self.read_inline = read_inline
        self.unclosed_tables: list[int] = []
        self.stray_ends: list[int] = []  # where ``|}`` begins a line and ends no table
        self.tables: list[TableSource] = []  # that stand in no other
        self.stray_pipes: list[Span] = []  # where a pipe begins a line that is in no table

    def read(self, on_heading: Callable[[Heading], None] | None = None) -> list[Body]:
        """The bodies of the whole text; without ``on_heading`` there are no headings and one body."""
        lines = _split_lines(self.masked)
        headings = self.find_headings(lines) if on_heading is not None else {}
        bodies = [Body()]
        tables = self.pair_tables(lines)
        self.unclosed_tables = [lines[i][0] for i, closed in tables.items() if closed is None]
        if "|}" in self.masked:
            closing = {lines[i][0] for i in tables.values() if i is not None}
            found = _STRAY_END.finditer(self.masked)
            self.stray_ends = [match.start(1) for match in found if match.start() not in closing]
        if "|" in self.masked:
            self.stray_pipes = self.find_stray_pipes(lines, tables)
        stops = [*sorted(headings), len(lines)]
        table_end = -1  # of a table that a heading stands in
        first = 0
        for stop in stops:
            if first < stop:
                table_end = self.read_part(lines[first:stop], bodies[-1], tables, first, table_end)
            if stop < len(lines) and on_heading is not None:
                on_heading(headings[stop])
                bodies.append(Body(headings[stop]))
            first = stop + 1
        return bodies

    def find_stray_pipes(self, lines: Lines, tables: dict[int, int | None]) -> list[Span]:
        """Pipes that begin a line outside of all tables."""
        found: list[Span] = []
        inside: list[Span] = []
        for first, last in sorted(tables.items()):
            if not inside or lines[first][0] > inside[-1][1]:
                inside.append((lines[first][0], lines[last][1] if last is not None else len(self.masked)))
        for match in _STRAY_PIPE.finditer(self.masked):
            index = bisect_left(inside, (match.start() + 1, 0)) - 1
            if index < 0 or match.start() > inside[index][1]:
                found.append((match.end() - 1, match.end()))
        return found

    def find_headings(self, lines: Lines) -> dict[int, Heading]:
        """Index of each line that is a heading, to the heading."""
        found: dict[int, Heading] = {}
        for match in HEADING_LINE.finditer(self.masked):
            heading = find_heading(match[0], match.start())
            if heading:
                found[bisect_left(lines, (heading.start, 0))] = heading
        return found

    def read_part(self, lines: Lines, body: Body, tables: dict[int, int | None], first: int, table_end: int) -> int:
        """Read lines between two headings; a table that goes on behind the next heading is read on there."""
        if table_end >= first:
            inside = lines[: table_end - first + 1]
            self.read_table(inside, body, 1, start=0)
            if table_end >= first + len(lines):
                return table_end
            lines, first = lines[len(inside) :], first + len(inside)
        last = first + len(lines)
        ends = {i - first: c - first if c is not None else len(lines) for i, c in tables.items() if first <= i < last}
        self.read_lines(lines, body, 1, ends)
        open_ends = [c for i, c in tables.items() if c is not None and first <= i < first + len(lines) <= c]
        return max(open_ends, default=-1)

    def pair_tables(self, lines: Lines) -> dict[int, int | None]:
        """Index of each line that starts a table, to that of the line which ends it (None: no line does)."""
        pairs: dict[int, int | None] = {}
        stack: list[int] = []
        masked = self.masked
        if "{|" not in masked:
            return pairs
        for index, (start, end) in enumerate(lines):
            if TABLE_START.match(masked, start, end):
                stack.append(index)
                pairs[index] = None
            elif stack and _TABLE_END.match(masked, start, end):
                pairs[stack.pop()] = index
        return pairs

    def read_lines(
        self, lines: Lines, body: Body, depth: int, ends: dict[int, int] | None = None, *, inside: bool = False
    ) -> None:
        """Read lines that hold no heading into ``body``; ``inside`` a cell, the first begins no list."""
        if ends is None:
            pairs = self.pair_tables(lines) if depth <= _MAX_TABLE_DEPTH else {}
            ends = {i: c for i, c in pairs.items() if c is not None}
        masked, read_inline, append = self.masked, self.read_inline, body.lines.append
        entries: list[tuple[str, str]] = []
        index = 0
        while index < len(lines):
            start, end = lines[index]
            if start < end and masked[start] not in _MARKS and not entries and not ends:
                text = read_inline(masked[start:end], start)
                if text:
                    append(text)
                elif masked[start:end].isspace():
                    append("")
                index += 1
                continue
            line = masked[start:end]
            marker = LIST_PREFIX.match(line) if not (inside and index == 0) else None
            if index in ends:
                self.flush(entries, body)
                stop = min(ends[index], len(lines) - 1)
                self.read_table(lines[index : stop + 1], body, depth)
                index = stop
            elif marker:
                self.read_item(marker, start, end, entries)
            elif GONE in line and not line.strip(GONE + " \t"):
                pass  # a line of comments is no line
            else:
                self.flush(entries, body)
                self.read_text(line, start, body)
            index += 1
        self.flush(entries, body)

    def read_text(self, line: str, start: int, body: Body) -> None:
        rule = _RULE.match(line)
        text = self.read_inline(line[rule.end() :], start + rule.end()) if rule else self.read_inline(line, start)
        if text or not line.strip():
            body.lines.append(text)

    def read_item(self, marker: re.Match[str], start: int, end: int, entries: list[tuple[str, str]]) -> None:
        prefix = marker[1][:MAX_LIST_DEPTH]
        begin = start + marker.end()
        if prefix[-1] == ";":
            for match in _COLON.finditer(self.masked, begin, end):
                if match["colon"]:
                    entries.append((prefix, self.read_inline(self.masked[begin : match.start()], begin)))
                    prefix, begin = f"{prefix[:-1]}:", match.end()
                    break
        entries.append((prefix, self.read_inline(self.masked[begin:end], begin)))

    def flush(self, entries: list[tuple[str, str]], body: Body) -> None:
        """End the list that is being read."""
        if entries:
            body.lines.extend(text for _, text in entries if text)
            body.lists.extend(build_lists(entries))
            entries.clear()

    def read_table(self, lines: Lines, body: Body, depth: int, *, start: int = 1) -> None:
        """Read the lines of one table, its ``{|`` (unless ``start`` is 0) and ``|}`` included."""
        inner = lines[start:]
        stop = lines[-1][1]
        closing = _TABLE_END.match(self.masked, *inner[-1]) if inner else None
        if closing:
            inner.pop()
        caption, rows, loose = parse_cells(self.masked, inner, nested=depth < _MAX_TABLE_DEPTH)
        if loose:
            self.read_lines(loose, body, _MAX_TABLE_DEPTH + 1)
        nested: list[Table] = []
        caption_text = self.read_cell(caption, depth, nested) if caption is not None else None
        mark = self.masked.find("{|", *lines[0]) if start and depth == 1 else -1
        texts = [[self.read_cell(cell, depth, nested) for cell in row] for row in rows]
        body.tables += [build_table(caption_text, rows, texts), *nested]
        if mark >= 0:
            opening = self.masked[mark : lines[0][1]]
            end = closing.end() if closing else stop
            self.tables.append(TableSource(mark, end, opening, caption_text, rows, texts))
        if caption_text:
            body.lines.append(caption_text)
        body.lines.extend("\t".join(row).rstrip("\t") for row in texts if any(row))
        if closing and (rest := self.read_inline(self.masked[closing.end() : stop], closing.end())):
            body.lines.append(rest)

    def read_cell(self, cell: Cell, depth: int, nested: list[Table]) -> str:
        inside = Body()
        self.read_lines(cell.lines, inside, depth + 1, inside=True)
        nested += inside.tables
        return tidy(inside.text) if len(inside.lines) < 2 else inside.text


def _split_lines(masked: str) -> Lines:
    lines: Lines = []
    start = 0
    for line in masked.split("\n"):
        lines.append((start, start + len(line)))
        start += len(line) + 1
    return lines


def build_lists(entries: list[tuple[str, str]], depth: int = 0) -> list[ListNode]:
    """The lists that flat lines with prefixes (``*#``) stand for; a change of kind begins another list."""
    lists: list[ListNode] = []
    index = 0
    while index < len(entries):
        kind = _KINDS[entries[index][0][depth]]
        stop = index
        while stop < len(entries) and _KINDS[entries[stop][0][depth]] == kind:
            stop += 1
        lists.append(ListNode(kind, tuple(_build_items(entries[index:stop], depth))))
        index = stop
    return lists


def _build_items(entries: list[tuple[str, str]], depth: int) -> list[ListItem]:
    items: list[ListItem] = []
    index = 0
    while index < len(entries):
        prefix, text = entries[index]
        own = len(prefix) == depth + 1
        index += own
        stop = index
        while stop < len(entries) and len(entries[stop][0]) > depth + 1:
            stop += 1
        children = build_lists(entries[index:stop], depth + 1)
        items.append(ListItem(text if own else "", tuple(children)))
        index = stop
    return items
