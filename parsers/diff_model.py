"""What a diff page says: two revisions, and the lines around what changed, with the words that were marked."""

from __future__ import annotations

from dataclasses import dataclass

from parsers.record import Diagnostic, Span
from parsers.words import DELETE, EQUAL, INSERT, Segment, word_diff

CONTEXT, DELETED, ADDED, CHANGED, MOVED = "context", "deleted", "added", "changed", "moved"
SHOWN, IDENTICAL, HIDDEN, FIRST = "shown", "identical", "hidden", "first"
PHP, WIKIDIFF2 = "php", "wikidiff2"
TABLE, INLINE = "table", "inline"


class DiffPageError(Exception):
    """This is no diff page, or it does not fit the text; one sentence says which."""


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of one side. ``number`` counts from 1 within its revision; ``text`` is wikitext, no newline.

    ``marked`` are the parts that the wiki shows as deleted (old side) or added (new side), as spans of
    Python characters within ``text``. A context line has none. A line that stands alone in its row is deleted or
    added as a whole; marks there say which of its words are gone or new, where a block or a line was divided.
    """

    number: int
    text: str
    marked: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class DiffRow:
    """Lines that stand beside each other: ``old`` is None on a line that was added, ``new`` on one that was deleted.

    ``kind`` is context, deleted, added, changed or moved. A moved paragraph has two rows, one where it stood and
    one where it stands: ``partner`` of each is the ``anchor`` of the other.
    """

    kind: str
    old: DiffLine | None
    new: DiffLine | None
    anchor: str | None = None
    partner: str | None = None


@dataclass(frozen=True, slots=True)
class Hunk:
    """Neighbouring lines; ``slot`` is main, or the role that the page names (multi-content revisions)."""

    old_start: int
    new_start: int
    rows: tuple[DiffRow, ...]
    slot: str = "main"

    @property
    def before(self) -> str:
        """The lines of the old revision that are shown."""
        return "\n".join(row.old.text for row in self.rows if row.old)

    @property
    def after(self) -> str:
        """The lines of the new revision that are shown."""
        return "\n".join(row.new.text for row in self.rows if row.new)


@dataclass(frozen=True, slots=True)
class DiffRevision:
    """One of the two revisions, as the head of the table names it; None and empty where it does not.

    ``heading`` is what a reader sees, with the time in the reader's language; ``timestamp`` is ISO 8601 UTC and
    given by MediaWiki after 1.39. ``user`` and ``comment`` are None when hidden. ``tags`` are the names of
    change tags as class names have them.
    """

    rev_id: int | None
    title: str | None
    heading: str
    timestamp: str | None
    user: str | None
    comment: str | None
    minor: bool
    tags: tuple[str, ...]
    text_hidden: bool


@dataclass(frozen=True, slots=True)
class DiffPage:
    """A diff page, read.

    ``state``: ``shown``; ``identical`` (the wiki says that there is no difference); ``hidden`` (a revision's text
    is); ``first`` (there is no earlier revision). ``layout`` is table or inline. ``engine`` is php or wikidiff2:
    they write blanks and the end of a text differently. ``notices`` are sentences of the wiki for its readers,
    in their language: edits in between, hidden revisions.
    """

    state: str
    layout: str
    engine: str
    old: DiffRevision | None
    new: DiffRevision | None
    hunks: tuple[Hunk, ...]
    notices: tuple[str, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def rows(self) -> tuple[DiffRow, ...]:
        """The rows of all hunks."""
        return tuple(row for hunk in self.hunks for row in hunk.rows)


def row_words(row: DiffRow) -> list[Segment]:
    """The words of a row in the form of ``parsers.words``: ``(equal|insert|delete, text)``.

    Equal and deleted text joined is the old line, equal and inserted text the new one. The wiki's own marks are
    taken where they say that much. It compares words without the blank behind them, and PHP's engine marks a
    block of lines as a whole, so that what it leaves unmarked on both sides may differ: those rows are compared anew.
    """
    if row.old is None or row.new is None:
        text = row.old.text if row.old else row.new.text if row.new else ""
        return [(DELETE if row.old else INSERT, text)] if text else []
    if row.old.text == row.new.text:
        return [(EQUAL, row.old.text)] if row.old.text else []
    same = unmarked(row.old)
    if not same or same != unmarked(row.new):
        return word_diff(row.old.text, row.new.text)
    # Where in the unmarked text each mark stands: both sides' marks can then be put in order.
    edits = [(at, DELETE, text) for at, text in _marks(row.old)] + [(at, INSERT, text) for at, text in _marks(row.new)]
    segments: list[Segment] = []
    done = 0
    for at, op, text in sorted(edits, key=lambda edit: (edit[0], edit[1] == INSERT)):
        if at > done:
            segments.append((EQUAL, same[done:at]))
            done = at
        if segments and segments[-1][0] == op:
            text = segments.pop()[1] + text
        segments.append((op, text))
    return [*segments, (EQUAL, same[done:])] if done < len(same) else segments


def unmarked(line: DiffLine) -> str:
    """The parts of a line that are not marked, joined."""
    ends = [0, *(at for span in line.marked for at in span), len(line.text)]
    return "".join(line.text[start:end] for start, end in zip(ends[::2], ends[1::2], strict=True))


def _marks(line: DiffLine) -> list[tuple[int, str]]:
    found, marked = [], 0
    for start, end in line.marked:
        found.append((start - marked, line.text[start:end]))
        marked += end - start
    return found
