"""Texts made fit to show: invisible characters out, long ones shortened around what differs."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from parsers.words import word_diff

# Controls other than tab and line feed, lone surrogates, and the marks that reorder or hide text (Unicode
# Standard Annex 9, directional formatting characters): a title must not be able to rearrange the report.
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")

_WORD_REACH = 20  # how far a cut may move to fall between two words
_MAX_RUNS = 160  # runs shown of one text; a rewritten page has thousands


@dataclass(frozen=True, slots=True)
class Words:
    """A run of a compared text: ``op`` is equal, insert, delete or gap (``left_out`` characters cut)."""

    op: str
    text: str
    left_out: int = 0


def clean(text: str) -> str:
    """The text without characters that cannot be seen but change how the rest is shown or stored."""
    return _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text.replace("\r\n", "\n")))


def clean_or_none(text: str | None) -> str | None:
    """The same for a text that may be missing, as the name of a hidden user is."""
    return clean(text) if text is not None else None


def shorten(text: str, limit: int) -> tuple[Words, ...]:
    """The text as equal runs, with a gap where more than ``limit`` characters had to lose their middle."""
    return tuple(_shorten_run(Words("equal", clean(text)), limit))


def compare_words(before: str, after: str) -> tuple[Words, ...]:
    """What is common to two texts and what differs, word by word, whole and in order.

    Empty when the texts do not differ once cleaned.
    """
    runs = _join_runs(Words(op, text) for op, text in word_diff(clean(before), clean(after)))
    return () if all(run.op == "equal" for run in runs) else tuple(runs)


def without_moved_lines(before: str, after: str) -> tuple[str, str]:
    """Two texts in which lines changed places, without the lines that each has once: no word of them came or went.

    Texts with all such lines in one order, and texts that differ in nothing else, stay as they are.
    """
    sides = before.split("\n"), after.split("\n")
    once = [{line for line, count in Counter(side).items() if count == 1 and line.strip()} for side in sides]
    same = once[0] & once[1]
    if [line for line in sides[0] if line in same] == [line for line in sides[1] if line in same]:
        return before, after
    rest = ["\n".join(line for line in side if line not in same) for side in sides]
    return (before, after) if rest[0].split() == rest[1].split() else (rest[0], rest[1])


def excerpt(runs: Sequence[Words], context: int, limit: int) -> tuple[Words, ...]:
    """The differing runs with ``context`` characters of the common text around each.

    Differing runs longer than ``limit`` lose their middle.
    """
    shown: list[Words] = []
    for at, run in enumerate(runs):
        if run.op == "equal":
            shown += _around(run.text, context, first=at == 0, last=at == len(runs) - 1)
        else:
            shown += _shorten_run(run, limit)
    if len(shown) > _MAX_RUNS:
        rest = shown[_MAX_RUNS:]
        shown = [*shown[:_MAX_RUNS], Words("gap", "", sum(len(run.text) + run.left_out for run in rest))]
    return tuple(shown)


def _join_runs(runs: Iterable[Words]) -> list[Words]:
    """Replacements with only blanks between them told as one: "old town" to "new city", not word for word."""
    joined: list[Words] = []
    deleted = inserted = blank = ""

    def flush() -> None:
        nonlocal deleted, inserted, blank
        for op, text in (("delete", deleted), ("insert", inserted), ("equal", blank)):
            if text and joined and joined[-1].op == op:
                joined[-1] = Words(op, joined[-1].text + text)
            elif text:
                joined.append(Words(op, text))
        deleted = inserted = blank = ""

    for run in runs:
        if run.op == "equal":
            if deleted and inserted and not blank and run.text and not run.text.strip(" \u00a0"):
                blank = run.text
                continue
            flush()
            blank = run.text
            flush()
        else:
            deleted, inserted, blank = deleted + blank, inserted + blank, ""
            if run.op == "delete":
                deleted += run.text
            else:
                inserted += run.text
    flush()
    return joined


def _around(text: str, context: int, *, first: bool, last: bool) -> list[Words]:
    """The ends of a common text that touch a difference, and a gap for what lies between or beyond them."""
    kept = (0 if first else context) + (0 if last else context)
    if len(text) <= kept + 2 * _WORD_REACH:
        return [Words("equal", text)]
    head = "" if first else text[: _cut_before(text, context)]
    tail = "" if last else text[_cut_after(text, len(text) - context) :]
    runs = [Words("equal", head), Words("gap", "", len(text) - len(head) - len(tail)), Words("equal", tail)]
    return [run for run in runs if run.text or run.left_out]


def _shorten_run(run: Words, limit: int) -> list[Words]:
    if len(run.text) <= limit + 2 * _WORD_REACH:
        return [run] if run.text else []
    head = run.text[: _cut_before(run.text, limit * 2 // 3)]
    tail = run.text[_cut_after(run.text, len(run.text) - limit // 3) :]
    gap = Words("gap", "", len(run.text) - len(head) - len(tail))
    return [Words(run.op, head), gap, Words(run.op, tail)]


def _cut_before(text: str, at: int) -> int:
    """The place after the last blank before ``at``, or ``at`` itself when there is none near."""
    blank = text.rfind(" ", max(0, at - _WORD_REACH), at)
    return blank + 1 if blank > 0 else at


def _cut_after(text: str, at: int) -> int:
    """The next blank after ``at``, or ``at`` itself when there is none near."""
    blank = text.find(" ", at, at + _WORD_REACH)
    return blank if blank >= 0 else at
