"""The item tables as they are kept: reading, closing and forgetting the rows of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from parsers.items import COLUMNS
from storage.schema_items import HISTORY_TABLES, ITEMS
from storage.strings import Strings

KEPT = {
    kind: tuple(type_ if type_ in ("STRING", "LONG") else "" for _, type_, _ in columns)
    for kind, (_, columns) in ITEMS.items()
}


def stored_items(db: Database, page_id: int, condition: str) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of a page by kind: number of the item, then its columns as they are kept."""
    return {
        kind: db.execute(
            f"SELECT item, {', '.join(COLUMNS[kind])} FROM {kind}_items WHERE page_id = ? {condition}", [page_id]
        ).fetchall()
        for kind in HISTORY_TABLES
    }


def string_numbers(stored: Mapping[str, list[tuple[Any, ...]]]) -> set[int]:
    """The numbers of all strings that such rows name."""
    return {
        value
        for kind, rows in stored.items()
        for _, *values in rows
        for value, kept in zip(values, KEPT[kind], strict=True)
        if kept and value is not None
    }


def close_page(db: Database, page_id: int, last_rev: int, at: str) -> None:
    """The page is gone: what held in its last revision ceased to hold at the deletion."""
    for kind in HISTORY_TABLES:
        db.execute(
            f"UPDATE {kind}_items SET to_rev = ?, ended_at = ? WHERE page_id = ? AND to_rev IS NULL",
            [last_rev, at, page_id],
        )


def forget_page(db: Database, strings: Strings, page_id: int) -> None:
    """Remove a page's intervals, to be built anew in the same transaction; their strings will be used again."""
    strings.load(string_numbers(stored_items(db, page_id, "")))
    for kind in HISTORY_TABLES:
        db.execute(f"DELETE FROM {kind}_items WHERE page_id = ?", [page_id])
