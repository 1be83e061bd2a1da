"""From a diff page and the text before to the text after, so that reading the page is comparing the two texts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from parsers.diff_blanks import NO_BREAK
from parsers.diff_model import (
    CONTEXT,
    HIDDEN,
    IDENTICAL,
    PHP,
    DiffLine,
    DiffPage,
    DiffPageError,
    DiffRow,
    Hunk,
    unmarked,
)
from parsers.words import Segment, word_diff


def apply_diff(page: DiffPage, before: str) -> str:
    """The text of the new revision, exactly, from that of the old one (main slot).

    Each line that the page shows of the old side must stand in ``before`` under its number; else, and where the page
    shows no lines because a revision is hidden or the first, DiffPageError. What comes out is what the wiki has,
    character by character, within what a page can say: wikidiff2 does not show whether a text ends with a newline
    (MediaWiki removes it on saving), so that ``before`` decides; ``DiffPage.diagnostics`` names what else is open.
    """
    if page.state == IDENTICAL:
        return before
    hunks = [hunk for hunk in page.hunks if hunk.slot == "main"]
    if not page.hunks:
        why = "a revision is hidden" if page.state == HIDDEN else "there is no earlier revision"
        raise DiffPageError(f"The page shows no lines: {why}.")
    lines, end = _split(before, page.engine)
    after: list[str] = []
    done = 0
    for hunk in hunks:
        start = hunk.old_start - 1
        if not done <= start <= len(lines):
            raise DiffPageError(f"The diff does not fit the text: it has no line {hunk.old_start} to go on at.")
        after += lines[done:start]
        if hunk.new_start != len(after) + 1:
            raise DiffPageError(
                f"The diff does not fit the text: line {hunk.new_start} of the new text would be line {len(after) + 1}."
            )
        done = _apply_rows(hunk.rows, lines, start, after, is_exact=page.engine != PHP)
    after += lines[done:]
    if page.engine != PHP and (
        not after or not after[-1]
    ):  # no line is the empty text, an empty last one ends in newline
        end = "\n" if after else ""
    return "\n".join(after) + end


def _split(text: str, engine: str) -> tuple[list[str], str]:
    """Lines as the engine counts them, and what is behind the last. PHP's splits at newlines; to wikidiff2 a newline
    ends a line, and an empty text has none."""
    if engine == PHP:
        return text.split("\n"), ""
    end = "\n" if text.endswith("\n") else ""
    text = text.removesuffix("\n") if end else text
    return (text.split("\n") if text or end else []), end


def _apply_rows(rows: Sequence[DiffRow], lines: Sequence[str], done: int, after: list[str], *, is_exact: bool) -> int:
    for row in rows:
        blanks = None
        if row.old is not None:
            blanks = _compare_blanks(row.old.text, lines[done]) if done < len(lines) else None
            if blanks is None or (is_exact and row.old.text != lines[done]):
                raise DiffPageError(f"The diff does not fit the text: line {row.old.number} is another one.")
            done += 1
        if row.kind == CONTEXT:
            after.append(lines[done - 1])
        elif row.new is not None:
            after.append(_with_blanks_of(row.new, row.old, blanks) if row.old and blanks else row.new.text)
    return done


@dataclass(frozen=True, slots=True)
class _Blanks:
    """A line as it is, beside how it was read: ``text`` of the same length, and what was lost at either end."""

    head: str
    text: str
    tail: str


def _compare_blanks(read: str, line: str) -> _Blanks | None:
    """How a line that was read stands in the text; None when it is another one.

    PHP's engine writes some blanks as no-break spaces, and in newer versions (as in 1.39) those of the text look the
    same. What the line really holds can be seen in the old text.
    """
    if read == line:
        return _Blanks("", line, "")
    for head in ("", NO_BREAK):
        for tail in ("", NO_BREAK):
            text = line[len(head) : len(line) - len(tail)]
            if head + text + tail == line and text.replace(NO_BREAK, " ") == read.replace(NO_BREAK, " "):
                return _Blanks(head, text, tail)
    return None


def _with_blanks_of(new: DiffLine, old: DiffLine, blanks: _Blanks) -> str:
    """The new line with the no-break spaces of the old one in what both share."""
    if blanks == _Blanks("", old.text, "") or unmarked(old) != unmarked(new):
        return new.text
    shared = iter(unmarked(replace(old, text=blanks.text)))
    marked = {at for start, end in new.marked for at in range(start, end)}
    text = "".join(char if at in marked else next(shared) for at, char in enumerate(new.text))
    head = blanks.head if 0 not in marked else ""
    return head + text + (blanks.tail if len(text) - 1 not in marked else "")


def hunk_words(hunk: Hunk) -> list[Segment]:
    """The change of a hunk as ``parsers.words`` tells it, from the page alone.

    The lines shown before are compared with those shown after, by the same rules as two whole texts. What is around
    is equal on both sides, so that these are the insertions and deletions of ``word_diff`` of the two texts, but for
    the newline at the end of a hunk; only where equal lines repeat can a whole text be aligned in another way.
    """
    return word_diff(hunk.before, hunk.after)
