"""One chunk of a page, a run of whole sections in which nothing is left open, read into items.

Positions count from the start of the chunk and sections from its first one, so that a chunk is read once however
often it returns, on the same page or another.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field

from parsers import vocabulary
from parsers.blocks import BlockReader, Body, Heading
from parsers.infobox import InfoboxRule, is_box_table, table_facts
from parsers.links import Inline
from parsers.masks import GONE, hide_line_breaks, mask, unmask
from parsers.record import Category, Field, Infobox, Link, Magic, Paper, Param, Template
from parsers.scan import ARGUMENT, EXTENSION, TEMPLATE, Node, Part, Scan, parts_of, scan
from parsers.sections import SectionText
from parsers.site import Site
from parsers.titles import parameter_name, template_name
from parsers.values import parse_values

ReadPiece = Callable[[str], Inline]
RECOVERED = "recovered"  # a node made of an infobox that is never closed


@dataclass(slots=True)
class Chunk:
    """What was read. ``settled`` is false when the meaning depends on what follows the chunk."""

    text: str
    settled: bool
    sections: list[SectionText] = field(default_factory=list)
    infoboxes: list[Infobox] = field(default_factory=list)
    templates: list[Template] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    categories: list[tuple[int, Category]] = field(default_factory=list)
    papers: list[tuple[int, Paper]] = field(default_factory=list)
    magic: list[Magic] = field(default_factory=list)
    faults: list[tuple[str, int, int]] = field(default_factory=list)
    more_faults: int = 0
    on_page: bool = False


class ChunkReader:
    """Reads one chunk. ``read_piece`` reads the inline markup of one masked piece."""

    def __init__(self, text: str, site: Site, rule: InfoboxRule, read_piece: ReadPiece, *, lead: bool) -> None:
        self.text, self.site, self.rule, self.read_piece, self.lead = text, site, rule, read_piece, lead
        self.starts = [0]  # of the sections
        self.links: list[Link] = []
        self.boxes: list[tuple[Node, str, tuple[Param, ...]]] = []
        self.chunk = Chunk(text, True)

    def read(self) -> Chunk:
        found = scan(self.text, self.site.extension_tags)
        chunk = self.chunk
        chunk.settled = found.settled
        chunk.faults = [(fault.code, fault.start, fault.end) for fault in found.faults]
        chunk.more_faults = found.more_faults
        nodes = self.recover(found)
        masked = hide_line_breaks(mask(self.text, 0, len(self.text), nodes), found.links)
        masked = self.hide_stray_braces(masked, found)
        blocks = BlockReader(masked, lambda start, end: self.inline(masked[start:end], start).text)
        titles: list[str] = [""]
        bodies = blocks.read(lambda heading: titles.append(self.heading(heading, masked)))
        for start in blocks.unclosed_tables:
            chunk.settled = False
            chunk.faults.append(("unclosed-table", start, start + 2))
        self.nodes(nodes)
        self.table_boxes(masked, bodies)
        self.links.sort(key=_link_order)
        chunk.links = self.links
        for node, name, params in self.boxes:
            self.infobox(node, name, params)
        chunk.templates.sort(key=lambda use: use.span)
        chunk.categories.sort(key=lambda entry: entry[0])
        chunk.papers.sort(key=lambda entry: entry[0])
        chunk.magic.sort(key=lambda word: word.span)
        chunk.infoboxes.sort(key=lambda box: box.span)
        self.sections(bodies, titles)
        return chunk

    def heading(self, heading: Heading, masked: str) -> str:
        self.starts.append(heading.start)
        start, end = heading.title
        return " ".join(self.inline(masked[start:end], start).text.split("\n"))

    def sections(self, bodies: list[Body], titles: list[str]) -> None:
        for body, title, start in zip(bodies, titles, self.starts, strict=True):
            level = body.heading.level if body.heading else 0
            lists, tables = tuple(body.lists), tuple(body.tables)
            self.chunk.sections.append(SectionText(level, title, start, body.text, lists, tables))

    def section_at(self, position: int) -> int:
        return bisect_right(self.starts, position) - 1

    def inline(self, piece: str, start: int, *, conditional: bool = False) -> Inline:
        """Read a masked piece and keep the items in it, at their place in the chunk."""
        found = self.read_piece(piece)
        if found.empty:
            return found
        chunk = self.chunk
        chunk.on_page = chunk.on_page or found.on_page
        section = self.section_at(start)
        for link in found.links:
            self.keep(link, start, section, conditional)
        for at, category in found.categories:
            kept = Category(category.name, category.sort_key, True) if conditional else category
            chunk.categories.append((start + at, kept))
        for word in found.magic:
            chunk.magic.append(Magic(word.name, word.value, (start + word.span[0], start + word.span[1])))
        for paper in found.papers:
            chunk.papers.append((start, Paper(paper.number, paper.url, paper.key, section)))
        for code, low, high in found.faults:
            chunk.faults.append((code, start + low, start + high))
        return found

    def keep(self, link: Link, offset: int, section: int, conditional: bool) -> None:
        span = (link.span[0] + offset, link.span[1] + offset)
        url = link.url
        if url is not None and not url.isascii() and unmask(url) != url:
            at = self.text.find(url[:8].rstrip("\ufdd0\ufdd1"), span[0])
            url = self.text[at : at + len(url)] if at >= 0 else unmask(url)
        self.links.append(Link(link.kind, link.target, url, link.host, link.label, section, span, conditional))

    def recover(self, found: Scan) -> list[Node]:
        """The nodes, with an infobox of the lead that is never closed as a node of its own."""
        if not self.lead or not found.unclosed:
            return found.nodes
        for opened in found.unclosed:
            if not self.text.startswith("{{", opened.start) or not self.begins_line(opened.start):
                continue
            stops = [self.text.find(stop, opened.start) for stop in ("\n\n", "\n=")]
            end = min((stop for stop in stops if stop >= 0), default=len(self.text))
            inside = [node for node in found.nodes if opened.start < node.start and node.end <= end]
            node = Node(RECOVERED, opened.start, end, parts_of(opened, end, inside))
            name, params = self.template(node)
            if name and self.rule.applies(name, params, in_lead=True, starts_line=True) and len(params) > 1:
                self.chunk.faults.append(("recovered-infobox", node.start, node.end))
                others = [other for other in found.nodes if other.start < node.start or other.start >= end]
                return sorted([*others, node], key=lambda one: one.start)
        return found.nodes

    def hide_stray_braces(self, masked: str, found: Scan) -> str:
        """Closing braces alone on their line are a slip of the editor's, not text."""
        for fault in found.faults:
            if fault.code == "stray-braces" and masked[fault.start - 1 : fault.start] in ("", "\n"):
                if masked[fault.end : fault.end + 1] in ("", "\n"):
                    masked = masked[: fault.start] + GONE * (fault.end - fault.start) + masked[fault.end :]
        return masked

    def begins_line(self, position: int) -> bool:
        line = self.text[self.text.rfind("\n", 0, position) + 1 : position]
        return not line.strip(" \t:}") or line.endswith(("-->", "}}"))

    def nodes(self, nodes: list[Node]) -> None:
        """Read every template, function, argument and tag, outer ones first."""
        pending = [(node, False, True) for node in reversed(nodes)]
        while pending:
            node, conditional, top = pending.pop()
            if node.kind in (TEMPLATE, RECOVERED):
                conditional = self.braces(node, conditional, top)
            elif node.kind == ARGUMENT:
                self.regions(node.parts[1:2], conditional)
            elif node.kind == EXTENSION:
                self.tag(node, conditional)
            for part in reversed(node.parts):
                pending.extend((inner, conditional, False) for inner in reversed(part.nodes))

    def braces(self, node: Node, conditional: bool, top: bool) -> bool:
        """Read what stands in double braces; whether what is inside may not be on the page."""
        function = self.function(node)
        if function is not None:
            return self.read_function(node, function, conditional)
        name, params = self.template(node)
        if name is None:
            self.chunk.faults.append(("invalid-template-name", node.start, node.end))
            self.regions(node.parts, conditional)
            return conditional
        section = self.section_at(node.start)
        span = (node.start, node.end)
        if node.kind == TEMPLATE:
            self.chunk.templates.append(Template(name, params, span, section))
        self.regions(node.parts[1:], conditional)
        in_lead = self.lead and section == 0 and top and not conditional
        starts_line = self.begins_line(node.start)
        if self.rule.applies(name, params, in_lead=in_lead, starts_line=starts_line):
            self.boxes.append((node, name, params))
        return conditional

    def function(self, node: Node) -> str | None:
        """The canonical name of the parser function or variable that braces hold, or None for a template."""
        part = node.parts[0]
        written = unmask(mask(self.text, part.start, part.end, part.nodes)).strip()
        head, colon, _ = written.partition(":")
        key = head.strip().lower()
        if colon and (key in self.site.functions or key.startswith("#")):
            return self.site.functions.get(key, key)
        return self.site.variables.get(written)

    def read_function(self, node: Node, function: str, conditional: bool) -> bool:
        inside = conditional or function in vocabulary.CONDITIONAL
        text, part = self.text, node.parts[0]
        colon = text.find(":", part.start, part.end) + 1
        if function in vocabulary.CONDITIONAL:
            self.regions(node.parts[1:], inside)
        elif function in vocabulary.TRANSPARENT and colon:
            self.regions([Part(colon, part.end, -1, part.nodes), *node.parts[1:]], inside)
        value = text[colon : node.parts[-1].end].strip() if colon else None
        self.chunk.magic.append(Magic(function, value, (node.start, node.end)))
        return inside

    def template(self, node: Node) -> tuple[str | None, tuple[Param, ...]]:
        title = node.parts[0]
        written = unmask(mask(self.text, title.start, title.end, title.nodes))
        for prefix in ("subst:", "safesubst:", "msgnw:", "msg:", "raw:"):
            if written.strip().lower().startswith(prefix):
                written = written.strip()[len(prefix) :]
        name = template_name(written, self.site)
        if any(inner.kind != "comment" for inner in title.nodes):
            name = None if not written.strip() else name
        return name, self.params(node)

    def params(self, node: Node) -> tuple[Param, ...]:
        """All parameters in source order; an address that was cut at its ``=`` is put together again."""
        text = self.text
        params: list[Param] = []
        seen: set[str] = set()
        index = 0
        for part in node.parts[1:]:
            name = ""
            if part.equals >= 0:
                written = mask(text, part.start, part.equals, part.nodes)
                name = parameter_name(unmask(written))
                if name.lower().startswith(("http://", "https://")):
                    self.chunk.faults.append(("url-split-at-equals", part.start, part.end))
                    part.equals = -1
            if part.equals < 0:
                index += 1
                name = str(index)
            if name in seen:
                self.chunk.faults.append(("duplicate-parameter", part.start, part.end))
            seen.add(name)
            params.append(Param(name, text[_value_start(part) : part.end]))
        return tuple(params)

    def regions(self, parts: list[Part], conditional: bool) -> None:
        """Read the links and other items in the values of parameters."""
        text = self.text
        for part in parts:
            start = _value_start(part)
            raw = text[start : part.end]
            if "[" in raw or ":" in raw or "__" in raw or "/" in raw:
                masked = mask(text, start, part.end, part.nodes)
                self.inline(self.whole_links(masked, start), start, conditional=conditional)

    def whole_links(self, masked: str, start: int) -> str:
        return hide_line_breaks(masked, _links_in(masked, start), start) if "[[" in masked and "\n" in masked else masked

    def tag(self, node: Node, conditional: bool) -> None:
        if node.tag == "gallery":
            self.gallery(node)
        elif node.tag in vocabulary.WIKITEXT_TAGS and node.tag != "poem":
            self.regions(node.parts, conditional)

    def gallery(self, node: Node) -> None:
        """The files of a gallery, one a line, each with its caption (Help:Images, Gallery of images)."""
        position = node.parts[0].start
        for line in self.text[position : node.parts[0].end].split("\n"):
            name, pipe, caption = line.partition("|")
            namespace, rest = self.site.split_title(name.strip() or "?")
            if name.strip() and (namespace == 6 or rest.rpartition(".")[1]):
                title = self.site.full_title(6, rest if namespace == 6 else name.strip())
                label = self.inline(caption, position + len(name) + 1).text if pipe else ""
                span = (position, position + len(line))
                link = Link("file", title, None, None, label, self.section_at(position), span)
                self.links.append(link)
            position += len(line) + 1

    def infobox(self, node: Node, name: str, params: tuple[Param, ...]) -> None:
        """One field for each name; of a repeated one the last, as the template would see it."""
        last: dict[str, tuple[Part, Param]] = {}
        for part, param in zip(node.parts[1:], params, strict=True):
            last.pop(param.name, None)
            last[param.name] = (part, param)
        fields = tuple(self.field(part, param) for part, param in last.values())
        span, section = (node.start, node.end), self.section_at(node.start)
        self.chunk.infoboxes.append(Infobox(name, "template", section, span, fields))

    def field(self, part: Part, param: Param) -> Field:
        start = _value_start(part)
        masked = self.whole_links(mask(self.text, start, part.end, part.nodes, values=True), start)
        inner = masked.strip(" \t\n" + GONE)
        if "\n" in inner:
            text = BlockReader(inner, lambda low, high: self.piece_text(inner[low:high])).read()[0].text
        else:
            text = self.piece_text(inner)
        low = bisect_left(self.links, (start, 0), key=_link_span)
        high = bisect_left(self.links, (part.end, 0), key=_link_span)
        inside = tuple(self.links[low:high])
        return Field(param.name, param.raw, text, parse_values(text, inside), inside, (start, part.end))

    def piece_text(self, piece: str) -> str:
        """The text of a piece whose items are kept already."""
        found = self.read_piece(piece)
        self.chunk.on_page = self.chunk.on_page or found.on_page
        return found.text

    def table_boxes(self, masked: str, bodies: list[Body]) -> None:
        """Tables of the lead that say of themselves that they are an infobox."""
        if not self.lead or not bodies[0].tables or "class" not in masked:
            return
        for line_start in _line_starts(masked, self.starts[1] if len(self.starts) > 1 else len(masked)):
            line = masked[line_start : masked.find("\n", line_start)]
            if line.startswith("{|") and is_box_table(line):
                end = masked.find("\n|}", line_start)
                span = (line_start, end + 3 if end >= 0 else len(masked))
                facts = table_facts(bodies[0].tables[0])
                fields = tuple(Field(name, value, value, parse_values(value), (), span) for name, value in facts)
                self.chunk.infoboxes.append(Infobox("infobox", "wikitable", 0, span, fields))
                return


def _link_span(link: Link) -> tuple[int, int]:
    return link.span


def _link_order(link: Link) -> tuple[tuple[int, int], str]:
    return link.span, link.kind


def _value_start(part: Part) -> int:
    return part.equals + 1 if part.equals >= 0 else part.start


def _links_in(masked: str, start: int) -> list[tuple[int, int]]:
    """The outermost ``[[ ]]`` of a masked text, at positions that count ``start`` in."""
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    position = 0
    while True:
        opening, closing = masked.find("[[", position), masked.find("]]", position)
        if closing < 0:
            return found
        if 0 <= opening < closing:
            stack.append(opening)
            position = opening + 2
            continue
        if stack:
            begun = stack.pop()
            if not stack:
                found.append((start + begun, start + closing + 2))
        position = closing + 2


def _line_starts(masked: str, end: int) -> list[int]:
    starts = [0]
    while (found := masked.find("\n", starts[-1], end)) >= 0:
        starts.append(found + 1)
    return starts

