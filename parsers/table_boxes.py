"""Infoboxes that are written as tables: which tables are one, and which of their cells are label and value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from parsers.infobox import BOX_WORDS, MIN_PAIRS, label_name, last_of_each
from parsers.tables import Cell

_BOX_CLASS = re.compile(rf"class\s*=\s*[\"']?[^\"'>|]*(?:{BOX_WORDS})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TableSource:
    """A table as written: its place, what opens it, its caption, and its cells with their texts.

    ``kind`` is that of the infobox that it may be: wikitable or html.
    """

    kind: str
    start: int
    end: int
    opening: str
    caption: str | None
    rows: list[list[Cell]]
    texts: list[list[str]]


def table_box(table: TableSource) -> tuple[str, dict[str, Cell]] | None:
    """The name of the infobox that a table is and the cell of each label, the last of a repeated one; None if none.

    As in HTML, a table with the class ``infobox`` is one; without, one whose rows are all pairs of a header cell and
    another but for a heading.
    """
    says = _BOX_CLASS.search(table.opening) is not None
    pairs: list[tuple[str, Cell]] = []
    heading = ""
    for number, (row, texts) in enumerate(zip(table.rows, table.texts, strict=True)):
        found = list(_row_pairs(row, texts, says=says))
        if found:
            pairs += found
        elif number == 0 and len(row) == 1:
            heading = label_name(texts[0])
        elif not says and any(texts):
            return None
    if not pairs or (not says and len(pairs) < MIN_PAIRS):
        return None
    return label_name(table.caption or "") or heading or "infobox", last_of_each(pairs)


def _row_pairs(row: list[Cell], texts: list[str], *, says: bool) -> Iterator[tuple[str, Cell]]:
    """The pairs of a row: header and other cell in turn; the first two cells, where the table says that it is a box."""
    kinds = [cell.header for cell in row]
    if len(row) < 2:
        return
    if len(row) % 2 == 0 and kinds == [True, False] * (len(row) // 2):
        places = range(0, len(row), 2)
    elif says:
        places = range(1)
    else:
        return
    for place in places:
        label = label_name(texts[place])
        if label:
            yield label, row[place + 1]
