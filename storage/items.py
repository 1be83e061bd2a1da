"""The item tables as they are kept: reading, closing and forgetting the rows of a page."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from parsers.items import COLUMNS, Row
from storage.schema_items import HISTORY_TABLES, ITEMS
from storage.strings import Strings
from storage.times import time_sql

KEPT = {
    kind: tuple("" if type_ == "INTEGER" else type_ for _, type_, _ in columns) for kind, (_, columns) in ITEMS.items()
}


@dataclass(frozen=True, slots=True)
class StoredItems:
    """A row of an item table, read: the items that its lists name, and the positions of those that it speaks of."""

    number: int
    items: tuple[Row, ...]
    positions: tuple[int, ...]


def load_items(db: Database, strings: Strings, page_id: int, condition: str = "") -> dict[str, list[StoredItems]]:
    """The rows of a page by kind."""
    stored = {
        kind: db.execute(
            f"SELECT item, members, {', '.join(COLUMNS[kind])} FROM {kind}_items WHERE page_id = ? {condition}",
            [page_id],
        ).fetchall()
        for kind in HISTORY_TABLES
    }
    numbers = {
        value
        for kind, rows in stored.items()
        for _, _, *values in rows
        for value, kept in zip(values, KEPT[kind], strict=True)
        if kept and value is not None
    }
    lists = strings.load_lists(-number for number in numbers if number < 0)
    texts = strings.load(number for number in numbers if number >= 0)
    return {
        kind: [_read(number, members, values, KEPT[kind], texts, lists) for number, members, *values in rows]
        for kind, rows in stored.items()
    }


def _read(
    number: int, members: str | None, values: Sequence[Any], kept: Sequence[str], texts: Mapping[int, str],
    lists: Mapping[int, tuple[str | None, ...]],
) -> StoredItems:  # fmt: skip
    columns: list[Any] = []
    for value, how in zip(values, kept, strict=True):
        if not how or value is None:
            columns.append(value)
        elif value >= 0:
            columns.append(texts[value])
        elif how == "PAIRS":
            columns.append(
                json.dumps(list(zip(lists[-value][::2], lists[-value][1::2], strict=True)), ensure_ascii=False)
            )
        else:
            columns.append(lists[-value])
    size = max([len(column) for column in columns if isinstance(column, tuple)], default=1)
    items = zip(*(column if isinstance(column, tuple) else (column,) * size for column in columns), strict=True)
    told = [-1] if members is None else json.loads(members)
    positions = [position for position in range(size) if position not in told] if told[0] < 0 else told
    return StoredItems(number, tuple(items), tuple(positions))


def members_of(positions: Collection[int], size: int) -> str | None:
    """How the positions that a row speaks of are kept, of so many in its lists."""
    if len(positions) == size:
        return None
    if 2 * len(positions) <= size:
        return json.dumps(sorted(positions))
    return json.dumps([-1, *(position for position in range(size) if position not in positions)])


def read_items(db: Database, page_id: int) -> dict[str, Counter[tuple[Any, ...]]]:
    """What was read of a page, by kind, however it is numbered: the rows of its history, and its diagnostics."""
    found = {
        kind: Counter(
            db.execute(
                f"SELECT {', '.join(COLUMNS[kind])}, from_rev, to_rev, valid_from, valid_to FROM {kind}_history"
                " WHERE page_id = ?",
                [page_id],
            ).fetchall()
        )
        for kind in HISTORY_TABLES
    }
    diagnostics = db.execute("SELECT code, message, span FROM diagnostics WHERE page_id = ?", [page_id])
    return {**found, "diagnostic": Counter(diagnostics.fetchall())}


def close_page(db: Database, page_id: int, last_rev: int, at: str) -> None:
    """The page is gone: what held in its last revision ceased to hold at the deletion."""
    for kind in HISTORY_TABLES:
        db.execute(
            f"UPDATE {kind}_items SET to_rev = ?, ended_at = ? WHERE page_id = ? AND to_rev IS NULL",
            [last_rev, at, page_id],
        )


def part_page(db: Database, page_id: int, gone_at: str, back_at: str) -> None:
    """The page was not there between these times: what held then is kept as two items, one before and one after.

    A second time changes nothing.
    """
    last = db.execute(
        "SELECT rev_id FROM revisions WHERE page_id = ? AND state = 'live' AND timestamp <= ?"
        " ORDER BY timestamp DESC, rev_id DESC LIMIT 1",
        [page_id, gone_at],
    ).fetchone()
    if last is None or back_at <= gone_at:
        return
    for kind in HISTORY_TABLES:
        began, ended = (
            f"coalesce({at}, (SELECT {time_sql('time')} FROM revision_rows r WHERE r.rev_id = h.{by}))"
            for at, by in (("began_at", "from_rev"), ("ended_at", "ended_by"))
        )
        rows = db.execute(
            f"SELECT item, to_rev IS NULL OR {ended} >= ? FROM {kind}_items h WHERE page_id = ? AND {began} <= ?"
            f" AND (to_rev IS NULL OR {ended} > ?)",
            [back_at, page_id, gone_at, gone_at],
        ).fetchall()
        columns = ", ".join(COLUMNS[kind])
        for item, comes_back in rows:
            if comes_back:
                db.execute(
                    f"INSERT INTO {kind}_items"
                    f" (page_id, item, {columns}, members, from_rev, to_rev, began_at, ended_by, ended_at)"
                    f" SELECT page_id, (SELECT max(item) + 1 FROM {kind}_items WHERE page_id = ?), {columns},"
                    f" members, ?, to_rev, ?, ended_by, ended_at FROM {kind}_items WHERE page_id = ? AND item = ?",
                    [page_id, last[0], back_at, page_id, item],
                )
            db.execute(
                f"UPDATE {kind}_items SET to_rev = iif(?, ?, to_rev), ended_by = NULL, ended_at = ?"
                " WHERE page_id = ? AND item = ?",
                [comes_back, last[0], gone_at, page_id, item],
            )


def parted_until(db: Database, page_id: int) -> str | None:
    """When the page came back for the last time, where items were parted by an absence; else None."""
    every = " UNION ALL ".join(f"SELECT page_id, began_at FROM {kind}_items" for kind in HISTORY_TABLES)
    (moment,) = db.execute(f"SELECT max(began_at) FROM ({every}) WHERE page_id = ?", [page_id]).fetchone()
    return None if moment is None else str(moment)


def forget_page(db: Database, strings: Strings, page_id: int) -> None:
    """Remove a page's intervals, to be built anew in the same transaction; their strings will be used again."""
    load_items(db, strings, page_id)
    for kind in HISTORY_TABLES:
        db.execute(f"DELETE FROM {kind}_items WHERE page_id = ?", [page_id])
