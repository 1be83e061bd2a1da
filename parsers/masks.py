"""Same-length stand-ins for what the scan has read, so that later readers see only what is left to read.

Every masked text is as long as its source: positions stay true. The stand-ins are Unicode noncharacters, which
no wiki text can hold (Unicode 15, 23.7).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from parsers import vocabulary
from parsers.entities import ENTITY, character_of
from parsers.scan_tree import COMMENT, EXTENSION, TEMPLATE, Node

GONE = "\ufdd0"  # a comment: as if it were not there
OPAQUE = "\ufdd1"  # a template or tag whose output is not known here
BREAK = "\ufdd2"  # a line break inside a link
MARK = "\ufdee"  # where an extension tag begins: MediaWiki has a strip marker there, which ends lines and addresses
NEXT_CELL = "\ufdef"  # a second pipe inside a link where MediaWiki begins a cell
ANGLE = "\ufdd3"  # the "<" of an HTML tag, on its way through mwparserfromhell
_INERT = dict(zip("[]<>&':|*#=!{}_/;-+~\n@–‑‐", map(chr, range(0xFDD4, 0xFDEE)), strict=False))
INERT_BRACE, INERT_QUOTE = _INERT["{"], _INERT["'"]
# {{!}} and {{=}} (Help:Magic words, Other): a pipe that parts nothing but links and cells, an equals sign that is text
_CHARACTERS = {"!": "|", "=": _INERT["="]}
_TO_INERT = str.maketrans(_INERT)
_TO_MEANT = str.maketrans({GONE: "", OPAQUE: "", MARK: "", BREAK: "\n", NEXT_CELL: "|"})
_TO_TEXT = {**_TO_MEANT, **str.maketrans({ANGLE: "<", **{v: k for k, v in _INERT.items()}})}
_ANY = re.compile("[\ufdd0-\ufdef]")
_NO_LABEL = re.compile(r"\n[ \t:]*(?:\{\||\|\}|\|-|=[^\n]*=[ \t\ufdd0]*\n)")
_NO_TARGET = re.compile(r"[\n\[\]{}]")


def unmask(text: str) -> str:
    """The text that stands for a masked text: stand-ins gone, inert characters as they were."""
    return _translated(text, _TO_TEXT)


def unmask_meant(text: str) -> str:
    """The same with what is literal (``<nowiki>``, ``<pre>``) left inert, for readers that look for a meaning."""
    return _translated(text, _TO_MEANT)


def _translated(text: str, table: Mapping[int, str]) -> str:
    if text.isascii():
        return text
    # those that most texts hold, as many as a template has characters: a table takes several times as long
    text = text.replace(GONE, "").replace(OPAQUE, "").replace(MARK, "")
    return text.translate(table) if _ANY.search(text) else text


def is_masked(text: str) -> bool:
    """Whether a text holds stand-ins."""
    return not text.isascii() and _ANY.search(text) is not None


def mask(text: str, start: int, end: int, nodes: list[Node], *, values: bool = False) -> str:
    """``text[start:end]`` with its nodes masked.

    With ``values`` the unnamed parameters of templates stay in sight: within a field, they are the best that is
    known of what the template shows (``{{Datum|2016}}``).
    """
    if not nodes:
        return text[start:end]
    pieces: list[str] = []
    position = start
    for node in nodes:
        if node.start < position:
            continue
        if node.start >= end:
            break
        pieces.append(text[position : node.start])
        pieces.append(_stand_in(text, node, values))
        position = node.end
    pieces.append(text[position:end])
    return "".join(pieces)


def _stand_in(text: str, node: Node, values: bool) -> str:
    if node.kind == COMMENT:
        return GONE * (node.end - node.start)
    if node.kind == EXTENSION:
        return _extension(text, node)
    if node.kind == TEMPLATE and len(node.parts) == 1:
        shown = _CHARACTERS.get(text[node.parts[0].start : node.parts[0].end].strip())
        if shown:
            return GONE * (node.end - node.start - 1) + shown
    if node.kind == TEMPLATE and values and len(node.parts) > 1 and not text.startswith("#", node.parts[0].start):
        return _values(text, node)
    return OPAQUE * (node.end - node.start)


def _extension(text: str, node: Node) -> str:
    """A tag: literal content is seen but means nothing, a poem is wikitext, a reference is elsewhere."""
    inner = node.parts[0]
    if node.tag in vocabulary.LITERAL_TAGS:
        content = text[inner.start : inner.end]
        if node.tag in ("nowiki", "pre") and "&" in content:  # CoreTagHooks: entities stand for characters there, too
            content = re.sub(ENTITY, _same_length, content)
        content = content.translate(_TO_INERT)
    elif node.tag == "poem":
        content = mask(text, inner.start, inner.end, inner.nodes)
    else:
        return MARK + (GONE if node.tag in ("ref", "references") else OPAQUE) * (node.end - node.start - 1)
    return MARK + GONE * (inner.start - node.start - 1) + content + GONE * (node.end - inner.end)


def _same_length(entity: re.Match[str]) -> str:
    return (character_of(entity[0]) or entity[0]).ljust(len(entity[0]), GONE)


def _values(text: str, node: Node) -> str:
    pieces: list[str] = []
    position = node.start
    for part in node.parts[1:]:
        if part.equals < 0:
            gap = part.start - position
            pieces.append(GONE * (gap - 1) + (" " if pieces else GONE))
            pieces.append(mask(text, part.start, part.end, part.nodes, values=True))
            position = part.end
    pieces.append((OPAQUE if position == node.start else GONE) * (node.end - position))
    return "".join(pieces)


def hide_line_breaks(masked: str, links: list[tuple[int, int]], base: int = 0) -> str:
    """Masked text in which line breaks inside links no longer end a line; ``base`` is where it stands.

    A line break or another bracket before the first pipe makes brackets plain text, so line breaks stay there, as
    they do around headings and the rows of tables, which MediaWiki reads before links.
    """
    pieces: list[str] = []
    position = 0
    for start, end in sorted(links):
        low, high = start - base, end - base
        if low < position or high > len(masked):
            continue
        pipe = masked.find("|", low, high)
        if pipe < 0 or masked.find("\n", pipe, high) < 0 or _NO_TARGET.search(masked, low + 2, pipe):
            continue
        if _NO_LABEL.search(masked, pipe, high):
            continue
        pieces += masked[position:low], masked[low:high].replace("\n", BREAK)
        position = high
    return "".join([*pieces, masked[position:]]) if pieces else masked


def links_in(masked: str, start: int) -> list[tuple[int, int]]:
    """The outermost ``[[ ]]`` of a masked text, at positions that count ``start`` in."""
    found: list[tuple[int, int]] = []
    stack: list[int] = []
    position, opening, closing = 0, masked.find("[["), masked.find("]]")
    while closing >= 0:
        if 0 <= opening < position:
            opening = masked.find("[[", position)
        if closing < position:
            closing = masked.find("]]", position)
            continue
        if 0 <= opening < closing:
            stack.append(opening)
            position = opening + 2
            continue
        if stack:
            begun = stack.pop()
            if not stack:
                found.append((start + begun, start + closing + 2))
        position = closing + 2
    return found
