"""Gives back the blanks of a line: PHP's diff engine puts no-break spaces among them, so that browsers keep them.

Its rules (TableDiffFormatter::escapeWhiteSpace, the same in all versions): a blank at either end of a line gets a
no-break space before or behind it; of two blanks in a row the first is replaced by one. Tags stand in the line
then, so a mark parts blanks, and a line that begins with one begins with no blank. An empty line of a rewritten
block is one no-break space (WordAccumulator). wikidiff2 does none of this.
"""

from __future__ import annotations

from collections.abc import Sequence

from parsers.words import EQUAL, Segment

NO_BREAK = "\u00a0"
# Stands for a reference such as &#160; between reading the page and here. The engine once wrote references (as in
# 1.31), and a no-break space of the text stood as itself; later (as in 1.39) both are the character.
REFERENCE = "\ufdd0"


def restore_blanks(pieces: Sequence[Segment], filler: str, is_context: bool) -> tuple[list[Segment], bool]:
    """The pieces of a line as they were, and whether a no-break space of the text may be among what was undone.

    ``filler`` is what the engine wrote as no-break space: REFERENCE or NO_BREAK. A context line is no part of a
    rewritten block.
    """
    if list(pieces) == [(EQUAL, filler)] and not is_context:
        return [], False
    restored, touched = [], False
    last = len(pieces) - 1
    for position, (op, text) in enumerate(pieces):
        plain = _restore(text, filler, position == 0 and op == EQUAL, position == last and op == EQUAL)
        touched = touched or plain != text
        restored.append((op, plain))
    return restored, touched and filler == NO_BREAK


def _restore(text: str, filler: str, at_start: bool, at_end: bool) -> str:
    pair = f"{filler} "
    if at_start and text.startswith((pair, filler + pair)):
        text = text[1:]
    if at_end and text.endswith(f" {filler}"):
        text = text[:-1]
    return text.replace(pair, "  ")
