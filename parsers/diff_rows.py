"""Reads the rows of a diff table by their structure: a marker cell and a line cell for each side.

Every version since 1.5 writes a row as (marker, line) twice, or an empty cell over two columns in place of one pair;
and a row with two line numbers before each hunk. What changed:

- the marker is text (U+2212 or -, and +) in 1.31, later (as in 1.39) an attribute, ``data-marker``; a context line has
  none. wikidiff2 has the attribute in 1.13;
- later still (as in 1.39) every cell says its side: ``diff-side-deleted``, ``diff-side-added``;
- lines in Atom feeds have lost their classes for styles, but their markers have not (FeedUtils::applyDiffStyle).

A wiki may run any engine beside any version, so nothing depends on the version: the side of a line is what its class
says, else its marker, else its place in the row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bs4.element import NavigableString, PageElement, PreformattedString, Tag

from parsers.diff_blanks import NO_BREAK, REFERENCE
from parsers.words import DELETE, EQUAL, INSERT, Segment

OLD, NEW = "old", "new"

_MINUS = {"−", "-", "–", "‒", "&minus;"}
# Grouped as in 1.234, 1,234, 1'234, or with a narrow or no-break space.
_NUMBER = re.compile(r"\d+(?:[.,'’٬\u00a0\u202f]\d+)*")
_LINE_COMMENT = re.compile(r"\s*LINES? (\d+)(?:,(\d+))?\s*")
_NEWLINE_CLASS = "mw-inline-diff-newline"  # wikidiff2 1.14, one-column layout: here a line was split
_NO_TEXT = {"a", "script", "style"}  # what wikidiff2 puts into a line is an anchor; the text itself holds no tags


@dataclass(frozen=True, slots=True)
class LineCell:
    """A line as it stands in its cell, blanks not yet restored."""

    pieces: tuple[Segment, ...]
    side: str
    is_context: bool
    is_php: bool = False  # the line is marked as a whole, which only PHP's engine does
    anchor: str | None = None
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Numbers:
    """A row of line numbers; None where it gives none."""

    old: int | None
    new: int | None


def own_rows(table: Tag) -> Iterator[Tag]:
    """The rows of a table without those of tables in it; browsers save a ``tbody`` that MediaWiki does not write."""
    for child in child_tags(table):
        if child.name == "tr":
            yield child
        elif child.name in ("tbody", "thead", "tfoot"):
            yield from (row for row in child_tags(child) if row.name == "tr")


def child_tags(tag: Tag) -> list[Tag]:
    """The elements that stand directly in this one."""
    return [child for child in tag.contents if isinstance(child, Tag)]


def classes_of(tag: Tag) -> list[str]:
    """The classes of an element."""
    found = tag.get("class")
    return found.split() if isinstance(found, str) else []


def find_class(tag: Tag, *names: str) -> Tag | None:
    """The first element within this one that has one of these classes."""
    wanted = set(names)
    elements = (node for node in tag.descendants if isinstance(node, Tag))
    return next((node for node in elements if not wanted.isdisjoint(classes_of(node))), None)


def read_numbers(cells: Sequence[Tag]) -> Numbers:
    """The line numbers of a hunk. They are written in the reader's language and digits, with separators.

    Line 1 may stand as nothing at all (DifferenceEngine::setReducedLineNumbers).
    """
    found = [_number(cell) for cell in cells if "diff-lineno" in classes_of(cell)]
    return Numbers(found[0], found[1] if len(found) > 1 else None)


def _number(cell: Tag) -> int | None:
    numbers = numbers_in(cell)
    if numbers:
        return numbers[0]
    return None if cell.get_text(strip=True) else 1


def numbers_in(tag: Tag) -> list[int]:
    """The numbers in a text, or in the comment that stands for it before it is translated (``<!--LINE 36-->``)."""
    for child in tag.contents:
        if isinstance(child, PreformattedString) and (match := _LINE_COMMENT.fullmatch(child)):
            return [int(digits[:9]) for digits in match.groups() if digits]
    texts = _NUMBER.findall(tag.get_text())
    return [int("".join(c for c in text if c.isdigit())[:9]) for text in texts]


def plain_text(tag: Tag) -> str:
    """What a reader sees, blanks squeezed."""
    return " ".join(tag.get_text().replace(REFERENCE, NO_BREAK).split())


def read_line_cells(cells: Sequence[Tag]) -> list[LineCell]:
    """The one or two lines of a row, none when it is no row of lines."""
    found: list[LineCell] = []
    marker: Tag | None = None
    for cell in cells:
        classes = classes_of(cell)
        if "diff-marker" in classes:
            marker = cell
        elif marker is not None or any(
            name in classes for name in ("diff-deletedline", "diff-addedline", "diff-context")
        ):
            found.append(_line_cell(cell, classes, marker, is_second=bool(found)))
            marker = None
    return found


def _line_cell(cell: Tag, classes: Sequence[str], marker: Tag | None, is_second: bool) -> LineCell:
    sign, link = "", None
    if marker is not None:
        written = marker.get("data-marker")
        sign = written.strip() if isinstance(written, str) else plain_text(marker)
        link = next((a for a in child_tags(marker) if a.name == "a"), None)
    side = _side(classes, sign, link) or (NEW if is_second else OLD)
    pieces, anchor = read_pieces(cell)
    return LineCell(
        pieces=tuple(pieces),
        side=side,
        is_context="diff-context" in classes or not (sign or link or _is_marked_line(classes)),
        anchor=anchor,
        partner=_target(link),
        is_php=any(mark.get("class") == "diffchange" for block in child_tags(cell) for mark in child_tags(block)),
    )


def _side(classes: Sequence[str], sign: str, link: Tag | None) -> str | None:
    if "diff-deletedline" in classes or "diff-side-deleted" in classes:
        return OLD
    if "diff-addedline" in classes or "diff-side-added" in classes:
        return NEW
    link_classes = classes_of(link) if link is not None else ()
    if sign in _MINUS or "mw-diff-movedpara-left" in link_classes:
        return OLD
    return NEW if sign == "+" or "mw-diff-movedpara-right" in link_classes else None


def _is_marked_line(classes: Sequence[str]) -> bool:
    return "diff-deletedline" in classes or "diff-addedline" in classes


def _target(link: Tag | None) -> str | None:
    href = link.get("href") if link is not None else None
    return href.removeprefix("#") if isinstance(href, str) and href.startswith("#") else None


def read_pieces(cell: Tag) -> tuple[list[Segment], str | None]:
    """The text of a line by its marks, and the anchor of a moved one.

    Lines stand in a ``div`` so that they scroll; an empty one stands in none, from 1.36 on as ``br``.
    """
    blocks = [child for child in child_tags(cell) if child.name == "div"]
    if blocks:
        return flatten(blocks)
    pieces, anchor = flatten([cell])
    if "".join(text for _, text in pieces).strip(" \n\t") == "" and any("\n" in text for _, text in pieces):
        return [], anchor
    return pieces, anchor


def flatten(blocks: Sequence[Tag]) -> tuple[list[Segment], str | None]:
    """The text within elements, in runs of equal, deleted or inserted text; nothing is taken for blank."""
    pieces: list[Segment] = []
    anchor: str | None = None
    stack: list[tuple[PageElement, str]] = [(block, EQUAL) for block in reversed(blocks)]
    while stack:  # not recursive: hostile pages nest as deep as they like
        node, op = stack.pop()
        if isinstance(node, Tag):
            name = node.get("name")
            if node.name == "a" and isinstance(name, str):
                anchor = name
            if _NEWLINE_CLASS in classes_of(node):
                pieces.append((INSERT, "\n"))
            elif node.name not in _NO_TEXT:
                op = {"del": DELETE, "ins": INSERT}.get(node.name, op)
                stack += [(child, op) for child in reversed(node.contents)]
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString) and node:
            pieces.append((op, str(node)))
    return _merge(pieces), anchor


def _merge(pieces: Sequence[Segment]) -> list[Segment]:
    merged: list[Segment] = []
    for op, text in pieces:
        if merged and merged[-1][0] == op:
            text = merged.pop()[1] + text
        merged.append((op, text))
    return merged
