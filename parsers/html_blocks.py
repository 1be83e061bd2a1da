"""The headings of an HTML page, and the lists and tables of a range of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from parsers.html_text import TextReader, is_added, is_unseen
from parsers.html_tree import Element, Tree
from parsers.record import ListItem, ListNode, Table
from parsers.tables import Cell, build_table

_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_LISTS = frozenset("ul ol dl".split())
_ITEMS = frozenset("li dt dd".split())
_MAX_LIST_DEPTH = 30
_MAX_TABLE_DEPTH = 5


@dataclass(frozen=True, slots=True)
class HtmlHeading:
    """A heading: ``whole`` is the outermost element that is nothing but it."""

    level: int
    title: str
    anchor: str
    whole: Element


def find_headings(tree: Tree, texts: TextReader, root: Element) -> list[HtmlHeading]:
    """The headings of a page's content.

    MediaWiki marks its own: the title in ``span.mw-headline`` up to 1.42, ``div.mw-heading`` around the heading from
    1.43 on. In tables only these count. Where a page has none of them, any heading is one.
    """
    found: list[tuple[Element, Element, Element, bool]] = []  # heading, headline, whole, marked
    table_ends = 0
    walk = tree.inside(root)
    for node in walk:
        if is_added(node) or node.name == "aside":
            walk.skip(node)
        elif node.name == "table":
            table_ends = max(table_ends, node.stop)
        elif node.name in _HEADINGS and node.get("id") != "firstHeading":
            headline = next((e for e in tree.inside(node) if "mw-headline" in e.classes), None)
            outer = next(tree.around(node))
            wrapped = "mw-heading" in outer.classes
            own = headline is not None or wrapped
            if own or node.at >= table_ends:
                found.append((node, headline or node, outer if wrapped else node, own or bool(node.get("id"))))
            walk.skip(node)
    if any(marked for *_, marked in found):
        found = [heading for heading in found if heading[3]]
    return [
        HtmlHeading(int(node.name[1]), " ".join(texts.label(line).split("\n")), line.get("id"), whole)
        for node, line, whole, _ in found
    ]


class BlockReader:
    """Reads the lists and tables of one page."""

    def __init__(self, tree: Tree, texts: TextReader) -> None:
        self.tree, self.texts = tree, texts

    def read(self, low: int, high: int, without: Collection[int]) -> tuple[list[ListNode], list[Table]]:
        """The lists and tables among these nodes, in order; a table comes before those inside it."""
        lists: list[ListNode] = []
        tables: list[Table] = []
        walk = self.tree.walk(low, high)
        for node in walk:
            if is_added(node) or is_unseen(node) or node.at in without:
                walk.skip(node)
            elif node.name in _LISTS:
                lists.append(self.list_node(node, 1))
                walk.skip(node)
            elif node.name == "table":
                tables += self.tables(node)
                walk.skip(node)
        return lists, tables

    def list_node(self, element: Element, depth: int) -> ListNode:
        """A list with those nested in it; beyond a depth they are text of their item."""
        items: list[ListItem] = []
        walk = self.tree.inside(element)
        for node in walk:
            if node.name in _ITEMS:
                inner = self.outermost_lists(node) if depth < _MAX_LIST_DEPTH else []
                children = tuple(self.list_node(one, depth + 1) for one in inner)
                items.append(ListItem(self.texts.text(node, {one.at for one in inner}), children))
                walk.skip(node)
            elif node.name in _LISTS and depth < _MAX_LIST_DEPTH:  # a list in no item
                items.append(ListItem("", (self.list_node(node, depth + 1),)))
                walk.skip(node)
        return ListNode(element.name, tuple(items))

    def outermost_lists(self, element: Element) -> list[Element]:
        found: list[Element] = []
        walk = self.tree.inside(element)
        for inner in walk:
            if inner.name in _LISTS:
                found.append(inner)
                walk.skip(inner)
        return found

    def tables(self, element: Element) -> list[Table]:
        """The grid of a table, and of those inside it down to a depth."""
        found = [(element, 1)]
        tables: list[Table] = []
        while found:
            table, depth = found.pop(0)
            rows, caption, inner = table_rows(self.tree, table)
            cells = [[Cell(_spans(cell), header=cell.name == "th") for cell in row] for row in rows]
            texts = [[self.texts.text(cell) for cell in row] for row in rows]
            if cells or caption:
                tables.append(build_table(self.texts.text(caption) if caption else None, cells, texts))
            if depth < _MAX_TABLE_DEPTH:
                found += [(one, depth + 1) for one in inner]
        return tables


def table_rows(tree: Tree, table: Element) -> tuple[list[list[Element]], Element | None, list[Element]]:
    """The cells of a table by row, its caption, and the outermost tables inside it."""
    rows: list[list[Element]] = []
    caption: Element | None = None
    inner: list[Element] = []
    walk = tree.inside(table)
    for node in walk:
        if node.name == "table":
            inner.append(node)
            walk.skip(node)
        elif node.name == "tr":
            rows.append([])
        elif node.name in ("td", "th"):
            rows = rows or [[]]
            rows[-1].append(node)
        elif node.name == "caption" and caption is None:
            caption = node
    return [row for row in rows if row], caption, inner


def _spans(cell: Element) -> str:
    return " ".join(f'{name}="{cell.get(name).strip()}"' for name in ("colspan", "rowspan") if cell.get(name))
