"""What was derived of a page, in a form that one process can hand to another before it is written.

Rows name their strings by numbers of their own (``LocalStrings``), since only the writer gives out the real ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from parsers.bulk_founding import FOUNDING
from parsers.bulk_joint import may_be_joint
from parsers.bulk_signatures import Signature, signatures
from parsers.change import Change, PageChange
from parsers.record import Record
from storage.edits import LONG, edits_between
from storage.schema_items import LIST_SEPARATORS
from storage.times import seconds

Value = str | int | None
Rows = list[tuple[Value, ...]]


@dataclass(frozen=True, slots=True)
class StringList:
    """A list of strings; a ``leading`` one may hold them itself, any other holds their numbers."""

    texts: tuple[str | None, ...]
    leading: bool

    def as_json(self) -> str:
        return json.dumps(self.texts, ensure_ascii=False, separators=(",", ":"))


MOST_TOGETHER = 64  # items of one row
MOST_IN_LISTS = 16  # where several columns differ: reading an item costs looking through each list
LONGEST_WHOLE_PAIRS = 60  # characters
LONGEST_LISTED = 200  # characters of a string in a list; longer ones may be kept as edits, which lists cannot


def as_in_lists(text: str) -> str:
    """A page's text as its parts stand in lists."""
    return text.replace(*LIST_SEPARATORS)


def edits_of_page(page: str, listed_page: str, text: str | StringList) -> str | None:
    """The edits that make a string of a page's text; ``listed_page`` is that ``as_in_lists``."""
    if isinstance(text, StringList):
        kept = text.as_json()
        return edits_between(listed_page, kept, min(len(kept) // 2, 7 * len(text.texts))) if text.leading else None
    return edits_between(page, text, len(text) // 2) if len(text) >= LONG else None


class LocalStrings:
    """Numbers for the strings of one piece of work; a string may name another that it is like.

    ``made`` are the edits of the page's text that strings may be kept as, where they were made already; None where
    they would not be worth it.
    """

    def __init__(self) -> None:
        self.texts: list[tuple[str | StringList, str | None]] = []
        self.made: dict[str | StringList, str | None] = {}
        self._numbers: dict[str | StringList, int] = {}

    def number(self, text: str, like: str | None = None) -> int:
        return self._number(text, like)

    def optional(self, text: str | None) -> int | None:
        return None if text is None else self._number(text, None)

    def each(self, texts: Sequence[str | None], *, leading: bool) -> int | None:
        """What a column of type EACH holds for several items: less a number for a list, that of the string that all
        have, or None. A ``leading`` column tells how many items there are: of all it is None, or of none."""
        if (leading and texts[0] is not None) or any(text != texts[0] for text in texts):
            return ~self._number(StringList(tuple(texts), leading), None)
        return self.optional(texts[0])

    def pairs(self, text: str) -> int:
        """What a column of type PAIRS holds."""
        pairs = json.loads(text) if len(text) > LONGEST_WHOLE_PAIRS else []
        if pairs and "\\u0000" not in text and json.dumps(pairs, ensure_ascii=False) == text:
            return ~self._number(StringList(tuple(chain.from_iterable(pairs)), leading=False), None)
        return self._number(text, None)

    def make_edits(self, page: str) -> None:
        """Make them, so that the process that writes need not."""
        listed = as_in_lists(page)
        self.made = {text: edits_of_page(page, listed, text) for text, _ in self.texts}

    def _number(self, text: str | StringList, like: str | None) -> int:
        number = self._numbers.get(text)
        if number is None:
            number = self._numbers[text] = len(self.texts)
            self.texts.append((text, like))
        return number


def may_be_listed(texts: Iterable[str | None]) -> bool:
    """Whether strings may stand in lists; SQLite's JSON functions end a string at a NUL character."""
    return all(text is None or (len(text) < LONGEST_LISTED and "\0" not in text) for text in texts)


@dataclass(frozen=True, slots=True)
class DerivedItems:
    """Rows of the item tables that are new, and stored ones that are to stand for less.

    ``ended`` are (members, to_rev, ended_by, page_id, item); ``parted`` makes a row of its own of some items of a
    stored row: (new item, members, to_rev, ended_by, page_id, item), and is done first.
    """

    begun: dict[str, Rows]
    ended: dict[str, Rows]
    parted: dict[str, Rows]


@dataclass(frozen=True, slots=True)
class DerivedChanges:
    """Rows of ``change_steps``, ``change_items`` and ``bulk_signatures``, their change_ids counted from 1."""

    steps: Rows
    changes: Rows
    signatures: Sequence[Signature] = ()

    @property
    def count(self) -> int:
        """How many changes these are."""
        return int(self.steps[-1][1] or 0) if self.steps else 0


def derived_changes(
    strings: LocalStrings, run_id: int, observed_at: str, found: Iterable[PageChange]
) -> DerivedChanges:
    """Changes as rows; neighbours of one edit or event share a step."""
    number, optional = strings.number, strings.optional
    steps: Rows = []
    changes: Rows = []
    numbered: list[PageChange] = []
    last = 0
    for _, group in groupby(found, lambda c: (c.page_id, c.title, c.rev_from, c.rev_to, c.timestamp)):
        first = last + 1
        c = None
        edit = list(group)
        for alike in _alike(edit, links_alone=may_be_joint(one.change for one in edit)):
            c, change = alike[0], alike[0].change
            changes.append(
                (
                    last + 1, first, number(change.kind), number(change.action), number(change.path),
                    *_each_of(strings, [one.change for one in alike]),
                    number(change.significance), optional(change.noise_reason), None,
                )
            )  # fmt: skip
            numbered += [replace(one, change_id=number) for number, one in enumerate(alike, last + 1)]
            last += len(alike)
        assert c is not None
        steps.append(
            (
                first, last, run_id, c.page_id or None, number(c.title), c.rev_from, c.rev_to,
                seconds(c.timestamp), optional(c.user), optional(c.comment), number(observed_at),
            )
        )  # fmt: skip
    return DerivedChanges(steps, changes, tuple(signatures(numbered)))


def _alike(group: Iterable[PageChange], *, links_alone: bool) -> Iterator[list[PageChange]]:
    """Changes of one edit, those together that stand in one row: neighbours that add, or remove, the like.

    ``links_alone`` says that links may become members of a bulk change, which is said of each row.
    """
    alike: list[PageChange] = []
    of: object = None
    for c in group:
        key = None if links_alone and c.change.kind == "link" else _kind_of_addition(c.change)
        if alike and (
            key is None or key != of or len(alike) == (MOST_TOGETHER if alike[0].change.label == "" else MOST_IN_LISTS)
        ):
            yield alike
            alike = []
        alike.append(c)
        of = key
    if alike:
        yield alike


def _kind_of_addition(c: Change) -> object:
    if c.action not in ("added", "removed") or (c.before is None) == (c.after is None):
        return None
    if (c.kind, c.action) in FOUNDING:  # may become a member of a bulk change, which is said of each row
        return None
    if c.significance == "cosmetic" or not may_be_listed((c.label, c.before, c.after)):
        return None
    labelled = None if c.label is None else c.label != ""
    return c.kind, c.action, c.path, c.significance, c.noise_reason, c.before is None, labelled


def _each_of(strings: LocalStrings, alike: Sequence[Change]) -> tuple[int | None, int | None, int | None]:
    """Label, before and after."""
    (one, *others) = alike
    if others:
        return (
            strings.each([c.label for c in alike], leading=False),
            strings.each([c.before for c in alike], leading=True),
            strings.each([c.after for c in alike], leading=True),
        )
    before = strings.optional(one.before)
    after = None if one.after is None else strings.number(one.after, one.before)
    return strings.optional(one.label), before, after


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
