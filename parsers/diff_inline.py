"""Reads the one-column layout that wikidiff2 writes for ``diff-type=inline`` (in 1.39 and later).

Each line is a ``div`` in one cell: ``mw-diff-inline-context``, ``-added``, ``-deleted``, ``-changed``, ``-moved``. A
changed line holds both versions with ``del`` and ``ins`` in it; of what is in neither, only the old side is written,
so a blank that changed behind an unchanged word cannot be seen. An empty line is a no-break space. The numbers of a
hunk stand in ``mw-diff-inline-header``: in 1.39 as a comment, later in the reader's language.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bs4.element import Tag

from parsers.diff_blanks import NO_BREAK, REFERENCE
from parsers.diff_rows import NEW, OLD, LineCell, Numbers, child_tags, classes_of, flatten, numbers_in
from parsers.words import DELETE, EQUAL, INSERT, Segment

_PREFIX = "mw-diff-inline-"


def is_inline(cell: Tag) -> bool:
    """Whether the lines stand in this cell."""
    return any(_kind(child) for child in child_tags(cell))


def read_inline(cell: Tag) -> Iterator[Numbers | list[LineCell]]:
    """Numbers and rows in order, as the table layout gives them."""
    for block in child_tags(cell):
        kind = _kind(block)
        if kind == "header":
            numbers = numbers_in(block)
            yield Numbers(numbers[0] if numbers else 1, numbers[-1] if numbers else 1)
        elif kind:
            yield from _rows(block, kind)


def _kind(block: Tag) -> str | None:
    """The kind of a line; of several classes the first counts (``mw-diff-inline-moved`` before ``-moved-source``)."""
    return next((name.removeprefix(_PREFIX) for name in classes_of(block) if name.startswith(_PREFIX)), None)


def _rows(block: Tag, kind: str) -> Iterator[list[LineCell]]:
    pieces, anchor = flatten([block])
    if "".join(text for _, text in pieces) in (REFERENCE, NO_BREAK):
        pieces = []
    link = next((a for a in child_tags(block) if a.name == "a" and a.get("href")), None)
    href = link.get("href") if link is not None else None
    partner = href.removeprefix("#") if isinstance(href, str) else None
    if kind == "context":
        yield [LineCell(tuple(pieces), side, is_context=True) for side in (OLD, NEW)]
    elif kind == "added":
        yield [LineCell(_bare(pieces), NEW, is_context=False)]
    elif kind == "deleted":
        yield [LineCell(_bare(pieces), OLD, is_context=False)]
    elif kind == "changed":
        yield from _changed(pieces)
    elif kind == "moved":
        side = OLD if f"{_PREFIX}moved-source" in classes_of(block) else NEW
        kept = tuple(piece for piece in pieces if piece[0] != (INSERT if side == OLD else DELETE))
        yield [LineCell(kept, side, is_context=False, anchor=anchor, partner=partner)]


def _bare(pieces: Sequence[Segment]) -> tuple[Segment, ...]:
    """A whole line that was added or deleted, without the mark: the table layout has none there either."""
    return tuple((EQUAL, text) for _, text in pieces)


def _changed(pieces: Sequence[Segment]) -> Iterator[list[LineCell]]:
    """The two versions of a line. From wikidiff2 1.14 on one line may have become several; those after the first
    are then added ones, as in the table layout."""
    old = [LineCell(tuple(piece for piece in pieces if piece[0] != INSERT), OLD, is_context=False)]
    lines: list[list[Segment]] = [[]]
    for op, text in pieces:
        if op != DELETE:
            first, *more = text.split("\n")
            lines[-1].append((op, first))
            lines += [[(op, part)] for part in more]
    for line in lines:
        yield [*old, LineCell(tuple(piece for piece in line if piece[1]), NEW, is_context=False)]
        old = []
