"""Tables and lists that are written as HTML tags: where they stand, and what their rows, cells and items hold.

Which tag closes what is as in HTML (HTML Living Standard, 13.2.6: "in body", "in table", "in row", "in cell"), which
is how MediaWiki mends its pages (RemexHtml): a row closes the row before it, a cell the cell, and the end of a table
or cell all that is open in it. Groups of rows (``<tbody>``) are text in wikitext. A heading ends lists; a table goes on
behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from parsers.masks import links_in
from parsers.record import Span
from parsers.tables import Cell

LISTS = ("ul", "ol", "dl")
_REST = r"(?:(?!\n=)[\s/\ufdd0\ufdd1](?:[^<>\n]|\n(?!=))*+|)"  # as in html_tags: never over what may be a heading
_TAG = re.compile(rf"<(?P<closes>/?)(?P<name>table|caption|tr|td|th|ul|ol|dl|li|dt|dd){_REST}>", re.IGNORECASE)
# Without one of these there is nothing to find
_ANY = re.compile(r"<(?:table|caption|tr|td|th|ul|ol|dl)[\s/>\ufdd0\ufdd1]", re.IGNORECASE)
_ROW_TAG = re.compile(r"<(?:caption|tr|td|th)[\s/>\ufdd0\ufdd1]", re.IGNORECASE)
_CELLS = ("td", "th")
_PARTS = ("caption", "tr", *_CELLS)
_MAX_KEPT_OPEN = 3  # tables that go on behind a heading
_MAX_OPEN = 100  # blocks in one another; what lies deeper is text

Lines = list[Span]


@dataclass(slots=True)
class TagBlock:
    """A table, or a list of ``kind`` ul, ol or dl; ``opening`` is its tag.

    A cell has the lines that it holds; a block that stands in it is one of them. ``loose`` is what stands in the table
    and in none of its cells. ``items`` are those of a list; one without ``attributes`` stands for what is in no item.
    """

    kind: str
    start: int
    end: int
    opening: str
    caption: Cell | None = None
    rows: list[list[Cell]] = field(default_factory=list)
    loose: Lines = field(default_factory=list)
    items: list[Cell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Skip:
    """A stretch whose tags are not looked at; unless ``always``, only where no block is open around it."""

    start: int
    end: int
    always: bool = True


@dataclass(slots=True)
class _Open:
    block: TagBlock
    tag: str = ""  # of the cell, caption or item that is open
    cell: Cell | None = None
    in_row: bool = False


def has_blocks(masked: str, start: int = 0, end: int | None = None) -> bool:
    """Whether any tag in ``masked[start:end]`` may begin a table, a row, a cell or a list."""
    end = len(masked) if end is None else end
    return masked.find("<", start, end) >= 0 and _ANY.search(masked, start, end) is not None


def has_rows(masked: str, start: int, end: int) -> bool:
    """Whether ``masked[start:end]`` has tags of rows, cells or captions."""
    return _ROW_TAG.search(masked, start, end) is not None


def link_skips(masked: str) -> list[Skip]:
    """The links of a text: their labels are read by themselves."""
    found = links_in(masked, 0) if "[[" in masked else []
    return [Skip(*link) for link in found if masked.find("\n", *link) < 0]


class TagReader:
    """Finds the blocks of one masked text. ``blocks`` holds each by its depth among the others and its span."""

    def __init__(self, masked: str) -> None:
        self.masked = masked
        self.blocks: dict[tuple[int, int, int], TagBlock] = {}
        self.stray: list[Span] = []  # tags of rows and cells outside of tables, the first of each line
        self.unclosed = False  # whether the last text that was read ends within a table or list
        self.unclosed_table = False
        self._stack: list[_Open] = []
        self._outer: list[TagBlock] = []
        self._at = self._level = self._deeper = 0
        self._rooted = False  # whether the outermost table was not begun by a tag

    def find(
        self, start: int, end: int, skips: Sequence[Skip], breaks: Iterable[Span] = (), level: int = 0
    ) -> list[TagBlock]:
        """The outermost blocks of ``masked[start:end]``, at depth ``level``; ``breaks`` are its headings."""
        self._stack, self._outer, self._level, self._rooted = [], [], level, False
        self._read(start, end, skips, breaks)
        self.unclosed = bool(self._stack)
        self.unclosed_table = any(opened.block.kind == "table" for opened in self._stack)
        self._close_to(-1, end)
        return self._outer

    def find_rows(self, table: TagBlock, cell: Cell | None, skips: Sequence[Skip], level: int) -> None:
        """Read what stands in a cell of a table, or with None loosely in it, for rows and cells that begin there."""
        self._stack, self._level, self._rooted = (
            [_Open(table, "td" if cell else "", cell, cell is not None)],
            level - 1,
            True,
        )
        self._read(table.start, table.end, skips, ())
        self._close_to(0, table.end)
        self._end_cell()

    def _read(self, start: int, end: int, skips: Sequence[Skip], breaks: Iterable[Span]) -> None:
        self._at, self._deeper = start, 0
        pending = [*breaks][::-1]
        skipped = 0
        for match in _TAG.finditer(self.masked, start, end):
            at = match.start()
            while pending and pending[-1][0] <= at:
                self._heading(*pending.pop())
            while skipped < len(skips) and (
                skips[skipped].end <= at
                or (skips[skipped].start <= at and not skips[skipped].always and bool(self._stack))
            ):
                skipped += 1
            if skipped < len(skips) and skips[skipped].start <= at:
                continue
            self._tag(match["name"].lower(), bool(match["closes"]), at, match.end())
        while pending:
            self._heading(*pending.pop())
        self._fill(end)

    def _tag(self, name: str, closes: bool, start: int, end: int) -> None:
        if self._deeper or (len(self._stack) >= _MAX_OPEN and not closes and (name == "table" or name in LISTS)):
            self._deeper += (name == "table" or name in LISTS) * (-1 if closes else 1)
        elif name == "table":
            self._table(closes, start, end)
        elif name in _PARTS:
            self._part(name, closes, start, end)
        elif name in LISTS:
            self._list(name, closes, start, end)
        elif closes:
            self._item_end(name, start, end)
        else:
            self._item(name, start, end)

    def _table(self, closes: bool, start: int, end: int) -> None:
        index = self._innermost()
        if not closes:
            # between two cells, a table ends the one that it stands in
            if index is not None and self._stack[index].cell is None and not self._is_root(index):
                self._close_to(index - 1, start)
            self._open("table", start, end)
        elif index is not None and not self._is_root(index):
            self._end(index, start, end)

    def _part(self, name: str, closes: bool, start: int, end: int) -> None:
        """The tag of a caption, row or cell."""
        index = self._innermost()
        if index is None:
            line = self.masked.rfind("\n", 0, start)
            if not closes and (not self.stray or self.stray[-1][0] <= line):
                self.stray.append((start, end))
            return
        table = self._stack[index]
        if closes and name != table.tag and not (name == "tr" and table.in_row):
            return
        self._close_to(index, start)
        self._fill(start)
        self._end_cell()
        self._at = end
        if name not in _CELLS:
            table.in_row = name == "tr" and not closes
            if table.in_row:
                table.block.rows.append([])
        if closes:
            return
        cell = Cell(self.masked[start + 1 + len(name) : end - 1], header=name == "th", parted=True)
        if name in _CELLS:
            if not table.in_row:
                table.block.rows.append([])
                table.in_row = True
            table.block.rows[-1].append(cell)
        elif name == "caption" and table.block.caption is None:
            table.block.caption = cell
        else:
            return
        table.tag, table.cell = name, cell

    def _list(self, name: str, closes: bool, start: int, end: int) -> None:
        if not closes:
            self._open(name, start, end)
            return
        for index in range(len(self._stack) - 1, -1, -1):
            kind = self._stack[index].block.kind
            if kind == "table":
                return
            if kind == name:
                self._end(index, start, end)
                return

    def _item(self, name: str, start: int, end: int) -> None:
        opened = self._stack[-1] if self._stack else None
        if opened is None or opened.block.kind == "table" or (opened.tag and (opened.tag == "li") != (name == "li")):
            return  # an item of no list: what it holds is text
        self._fill(start)
        self._end_cell()
        self._at = end
        opened.tag, opened.cell = name, Cell(self.masked[start:end], parted=True)
        opened.block.items.append(opened.cell)

    def _item_end(self, name: str, start: int, end: int) -> None:
        for index in range(len(self._stack) - 1, -1, -1):
            opened = self._stack[index]
            if opened.block.kind == "table":
                return
            if opened.cell is not None and opened.tag == name:
                self._close_to(index, start)
                self._fill(start)
                self._end_cell()
                self._at = end
                return
            if name == "li":  # what is open in a list ends no item around it
                return

    def _heading(self, start: int, end: int) -> None:
        """All that is open ends before a heading; tables go on behind it, with what stands loosely in them first."""
        self._deeper = 0
        if not self._stack:
            return
        rows = [opened.in_row for opened in self._stack if opened.block.kind == "table"][:_MAX_KEPT_OPEN]
        stop = max(start - 1, self._at)
        self._close_to(-1, stop)
        self._at = end
        for in_row in rows:
            self._open("table", end, end)
            if in_row:
                self._stack[-1].in_row = True
                self._stack[-1].block.rows.append([])

    def _innermost(self) -> int | None:
        """The place of the innermost table that is open."""
        for index in range(len(self._stack) - 1, -1, -1):
            if self._stack[index].block.kind == "table":
                return index
        return None

    def _is_root(self, index: int) -> bool:
        """Whether this is a table that was not begun by a tag."""
        return index == 0 and self._rooted

    def _open(self, kind: str, start: int, end: int) -> None:
        self._fill(start)
        self._at = end
        self._stack.append(_Open(TagBlock(kind, start, end, self.masked[start:end])))

    def _end(self, index: int, start: int, end: int) -> None:
        """End a block, and all that is open in it, with the tag from ``start`` to ``end``."""
        self._close_to(index, start)
        self._fill(start)
        self._end_cell()
        self._at = end
        self._close(end)

    def _close_to(self, index: int, end: int) -> None:
        """End all blocks inside of one at ``end``."""
        while len(self._stack) > index + 1:
            self._close(end)

    def _close(self, end: int) -> None:
        """End the innermost block at ``end``."""
        self._fill(end)
        self._end_cell()
        block = self._stack.pop().block
        block.end = end
        if block.start == end:
            return
        self.blocks[self._level + len(self._stack), block.start, end] = block
        if self._stack:
            self._holder().append((block.start, end))
        else:
            self._outer.append(block)

    def _end_cell(self) -> None:
        opened = self._stack[-1]
        if opened.cell is not None and not opened.cell.lines:
            opened.cell.lines.append((self._at, self._at))
        opened.cell, opened.tag = None, ""

    def _fill(self, end: int) -> None:
        """Give the text up to ``end`` to what is open."""
        start = self._at
        if self._stack and start < end:
            opened = self._stack[-1]
            if opened.cell is not None or not self.masked[start:end].isspace():
                self._holder().extend(split_lines(self.masked, start, end))
        self._at = max(start, end)

    def _holder(self) -> Lines:
        opened = self._stack[-1]
        if opened.cell is None and opened.block.kind != "table":
            opened.cell = Cell("", parted=True)
            opened.block.items.append(opened.cell)
        return opened.block.loose if opened.cell is None else opened.cell.lines


def split_lines(masked: str, start: int, end: int) -> Lines:
    """The spans of the lines of ``masked[start:end]``."""
    lines: Lines = []
    while (stop := masked.find("\n", start, end)) >= 0:
        lines.append((start, stop))
        start = stop + 1
    lines.append((start, end))
    return lines


def part_lines(
    masked: str, lines: Lines, ends: dict[int, int], blocks: Sequence[TagBlock]
) -> tuple[Lines, dict[int, int]]:
    """Lines with each block as one of them, and with ``ends`` for these.

    ``ends`` has the index of each line that begins a wikitable outside of the blocks, with that of its last line.
    """
    parted: Lines = []
    kept: dict[int, int] = {}
    index = number = 0
    while index < len(lines):
        start, end = lines[index]
        if index in ends:
            stop = min(ends[index], len(lines) - 1)
            kept[len(parted)] = len(parted) + stop - index
            parted += lines[index : stop + 1]
            index = stop + 1
            continue
        at = start
        while number < len(blocks) and blocks[number].start <= end:
            block = blocks[number]
            number += 1
            if masked[at : block.start].strip():
                parted.append((at, block.start))
            parted.append((block.start, block.end))
            at = block.end
            while index + 1 < len(lines) and lines[index + 1][0] <= at:
                index += 1
                end = lines[index][1]
        if at == start or masked[at:end].strip():
            parted.append((at, end))
        index += 1
    return parted, kept
