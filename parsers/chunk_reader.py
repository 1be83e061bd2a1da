"""Reads one chunk of a page: scanned, masked, and read into blocks, templates, infoboxes and inline items."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from parsers import vocabulary
from parsers.blocks import HEADING_LINE, BlockReader, Body, Heading, find_heading
from parsers.chunk import Chunk, ItemKeeper
from parsers.html_tags import find_tags
from parsers.images import parse_gallery
from parsers.infobox import InfoboxRule
from parsers.links import Inline, InlineReader
from parsers.masks import GONE, MARK, OPAQUE, hide_line_breaks, links_in, mask, unmask
from parsers.memory import Memory
from parsers.record import Field, Infobox, Link, Magic, Param, Span, Template, Value
from parsers.scan import scan
from parsers.scan_tree import ARGUMENT, COMMENT, EXTENSION, TEMPLATE, Node, Part, Scan, node_start, parts_of
from parsers.sections import SectionText
from parsers.site import Site
from parsers.table_boxes import TableSource, table_box
from parsers.titles import FILE, RedirectLine, called_name, is_relative, is_valid_name, parameter_name
from parsers.values import parse_values

_MAX_RECOVERED = 20  # unclosed templates that are looked at
_MAX_INDENT = 2000
_MAX_ROWS = 1000  # of a table that are fields of an infobox
_BOX_STOP = re.compile(r"\n(?= ?\n|=)")  # where an infobox that is never closed ends at the latest
ODD = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"  # characters that belong in no text
_ODD = re.compile(f"[{ODD}]++")
_DOUBLED_TABLE = re.compile(r"^[\ufdd0 \t:]*+(?:\{\|[^\n]*\{\||\|\}[^\n]*\|\})", re.MULTILINE)
_NO_HEADING = re.compile(
    r"^\ufdd0*+==[^\n]*[^=\s\ufdd0][ \t\ufdd0]*$|^(?![\ufdd0 \t]*+[|!=*#:;])[^\n]*[^=\n]==+[ \t\ufdd0]*$", re.MULTILINE
)
RECOVERED = "recovered"  # a node made of an infobox that is never closed


@dataclass(frozen=True, slots=True)
class Tools:
    """What chunks of one wiki are read with. ``read_piece`` reads the inline markup of one masked piece; pieces
    that are in ``known`` need not be read. ``names`` remembers what names in braces call. ``inline`` reads pieces
    that stand in no chunk but this. ``values`` remembers what plain values of fields say."""

    site: Site
    rule: InfoboxRule
    read_piece: Callable[[str], Inline]
    known: Mapping[str, Inline]
    names: dict[str, tuple[str | None, str | None]]
    inline: InlineReader
    values: Memory[str, tuple[str, tuple[Value, ...]]]


class ChunkReader(ItemKeeper):
    """Reads one chunk that stands at ``offset`` of its page and whose first section is number ``section``.

    ``source`` is read as MediaWiki would store it (TextContent::normalizeLineEndings), at the same length.
    """

    def __init__(
        self, source: str, tools: Tools, offset: int = 0, section: int = 0, redirect: RedirectLine | None = None
    ) -> None:
        text = source.replace("\r\n", " \n").replace("\r", "\n") if "\r" in source else source
        super().__init__(text, offset, section)
        self.source, self.redirect = source, redirect
        self.site, self.rule, self.names = tools.site, tools.rule, tools.names
        self.known, self.read_piece, self.values = tools.known, tools.read_piece, tools.values
        self.inline_reader = tools.inline
        self.lead = offset == 0
        self.boxes: list[tuple[Node, str, tuple[Param, ...]]] = []
        self.masked = text
        self.top_nodes: list[Node] = []
        self.hidden: list[Span] = []  # comments, and tags whose content is no wikitext

    def prepare(self) -> list[Node]:
        """Scan the text and mask what was found; the nodes to be read."""
        begin = self.redirect.end if self.redirect else 0
        found = scan(self.text, self.site.extension_tags, begin)
        chunk = self.chunk
        chunk.settled = found.settled
        chunk.faults = [(fault.code, fault.start, fault.end) for fault in found.faults]
        chunk.more_faults = found.more_faults
        found.nodes = self.without_invalid(found.nodes)
        chunk.faults += [("odd-character", *match.span()) for match in _ODD.finditer(self.text, begin)]
        chunk.tags = find_tags(self.text, begin, self.hidden)
        self.masked = GONE * begin + mask(self.text, begin, len(self.text), found.nodes)
        nodes = self.top_nodes = self.recover(found)
        masked = hide_line_breaks(self.masked, found.links)
        self.masked = self.hide_stray_braces(masked, found)
        return nodes

    def read(self) -> Chunk:
        """The chunk, read as a whole."""
        nodes = self.prepare()
        masked, chunk = self.masked, self.chunk
        blocks = BlockReader(masked, self.inline)
        titles: list[str] = [""]
        bodies = blocks.read(lambda heading: titles.append(self.heading(heading, masked)))
        for start in blocks.unclosed_tables:
            chunk.settled = False
            chunk.faults.append(("unclosed-table", start, start + 2))
        self.slips(blocks)
        if self.redirect:
            self.redirect_link(self.redirect)
        self.nodes(nodes)
        self.collect(blocks.tables)
        self.sections(bodies, titles)
        return chunk

    def slips(self, blocks: BlockReader) -> None:
        """Faults in the marks of tables and headings."""
        masked, faults = blocks.masked, self.chunk.faults
        faults += [("stray-table-end", start, start + 2) for start in blocks.stray_ends]
        faults += [("stray-pipe", *span) for span in blocks.stray_pipes]
        if "{|" in masked or "|}" in masked:
            faults += [("doubled-table-mark", *match.span()) for match in _DOUBLED_TABLE.finditer(masked)]
        if "==" in masked:
            faults += [("no-heading", *match.span()) for match in _NO_HEADING.finditer(masked)]

    def collect(self, tables: Sequence[TableSource] = ()) -> None:
        """The same with the infoboxes, whose fields take their links from it."""
        super().collect()
        for table in tables:
            self.table_box(table)
        for node, name, params in self.boxes:
            self.infobox(node, name, params)
        self.chunk.infoboxes.sort(key=lambda box: box.span)

    def heading(self, heading: Heading, masked: str) -> str:
        self.starts.append(heading.start)
        start, end = heading.title
        if end - start > 1 and "=" in (masked[start], masked[end - 1]):
            self.chunk.faults.append(("uneven-heading", start, end))
        return " ".join(self.inline(masked[start:end], start).split("\n"))

    def redirect_link(self, line: RedirectLine) -> None:
        """A redirect links to its target and to nothing else, and is no text (WikitextContent::getRedirectTarget)."""
        target = line.target.full
        span = self.placed(line.start, line.end)
        kind = "interwiki" if line.target.interwiki else "internal"
        self.chunk.links.append(Link(kind, target, None, None, target, self.section, span))
        self.chunk.on_page = self.chunk.on_page or line.relative

    def sections(self, bodies: list[Body], titles: list[str]) -> None:
        for body, title, start in zip(bodies, titles, self.starts, strict=True):
            level = body.heading.level if body.heading else 0
            lists, tables = tuple(body.lists), tuple(body.tables)
            self.chunk.sections.append(SectionText(level, title, start, body.text, lists, tables))

    def inline(self, piece: str, start: int) -> str:
        """The text of a masked piece; the items in it are kept, at their place on the page."""
        found = self.known.get(piece) or self.read_piece(piece)
        if not found.empty:
            self.keep(found, start, conditional=False)
        return found.text

    def without_invalid(self, nodes: list[Node]) -> list[Node]:
        """The nodes, those in place of braces that name nothing: MediaWiki shows these and reads their inside."""
        kept: list[Node] = []
        for node in nodes:
            if node.kind == COMMENT or (node.kind == EXTENSION and node.tag not in vocabulary.WIKITEXT_TAGS):
                self.hidden.append((node.start, node.end))
            for part in node.parts:
                if part.nodes:
                    part.nodes = self.without_invalid(part.nodes)
            if node.kind == TEMPLATE and self.name(node) == (None, None) and not self.is_computed(node.parts[0]):
                self.chunk.faults.append(("invalid-template-name", node.start, node.end))
                kept.extend(inner for part in node.parts for inner in part.nodes)
            else:
                kept.append(node)
        return kept

    def is_computed(self, title: Part) -> bool:
        """Whether a name consists of what other templates and parameters give."""
        if not any(node.kind in (TEMPLATE, ARGUMENT) for node in title.nodes):
            return False
        return not unmask(mask(self.text, title.start, title.end, title.nodes)).strip()

    def recover(self, found: Scan) -> list[Node]:
        """The nodes, with an infobox of the lead that is never closed as a node of its own."""
        if not self.lead or not found.unclosed:
            return found.nodes
        for opened in found.unclosed[:_MAX_RECOVERED]:
            if any(find_heading(m[0], 0) for m in HEADING_LINE.finditer(self.masked, 0, opened.start)):
                break  # no longer the lead
            if not self.text.startswith("{{", opened.start) or not self.begins_line(opened.start):
                continue
            end = self.box_end(opened.start, found.nodes)
            inside = [node for node in found.nodes if opened.start < node.start and node.end <= end]
            node = Node(RECOVERED, opened.start, end, parts_of(opened, end, inside))
            told = len(self.chunk.faults)
            name, params = self.name(node)[1], self.params(node)
            if name and self.rule.applies(name, params, leads=True) and len(params) > 1:
                self.chunk.faults.append(("recovered-infobox", node.start, node.end))
                others = [other for other in found.nodes if other.start < node.start or other.start >= end]
                self.masked = self.masked[: node.start] + OPAQUE * (end - node.start) + self.masked[end:]
                return sorted([*others, node], key=lambda one: one.start)
            del self.chunk.faults[told:]  # of a template that is none
        return found.nodes

    def box_end(self, start: int, nodes: list[Node]) -> int:
        """Where an infobox that is never closed ends: at the first stop that no template or comment in it holds."""
        for stop in _BOX_STOP.finditer(self.text, start):
            index = bisect_left(nodes, stop.start(), key=node_start) - 1
            if index < 0 or nodes[index].end <= stop.start():
                return stop.start()
        return len(self.text)

    def hide_stray_braces(self, masked: str, found: Scan) -> str:
        """Closing braces alone on their line are a slip of the editor's, not text."""
        for fault in found.faults:
            around = masked[max(0, fault.start - 1) : fault.start] + masked[fault.end : fault.end + 2].lstrip(" ")[:1]
            if fault.code == "stray-braces" and not around.strip("\n"):
                masked = masked[: fault.start] + GONE * (fault.end - fault.start) + masked[fault.end :]
        return masked

    def begins_line(self, position: int) -> bool:
        """Whether nothing but blanks, comments and other templates stand before it on its line."""
        low = max(0, position - _MAX_INDENT)
        start = self.masked.rfind("\n", low, position) + 1
        return (start > 0 or low == 0) and not self.masked[start:position].strip(" \t:" + GONE + OPAQUE + MARK)

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
        function, name = self.name(node)
        if function is not None:
            return self.read_function(node, function, conditional)
        params = self.params(node)
        if name is None:
            self.chunk.faults.append(("invalid-template-name", node.start, node.end))
            self.regions(node.parts, conditional)
            return conditional
        section = self.section_at(node.start)
        if node.kind == TEMPLATE:
            span = self.placed(node.start, node.end)
            self.chunk.templates.append(Template(name, params, span, section))
        self.regions(node.parts[1:], conditional)
        leads = self.lead and not section and top and not conditional
        if self.rule.applies(name, params, leads=leads) and (self.rule.anywhere or self.begins_line(node.start)):
            self.boxes.append((node, name, params))
        return conditional

    def read_function(self, node: Node, function: str, conditional: bool) -> bool:
        inside = conditional or function in vocabulary.CONDITIONAL
        text, part = self.text, node.parts[0]
        colon = text.find(":", part.start, part.end) + 1
        if function in vocabulary.CONDITIONAL:
            self.regions(node.parts[1:], inside)
        elif function in vocabulary.TRANSPARENT and colon:
            self.regions([Part(colon, part.end, -1, part.nodes), *node.parts[1:]], inside)
        elif colon and text.count("[[", colon, node.end) != text.count("]]", colon, node.end):
            self.chunk.faults.append(("uneven-brackets", node.start, node.end))
        value = text[colon : node.parts[-1].end].strip() if colon else None
        self.chunk.magic.append(Magic(function, value, self.placed(node.start, node.end)))
        return inside

    def name(self, node: Node) -> tuple[str | None, str | None]:
        """The function or variable that braces call, or else the template; neither where the name is none."""
        title = node.parts[0]
        written = unmask(mask(self.text, title.start, title.end, title.nodes))
        known = self.names.get(written)
        if known is None:
            known = self.names[written] = called_name(written, self.site)
        return known

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
            if name in seen:  # an empty one is shown by its pipe
                self.chunk.faults.append(("duplicate-parameter", min(part.start, part.end - 1), part.end))
            seen.add(name)
            params.append(Param(name, self.source[_value_start(part) : part.end]))
        return tuple(params)

    def regions(self, parts: list[Part], conditional: bool) -> None:
        """Read the links and other items in the values of parameters."""
        text = self.text
        for part in parts:
            start = _value_start(part)
            raw = text[start : part.end]
            if "[" in raw or ":" in raw or "/" in raw or "__" in raw or "''" in raw or "]" in raw or "-->" in raw:
                masked = mask(text, start, part.end, part.nodes)
                found = self.read_piece(self.whole_links(masked, start))
                if not found.empty:
                    self.keep(found, start, conditional=conditional)

    def whole_links(self, masked: str, start: int) -> str:
        return hide_line_breaks(masked, links_in(masked, start), start) if "[[" in masked and "\n" in masked else masked

    def tag(self, node: Node, conditional: bool) -> None:
        if node.tag == "gallery":
            self.gallery(node)
        elif node.tag in vocabulary.WIKITEXT_TAGS and node.tag != "poem":
            self.regions(node.parts, conditional)

    def gallery(self, node: Node) -> None:
        """The files of a gallery, one a line, each with its caption (Help:Images, Gallery of images)."""
        inner = node.parts[0]
        position = inner.start
        for line in mask(self.text, inner.start, inner.end, inner.nodes).split("\n"):
            name, _, caption = line.partition("|")
            namespace, rest = self.site.split_title(name.strip() or "?")
            if name.strip() and namespace in (0, FILE) and is_valid_name(rest):
                title = self.site.full_title(FILE, rest if namespace == FILE else name.strip())
                options = parse_gallery(caption, position + len(name) + 1)
                label = self.inline(options.caption, options.caption_at)
                for unseen in options.unseen:
                    self.inline(*unseen)
                span, section = self.placed(position, position + len(line)), self.section_at(position)
                self.chunk.links.append(Link("file", title, None, None, label, section, span))
                leads_to = self.inline_reader.picture_link(options.link, label, span) if options.link else None
                if leads_to:
                    self.chunk.on_page = self.chunk.on_page or is_relative(options.link)
                    self.chunk.links.append(replace(leads_to, section=section))
            position += len(line) + 1

    def infobox(self, node: Node, name: str, params: tuple[Param, ...]) -> None:
        """One field for each name; of a repeated one the last, as the template would see it."""
        last: dict[str, tuple[Part, Param]] = {}
        for part, param in zip(node.parts[1:], params, strict=True):
            last.pop(param.name, None)
            last[param.name] = (part, param)
        fields = tuple(self.field(part, param) for part, param in last.values())
        span, section = self.placed(node.start, node.end), self.section_at(node.start)
        self.chunk.infoboxes.append(Infobox(name, "template", section, span, fields))

    def field(self, part: Part, param: Param) -> Field:
        start = _value_start(part)
        span = self.placed(start, part.end)
        low = bisect_left(self.chunk.links, (span[0], 0), key=_link_span)
        high = bisect_left(self.chunk.links, (span[1], 0), key=_link_span)
        inside = tuple(self.chunk.links[low:high])
        # what holds no markup says the same wherever it stands
        plain = not (part.nodes or inside or "[" in param.raw)
        known = self.values.get(param.raw) if plain else None
        if known is None:
            text = self.value_text(part, start)
            known = text, parse_values(text, inside)
            if plain:
                self.values.put(param.raw, known)
        return Field(param.name, param.raw, *known, inside, span)

    def value_text(self, part: Part, start: int) -> str:
        masked = self.whole_links(mask(self.text, start, part.end, part.nodes, values=True), start)
        inner = masked.strip(" \t\n" + GONE + MARK)
        many = "\n" in inner
        return BlockReader(inner, self.piece_text).read()[0].text if many else self.piece_text(inner)

    def piece_text(self, piece: str, _start: int = 0) -> str:
        """The text of a piece whose items are kept already."""
        found = self.read_piece(piece)
        self.chunk.on_page = self.chunk.on_page or found.on_page
        return found.text

    def table_box(self, table: TableSource) -> None:
        """The infobox that a table of the lead is, if it is one."""
        found = table_box(table) if self.lead and not self.section_at(table.start) else None
        if found is None:
            return
        name, cells = found
        if len(cells) > _MAX_ROWS:
            self.chunk.faults.append(("too-many-parameters", table.start, table.start + 2))
        fields = []
        for label, cell in islice(cells.items(), _MAX_ROWS):
            start, end = cell.lines[0][0], cell.lines[-1][1]
            low, high = (bisect_left(self.top_nodes, place, key=node_start) for place in (start, end))
            inside = [node for node in self.top_nodes[low:high] if node.end <= end]
            fields.append(self.field(Part(start, end, -1, inside), Param(label, self.source[start:end])))
        span, section = self.placed(table.start, table.end), self.section_at(table.start)
        self.chunk.infoboxes.append(Infobox(name, "wikitable", section, span, tuple(fields)))


def _link_span(link: Link) -> tuple[int, int]:
    return link.span


def _value_start(part: Part) -> int:
    return part.equals + 1 if part.equals >= 0 else part.start
