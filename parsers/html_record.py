"""A rendered page to a record: what HTML says of infoboxes, links, categories, sections and council papers.

HTML does not say which templates were used, the sort keys of categories, magic words, or what is conditional: those
parts of the record are empty. Spans count characters of the HTML.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections.abc import Callable
from operator import itemgetter
from urllib.parse import unquote

from parsers.addresses import address_host
from parsers.html_blocks import BlockReader, HtmlHeading, find_headings
from parsers.html_boxes import BoxReader, HtmlBox
from parsers.html_links import LinkReader, title_in
from parsers.html_text import TextReader
from parsers.html_tree import Element, Tree, parse_tree
from parsers.memory import without_collection
from parsers.papers import find_papers
from parsers.record import Category, Diagnostic, Field, Infobox, Link, Paper, Record, Redirect, Section, Span
from parsers.site import Site, normalise_spaces
from parsers.titles import CATEGORY
from parsers.values import parse_values

HTML_MESSAGES = {
    "html-depth-limit": "Elements are nested too deep; those beyond the limit were read as if they were not there.",
    "html-encoding": "The page is in no encoding that it names; read as {encoding}, it may have wrong characters.",
    "html-none": "There is no HTML in this text; --html reads a saved page, or parse.text of action=parse.",
    "html-place": "The markup is broken here; some items have the span of what surrounds them.",
    "html-tag-limit": "The page has more elements than are read; what follows was left out.",
}
_PAGE_NAME = re.compile(r'"wgPageName":\s*("(?:[^"\\\n]|\\.)*+")')
_HEAD_LENGTH = 100_000  # characters in which a page is expected to say its title
# What holds a page's own content: the first that there is
_CONTENT: tuple[Callable[[Element], bool], ...] = (
    lambda e: e.get("id") == "mw-content-text",
    lambda e: "mw-parser-output" in e.classes,
    lambda e: e.get("id") in ("bodyContent", "content"),
    lambda e: e.name == "main",
    lambda e: e.name == "body",
)


def parse_html(text: str, title: str, site: Site, encoding: str | None = None) -> Record:
    """The record of a rendered page; any text can be read.

    ``title`` is the full title of the page, "" where the page itself is to say it. ``encoding`` is what had to be
    assumed of a page whose encoding is not known, for the diagnostic.
    """
    with without_collection():
        return _HtmlReader(text, title, site, encoding).read()


class _HtmlReader:
    """One reading of one page."""

    def __init__(self, text: str, title: str, site: Site, encoding: str | None) -> None:
        self.text, self.site, self.encoding = text, site, encoding
        self.tree = tree = parse_tree(text)
        self.root = _content(tree)
        wiki = "mw-parser-output" in self.root.classes or any(_is_generator(e) for e in tree.walk())
        self.texts = TextReader(tree, wiki=wiki)
        self.title = title or _own_title(tree, self.texts)
        canonical = next((e.get("href") for e in tree.walk() if e.get("rel") == "canonical"), "")
        self.link_reader = LinkReader(site, self.title, tree, self.texts, address_host(canonical))
        self.headings = find_headings(tree, self.texts, self.root)
        self.ranges = self.section_ranges()
        lead_ends = self.ranges[0][1]
        self.found_boxes = BoxReader(tree, self.texts).find(self.root.at + 1, self.root.stop, lead_ends)
        self.box_nodes = frozenset(box.element.at for box in self.found_boxes)
        self.notes = {e.get("id"): e for e in tree.walk() if e.name == "li" and "id" in e.attributes}
        self.links: list[tuple[int, Link]] = []
        self.papers: list[Paper] = []

    def read(self) -> Record:
        namespace, _ = self.site.split_title(self.title)
        for number, (low, high) in enumerate(self.ranges):
            self.links += self.link_reader.read(low, high, number)
        sections = self.sections()
        boxes = tuple(self.infobox(box) for box in self.found_boxes)
        languages = tuple(self.language_links())
        return Record(
            title=self.title,
            namespace=namespace,
            source=self.text,
            redirect=self.redirect(),
            infoboxes=boxes,
            templates=(),
            sections=sections,
            links=tuple(link for _, link in self.links) + languages,
            categories=tuple(self.categories()),
            papers=tuple(self.papers),
            magic=(),
            diagnostics=tuple(self.diagnostics()),
        )

    def section_ranges(self) -> list[tuple[int, int]]:
        """The nodes of each section, its heading left out; the lead first."""
        starts = [self.root.at + 1, *(heading.whole.stop for heading in self.headings)]
        stops = [*(heading.whole.at for heading in self.headings), self.root.stop]
        return list(zip(starts, stops, strict=True))

    def sections(self) -> tuple[Section, ...]:
        blocks = BlockReader(self.tree, self.texts)
        found: list[Section] = []
        path: list[tuple[int, str]] = []
        heads: list[HtmlHeading | None] = [None, *self.headings]
        begin = self.root.inner_start
        for index, (head, (low, high)) in enumerate(zip(heads, self.ranges, strict=True)):
            following = self.headings[index].whole.start if index < len(self.headings) else self.root.inner_end
            span: Span = (begin, max(begin, following))
            begin = span[1]
            level = head.level if head else 0
            while path and path[-1][0] >= level:
                path.pop()
            if head:
                path.append((level, head.title))
            lists, tables = blocks.read(low, high, self.box_nodes)
            text = self.section_text(low, high, index)
            name, anchor = (head.title, head.anchor) if head else ("", "")
            titles = tuple(title for _, title in path)
            found.append(Section(index, level, name, anchor, titles, text, tuple(lists), tuple(tables), span))
        return tuple(found)

    def section_text(self, low: int, high: int, section: int) -> str:
        """The text of a section; the papers that its lines cite are kept."""
        rendering = self.texts.read(low, high, self.box_nodes)
        lines = list(rendering.lines)
        for start, stop in rendering.unseen:
            lines += self.texts.read(start + 1, stop, all_seen=True).lines
        made = {at: link for at, link in self.links if link.kind == "external"} if lines else {}
        for line in sorted(lines, key=lambda line: line.at):
            links = tuple(made[element.at] for element in line.links if element.at in made)
            for paper in find_papers(line.text, links, self.site):
                self.papers.append(Paper(paper.number, paper.url, paper.key, section))
        return rendering.text

    def infobox(self, box: HtmlBox) -> Infobox:
        section = next(number for number, (_, stop) in enumerate(self.ranges) if box.element.at < stop)
        fields = []
        for name, value in box.values.items():
            text = self.texts.text(value)
            links = self.links_in(value)
            span = value.inner
            fields.append(Field(name, self.text[slice(*span)], text, parse_values(text, links), links, span))
        return Infobox(box.name, "html", section, box.element.span, tuple(fields))

    def links_in(self, value: Element) -> tuple[Link, ...]:
        """The links in a value and its notes, as they stand in wikitext; a note belongs to the first that names it."""
        found = self.links_between(value.at, value.stop)
        for element in self.tree.inside(value):
            href = unquote(element.get("href"))
            if element.name == "a" and href.startswith("#cite_note") and (note := self.notes.pop(href[1:], None)):
                found += [(element.at, link) for _, link in self.links_between(note.at, note.stop)]
        return tuple(link for _, link in sorted(found, key=itemgetter(0)))

    def links_between(self, low: int, high: int) -> list[tuple[int, Link]]:
        first = bisect_left(self.links, low, key=itemgetter(0))
        return self.links[first : bisect_left(self.links, high, key=itemgetter(0))]

    def redirect(self) -> Redirect | None:
        """Where a redirect leads that was shown itself (``?redirect=no``)."""
        for element in self.tree.inside(self.root):
            if "redirectText" in element.classes or "redirectMsg" in element.classes:
                for link in self.tree.inside(element):
                    if link.name == "a" and (target := self.link_reader.page_of(link)):
                        title, _, fragment = target.partition("#")
                        return Redirect(title, fragment or None)
        return None

    def categories(self) -> list[Category]:
        """The categories that the page lists at its end; hidden ones too where it does."""
        names: list[str] = []
        for outer in self.tree.walk():
            if outer.get("id") == "catlinks" or ("catlinks" in outer.classes and not names):
                items = [(e.at, e.stop) for e in self.tree.inside(outer) if e.name == "li"]
                for low, high in items:
                    anchor = next((e for e in self.tree.walk(low, high) if e.name == "a"), None)
                    if anchor is not None:
                        names.append(self.texts.label(anchor))
            elif outer.name == "link" and "mw:PageProp/Category" in outer.get("rel").split():
                namespace, name = self.site.split_title((title_in(outer.get("href")) or "").partition("#")[0])
                names += [name] if namespace == CATEGORY else []
        cleaned = (self.site.capitalise(normalise_spaces(name), CATEGORY) for name in names if name)
        return [Category(name, None) for name in dict.fromkeys(cleaned)]

    def language_links(self) -> list[Link]:
        """The links to other languages beside the page, where a skin tells their titles (MediaWiki 1.36 and later)."""
        found = []
        for item in self.tree.walk():
            prefix = next((name[10:] for name in item.classes if name.startswith("interwiki-")), None)
            if item.name == "li" and prefix and "interlanguage-link" in item.classes:
                for anchor in self.tree.inside(item):
                    if anchor.name == "a" and anchor.get("data-title"):
                        target = f"{prefix}:{normalise_spaces(anchor.get('data-title'))}"
                        found.append(Link("interwiki", target, None, None, "", 0, anchor.span))
        return found

    def diagnostics(self) -> list[Diagnostic]:
        source = self.tree.source
        found: list[tuple[str, Span | None]] = []
        if self.encoding is not None:
            found.append(("html-encoding", None))
        if not source.tags and self.text.strip():
            found.append(("html-none", None))
        if source.too_deep is not None:
            found.append(("html-depth-limit", (source.too_deep, source.read_to)))
        if source.read_to < len(self.text):
            found.append(("html-tag-limit", (source.read_to, len(self.text))))
        used = ("a", "img", "table", "td", "th", "dl", "dd")
        broken = next((e for e in self.tree.inside(self.root) if not e.exact and e.name in used), None)
        if broken is not None:
            found.append(("html-place", broken.span))
        return [Diagnostic(code, HTML_MESSAGES[code].format(encoding=self.encoding), span) for code, span in found]


def _content(tree: Tree) -> Element:
    """The element that holds the page's own content, in any skin; the whole where no element says so."""
    for says in _CONTENT:
        for element in tree.walk():
            if says(element):
                # indicators and notices are parser output too, but stand elsewhere
                return next((e for e in tree.inside(element) if "mw-parser-output" in e.classes), element)
    root = tree.nodes[0]
    assert isinstance(root, Element)
    return root


def _is_generator(element: Element) -> bool:
    return element.get("name") == "generator" and element.get("content").startswith("MediaWiki")


def _own_title(tree: Tree, texts: TextReader) -> str:
    """The title that a page of MediaWiki states for its scripts (mw.config), else its first heading; "" if none."""
    stated = _PAGE_NAME.search(tree.text, 0, _HEAD_LENGTH)
    if stated:
        try:
            return normalise_spaces(str(json.loads(stated[1])))
        except ValueError:
            pass
    heading = next((e for e in tree.walk() if e.get("id") == "firstHeading"), None)
    return normalise_spaces(texts.label(heading)) if heading else ""
