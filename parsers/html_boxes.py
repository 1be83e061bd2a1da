"""Infoboxes in rendered HTML: tables, portable infoboxes and definition lists that are pairs of label and value."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from parsers.html_blocks import table_rows
from parsers.html_text import TextReader, is_added
from parsers.html_tree import Element, Tree
from parsers.infobox import BOX_WORDS, MIN_PAIRS, label_name, last_of_each
from parsers.titles import parameter_name

_BOX = re.compile(BOX_WORDS, re.IGNORECASE)
_MAX_BOXES = 50
_MAX_TRIES = 200  # elements that are looked at: each costs what is inside it


@dataclass(frozen=True, slots=True)
class HtmlBox:
    """An infobox as it stands on the page, and the element that holds the value of each label."""

    name: str
    element: Element
    values: Mapping[str, Element]


class BoxReader:
    """Finds the infoboxes of one page.

    What says of itself that it is one (class ``infobox``, ``aside.portable-infobox``) is one wherever it stands.
    In the lead, so is a table whose rows are all pairs of ``th`` and ``td`` but for a heading, and a definition list
    whose every term has one definition.
    """

    def __init__(self, tree: Tree, texts: TextReader) -> None:
        self.tree, self.texts = tree, texts

    def find(self, low: int, high: int, lead_ends: int) -> list[HtmlBox]:
        """The boxes among these nodes; none is inside another."""
        found: list[HtmlBox] = []
        tries = 0
        walk = self.tree.walk(low, high)
        for node in walk:
            if is_added(node):
                walk.skip(node)
                continue
            tries += node.name in ("table", "aside", "dl")
            box = self.box(node, in_lead=node.at < lead_ends)
            if box is not None:
                found.append(box)
                walk.skip(node)
            elif node.name == "table":
                walk.at = self.after_plain(node)
            if len(found) == _MAX_BOXES or tries == _MAX_TRIES:
                break
        return found

    def after_plain(self, table: Element) -> int:
        """Where to go on in a table that is no box: at the first one inside it that says it is, else behind it."""
        named = (e.at for e in self.tree.inside(table) if e.name in ("table", "aside", "dl") and _says_box(e))
        return next(named, table.stop)

    def box(self, element: Element, *, in_lead: bool) -> HtmlBox | None:
        """The box that an element is, if it is one."""
        says = _says_box(element)
        if element.name == "aside" and "portable-infobox" in element.classes:
            return self.portable(element)
        if element.name == "table" and (says or in_lead):
            return self.table(element, says=says)
        if element.name == "dl" and (says or in_lead or any(map(_says_box, self.tree.around(element)))):
            return self.definitions(element)
        return None

    def table(self, table: Element, *, says: bool) -> HtmlBox | None:
        rows, caption, _ = table_rows(self.tree, table)
        pairs: list[tuple[str, Element]] = []
        heading: Element | None = None
        for number, row in enumerate(rows):
            found = list(self.row_pairs(row, says=says))
            if found:
                pairs += found
            elif number == 0 and len(row) == 1 and heading is None:
                heading = row[0]
            elif not says and not _is_blank(self.texts, row):
                return None
        if not pairs or (not says and len(pairs) < MIN_PAIRS):
            return None
        name = self.name(caption) or self.name(heading)
        return HtmlBox(name or "infobox", table, last_of_each(pairs))

    def row_pairs(self, row: list[Element], *, says: bool) -> Iterator[tuple[str, Element]]:
        """The pairs of a row: ``th`` and ``td`` in turn; two ``td`` as well where the table says that it is a box."""
        if len(row) % 2:
            return
        kinds = [cell.name for cell in row]
        if kinds != ["th", "td"] * (len(row) // 2) and not (says and kinds == ["td", "td"]):
            return
        for label, value in zip(row[::2], row[1::2], strict=True):
            name = self.name(label)
            if name:
                yield name, value

    def portable(self, aside: Element) -> HtmlBox | None:
        """A portable infobox (Help:Infoboxes of Fandom): ``data-source`` is the parameter that a value came from."""
        pairs: list[tuple[str, Element]] = []
        title = heading = None
        for element in self.tree.inside(aside):
            source = parameter_name(element.get("data-source"))
            if "pi-title" in element.classes and title is None:
                title = element
                if source:
                    pairs.append((source, element))
            elif "pi-header" in element.classes and heading is None:
                heading = element
            elif "pi-data" in element.classes:
                label = self.part(element, "pi-data-label")
                value = self.part(element, "pi-data-value")
                name = source or (self.name(label) if label else "")
                if value is not None and name:
                    pairs.append((name, value))
            elif source and (element.name == "td" or "pi-image" in element.classes):
                pairs.append((source, element))
        name = self.name(title) or self.name(heading)
        return HtmlBox(name or "infobox", aside, last_of_each(pairs)) if pairs else None

    def part(self, element: Element, name: str) -> Element | None:
        return next((inner for inner in self.tree.inside(element) if name in inner.classes), None)

    def definitions(self, list_: Element) -> HtmlBox | None:
        pairs: list[tuple[str, Element]] = []
        term: Element | None = None
        walk = self.tree.inside(list_)
        for node in walk:
            if node.name not in ("dt", "dd"):
                continue
            walk.skip(node)
            if node.name == "dt":
                if term is not None:
                    return None
                term = node
            elif term is None or not self.name(term):
                return None
            else:
                pairs.append((self.name(term), node))
                term = None
        if term is not None or len(pairs) < MIN_PAIRS:
            return None
        return HtmlBox("infobox", list_, last_of_each(pairs))

    def name(self, element: Element | None) -> str:
        """The text of an element as a name: on one line, without a colon behind it."""
        return "" if element is None else label_name(self.texts.text(element))


def _says_box(element: Element) -> bool:
    return "class" in element.attributes and _BOX.search(element.get("class")) is not None


def _is_blank(texts: TextReader, row: list[Element]) -> bool:
    return not any(texts.text(cell) for cell in row)
