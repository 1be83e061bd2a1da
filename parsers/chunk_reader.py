"""Reads one chunk of a page into blocks, templates, infoboxes and inline items."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from parsers import vocabulary
from parsers.blocks import BlockReader, Body
from parsers.chunk import Chunk
from parsers.chunk_scan import RECOVERED, ChunkScanner, Tools, value_start
from parsers.field_slips import field_slips, name_slip, query_slips
from parsers.headings import Heading
from parsers.html_tags import on_one_line
from parsers.images import parse_gallery
from parsers.infobox import last_of_each
from parsers.inline_slips import has_extension
from parsers.line_slips import line_slips
from parsers.masks import GONE, MARK, hide_line_breaks, links_in, mask
from parsers.papers import join_in_rows
from parsers.plain_text import BREAKING_TAG
from parsers.record import Field, Infobox, Link, Magic, Param, Template
from parsers.scan_tree import ARGUMENT, EXTENSION, TEMPLATE, Node, Part, node_start
from parsers.sections import SectionText
from parsers.table_boxes import TableSource, table_box
from parsers.tag_blocks import has_blocks
from parsers.titles import RedirectLine, gallery_file, is_relative
from parsers.values import parse_values

_MAX_TOLD = 100_000  # characters that templates in one another may repeat
_MAX_REPEATED = 10  # and how often the outermost, if it is long
_MAX_ROWS = 1000  # of a table that are fields of an infobox


class ChunkReader(ChunkScanner):
    """Reads one chunk of a page, see ``ChunkScanner``."""

    def __init__(
        self, source: str, tools: Tools, offset: int = 0, section: int = 0, redirect: RedirectLine | None = None
    ) -> None:
        super().__init__(source, tools, offset, section, redirect)
        self.known, self.read_piece, self.values = tools.known, tools.read_piece, tools.values
        self.inline_reader = tools.inline
        self.boxes: list[tuple[Node, str, tuple[Param, ...]]] = []
        self.untold = 0

    def read(self) -> Chunk:
        """The chunk, read as a whole."""
        self.prepare()
        masked, chunk = self.masked, self.chunk
        blocks = BlockReader(masked, self.inline)
        titles = [("", "")]
        bodies = blocks.read(lambda heading: titles.append(self.heading(heading, masked)))
        for start in blocks.unclosed_tables:
            chunk.settled = False
            chunk.faults.append(("unclosed-table", start, start + 2))
        if blocks.open_tag_table:
            chunk.settled = False
        self.slips(blocks)
        if self.redirect:
            self.redirect_link(self.redirect)
        self.nodes()
        self.collect(blocks.tables)
        self.sections(bodies, titles)
        return chunk

    def slips(self, blocks: BlockReader) -> None:
        """Faults in the marks of tables and headings."""
        faults = self.chunk.faults
        faults += [("stray-table-end", start, start + 2) for start in blocks.stray_ends]
        faults += [("stray-pipe", *span) for span in blocks.stray_pipes]
        faults += [("stray-cell", *span) for span in blocks.stray_cells]
        faults += blocks.cell_faults
        faults += line_slips(blocks.masked)

    def collect(self, tables: Sequence[TableSource] = ()) -> None:
        """The same with the infoboxes, whose fields take their links from it."""
        super().collect()
        if len(self.chunk.papers) > 1:
            rows = ((row[0].lines[0][0], row[-1].lines[-1][1]) for table in tables for row in table.rows if row[1:])
            self.chunk.papers = join_in_rows(self.chunk.papers, rows)
        for table in tables:
            self.table_box(table)
        for node, name, params in self.boxes:
            self.infobox(node, name, params)
        self.chunk.infoboxes.sort(key=lambda box: box.span)

    def heading(self, heading: Heading, masked: str) -> tuple[str, str]:
        """The title of a heading, and the same as its anchor has it (see ``SectionText``)."""
        self.starts.append(heading.start)
        start, end = heading.title
        if end - start > 1 and "=" in (masked[start], masked[end - 1]):
            self.chunk.faults.append(("uneven-heading", start, end))
        piece = masked[start:end]
        title = self.inline(piece, start)
        if "\n" not in title:
            return title, title
        unbroken = self.read_piece(BREAKING_TAG.sub("", piece)).text
        return title.replace("\n", " "), unbroken.replace("\n", " ")

    def redirect_link(self, line: RedirectLine) -> None:
        """A redirect links to its target and to nothing else, and is no text (WikitextContent::getRedirectTarget)."""
        target = line.target.full
        span = self.placed(line.start, line.end)
        kind = "interwiki" if line.target.interwiki else "internal"
        self.chunk.links.append(Link(kind, target, None, None, target, self.section, span))
        self.chunk.on_page = self.chunk.on_page or line.relative

    def sections(self, bodies: list[Body], titles: list[tuple[str, str]]) -> None:
        for body, (title, unbroken), start in zip(bodies, titles, self.starts, strict=True):
            level = body.heading.level if body.heading else 0
            lists, tables = tuple(body.lists), tuple(body.tables)
            self.chunk.sections.append(SectionText(level, title, unbroken, start, body.text, lists, tables))

    def inline(self, piece: str, start: int) -> str:
        """The text of a masked piece; the items in it are kept, at their place on the page."""
        found = self.known.get(piece) or self.read_piece(piece)
        if not found.empty:
            self.keep(found, start, conditional=False)
        return found.text

    def nodes(self) -> None:
        """Read every template, function, argument and tag, outer ones first."""
        pending = [(node, False, True) for node in reversed(self.top_nodes)]
        while pending:
            node, conditional, top = pending.pop()
            if top:
                self.untold = _MAX_TOLD + _MAX_REPEATED * (node.end - node.start)
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
        affordable = self.affords(node)
        params = self.params(node) if affordable else ()
        if name is None:
            self.chunk.faults.append(("invalid-template-name", node.start, node.end))
            self.regions(node.parts, conditional)
            return conditional
        section = self.section_at(node.start)
        if code := name_slip(name, has_params=len(node.parts) > 1, site=self.site):
            self.chunk.faults.append((code, node.start, node.parts[0].end))
        if node.kind == TEMPLATE:
            span = self.placed(node.start, node.end)
            self.chunk.templates.append(Template(name, params, span, section))
        self.regions(node.parts[1:], conditional)
        alone = top and not conditional
        leads = alone and self.lead and not section
        applies = self.rule.applies(name, params, alone=alone, leads=leads)
        if applies and affordable and (self.rule.anywhere(name) or self.begins_line(node.start)):
            self.boxes.append((node, name, params))
        return conditional

    def affords(self, node: Node) -> bool:
        """Whether what stands in these braces may be told once more beside what they stand in."""
        self.untold -= node.end - node.start
        if self.untold >= 0:
            return True
        self.chunk.faults.append(("nested-too-large", node.start, node.end))
        return False

    def read_function(self, node: Node, function: str, conditional: bool) -> bool:
        inside = conditional or function in vocabulary.CONDITIONAL
        text, part = self.text, node.parts[0]
        colon = text.find(":", part.start, part.end) + 1
        if function in vocabulary.CONDITIONAL:
            self.regions(node.parts[1:], inside)
        elif function == "#tag" and colon:
            self.content(text[colon : part.end].strip().lower(), node.parts[1:], inside, expanded=True)
        elif function in vocabulary.TRANSPARENT and colon:
            self.regions([Part(colon, part.end, -1, part.nodes), *node.parts[1:]], inside)
        elif colon and (unclosed := text.count("[[", colon, node.end) - text.count("]]", colon, node.end)):
            self.chunk.faults.append(("uneven-brackets", node.start, node.end))
            if unclosed > 0:  # MediaWiki shows it as text, with the links in it
                self.regions([Part(colon, part.end, -1, part.nodes), *node.parts[1:]], inside)
        if function == "#ask":
            self.chunk.faults += query_slips(text, node.parts)
        value = text[colon : node.parts[-1].end].strip() if colon and self.affords(node) else None
        self.chunk.magic.append(Magic(function, value, self.placed(node.start, node.end)))
        return inside

    def regions(self, parts: list[Part], conditional: bool) -> None:
        """Read the links and other items in the values of parameters."""
        text = self.text
        for part in parts:
            start = value_start(part)
            raw = text[start : part.end]
            if "[" in raw or ":" in raw or "/" in raw or "__" in raw or "''" in raw or "]" in raw or "-->" in raw:
                masked = mask(text, start, part.end, part.nodes)
                found = self.read_piece(self.whole_links(masked, start))
                if not found.empty:
                    self.keep(found, start, conditional=conditional)

    def whole_links(self, masked: str, start: int) -> str:
        if "[[" in masked and "\n" in masked:
            masked = hide_line_breaks(masked, links_in(masked, start), start)
        return on_one_line(masked)

    def tag(self, node: Node, conditional: bool) -> None:
        if node.tag != "poem":
            self.content(node.tag, node.parts, conditional)

    def content(self, tag: str, parts: list[Part], conditional: bool, *, expanded: bool = False) -> None:
        """Read what a tag holds, and what stands in its attributes. What ``#tag`` is given is ``expanded`` before."""
        if tag == "gallery" and parts:
            inner = parts[0]
            # {{!}} is a pipe by then, and parts a name from its caption
            kept = [node for node in inner.nodes if not (expanded and self.text.startswith("{{!}}", node.start))]
            masked = mask(self.text, inner.start, inner.end, kept)
            self.gallery(masked.replace("{{!}}", f"|{GONE * 4}"), inner.start)
            self.regions(parts[1:], conditional)  # its caption
        elif tag in vocabulary.WIKITEXT_TAGS or tag not in self.site.extension_tags:
            self.regions(parts, conditional)

    def gallery(self, masked: str, position: int) -> None:
        """The files of a gallery, one a line, each with its caption (Help:Images, Gallery of images)."""
        for line in masked.split("\n"):
            name, _, caption = line.partition("|")
            title = gallery_file(name, self.site)
            if title is not None:
                options = parse_gallery(caption, position + len(name) + 1)
                label = self.inline(options.caption, options.caption_at)
                if options.loses or not has_extension(title):
                    self.chunk.faults.append(("damaged-picture", position, position + len(line)))
                for unseen in options.unseen:
                    self.inline(*unseen)
                span, section = self.placed(position, position + len(line.rstrip(" "))), self.section_at(position)
                self.chunk.links.append(Link("file", title, None, None, label, section, span))
                leads_to = self.inline_reader.picture_link(options.link, label, span) if options.link else None
                if leads_to:
                    self.chunk.on_page = self.chunk.on_page or is_relative(options.link)
                    self.chunk.links.append(replace(leads_to, section=section))
            position += len(line) + 1

    def infobox(self, node: Node, name: str, params: tuple[Param, ...]) -> None:
        """One field for each name; of a repeated one the last, as the template would see it."""
        self.chunk.faults += field_slips(self.text, node.parts[1:], params)
        named = ((param.name, (part, param)) for part, param in zip(node.parts[1:], params, strict=True))
        fields = tuple(self.field(part, param) for part, param in last_of_each(named).values())
        span, section = self.placed(node.start, node.end), self.section_at(node.start)
        self.chunk.infoboxes.append(Infobox(name, "template", section, span, fields))

    def field(self, part: Part, param: Param) -> Field:
        start = value_start(part)
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
        many = "\n" in inner or has_blocks(inner)
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
        self.chunk.infoboxes.append(Infobox(name, table.kind, section, span, tuple(fields)))


def _link_span(link: Link) -> tuple[int, int]:
    return link.span
