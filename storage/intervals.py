"""The intervals of one page on their way through its history: an item is stored once for as long as it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from sqlite_utils import Database

from parsers.items import COLUMNS, NO_ITEMS, ItemChanges, ItemGroups, Row, changed_items
from storage.derived import MOST_IN_LISTS, MOST_TOGETHER, DerivedItems, LocalStrings, Value, may_be_listed
from storage.items import KEPT, load_items, members_of
from storage.schema_items import HISTORY_TABLES, LEADING
from storage.strings import Strings

Moment = tuple[int, str]  # revision id and its timestamp

# The columns that tell which item followed which, so that a long text is kept as edits of the one before it.
_IDENTITY = {
    "infobox": slice(0, 3), "section": slice(2, 3), "link": slice(0, 0), "category": slice(0, 0), "paper": slice(0, 0),
    "template": slice(0, 2),
}  # fmt: skip


@dataclass(slots=True)
class _Together:
    """Items that began together and stand in one row, of which some may have ended since."""

    size: int
    open: set[int]  # positions of those that hold
    values: list[Value] | None  # the row as far as their end, until it is written
    ended: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # (to_rev, ended_by) to positions


class PageIntervals:
    """What holds on a page, and what began and ended since ``take`` was called last."""

    def __init__(self, page_id: int) -> None:
        self._page_id = page_id
        self._items: ItemGroups | None = NO_ITEMS  # those of the last revision; None where only the database has them
        self._held: dict[str, dict[Row, tuple[int, int]]] = {kind: {} for kind in HISTORY_TABLES}  # to row, position
        self._last: dict[str, int] = dict.fromkeys(HISTORY_TABLES, 0)
        self._rows: dict[str, dict[int, _Together]] = {kind: {} for kind in HISTORY_TABLES}
        self._touched: dict[str, dict[int, None]] = {kind: {} for kind in HISTORY_TABLES}

    @classmethod
    def load(cls, db: Database, strings: Strings, page_id: int) -> PageIntervals:
        """As they stand in the database."""
        page = cls(page_id)
        page._items = None
        for kind, rows in load_items(db, strings, page_id, "AND to_rev IS NULL").items():
            (page._last[kind],) = db.execute(
                f"SELECT coalesce(max(item), 0) FROM {kind}_items WHERE page_id = ?", [page_id]
            ).fetchone()
            for row in rows:
                page._rows[kind][row.number] = _Together(len(row.items), set(row.positions), None)
                for position in row.positions:
                    page._held[kind][row.items[position]] = row.number, position
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
                self._end(kind, *held.pop(row), (last[0], now[0]))
            for together in _together(kind, change.begun):
                number = self._begin(strings, kind, together, likes.get(together[0][_IDENTITY[kind]]), now[0])
                for position, row in enumerate(together):
                    held[row] = number, position

    def _against_held(self, items: ItemGroups) -> Mapping[str, ItemChanges]:
        """The same after ``load``: what the database holds may have been read by an earlier version of the parser."""
        changes = {}
        for kind, held in self._held.items():
            wanted = dict.fromkeys(chain.from_iterable(items[kind]))
            ended = tuple(row for row in held if row not in wanted)
            changes[kind] = ItemChanges(ended, tuple(row for row in wanted if row not in held))
        return changes

    def _begin(self, strings: LocalStrings, kind: str, rows: Sequence[Row], like: Row | None, rev_id: int) -> int:
        self._last[kind] += 1
        number = self._last[kind]
        values: list[Value] = [self._page_id, number]
        for position, (value, kept) in enumerate(zip(rows[0], KEPT[kind], strict=True)):
            if kept == "EACH" and len(rows) > 1:
                leading = COLUMNS[kind][position] in LEADING[kind]
                values.append(strings.each([_text(row[position]) for row in rows], leading=leading))
            elif kept == "PAIRS":
                values.append(strings.pairs(str(value)))
            elif kept and value is not None:
                alike = like[position] if like and kept != "STRING" else None
                values.append(strings.number(str(value), None if alike is None else str(alike)))
            else:
                values.append(value)
        self._rows[kind][number] = _Together(len(rows), set(range(len(rows))), [*values, rev_id])
        self._touched[kind][number] = None
        return number

    def _end(self, kind: str, number: int, position: int, end: tuple[int, int]) -> None:
        row = self._rows[kind][number]
        row.open.discard(position)
        row.ended.setdefault(end, []).append(position)
        self._touched[kind][number] = None

    def take(self) -> DerivedItems:
        """What is to be written, once."""
        taken = DerivedItems({}, {}, {})
        for kind, touched in self._touched.items():
            for number in touched:
                row = self._rows[kind][number]
                self._take_row(kind, number, row, taken)
                if not row.open:
                    del self._rows[kind][number]
                row.values = None
                row.ended.clear()
        self._touched = {kind: {} for kind in HISTORY_TABLES}
        return taken

    def _take_row(self, kind: str, number: int, row: _Together, taken: DerivedItems) -> None:
        parts: list[tuple[Collection[int], int | None, int | None]] = [
            (positions, *end) for end, positions in row.ended.items()
        ]
        if row.open:
            parts.insert(0, (row.open, None, None))
        for n, (positions, to_rev, by) in enumerate(parts):
            members = members_of(positions, row.size)
            if n:
                self._last[kind] += 1
            new = self._last[kind]
            if row.values is not None:
                page_id, *values = row.values
                begun = (page_id, new if n else number, *values[1:-1], members, values[-1], to_rev, by)
                taken.begun.setdefault(kind, []).append(begun)
            elif n:
                taken.parted.setdefault(kind, []).append((new, members, to_rev, by, self._page_id, number))
            else:
                taken.ended.setdefault(kind, []).append((members, to_rev, by, self._page_id, number))


def _together(kind: str, rows: Sequence[Row]) -> Iterable[Sequence[Row]]:
    """Rows that differ in nothing but their columns of type EACH, so many as may stand in one."""
    if kind not in LEADING:
        yield from ([row] for row in rows)
        return
    each = [position for position, kept in enumerate(KEPT[kind]) if kept == "EACH"]
    leading = [COLUMNS[kind].index(column) for column in LEADING[kind]]
    found: dict[tuple[object, ...], list[list[Row]]] = {}
    for row in rows:
        if not may_be_listed([_text(row[position]) for position in each]):
            yield [row]
            continue
        # Empty labels stand apart: those of links to other wikis, whose list the changes have, too.
        key = (
            *(value for position, value in enumerate(row) if position not in each),
            *(row[position] is None for position in leading),
            "" in row,
        )
        lists = found.setdefault(key, [[]])
        if len(lists[-1]) == (MOST_TOGETHER if "" in row else MOST_IN_LISTS):
            lists.append([])
        lists[-1].append(row)
    for lists in found.values():
        yield from lists


def _text(value: Value) -> str | None:
    return None if value is None else str(value)
