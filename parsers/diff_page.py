"""Reads a MediaWiki diff page into hunks of lines and marked words, whatever its version, skin and language.

MediaWiki 1.31 to 1.45, both of its engines and both layouts, a whole page or the table or its rows alone (as
``action=compare`` of the API gives them). See docs/diff-page.md.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from bs4 import BeautifulSoup
from bs4.element import Tag
from bs4.exceptions import ParserRejectedMarkup

from parsers.diff_blanks import NO_BREAK, REFERENCE, restore_blanks
from parsers.diff_header import read_revision
from parsers.diff_inline import is_inline, read_inline
from parsers.diff_model import (
    ADDED,
    CHANGED,
    CONTEXT,
    DELETED,
    FIRST,
    HIDDEN,
    IDENTICAL,
    INLINE,
    MOVED,
    PHP,
    SHOWN,
    TABLE,
    WIKIDIFF2,
    DiffLine,
    DiffPage,
    DiffPageError,
    DiffRevision,
    DiffRow,
    Hunk,
)
from parsers.diff_rows import (
    NEW,
    OLD,
    LineCell,
    Numbers,
    child_tags,
    classes_of,
    find_class,
    own_rows,
    plain_text,
    read_line_cells,
    read_numbers,
)
from parsers.record import Diagnostic, Span
from parsers.words import DELETE, INSERT, Segment

_REFERENCES = re.compile(r"&#(?:160|x0*a0);", re.IGNORECASE)
_BETWEEN_CELLS = re.compile(r">\n\s*(?=<t[dr][\s>])")
# How the answer of the API's ``action=compare`` begins: rows with no table, or the lines of the one-column layout.
_ROWS_ALONE = ("<tr", '<div class="mw-diff-inline-')
# Some 14 MB of rows, 60,000 changed lines; each tag costs time and memory.
_MAX_TAGS = 600_000
_MESSAGES = {
    "blank-or-no-break-space": "In {count} lines what is read as two blanks, or as a blank at the end of the line, may "
    "hold a no-break space: this wiki's diff engine writes both alike.",
    "blanks-not-shown": "{count} lines changed with no word marked; this layout does not show the new blanks.",
    "no-line-number": "{count} parts of the diff give no line numbers; they were counted on from the part before.",
    "unread-character": "{count} characters U+FDD0 or U+0000, which no text should hold, were read as U+FFFD.",
    "unread-row": "{count} rows of the diff could not be read.",
}
_LINE_CLASSES = {"diff-marker", "diff-deletedline", "diff-addedline", "diff-context"}
_HEAD_CLASSES = {"diff-otitle": "o", "diff-ntitle": "n"}


@dataclass(slots=True)
class _Table:
    """What was collected from the rows of a table, before blanks are restored."""

    parts: list[Numbers | list[LineCell] | str] = field(default_factory=list)  # a str is the name of a slot
    notices: list[str] = field(default_factory=list)
    layout: str = TABLE
    identical: bool = False
    heads: dict[str, Tag] = field(default_factory=dict)  # by o and n
    is_php: bool = False
    has_references: bool = False
    unread: int = 0


def parse_diff_page(html: str) -> DiffPage:
    """The diff that a page shows. Raises DiffPageError when there is none or it cannot be read."""
    soup = _soup(html)
    table = _diff_table(soup)
    if table is None:
        raise DiffPageError("This page holds no MediaWiki diff; save the page whose address has “diff=” in it.")
    found = _collect(table)
    old, new = (read_revision(found.heads[letter], letter, soup) if letter in found.heads else None for letter in "on")
    filler = None if not found.is_php else REFERENCE if found.has_references else NO_BREAK
    hunks, counts = _build_hunks(found, filler)
    counts["unread-character"] = html.count(REFERENCE) + html.count("\0")
    return DiffPage(
        state=_state(found, hunks, old, new, soup),
        layout=found.layout,
        engine=PHP if found.is_php else WIKIDIFF2,
        old=old,
        new=new,
        hunks=tuple(hunks),
        notices=tuple(found.notices),
        diagnostics=tuple(
            Diagnostic(code, _MESSAGES[code].format(count=count), None) for code, count in counts.items() if count
        ),
    )


def _soup(html: str) -> BeautifulSoup:
    html = _REFERENCES.sub(REFERENCE, html.replace(REFERENCE, "\ufffd").replace("\0", "\ufffd"))
    if html.count("<") > _MAX_TAGS:
        raise DiffPageError(
            f"This page has more than {_MAX_TAGS:,} tags, too many to read; fetch the two texts instead."
        )
    html = _BETWEEN_CELLS.sub(">", html)
    if html.lstrip().startswith(_ROWS_ALONE):
        html = html if "<tr" in html else f'<tr><td colspan="4">{html}</td></tr>'
        html = f'<table class="diff">{html}</table>'
    try:
        # Otherwise a run of blanks between two tags would become one blank.
        return BeautifulSoup(html, "lxml", preserve_whitespace_tags={"td"}, multi_valued_attributes=None)
    except (ParserRejectedMarkup, UnicodeError) as error:
        raise DiffPageError("This is no HTML that could be read.") from error


def _diff_table(soup: BeautifulSoup) -> Tag | None:
    """The table of the diff: the wiki's own (``data-mw``, 1.45 ``data-mw-interface``) before one that authors wrote
    on the page below it. In a feed it has no class, and its cells tell."""
    first: Tag | None = None
    for table in soup.descendants:
        if isinstance(table, Tag) and table.name == "table" and _is_diff(table):
            if table.get("data-mw") == "interface" or table.has_attr("data-mw-interface"):
                return table
            first = first or table
    return first


def _is_diff(table: Tag) -> bool:
    if table.has_attr("class"):
        return "diff" in classes_of(table)
    cells = (cell for row in own_rows(table) for cell in child_tags(row))
    return any(not {"diff-lineno", "diff-marker", "diff-notice"}.isdisjoint(classes_of(cell)) for cell in cells)


def _collect(table: Tag) -> _Table:
    found = _Table()
    for row in own_rows(table):
        cells = [cell for cell in child_tags(row) if cell.name in ("td", "th")]
        classes = {name for cell in cells for name in classes_of(cell)}
        if "diff-lineno" in classes:
            # PHP's engine gives the left number an id; wikidiff2 does not.
            found.is_php = found.is_php or any(str(cell.get("id", "")).startswith("mw-diff-left-l") for cell in cells)
            found.parts.append(read_numbers(cells))
        elif classes & _LINE_CLASSES:
            _collect_lines(found, row, cells)
        elif classes & _HEAD_CLASSES.keys():
            found.heads |= {
                _HEAD_CLASSES[name]: cell for cell in cells for name in classes_of(cell) if name in _HEAD_CLASSES
            }
        elif "mw-diff-slot-header" in classes_of(row):
            found.parts.append(plain_text(row))
        elif classes & {"diff-multi", "diff-notice"} or "mw-diff-slot-error" in classes_of(row):
            found.identical = found.identical or find_class(row, "mw-diff-empty") is not None
            found.notices.append(plain_text(row))
        elif len(cells) == 1 and is_inline(cells[0]):
            found.layout = INLINE
            found.parts += read_inline(cells[0])
    return found


def _collect_lines(found: _Table, row: Tag, cells: Sequence[Tag]) -> None:
    # Where PHP's engine writes references (as in 1.31), it also fills empty cells and markers with them.
    found.has_references = found.has_references or REFERENCE in row.get_text()
    lines = read_line_cells(cells)
    found.is_php = found.is_php or any(line.is_php for line in lines)
    if lines and len({line.side for line in lines}) == len(lines):
        found.parts.append(lines)
    else:
        found.unread += 1


def _build_hunks(found: _Table, filler: str | None) -> tuple[list[Hunk], dict[str, int]]:
    """Number the lines; and how often there is something to tell, by diagnostic code."""
    hunks: list[Hunk] = []
    rows: list[DiffRow] = []
    counts = dict.fromkeys(_MESSAGES, 0) | {"unread-row": found.unread}
    slot, start = "main", (1, 1)
    old, new = start

    def close() -> None:
        if rows:
            hunks.append(Hunk(*start, tuple(rows), slot))
            rows.clear()

    for part in found.parts:
        if isinstance(part, list):
            row = _build_row(part, old, new, filler, counts)
            old += row.old is not None
            new += row.new is not None
            rows.append(row)
            continue
        close()
        if isinstance(part, str):
            slot, part = part, Numbers(1, 1)
        elif part.old is None or part.new is None:
            counts["no-line-number"] += 1
        old, new = start = part.old or old, part.new or new
    close()
    return hunks, counts


def _build_row(
    cells: Sequence[LineCell], old_number: int, new_number: int, filler: str | None, counts: dict[str, int]
) -> DiffRow:
    sides = {cell.side: cell for cell in cells}
    is_context = all(cell.is_context for cell in cells)
    if is_context and len(cells) == 1:  # the other cell is missing, and would hold the same
        sides = {OLD: cells[0], NEW: cells[0]}
    lines: dict[str, DiffLine] = {}
    for side, number, op in ((OLD, old_number, DELETE), (NEW, new_number, INSERT)):
        if side in sides:
            pieces: Sequence[Segment] = sides[side].pieces
            is_ambiguous = False
            if filler is not None:
                pieces, is_ambiguous = restore_blanks(pieces, filler, is_context)
            counts["blank-or-no-break-space"] += is_ambiguous
            lines[side] = _line(pieces, number, op, is_whole=len(sides) == 1)
    old, new = lines.get(OLD), lines.get(NEW)
    moved = next((cell for cell in cells if cell.partner), None)
    if moved is not None and len(cells) == 1:
        return DiffRow(MOVED, old, new, moved.anchor, moved.partner)
    if is_context:
        return DiffRow(CONTEXT, old, new)
    return DiffRow(DELETED if new is None else ADDED if old is None else CHANGED, old, new)


def _line(pieces: Sequence[Segment], number: int, op: str, is_whole: bool) -> DiffLine:
    marked: list[Span] = []
    start = 0
    for piece_op, text in pieces:
        if piece_op == op and text:
            marked.append((start, start + len(text)))
        start += len(text)
    text = "".join(text for _, text in pieces).replace(REFERENCE, NO_BREAK)
    if is_whole and marked == [(0, len(text))]:  # PHP's engine marks a new line, wikidiff2 does not
        marked = []
    return DiffLine(number, text, tuple(marked))


def _state(
    found: _Table, hunks: Sequence[Hunk], old: DiffRevision | None, new: DiffRevision | None, soup: BeautifulSoup
) -> str:
    if hunks:
        return SHOWN
    if old is None and new is not None:
        return FIRST
    if found.identical:
        return IDENTICAL
    warning = find_class(soup, "mw-message-box-warning", "warningbox", "mw-warning", "cdx-message--warning")
    if (old and old.text_hidden) or (new and new.text_hidden) or (old and new and warning is not None):
        return HIDDEN
    raise DiffPageError("The diff of this page holds no lines: it is empty, or an external diff engine wrote it.")
