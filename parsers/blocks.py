"""Lines of masked wikitext as blocks: headings, lists, tables, paragraphs (BlockLevelPass, Parser::handleTables)."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

from parsers.block_scan import BlockScanner, ReadInline
from parsers.field_slips import cell_slips, loose_slips, row_slips
from parsers.headings import Heading
from parsers.lists import LIST_PREFIX, MAX_LIST_DEPTH, Entry, add_lists, build_lists, shown_lines, split_term
from parsers.masks import GONE
from parsers.plain_text import tidy
from parsers.record import ListItem, ListNode, Span, Table
from parsers.table_boxes import TableSource
from parsers.tables import TABLE_END, Cell, build_table, parse_cells
from parsers.tag_blocks import Lines, TagBlock, has_rows, part_lines, split_lines

_MAX_TABLE_DEPTH = 5
_MAX_LEVELS = 30  # of blocks in one another that are written as tags
_MARKS = frozenset("*#:;-" + GONE)  # with which a line begins that is more than text
_NO_BLOCKS: dict[tuple[int, int, int], TagBlock] = {}
_RULE = re.compile(r"-{4,}")


@dataclass(slots=True)
class Body:
    """What stands between two headings."""

    heading: Heading | None = None
    lines: list[str] = field(default_factory=list)
    lists: list[ListNode] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    listed: list[Span] = field(default_factory=list)  # which of the lines are those of lists
    has_marks: bool = False  # whether any list is written with marks (``*``): lines that follow may belong to it

    @property
    def text(self) -> str:
        return tidy_lines(self.lines)

    @property
    def own_text(self) -> str:
        """The text without that of lists."""
        if not self.listed:
            return self.text
        listed = {number for span in self.listed for number in range(*span)}
        return tidy_lines([line for number, line in enumerate(self.lines) if number not in listed])


def tidy_lines(lines: list[str]) -> str:
    """Lines as text: no blanks around a line, at most one empty line in a row (a row's tabs stay)."""
    text = re.sub("\n{3,}", "\n\n", "\n".join(lines))
    return text.strip(" \n")


class BlockReader(BlockScanner):
    """Reads the lines of one masked text, see ``BlockScanner``."""

    def __init__(self, masked: str, read_inline: ReadInline) -> None:
        super().__init__(masked, read_inline)
        self.tables: list[TableSource] = []  # that stand in no other
        self.cell_faults: list[tuple[str, int, int]] = []

    def read(self, on_heading: Callable[[Heading], None] | None = None) -> list[Body]:
        """The bodies of the whole text; without ``on_heading`` there are no headings and one body."""
        lines = split_lines(self.masked, 0, len(self.masked))
        headings = self.find_headings(lines) if on_heading is not None else {}
        bodies = [Body()]
        tables = self.find_tables(lines, headings)
        begins = sorted(tables)
        blocks = self.find_tag_blocks(lines, tables, headings)[::-1]
        stops = [*sorted(headings), len(lines)]
        table_end = -1  # of a table that a heading stands in
        first = 0
        for stop in stops:
            if first < stop:
                inside = []
                while blocks and blocks[-1].start <= lines[stop - 1][1]:
                    inside.append(blocks.pop())
                here = begins[bisect_left(begins, first) : bisect_left(begins, stop)]
                ends = {index: tables[index] for index in here}
                table_end = self.read_part(lines[first:stop], bodies[-1], ends, first, table_end, inside)
            if stop < len(lines) and on_heading is not None:
                on_heading(headings[stop])
                bodies.append(Body(headings[stop]))
            first = stop + 1
        return bodies

    def read_part(
        self,
        lines: Lines,
        body: Body,
        tables: dict[int, int | None],
        first: int,
        table_end: int,
        blocks: list[TagBlock],
    ) -> int:
        """Read lines between two headings; a table that goes on behind the next heading is read on there."""
        if table_end >= first and not (blocks and blocks[0].start <= lines[0][0]):
            inside = lines[: table_end - first + 1]
            self.read_table(inside, body, 1, start=0)
            if table_end >= first + len(lines):
                return table_end
            lines, first = lines[len(inside) :], first + len(inside)
        ends = {i - first: c - first if c is not None else len(lines) for i, c in tables.items() if first <= i}
        if blocks:
            parted, kept = part_lines(self.masked, lines, ends, blocks)
            self.read_lines(parted, body, 1, kept, parted=True)
        else:
            self.read_lines(lines, body, 1, ends, parted=True)
        open_ends = [c for i, c in tables.items() if c is not None and first <= i and first + len(lines) <= c]
        return max(open_ends, default=-1)

    def read_lines(
        self, lines: Lines, body: Body, depth: int, ends: dict[int, int] | None = None, *, parted: bool = False
    ) -> None:
        """Read lines that hold no heading into ``body``; in those that are ``parted``, blocks have their own."""
        if ends is None:
            pairs = self.pair_tables(lines) if depth <= _MAX_TABLE_DEPTH else {}
            ends = {i: c for i, c in pairs.items() if c is not None}
        if self.tagged and not parted:
            lines, ends = self.part(lines, ends)
        masked, read_inline, append = self.masked, self.read_inline, body.lines.append
        blocks = self.tags.blocks if self.tagged else _NO_BLOCKS
        entries: list[Entry] = []
        index = 0
        while index < len(lines):
            start, end = lines[index]
            if start < end and masked[start] not in _MARKS and not entries and not ends and not blocks:
                text = read_inline(masked[start:end], start)
                if text:
                    append(text)
                elif masked[start:end].isspace():
                    append("")
                index += 1
                continue
            line = masked[start:end]
            begins_line = start == 0 or masked[start - 1] == "\n"
            marker = LIST_PREFIX.match(line) if begins_line else None
            if index in ends:
                self.flush(entries, body)
                stop = min(ends[index], len(lines) - 1)
                self.read_table(lines[index : stop + 1], body, depth)
                index = stop
            elif blocks and (block := blocks.get((self.level, start, end))):
                self.read_block(block, body, depth, entries)
            elif marker:
                self.read_item(marker, start, end, entries)
            elif GONE in line and not line.strip(GONE + " \t"):
                pass  # a line of comments is no line
            elif entries and not begins_line:
                add_lists(entries, [], [read_inline(line, start)])
            else:
                self.flush(entries, body)
                rule = _RULE.match(line) if begins_line and line[:1] == "-" else None
                skipped = rule.end() if rule else 0
                text = read_inline(line[skipped:], start + skipped)
                if text or not line.strip():
                    append(text)
            index += 1
        self.flush(entries, body)

    def read_item(self, marker: re.Match[str], start: int, end: int, entries: list[Entry]) -> None:
        prefix = marker[1][:MAX_LIST_DEPTH]
        begin = start + marker.end()
        if prefix[-1] == ";" and (colon := split_term(self.masked, begin, end)) is not None:
            entries.append((prefix, self.read_inline(self.masked[begin:colon], begin), None))
            prefix, begin = f"{prefix[:-1]}:", colon + 1
        entries.append((prefix, self.read_inline(self.masked[begin:end], begin), None))

    def flush(self, entries: list[Entry], body: Body) -> None:
        """End the list that is being read."""
        if entries:
            low = len(body.lines)
            body.lines.extend(shown_lines(entries))
            body.listed.append((low, len(body.lines)))
            body.lists.extend(build_lists(entries))
            body.has_marks = True
            entries.clear()

    def read_table(self, lines: Lines, body: Body, depth: int, *, start: int = 1) -> None:
        """Read the lines of one table, its ``{|`` (unless ``start`` is 0) and ``|}`` included."""
        inner = lines[start:]
        stop = lines[-1][1]
        closing = TABLE_END.match(self.masked, *inner[-1]) if inner else None
        if closing:
            inner.pop()
        caption, rows, loose = parse_cells(self.masked, inner, nested=depth < _MAX_TABLE_DEPTH)
        if inner and depth == 1:
            self.cell_faults += row_slips(self.masked, inner[0][0], inner[-1][1])
        if mixed := self.tagged and has_rows(self.masked, lines[0][1], stop):
            caption, rows, loose = self.mix_rows(caption, rows, loose)
        if loose:
            if depth == 1 and not mixed:
                self.cell_faults += loose_slips(self.masked, loose)
            self.read_lines(loose, body, _MAX_TABLE_DEPTH + 1, parted=mixed)
        caption_text, texts = self.read_grid(caption, rows, body, depth, begins=start > 0)
        mark = self.masked.find("{|", *lines[0]) if start and depth == 1 else -1
        if mark >= 0:
            opening = self.masked[mark : lines[0][1]]
            end = closing.end() if closing else stop
            self.tables.append(TableSource("wikitable", mark, end, opening, caption_text, rows, texts))
        if closing and (rest := self.read_inline(self.masked[closing.end() : stop], closing.end())):
            body.lines.append(rest)

    def read_grid(
        self, caption: Cell | None, rows: list[list[Cell]], body: Body, depth: int, *, begins: bool
    ) -> tuple[str | None, list[list[str]]]:
        """Add a table with those nested in it to ``body``; the texts of its caption and cells.

        What is left of one that does not begin here is no table where it has no cells.
        """
        nested: list[Table] = []
        caption_text = self.read_cell(caption, depth, nested) if caption is not None else None
        texts = [[self.read_cell(cell, depth, nested) for cell in row] for row in rows]
        if begins or rows or caption:
            body.tables.append(build_table(caption_text, rows, texts))
        body.tables += nested
        if caption_text:
            body.lines.append(caption_text)
        body.lines.extend("\t".join(row).rstrip("\t") for row in texts if any(row))
        return caption_text, texts

    def read_cell(self, cell: Cell, depth: int, nested: list[Table]) -> str:
        inside = Body()
        if cell.marked:
            self.cell_faults += cell_slips(self.masked, *cell.lines[0], cell.attributes)
        self.read_lines(cell.lines, inside, depth + 1, parted=cell.parted)
        nested += inside.tables
        return tidy(inside.text) if len(inside.lines) < 2 else inside.text

    def read_block(self, block: TagBlock, body: Body, depth: int, entries: list[Entry]) -> None:
        """Read a table or list that is written as tags; in the last of ``entries``, if it stands on that line."""
        joins = bool(entries) and not self.begins_line(block.start)
        if block.kind == "table" and joins and not entries[-1][0].strip(":") and not entries[-1][1]:
            entries.pop()  # only indented
        if joins and block.kind != "table":
            inside = Body()
            self.read_inside(block, inside, depth)
            add_lists(entries, inside.lists, inside.lines)
            body.tables += inside.tables
        else:
            self.flush(entries, body)
            self.read_inside(block, body, depth)

    def read_inside(self, block: TagBlock, body: Body, depth: int) -> None:
        level = self.level
        if block.kind == "table" and not (block.rows or block.caption or block.loose):
            body.tables += [Table(None, ())] if block.opening else []
        elif level >= _MAX_LEVELS or (block.kind == "table" and depth > _MAX_TABLE_DEPTH):
            self.level = -1  # there are no blocks in what is only text
            self.read_lines(split_lines(self.masked, block.start, block.end), body, _MAX_TABLE_DEPTH + 1, parted=True)
        elif block.kind == "table":
            self.level += 1
            self.read_lines(block.loose, body, depth, parted=True)
            rows = [row for row in block.rows if row]
            caption, texts = self.read_grid(block.caption, rows, body, depth, begins=block.opening != "")
            if depth == 1 and block.opening:
                span = (block.start, block.end)
                self.tables.append(TableSource("html", *span, block.opening, caption, rows, texts))
        else:
            self.level += 1
            self.read_list(block, body, depth)
        self.level = level

    def read_list(self, block: TagBlock, body: Body, depth: int) -> None:
        items: list[ListItem] = []
        low = len(body.lines)
        for item in block.items:
            inside = Body()
            self.read_lines(item.lines, inside, depth, parted=True)
            body.tables += inside.tables
            if shown := inside.text:
                body.lines.append(shown)
            if item.attributes or inside.lists:
                items.append(ListItem(inside.own_text if item.attributes else "", tuple(inside.lists)))
        body.lists.append(ListNode(block.kind, tuple(items)))
        body.listed.append((low, len(body.lines)))
