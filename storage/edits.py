"""A text as what differs from another: copies and insertions that SQL alone can put together again.

The form is a JSON list in which ``[start, length]`` copies characters of the other text, counted from 1 as SQLite's
``substr`` does, and a string stands for itself.
"""

from __future__ import annotations

import json
from difflib import SequenceMatcher

from rapidfuzz.distance import Postfix, Prefix

MOST_LINES = 2000  # beyond that only the beginnings and ends are compared: difflib is quadratic
SHORTEST_COPY = 12  # characters; a copy costs about as many itself

Piece = str | list[int]


def edits_between(base: str, text: str) -> str | None:
    """The edits that make ``text`` from ``base``, or None where they would not be much shorter than the text."""
    start, end = _shared_ends(base, text)
    middle = _pieces(base[start : len(base) - end], text[start : len(text) - end], start)
    pieces: list[Piece] = [[1, start], *middle, [len(base) - end + 1, end]]
    edits = json.dumps(_joined(pieces, base), ensure_ascii=False, separators=(",", ":"))
    return edits if 2 * len(edits) < len(text) else None


def _pieces(base: str, text: str, offset: int) -> list[Piece]:
    """Lines that both have are copied, the rest is inserted."""
    old, new = base.splitlines(keepends=True), text.splitlines(keepends=True)
    if not old or not new or len(old) + len(new) > MOST_LINES:
        return [text]
    starts = [offset]
    for line in old:
        starts.append(starts[-1] + len(line))
    pieces: list[Piece] = []
    for tag, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            pieces.append([starts[a] + 1, starts[b] - starts[a]])
        elif tag == "replace":
            pieces += _within("".join(old[a:b]), "".join(new[c:d]), starts[a])
        else:
            pieces.append("".join(new[c:d]))
    return pieces


def _within(old: str, new: str, offset: int) -> list[Piece]:
    """Lines that were rewritten: what they begin and end with is copied."""
    start, end = _shared_ends(old, new)
    return [[offset + 1, start], new[start : len(new) - end], [offset + len(old) - end + 1, end]]


def _shared_ends(old: str, new: str) -> tuple[int, int]:
    """How many characters both begin with, and how many of the rest both end with."""
    start = Prefix.similarity(old, new)
    return start, min(Postfix.similarity(old, new), len(old) - start, len(new) - start)


def _joined(pieces: list[Piece], base: str) -> list[Piece]:
    """Neighbouring pieces as one where that can be, and short copies written out."""
    joined: list[Piece] = []
    for piece in pieces:
        last = joined[-1] if joined else None
        if isinstance(piece, list) and isinstance(last, list) and last[0] + last[1] == piece[0]:
            last[1] += piece[1]
            continue
        if isinstance(piece, list) and piece[1] < SHORTEST_COPY:
            piece = base[piece[0] - 1 : piece[0] - 1 + piece[1]]
        if isinstance(piece, str) and isinstance(last, str):
            joined[-1] = last + piece
        elif piece:
            joined.append(piece)
    return joined
