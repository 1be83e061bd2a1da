"""Wikitext tables: the cells of their lines, and the rectangular grid that a reader sees (Help:Tables)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from parsers.masks import NEXT_CELL, links_in
from parsers.record import Span, Table

_MAX_CELLS = 50_000  # of a grid; spans beyond it are not repeated
_MAX_REPEATED = 200_000  # characters of text that spans repeat in a grid
TABLE_START = re.compile(r"[\ufdd0\s]*+(?::++[\ufdd0\s]*+)?\{\|")
TABLE_END = re.compile(r"[\ufdd0\s]*+\|\}")
_MARK = re.compile(r"[\ufdd0\s]*+(\|\+|\|-|\||!)")
_NEXT_CELL = re.compile(r"\|\ufdd0*+\||!!")  # a comment may stand between two pipes
_SPAN = re.compile(r"(?<![\w-])(rowspan|colspan)\s*=\s*[\"']?\s*(\d{1,4})", re.IGNORECASE)


@dataclass(slots=True)
class Cell:
    """One cell as written: its attributes and the spans of its lines; ``header`` after ``!`` or in ``<th>``.

    In one that is ``parted``, each table and list that is written as tags is a line of its own. The first line of one
    that is ``marked`` holds a pipe or an equals sign.
    """

    attributes: str
    lines: list[tuple[int, int]] = field(default_factory=list)
    header: bool = False
    parted: bool = False
    marked: bool = False

    def span(self, name: str) -> int:
        for found, number in _SPAN.findall(self.attributes):
            if found.lower() == name:
                return max(1, int(number))
        return 1


def parse_cells(
    masked: str, lines: list[tuple[int, int]], *, nested: bool
) -> tuple[Cell | None, list[list[Cell]], list[tuple[int, int]]]:
    """Caption, rows and loose lines of a table from the lines between ``{|`` and ``|}``.

    With ``nested`` the lines of an inner table belong to the cell that they stand in.
    """
    caption: Cell | None = None
    rows: list[list[Cell]] = [[]]
    loose: list[tuple[int, int]] = []
    current: Cell | None = None
    inner = 0
    for start, end in lines:
        if nested and TABLE_START.match(masked, start, end):
            inner += 1
        mark = _MARK.match(masked, start, end) if not inner else None
        if inner and TABLE_END.match(masked, start, end):
            inner -= 1
        if mark is None:
            (current.lines if current is not None else loose).append((start, end))
        elif mark[1] == "|-":
            rows.append([])
            current = None
        elif mark[1] == "|+" and caption is not None:  # shown, but a table has one caption
            current = None
            loose.append((mark.end(), end))
        elif mark[1] == "|+":
            caption = current = _cell(masked, mark.end(), end)
        else:
            found = _split_cells(masked, mark.end(), end, header=mark[1] == "!")
            rows[-1].extend(found)
            current = found[-1]
    return caption, [row for row in rows if row], loose


def _split_cells(masked: str, start: int, end: int, *, header: bool) -> list[Cell]:
    cells: list[Cell] = []
    position = start
    line = masked[start:end]
    # behind the first pipe of a link, doubled ones part no cells
    links = [(line.find("|", *link), link[1]) for link in links_in(line, 0)] if "[[" in line else []
    for match in _NEXT_CELL.finditer(line):
        at = match.start()
        if (match[0][0] == "!" and not header) or any(0 <= low < at < high for low, high in links):
            continue
        cells.append(_cell(masked, position, start + match.start(), header=header))
        position = start + match.end()
    cells.append(_cell(masked, position, end, header=header))
    return cells


def _cell(masked: str, start: int, end: int, *, header: bool = False) -> Cell:
    """A cell; what stands before its first pipe are attributes, unless a link begins there."""
    pipe = masked.find("|", start, end)
    if pipe < 0 or masked.find("[[", start, pipe) >= 0:
        return Cell("", [(start, end)], header, marked=pipe >= 0 or masked.find("=", start, end) >= 0)
    return Cell(masked[start:pipe], [(pipe + 1, end)], header, marked=True)


def mark_doubled_pipes(masked: str, lines: Iterable[Span]) -> str:
    """``masked`` with ``NEXT_CELL`` for the second of two pipes in the links of those lines that begin cells.

    Two that stand behind the target of a link part cells, see ``parse_cells``.
    """
    pieces: list[str] = []
    done = 0
    for start, end in lines:
        begins = masked.find("||", start, end) >= 0 and _MARK.match(masked, start, end)
        for low, high in links_in(masked[start:end], start) if begins else ():
            first = masked.find("|", low, high)
            if first < 0 or masked.startswith("||", first) or masked.find("||", first, high) < 0:
                continue
            pieces += [masked[done:first], masked[first:high].replace("||", "|" + NEXT_CELL)]
            done = high
    return "".join([*pieces, masked[done:]]) if pieces else masked


def build_table(caption: str | None, rows: list[list[Cell]], texts: list[list[str]]) -> Table:
    """The grid: every row equally long, the text of a cell repeated wherever it spans."""
    grid: list[list[str | None]] = [[] for _ in rows]
    budget, repeated = _MAX_CELLS, _MAX_REPEATED
    for y, row in enumerate(rows):
        x = 0
        for cell, text in zip(row, texts[y], strict=True):
            while x < len(grid[y]) and grid[y][x] is not None:
                x += 1
            width, height = cell.span("colspan"), min(cell.span("rowspan"), len(rows) - y)
            if width * height > budget or (width * height - 1) * len(text) > repeated:
                width = height = 1
            budget -= width * height
            repeated -= (width * height - 1) * len(text)
            for line in grid[y : y + height]:
                line.extend([None] * (x + width - len(line)))
                line[x : x + width] = [text] * width
            x += width
    longest = max(map(len, grid), default=0)
    if longest * len(grid) > 4 * _MAX_CELLS:
        longest = 0  # ragged beyond reason: rows as they are
    filled = (tuple(cell or "" for cell in row) + ("",) * (longest - len(row)) for row in grid)
    return Table(caption, tuple(filled))
