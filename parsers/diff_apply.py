"""From a diff page and the text before to the text after, so that reading the page is comparing the two texts."""

from __future__ import annotations

from parsers.diff_model import CONTEXT, HIDDEN, IDENTICAL, PHP, DiffPage, DiffPageError, DiffRow
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
        done = _apply_rows(hunk.rows, lines, start, after)
    return "\n".join(after + lines[done:]) + end


def _split(text: str, engine: str) -> tuple[list[str], str]:
    """Lines as the engine counts them, and what is behind the last. PHP's splits at newlines; to wikidiff2 a newline
    ends a line, and an empty text has none."""
    if engine == PHP:
        return text.split("\n"), ""
    end = "\n" if text.endswith("\n") else ""
    text = text.removesuffix("\n") if end else text
    return (text.split("\n") if text or end else []), end


def _apply_rows(rows: tuple[DiffRow, ...], lines: list[str], done: int, after: list[str]) -> int:
    for row in rows:
        if row.old is not None:
            if done >= len(lines) or lines[done] != row.old.text:
                raise DiffPageError(f"The diff does not fit the text: line {row.old.number} is another one.")
            done += 1
        if row.kind == CONTEXT:
            after.append(lines[done - 1])
        elif row.new is not None:
            after.append(row.new.text)
    return done


def diff_page_words(page: DiffPage, before: str) -> list[Segment]:
    """The change as ``parsers.words`` tells it: the same as ``word_diff`` of the two texts. Raises DiffPageError."""
    return word_diff(before, apply_diff(page, before))
