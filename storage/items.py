"""The item tables as they are kept: reading, closing and forgetting the rows of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from parsers.items import COLUMNS
from storage.schema_items import HISTORY_TABLES, ITEMS
from storage.strings import Strings
from storage.times import time_sql

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
            f"SELECT item, to_rev IS NULL OR {ended} > ? FROM {kind}_items h WHERE page_id = ? AND {began} <= ?"
            f" AND (to_rev IS NULL OR {ended} > ?)",
            [back_at, page_id, gone_at, gone_at],
        ).fetchall()
        columns = ", ".join(COLUMNS[kind])
        for item, comes_back in rows:
            if comes_back:
                db.execute(
                    f"INSERT INTO {kind}_items"
                    f" (page_id, item, {columns}, from_rev, to_rev, began_at, ended_by, ended_at)"
                    f" SELECT page_id, (SELECT max(item) + 1 FROM {kind}_items WHERE page_id = ?), {columns},"
                    f" ?, to_rev, ?, ended_by, ended_at FROM {kind}_items WHERE page_id = ? AND item = ?",
                    [page_id, last[0], back_at, page_id, item],
                )
            db.execute(
                f"UPDATE {kind}_items SET to_rev = iif(?, ?, to_rev), ended_by = NULL, ended_at = ?"
                " WHERE page_id = ? AND item = ?",
                [comes_back, last[0], gone_at, page_id, item],
            )


def forget_page(db: Database, strings: Strings, page_id: int) -> None:
    """Remove a page's intervals, to be built anew in the same transaction; their strings will be used again."""
    strings.load(string_numbers(stored_items(db, page_id, "")))
    for kind in HISTORY_TABLES:
        db.execute(f"DELETE FROM {kind}_items WHERE page_id = ?", [page_id])
