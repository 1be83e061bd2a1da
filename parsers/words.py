"""Word differences of two texts: lines are aligned first, then the words of the lines that were rewritten.

Every alignment is a longest common subsequence by rapidfuzz (bit-parallel), and none is larger than a fixed
number of cells, so the time grows with the length of the texts whatever they hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from rapidfuzz.distance import Indel

Segment = tuple[str, str]

EQUAL, INSERT, DELETE = "equal", "insert", "delete"

# Cells of one alignment: 3,000 words against 3,000 take about 3 ms. Larger ones are told as replaced whole.
_MAX_CELLS = 9_000_000
# Line alignments are over far fewer elements; a page of 2 MB of empty lines still has to end soon.
_MAX_LINE_CELLS = 400_000_000
# Below this share of common characters two lines are not a rewriting of each other: a patchwork of
# accidental common words is harder to read than the old line and the new one.
_MIN_COMMON = 0.3
_END_CHARS = 24

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_SENTENCE = re.compile(r"(?<=[.!?;:])\s+")
_ADDRESS = re.compile(r"https?://[^\s\]|]+")


def word_diff(before: str, after: str) -> list[Segment]:
    """The way from ``before`` to ``after`` as ``(op, text)`` with op ``equal``, ``insert`` or ``delete``.

    The texts of ``equal`` and ``delete`` joined are ``before``, those of ``equal`` and ``insert`` joined are
    ``after``. Neighbouring segments differ in op, none is empty, and a deletion stands before the insertion
    that replaces it.
    """
    if before == after:
        return [(EQUAL, before)] if before else []
    segments = list(_diff_lines(before.splitlines(keepends=True), after.splitlines(keepends=True), 0))
    return _tidy(segments)


# What two versions of a line have in common, from strict to loose: the line itself; the line but for its
# addresses (a bulk link update rewrites every line of a list); its beginning; its end.
_LINE_KEYS: tuple[Callable[[str], str], ...] = (
    lambda line: line,
    lambda line: _ADDRESS.sub("", line),
    lambda line: line[:_END_CHARS],
    lambda line: line[-_END_CHARS:],
)


def _diff_lines(before: Sequence[str], after: Sequence[str], level: int, sentences: bool = False) -> Iterator[Segment]:
    """Align by one key; what it leaves unmatched is tried with the next, and at last word by word.

    ``sentences`` says that the pieces are those of a line that was too long for words, so as not to cut again.
    """
    if not before or not after:
        yield (DELETE, "".join(before))
        yield (INSERT, "".join(after))
        return
    if level == len(_LINE_KEYS) or len(before) == len(after) == 1:
        yield from _diff_words("".join(before), "".join(after), sentences)
        return
    key = _LINE_KEYS[level]
    keys_before, keys_after = [key(line) for line in before], [key(line) for line in after]
    for same, b0, b1, a0, a1 in align(keys_before, keys_after, _MAX_LINE_CELLS):
        if not same:
            yield from _diff_lines(before[b0:b1], after[a0:a1], level + 1, sentences)
        elif level == 0:
            yield (EQUAL, "".join(before[b0:b1]))
        else:
            for old, new in zip(before[b0:b1], after[a0:a1], strict=True):
                yield from _diff_words(old, new, sentences)


def _diff_words(before: str, after: str, sentences: bool) -> Iterator[Segment]:
    if before == after:
        yield (EQUAL, before)
        return
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    if len(old) * len(new) > _MAX_CELLS and not sentences:
        yield from _diff_lines(_sentences(before), _sentences(after), 0, sentences=True)
        return
    segments: list[Segment] = []
    common = 0
    for same, b0, b1, a0, a1 in align(old, new, _MAX_CELLS):
        if same:
            text = "".join(old[b0:b1])
            common += len(text)
            segments.append((EQUAL, text))
        else:
            segments.append((DELETE, "".join(old[b0:b1])))
            segments.append((INSERT, "".join(new[a0:a1])))
    if common < _MIN_COMMON * min(len(before), len(after)):
        segments = [(DELETE, before), (INSERT, after)]
    yield from segments


def _sentences(text: str) -> list[str]:
    ends = [0, *(match.end() for match in _SENTENCE.finditer(text)), len(text)]
    return [text[start:end] for start, end in pairwise(ends) if start < end]


def align(before: Sequence[str], after: Sequence[str], max_cells: int) -> Iterator[tuple[bool, int, int, int, int]]:
    """Runs ``(same, b0, b1, a0, a1)`` that cover both sequences in order; neighbours differ in ``same``.

    What differs in more than ``max_cells`` possible pairs is one unlike run.
    """
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    if head:
        yield True, 0, head, 0, head
    b_end, a_end = len(before) - tail, len(after) - tail
    middle_before, middle_after = before[head:b_end], after[head:a_end]
    if not middle_before or not middle_after or len(middle_before) * len(middle_after) > max_cells:
        if middle_before or middle_after:
            yield False, head, b_end, head, a_end
    else:
        b_last = a_last = 0
        for op in Indel.opcodes(middle_before, middle_after):
            if op.tag == "equal":
                if (b_last, a_last) != (op.src_start, op.dest_start):
                    yield False, head + b_last, head + op.src_start, head + a_last, head + op.dest_start
                yield True, head + op.src_start, head + op.src_end, head + op.dest_start, head + op.dest_end
                b_last, a_last = op.src_end, op.dest_end
        if (b_last, a_last) != (len(middle_before), len(middle_after)):
            yield False, head + b_last, b_end, head + a_last, a_end
    if tail:
        yield True, b_end, len(before), a_end, len(after)


def _tidy(segments: Sequence[Segment]) -> list[Segment]:
    """Merge neighbours, and swallow an equal run of mere space or punctuation between two edits."""
    merged: list[Segment] = []
    deleted = inserted = ""

    def flush() -> None:
        nonlocal deleted, inserted
        if deleted:
            merged.append((DELETE, deleted))
        if inserted:
            merged.append((INSERT, inserted))
        deleted = inserted = ""

    runs = _merge_equal(segments)
    for position, (op, text) in enumerate(runs):
        if op == DELETE:
            deleted += text
        elif op == INSERT:
            inserted += text
        elif deleted and inserted and position + 1 < len(runs) and _is_filler(text):
            deleted += text
            inserted += text
        else:
            flush()
            merged.append((EQUAL, text))
    flush()
    return merged


def _merge_equal(segments: Sequence[Segment]) -> list[Segment]:
    runs: list[Segment] = []
    for op, text in segments:
        if not text:
            continue
        if op == EQUAL and runs and runs[-1][0] == EQUAL:
            runs[-1] = (EQUAL, runs[-1][1] + text)
        else:
            runs.append((op, text))
    return runs


def _is_filler(text: str) -> bool:
    return "\n" not in text and len(text) <= 3 and not any(c.isalnum() for c in text)
