"""Finds what stands in one chunk of a page: scanned and masked, its nodes with their names and parameters."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from parsers import vocabulary
from parsers.chunk import ItemKeeper
from parsers.headings import HEADING_LINE, find_heading
from parsers.html_tags import damaged_attributes, find_tags, half_tags, on_one_line
from parsers.infobox import InfoboxRule
from parsers.inline import Inline, InlineReader
from parsers.masks import GONE, MARK, OPAQUE, hide_line_breaks, mask, unmask
from parsers.memory import Memory
from parsers.record import Param, Span, Value
from parsers.scan import scan
from parsers.scan_tree import ARGUMENT, COMMENT, EXTENSION, TEMPLATE, Node, Part, Scan, node_start, parts_of
from parsers.site import Site
from parsers.titles import RedirectLine, called_name, parameter_name

_MAX_RECOVERED = 20  # unclosed templates that are looked at
_MAX_INDENT = 2000
_BOX_STOP = re.compile(r"\n(?= ?\n|=)")  # where an infobox that is never closed ends at the latest
_ODD_ALONE = (
    "\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffd-\uffff"  # characters that belong in no text
)
# and UTF-8 that was read as Windows-1252: GrÃ¼n, â€“ (Unicode's name for the result is mojibake)
ODD = f"{_ODD_ALONE}ÃÂâ"  # with which such characters begin
_ODD = re.compile(
    f"[{ODD}](?:(?<=[{_ODD_ALONE}])[{_ODD_ALONE}]*+|(?<=Ã)[\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]|(?<=Â)[\xa0-\xbf]|(?<=â)€[“”œ™˜ž¦¢š])"
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


class ChunkScanner(ItemKeeper):
    """Scans one chunk that stands at ``offset`` of its page and whose first section is number ``section``.

    ``source`` is read as MediaWiki would store it (TextContent::normalizeLineEndings), at the same length.
    """

    def __init__(
        self, source: str, tools: Tools, offset: int = 0, section: int = 0, redirect: RedirectLine | None = None
    ) -> None:
        text = source.replace("\r\n", " \n").replace("\r", "\n") if "\r" in source else source
        super().__init__(text, offset, section)
        self.source, self.redirect = source, redirect
        self.site, self.rule, self.names, self.page = tools.site, tools.rule, tools.names, tools.inline.title
        self.lead = offset == 0
        self.masked = text
        self.top_nodes: list[Node] = []
        self.hidden: list[Span] = []  # comments, and tags whose content is no wikitext

    def prepare(self) -> None:
        """Scan the text and mask what was found; ``top_nodes`` are to be read."""
        begin = self.redirect.end if self.redirect else 0
        found = scan(self.text, self.site.extension_tags, begin)
        chunk = self.chunk
        chunk.settled = found.settled
        chunk.faults = [(fault.code, fault.start, fault.end) for fault in found.faults]
        chunk.more_faults = found.more_faults
        found.nodes = self.without_invalid(found.nodes)
        chunk.faults += [("odd-character", *match.span()) for match in _ODD.finditer(self.text, begin)]
        chunk.tags = find_tags(self.text, begin, self.hidden)
        chunk.faults += [("tag-without-end", *span) for span in half_tags(self.text, begin, self.hidden)]
        if "<" in self.text:
            spans = damaged_attributes(self.text, begin, self.hidden)
            chunk.faults += [("damaged-attribute", *span) for span in spans]
        self.masked = GONE * begin + mask(self.text, begin, len(self.text), found.nodes)
        self.top_nodes = self.recover(found)
        masked = on_one_line(hide_line_breaks(self.masked, found.links))
        self.masked = self.hide_stray_braces(masked, found)

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
            if name and self.rule.applies(name, params, alone=True, leads=True) and len(params) > 1:
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

    def name(self, node: Node) -> tuple[str | None, str | None]:
        """The function or variable that braces call, or else the template; neither where the name is none."""
        title = node.parts[0]
        written = unmask(mask(self.text, title.start, title.end, title.nodes))
        known = self.names.get(written)
        if known is None:
            known = called_name(written, self.site, self.page)
            if written.lstrip().startswith(("/", "../")):
                self.chunk.on_page = True
            else:
                self.names[written] = known
        if title.nodes and known[1] and any(inner.kind == EXTENSION for inner in title.nodes):
            return None, None
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
            params.append(Param(name, self.source[value_start(part) : part.end]))
        return tuple(params)


def value_start(part: Part) -> int:
    """Where the value of a parameter begins: behind its equals sign, if it has one."""
    return part.equals + 1 if part.equals >= 0 else part.start
