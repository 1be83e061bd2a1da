"""What was derived of a page, in a form that one process can hand to another before it is written.

Rows name their strings by numbers of their own (``LocalStrings``), since only the writer gives out the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from parsers.change import PageChange
from parsers.record import Record

Value = str | int | None
Rows = list[tuple[Value, ...]]


class LocalStrings:
    """Numbers for the strings of one piece of work; a string may name another that it is like."""

    def __init__(self) -> None:
        self.texts: list[tuple[str, str | None]] = []
        self._numbers: dict[str, int] = {}

    def number(self, text: str, like: str | None = None) -> int:
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append((text, like))
        return number

    def optional(self, text: str | None) -> int | None:
        return None if text is None else self.number(text)


@dataclass(frozen=True, slots=True)
class DerivedItems:
    """Intervals that began (rows of the item tables) and stored ones that ended (to_rev, ended_by, page_id, item)."""

    begun: dict[str, Rows]
    ended: dict[str, list[tuple[int, int, int, int]]]


@dataclass(frozen=True, slots=True)
class DerivedChanges:
    """Rows of ``change_steps`` and ``change_items``, their change_ids counted from 1."""

    steps: Rows
    changes: Rows


def derived_changes(
    strings: LocalStrings, run_id: int, observed_at: str, found: Iterable[PageChange]
) -> DerivedChanges:
    """Changes as rows; neighbours of one edit or event share a step."""
    number, optional = strings.number, strings.optional
    steps: Rows = []
    changes: Rows = []
    for _, group in groupby(found, lambda c: (c.page_id, c.title, c.rev_from, c.rev_to, c.timestamp)):
        first = len(changes) + 1
        for c in group:
            change = c.change
            before = optional(change.before)
            after = None if change.after is None else number(change.after, change.before)
            changes.append(
                (
                    len(changes) + 1, first, number(change.kind), number(change.action), number(change.path),
                    optional(change.label), before, after, number(change.significance), optional(change.noise_reason),
                    None,
                )
            )  # fmt: skip
        steps.append(
            (
                first, len(changes), run_id, c.page_id or None, number(c.title), c.rev_from, c.rev_to, c.timestamp,
                optional(c.user), optional(c.comment), number(observed_at),
            )
        )  # fmt: skip
    return DerivedChanges(steps, changes)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read from the newest revision that has a text."""

    rev_id: int
    parser: str  # its version
    text: str | None
    redirect_to: str | None
    diagnostics: Sequence[tuple[str, str, str | None]]  # code, message, span as JSON

    @classmethod
    def of(cls, rev_id: int, parser: str, record: Record | None, text: str | None) -> Reading:
        target = None
        if record and record.redirect:
            target = record.redirect.target + (f"#{record.redirect.fragment}" if record.redirect.fragment else "")
        diagnostics = [
            (d.code, d.message, json.dumps(d.span) if d.span else None) for d in (record.diagnostics if record else ())
        ]
        return cls(rev_id, parser, text, target, diagnostics)


@dataclass(frozen=True, slots=True)
class DerivedPage:
    """All that is to be written of one page; ``rebuilt`` when its intervals before are to be forgotten."""

    page_id: int
    rebuilt: bool
    strings: LocalStrings
    items: DerivedItems
    changes: DerivedChanges
    reading: Reading | None
