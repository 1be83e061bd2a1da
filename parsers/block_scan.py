"""Finds where the headings, tables and lists of one masked text stand, and slips in their marks."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from functools import cached_property

from parsers.headings import HEADING_LINE, Heading, find_heading
from parsers.record import Span
from parsers.tables import TABLE_END, TABLE_START, Cell, mark_doubled_pipes
from parsers.tag_blocks import Lines, Skip, TagBlock, TagReader, has_blocks, has_rows, link_skips, part_lines

ReadInline = Callable[[str, int], str]
_STRAY_PIPE = re.compile(r"^[\ufdd0 \t]*+\|(?!\})", re.MULTILINE)
_STRAY_END = re.compile(r"^[\ufdd0 \t]*+(\|\})", re.MULTILINE)


class BlockScanner:
    """Looks at the lines of one masked text. ``read_inline`` is given a piece and its position; it returns its text."""

    def __init__(self, masked: str, read_inline: ReadInline) -> None:
        self.masked = masked
        self.read_inline = read_inline
        self.unclosed_tables: list[int] = []
        self.stray_ends: list[int] = []  # where ``|}`` begins a line and ends no table
        self.stray_pipes: list[Span] = []  # where a pipe begins a line that is in no table
        self.stray_cells: list[Span] = []  # tags of rows and cells that stand in no table
        self.tagged = has_blocks(masked)
        self.open_tags = self.open_tag_table = False  # whether a list or table, or a table, goes on behind the text
        self.level = 0  # of what is read now, among the blocks that are written as tags
        self.links = link_skips(masked) if self.tagged else []

    @cached_property
    def tags(self) -> TagReader:
        """What finds tables and lists in tags; most texts have none."""
        return TagReader(self.masked)

    def begins_line(self, position: int) -> bool:
        return position == 0 or self.masked[position - 1] == "\n"

    def find_tables(self, lines: Lines, headings: dict[int, Heading]) -> dict[int, int | None]:
        """The wikitables of the whole text, see ``pair_tables``, and the slips in their marks."""
        tables = self.pair_tables(lines)
        if tables and "||" in self.masked:
            places = sorted(headings)
            stops = {i: self.table_stop(lines, i, closed, places) for i, closed in tables.items()}
            self.masked = mark_doubled_pipes(self.masked, _lines_within(lines, stops))
        self.unclosed_tables = [lines[i][0] for i, closed in tables.items() if closed is None]
        if "|}" in self.masked:
            closing = {lines[i][0] for i in tables.values() if i is not None}
            found = _STRAY_END.finditer(self.masked)
            self.stray_ends = [match.start(1) for match in found if match.start() not in closing]
        if "|" in self.masked:
            self.stray_pipes = self.find_stray_pipes(lines, tables)
        return tables

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

    def pair_tables(self, lines: Lines) -> dict[int, int | None]:
        """Index of each line that starts a table, to that of the line which ends it (None: no line does)."""
        pairs: dict[int, int | None] = {}
        stack: list[int] = []
        masked = self.masked
        if not lines or masked.find("{|", lines[0][0], lines[-1][1]) < 0:
            return pairs
        for index, (start, end) in enumerate(lines):
            if TABLE_START.match(masked, start, end):
                stack.append(index)
                pairs[index] = None
            elif stack and TABLE_END.match(masked, start, end):
                pairs[stack.pop()] = index
        return pairs

    def table_stop(self, lines: Lines, first: int, last: int | None, places: list[int]) -> int:
        """Where the table that begins in a line ends, or the next of the headings at ``places`` if it is not closed."""
        if last is not None:
            return lines[last][1]
        index = bisect_left(places, first)
        return lines[places[index]][0] if index < len(places) else len(self.masked)

    def find_tag_blocks(
        self, lines: Lines, tables: dict[int, int | None], headings: dict[int, Heading]
    ) -> list[TagBlock]:
        """The outermost tables and lists of the whole text that are written as tags, in order."""
        if not self.tagged:
            return []
        places = sorted(headings)
        skips = [*self.links]
        for first, last in tables.items():
            # one that is never closed is read up to the next heading, unless it stands in a block itself
            stop = self.table_stop(lines, first, last, places)
            skips.append(Skip(lines[first][0], stop, always=last is not None))
        skips.sort(key=_skip_start)
        found = self.tags.find(0, len(self.masked), skips, [lines[index] for index in places])
        self.stray_cells = self.tags.stray
        self.open_tags, self.open_tag_table = self.tags.unclosed, self.tags.unclosed_table
        return found

    def part(self, lines: Lines, ends: dict[int, int]) -> tuple[Lines, dict[int, int]]:
        """Lines of a cell with its blocks as lines of their own, see ``part_lines``."""
        if not lines or not has_blocks(self.masked, lines[0][0], lines[-1][1]):
            return lines, ends
        skips = self.skips(lines, ends)
        found = self.tags.find(lines[0][0], lines[-1][1], skips, level=self.level)
        return part_lines(self.masked, lines, ends, found)

    def skips(self, lines: Lines, ends: dict[int, int]) -> list[Skip]:
        """The links and wikitables in some lines."""
        low, high = (bisect_left(self.links, at, key=_skip_start) for at in (lines[0][0], lines[-1][1]))
        tables = [Skip(lines[i][0], lines[min(stop, len(lines) - 1)][1]) for i, stop in ends.items()]
        return sorted([*self.links[low:high], *tables], key=_skip_start)

    def mix_rows(
        self, caption: Cell | None, rows: list[list[Cell]], loose: Lines
    ) -> tuple[Cell | None, list[list[Cell]], Lines]:
        """Caption, rows and loose lines of a wikitable in which rows and cells are written as tags as well."""
        mixed: list[list[Cell]] = []
        rest: Lines = []
        for row in rows:
            mixed.append([])
            for cell in row:
                if not has_rows(self.masked, cell.lines[0][0], cell.lines[-1][1]):
                    mixed[-1].append(cell)
                    continue
                table = self.tag_rows(cell.lines, cell)
                mixed[-1] += table.rows[0]
                mixed += table.rows[1:]
                rest += table.loose
                caption = caption or table.caption
        for group in _neighbours(loose):
            table = self.tag_rows(group, None)
            mixed += table.rows
            rest += table.loose
            caption = caption or table.caption
        mixed = [row for row in mixed if row]
        return caption, sorted(mixed, key=lambda row: row[0].lines[0]), sorted(rest)

    def tag_rows(self, lines: Lines, cell: Cell | None) -> TagBlock:
        """The rows that begin in some lines of a wikitable, which are those of a cell or, with None, of none."""
        pairs = self.pair_tables(lines)
        skips = self.skips(lines, {i: c for i, c in pairs.items() if c is not None})
        table = TagBlock("table", lines[0][0], lines[-1][1], "")
        if cell is not None:
            cell.lines, cell.parted = [], True
            table.rows.append([cell])
        self.tags.find_rows(table, cell, skips, self.level)
        return table


def _lines_within(lines: Lines, stops: dict[int, int]) -> Iterator[Span]:
    """The lines of tables: ``stops`` has the index of the line that begins each, and where it ends."""
    stop = -1
    for index, line in enumerate(lines):
        stop = max(stop, stops.get(index, -1))
        if line[0] < stop:
            yield line


def _skip_start(skip: Skip) -> int:
    return skip.start


def _neighbours(lines: Lines) -> list[Lines]:
    """Lines in groups of those that follow one another."""
    groups: list[Lines] = []
    for line in lines:
        if groups and groups[-1][-1][1] + 1 == line[0]:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups
