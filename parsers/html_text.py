"""What a reader sees of a range of an HTML page, as the lines that the same page has as wikitext.

The layout is that of ``parsers.plain_text``: a line for each line, list item and table row, a tab between the cells
of a row, an empty line between paragraphs. Pictures with their captions, references and edit links show nothing.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from parsers.html_tree import Element, Tree
from parsers.plain_text import BLOCK_TAGS, tidy

_BLOCKS = BLOCK_TAGS | frozenset(
    "article aside details figure footer header main nav pre section summary dialog".split()
)
_NO_CONTENT = frozenset("head script style template noscript textarea select title object iframe svg math".split())
# What MediaWiki adds to a page, and what refers to its notes
_ADDED = frozenset(
    "mw-editsection toc mw-cite-backlink catlinks printfooter mw-jump-link mw-indicators magnify".split()
)
# Where blanks between elements are no text
_LABEL_NODES = 300  # what a label is read from at most
_FRAMES = frozenset("table tbody thead tfoot tr ul ol dl".split())
_UNSEEN = frozenset(
    "references mw-references-wrap thumb thumbinner thumbcaption mw-file-description mw-broken-media autonumber "
    "gallery mw-gallery-traditional reference mw-file-element "
    "redirectMsg".split()
)
_NOT_SHOWN = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_EMPTY_ROW = re.compile("(?:^|\n)\t+(?=\n|$)")
_EMPTY_CELLS = re.compile("\t+(?=\n|$)")
# Sanitizer::armorFrenchSpaces makes these of plain blanks
_ARMOURED = re.compile("\u00a0(?=[?:;!%»›])|(?<=[«‹])\u00a0")


def is_added(element: Element) -> bool:
    """Whether an element is no part of the page's own content."""
    return (
        element.name in _NO_CONTENT
        or not element.classes.isdisjoint(_ADDED)
        or element.get("id") in ("toc", "catlinks")
        or (element.name == "a" and element.get("href").startswith(("#cite_note", "#cite_ref")))
    )


def is_unseen(element: Element) -> bool:
    """Whether an element holds links and no running text: pictures and their captions, notes, what is hidden."""
    return (
        element.name in ("figure", "figcaption")
        or not element.classes.isdisjoint(_UNSEEN)
        or (element.name == "a" and ("image" in element.classes or lacking_file(element) is not None))
        or ("style" in element.attributes and _NOT_SHOWN.search(element.get("style")) is not None)
    )


def lacking_file(link: Element) -> str | None:
    """The name of the file that stands in no wiki, where a link is shown in place of the picture.

    It leads to the form for uploads (Linker::makeBrokenImageLinkObj); the link of ``[[Media:X]]`` does so too, but
    its title has no namespace.
    """
    href = link.get("href")
    if "wpDestFile=" not in href or ":" not in link.get("title"):
        return None
    return query_of(href).get("wpDestFile")


def query_of(address: str) -> dict[str, str]:
    """The parameters in an address, of a repeated one the first; none where it is no address."""
    try:
        return dict(reversed(parse_qsl(urlsplit(address).query)))
    except ValueError:
        return {}


@dataclass(slots=True)
class Line:
    """One line, or one line of a cell: its text, the breaks before it (0 to 2), the links in it, its first node.

    ``tab`` is a line that stands for nothing but the border of a cell.
    """

    text: str
    breaks: int
    links: list[Element]
    at: int
    tab: bool = False


@dataclass(slots=True)
class Rendering:
    """The lines of a range, and the ranges in it that show no running text."""

    lines: list[Line] = field(default_factory=list)
    unseen: list[tuple[int, int]] = field(default_factory=list)

    @property
    def text(self) -> str:
        pieces: list[str] = []
        for line in self.lines:
            if line.text or line.tab:
                pieces += ("\n" * line.breaks if pieces else "", "\t" if line.tab else line.text)
        text = _EMPTY_ROW.sub("", "".join(pieces))
        return _EMPTY_CELLS.sub("", text).strip(" \n")


class TextReader:
    """Reads ranges of one page. On a page of MediaWiki (``wiki``) a line break in a text is one in its wikitext."""

    def __init__(self, tree: Tree, *, wiki: bool) -> None:
        self.nodes = tree.nodes
        self.wiki = wiki

    def text(self, element: Element, without: Collection[int] = ()) -> str:
        """The text of an element, without the elements at ``without``."""
        return self.read(element.at + 1, element.stop, without).text

    def read(self, low: int, high: int, without: Collection[int] = (), *, all_seen: bool = False) -> Rendering:
        """The lines of the nodes from ``low`` to ``high``; ``all_seen`` of a range that shows no running text."""
        writer = _Writer(self.wiki)
        stack: list[Element] = []
        at = low
        while at < high:
            while stack and stack[-1].stop <= at:
                writer.leave(stack.pop())
            node = self.nodes[at]
            writer.at = at
            at += 1
            if isinstance(node, str):
                if not (stack and stack[-1].name in _FRAMES and node.isspace()):
                    writer.add(node)
            elif is_added(node):
                at = node.stop
            elif node.at in without or (not all_seen and is_unseen(node)):
                writer.out.unseen.append((node.at, node.stop))
                at = node.stop
            else:
                writer.enter(node)
                stack.append(node)
        while stack:
            writer.leave(stack.pop())
        writer.flush()
        return writer.out

    def label(self, element: Element) -> str:
        """The text of a link, a heading or a caption, pictures without text included."""
        return self.read(element.at + 1, min(element.stop, element.at + _LABEL_NODES), all_seen=True).text


class _Writer:
    """Lines as they come about."""

    def __init__(self, wiki: bool) -> None:
        self.wiki = wiki
        self.out = Rendering()
        self.pieces: list[str] = []
        self.links: list[Element] = []
        self.breaks = self.given = 0  # before the next line; how many of them are <br>
        self.after_paragraph = False
        self.at = 0
        self.cells: list[bool] = []  # of the rows that are open, whether a cell came already

    def add(self, text: str) -> None:
        if not self.wiki:
            self.pieces.append(text.replace("\n", " ").replace("\r", " "))
            return
        first, *more = text.split("\n")
        self.pieces.append(first)
        for line in more:
            self.part(1)
            self.pieces.append(line)

    def part(self, breaks: int) -> None:
        self.flush()
        self.breaks = max(self.breaks, breaks)

    def flush(self) -> None:
        text = "".join(self.pieces)
        self.pieces.clear()
        if self.wiki and "\u00a0" in text:
            text = _ARMOURED.sub(" ", text)
        text = tidy(text)
        if text or self.links:
            self.out.lines.append(Line(text, self.breaks, self.links, self.at))
            self.links = []
        if text:
            self.breaks = self.given = 0
            self.after_paragraph = False

    def enter(self, element: Element) -> None:
        name = element.name
        if name == "br":
            self.flush()
            self.given += 1
            self.breaks = max(self.breaks, min(self.given, 2))
        elif name in ("td", "th"):
            self.cell()
        elif name in _BLOCKS:
            self.part(2 if name == "p" and self.after_paragraph else 1)
            if name == "tr":
                self.cells.append(False)
        elif name == "a":
            self.links.append(element)

    def cell(self) -> None:
        self.flush()
        if self.cells and self.cells[-1]:
            self.out.lines.append(Line("", self.breaks, [], self.at, tab=True))
            self.breaks = self.given = 0
        elif self.cells:
            self.cells[-1] = True

    def leave(self, element: Element) -> None:
        name = element.name
        if name in ("td", "th"):
            self.flush()
            if self.out.lines and self.out.lines[-1].at > element.at and self.out.lines[-1].text:
                self.breaks = self.given = 0
        elif name in _BLOCKS and name != "br":
            self.part(1)
            self.after_paragraph = name == "p"
            if name == "tr" and self.cells:
                self.cells.pop()
