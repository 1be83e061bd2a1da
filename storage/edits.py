"""A text as what differs from another: copies and insertions that SQL alone can put together again.

The form is a JSON list in which a number copies characters of the other text, ``1000 * start + length``, counted from
1 as SQLite's ``substr`` does, a list ``[start, length]`` copies more than 999 of them, and a string stands for itself.
SQLite goes through the other text from its beginning for each copy, so a large text may have few.
"""

from __future__ import annotations

import json
from functools import lru_cache

from rapidfuzz.distance import Postfix, Prefix

LONG = 60  # characters from which a string may be kept as edits
SHORTEST_COPY = 12  # characters; a copy costs about as many itself
LONGEST_COPY = 999  # in a number
MOST_READING = 20_000_000  # characters that SQLite goes through to put a text together: a hundredth of a second
STEP = 4  # characters from one look for a copy to the next
WORTH_A_LIST = 200  # looking through a text so often costs as much as listing its runs
LONGEST_LISTED = 200_000  # characters; the list takes some 60 times as many bytes
MOST_WORK = 20_000_000  # characters to look through for one text, a few hundredths of a second; the rest is inserted

Piece = str | int | list[int]


def edits_between(base: str, text: str, most: int | None = None) -> str | None:
    """The edits that make ``text`` from ``base``, or None where they would not be much shorter than the text.

    ``most`` is the length from which they are not worth it.
    """
    if "\0" in base or "\0" in text:  # at which SQLite's functions end a text
        return None
    start = Prefix.similarity(base, text)
    end = min(Postfix.similarity(base, text), len(base) - start, len(text) - start)
    if end < SHORTEST_COPY:
        end = 0
    if start < SHORTEST_COPY:
        start = 0
    most = len(text) // 2 if most is None else most
    middle = _pieces(base, text, start, len(text) - end, most)
    if middle is None:
        return None
    pieces = _copy(1, start) + middle + _copy(len(base) - end + 1, end)
    if len(pieces) * len(base) > MOST_READING:
        return None
    edits = json.dumps(pieces, ensure_ascii=False, separators=(",", ":"))
    return edits if len(edits) < most else None


def _pieces(base: str, text: str, start: int, end: int, most: int) -> list[Piece] | None:
    """What makes ``text[start:end]``: from each place the first run that the base has, too, behind the last copy first.

    None when more than ``most`` characters would have to be inserted.
    """
    runs = _runs_of(base)
    pieces: list[Piece] = []
    inserted = 0
    done = at = start
    hint = start
    work = MOST_WORK
    while at + SHORTEST_COPY <= end and work > 0:
        sought = text[at : at + SHORTEST_COPY]
        if inserted + at - done > most:
            return None
        if runs.known is not None and sought not in runs.known:
            at += STEP
            continue
        found = base.find(sought, hint)
        if found < 0:
            found = base.find(sought, 0, hint + SHORTEST_COPY)
            work -= len(base)
        if found < 0:
            runs.miss()
            at += STEP
            continue
        length = _run(base, found, text, at, end)
        while at > done and found and base[found - 1] == text[at - 1]:
            at, found, length = at - 1, found - 1, length + 1
        if at > done:
            pieces.append(text[done:at])
            inserted += at - done
        pieces += _copy(found + 1, length)
        done = at = at + length
        hint = found + length
    if done < end:
        pieces.append(text[done:end])
    return pieces


class _Runs:
    """The runs of a text that a copy may begin with; they are listed once so many were looked for in vain that it pays.

    The strings of a page are held one after the other against the same text.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._misses = 0
        self.known: set[str] | None = None

    def miss(self) -> None:
        self._misses += 1
        text = self._text
        if self._misses == WORTH_A_LIST and len(text) <= LONGEST_LISTED:
            self.known = {text[n : n + SHORTEST_COPY] for n in range(len(text) - SHORTEST_COPY + 1)}


_runs_of = lru_cache(maxsize=4)(_Runs)


def _run(base: str, found: int, text: str, at: int, end: int) -> int:
    """How many characters are the same from two places on."""
    length = SHORTEST_COPY
    while at + length < end:
        ahead = min(end - at - length, 2 * length)
        same = Prefix.similarity(base[found + length : found + length + ahead], text[at + length : at + length + ahead])
        length += same
        if same < ahead:
            break
    return length


def _copy(start: int, length: int) -> list[Piece]:
    """A copy of so many characters, if there are any."""
    if length > LONGEST_COPY:
        return [[start, length]]
    return [1000 * start + length] if length else []
