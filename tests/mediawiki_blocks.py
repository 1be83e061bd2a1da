"""The tables and lists of a page as MediaWiki shows them, read off its HTML by BeautifulSoup."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import copy

from bs4 import BeautifulSoup, Tag

from parsers.plain_text import BLOCK_TAGS
from parsers.record import ListNode, Record

Grid = tuple[str | None, tuple[tuple[str, ...], ...]]
Tree = tuple[str, tuple[tuple[str, tuple["Tree", ...]], ...]]

_LISTS = ("ul", "ol", "dl")
_UNSEEN = ".mw-editsection, .toc, .reference, .references, style, script"


def page_blocks(html: str) -> tuple[list[Grid], list[Tree]]:
    """Caption and grid of each table, and the lists that stand in no table, in the order of the page."""
    soup = BeautifulSoup(html, "lxml")
    for unseen in soup.select(_UNSEEN):
        unseen.decompose()
    tables = [_grid(table) for table in soup.find_all("table")]
    lists = [_tree(one) for one in soup.find_all(_LISTS) if one.find_parent([*_LISTS, "table"]) is None]
    return tables, lists


def record_blocks(record: Record) -> tuple[list[Grid], list[Tree]]:
    """The same of a record."""
    tables = [
        (_plain(table.caption) if table.caption else None, tuple(tuple(map(_plain, row)) for row in table.rows))
        for section in record.sections
        for table in section.tables
    ]
    return tables, [_node(one) for section in record.sections for one in section.lists]


def _node(node: ListNode) -> Tree:
    return node.kind, tuple((_plain(item.text), tuple(map(_node, item.children))) for item in node.items)


def _tree(element: Tag) -> Tree:
    items: list[tuple[str, tuple[Tree, ...]]] = []
    for child in element.find_all(["li", "dt", "dd", *_LISTS]):
        item = child.find_parent(["li", "dt", "dd", *_LISTS])
        if item is not element:
            continue
        if child.name in _LISTS:
            items.append(("", (_tree(child),)))
            continue
        inner = tuple(_tree(one) for one in child.find_all(_LISTS) if one.find_parent([*_LISTS, "table"]) is element)
        own = copy(child)
        for one in own.find_all(_LISTS):
            if one.find_parent("table") is None and not one.decomposed:
                one.replace_with("\n")
        items.append((_text(own), inner))
    return element.name, tuple(items)


def _grid(table: Tag) -> Grid:
    """Every row equally long, the text of a cell wherever it spans."""
    rows = [row for row in table.find_all("tr") if row.find_parent("table") is table and _cells(row)]
    places: dict[tuple[int, int], str] = {}
    for y, row in enumerate(rows):
        x = 0
        for cell in _cells(row):
            while (y, x) in places:
                x += 1
            width, height = (_number(str(cell.get(name, ""))) for name in ("colspan", "rowspan"))
            text = _text(cell)
            for line in range(y, min(y + height, len(rows))):
                places.update({(line, column): text for column in range(x, x + width)})
            x += width
    wide = max((x + 1 for _, x in places), default=0)
    caption = table.find("caption", recursive=False)
    grid = tuple(tuple(places.get((y, x), "") for x in range(wide)) for y in range(len(rows)))
    return (_text(caption) if caption and _text(caption) else None), grid


def _number(written: str) -> int:
    """A span as browsers read it: its first digits, else 1."""
    digits = re.match(r"\s*(\d+)", written)
    return max(1, int(digits[1])) if digits else 1


def _cells(row: Tag) -> list[Tag]:
    return list(row.find_all(["td", "th"], recursive=False))


def _text(element: Tag) -> str:
    return " ".join("".join(_pieces(copy(element))).split())


def _pieces(element: Tag) -> Iterator[str]:
    for child in element.children:
        if isinstance(child, Tag):
            apart = "\n" if child.name in BLOCK_TAGS or child.name in ("td", "th") else ""
            yield apart
            yield from _pieces(child)
            yield apart
        else:
            yield str(child)


def _plain(text: str) -> str:
    return " ".join(text.split())
