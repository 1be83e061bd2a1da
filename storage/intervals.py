"""The intervals of one page on their way through its history: an item is stored once for as long as it holds."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import chain

from sqlite_utils import Database

from parsers.items import NO_ITEMS, ItemChanges, ItemGroups, Row, changed_items
from storage.derived import DerivedItems, LocalStrings, Value
from storage.items import KEPT, stored_items, string_numbers
from storage.schema_items import HISTORY_TABLES
from storage.strings import Strings

Moment = tuple[int, str]  # revision id and its timestamp

# The columns that tell which item followed which, so that a long text is kept as edits of the one before it.
_IDENTITY = {
    "infobox": slice(0, 3), "section": slice(2, 3), "link": slice(0, 0), "category": slice(0, 0), "paper": slice(0, 0),
    "template": slice(0, 2),
}  # fmt: skip


class PageIntervals:
    """What holds on a page, and what began and ended since ``take`` was called last."""

    def __init__(self, page_id: int) -> None:
        self._page_id = page_id
        self._items: ItemGroups | None = NO_ITEMS  # those of the last revision; None where only the database has them
        self._held: dict[str, dict[Row, int]] = {kind: {} for kind in HISTORY_TABLES}  # items to their numbers
        self._last: dict[str, int] = dict.fromkeys(HISTORY_TABLES, 0)
        self._begun: dict[str, dict[int, list[Value]]] = {kind: {} for kind in HISTORY_TABLES}
        self._ended: dict[str, list[tuple[int, int, int, int]]] = {kind: [] for kind in HISTORY_TABLES}

    @classmethod
    def load(cls, db: Database, strings: Strings, page_id: int) -> PageIntervals:
        """As they stand in the database."""
        page = cls(page_id)
        page._items = None
        stored = stored_items(db, page_id, "AND to_rev IS NULL")
        texts = strings.load(string_numbers(stored))
        for kind, rows in stored.items():
            (page._last[kind],) = db.execute(
                f"SELECT coalesce(max(item), 0) FROM {kind}_items WHERE page_id = ?", [page_id]
            ).fetchone()
            for item, *values in rows:
                row = (texts[v] if kept and v is not None else v for v, kept in zip(values, KEPT[kind], strict=True))
                page._held[kind][tuple(row)] = item
        return page

    def advance(self, strings: LocalStrings, items: ItemGroups, last: Moment | None, now: Moment) -> None:
        """Go on to the next revision: end the items that ceased to hold after ``last``, open those that began."""
        changes = changed_items(self._items, items) if self._items is not None else self._against_held(items)
        self._items = items
        for kind, change in changes.items():
            held = self._held[kind]
            likes: dict[Row, Row] = {}
            for row in change.ended:
                assert last is not None
                likes[row[_IDENTITY[kind]]] = row
                self._end(kind, held.pop(row), last[0], now[0])
            for row in change.begun:
                held[row] = self._begin(strings, kind, row, likes.get(row[_IDENTITY[kind]]), now[0])

    def _against_held(self, items: ItemGroups) -> Mapping[str, ItemChanges]:
        """The same after ``load``: what the database holds may have been read by an earlier version of the parser."""
        changes = {}
        for kind, held in self._held.items():
            wanted = dict.fromkeys(chain.from_iterable(items[kind]))
            ended = tuple(row for row in held if row not in wanted)
            changes[kind] = ItemChanges(ended, tuple(row for row in wanted if row not in held))
        return changes

    def _begin(self, strings: LocalStrings, kind: str, row: Row, like: Row | None, rev_id: int) -> int:
        self._last[kind] += 1
        item = self._last[kind]
        values: list[Value] = [self._page_id, item]
        for position, (value, kept) in enumerate(zip(row, KEPT[kind], strict=True)):
            if kept and value is not None:
                alike = like[position] if like and kept == "LONG" else None
                values.append(strings.number(str(value), None if alike is None else str(alike)))
            else:
                values.append(value)
        self._begun[kind][item] = [*values, rev_id, None, None]
        return item

    def _end(self, kind: str, item: int, last: int, by: int) -> None:
        if unwritten := self._begun[kind].get(item):
            unwritten[-2:] = [last, by]
        else:
            self._ended[kind].append((last, by, self._page_id, item))

    def take(self) -> DerivedItems:
        """What is to be written, once."""
        taken = DerivedItems(
            {kind: [tuple(row) for row in rows.values()] for kind, rows in self._begun.items() if rows},
            {kind: rows for kind, rows in self._ended.items() if rows},
        )
        self._begun = {kind: {} for kind in HISTORY_TABLES}
        self._ended = {kind: [] for kind in HISTORY_TABLES}
        return taken
