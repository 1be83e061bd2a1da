"""Writes items as intervals: an item is stored once for as long as it holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from parsers.items import COLUMNS, Items, Row
from parsers.record import Record
from storage.schema_items import HISTORY_TABLES, ITEMS
from storage.strings import Strings

Moment = tuple[int, str]  # revision id and its timestamp
Value = str | int | None


class PageHistory:
    """The intervals of one page: what holds now, and what ``flush`` is still to write."""

    def __init__(self, db: Database, strings: Strings, page_id: int) -> None:
        self._db = db
        self._strings = strings
        self._page_id = page_id
        self._held: dict[str, dict[Row, int]] = {kind: {} for kind in HISTORY_TABLES}  # items to their numbers
        self._last: dict[str, int] = dict.fromkeys(HISTORY_TABLES, 0)
        self._new: dict[str, dict[int, list[Value]]] = {kind: {} for kind in HISTORY_TABLES}
        self._ended: dict[str, list[tuple[int, int, int, int]]] = {kind: [] for kind in HISTORY_TABLES}

    @classmethod
    def load(cls, db: Database, strings: Strings, page_id: int) -> PageHistory:
        """As it stands in the database."""
        page = cls(db, strings, page_id)
        stored = _stored_items(db, page_id, "AND to_rev IS NULL")
        texts = strings.load(_numbers(stored))
        for kind, rows in stored.items():
            (page._last[kind],) = db.execute(
                f"SELECT coalesce(max(item), 0) FROM {kind}_items WHERE page_id = ?", [page_id]
            ).fetchone()
            for item, *values in rows:
                row = (texts[v] if kept and v is not None else v for v, kept in zip(values, _KEPT[kind], strict=True))
                page._held[kind][tuple(row)] = item
        return page

    def advance(self, items: Items, last: Moment | None, now: Moment) -> None:
        """Go on to the next revision: end the items that ceased to hold after ``last``, open those that began."""
        for kind in HISTORY_TABLES:
            held, wanted = self._held[kind], items[kind]
            begun = [row for row in wanted if row not in held]
            ended = held.keys() - set(wanted) if begun or len(held) > len(wanted) else set()
            likes: dict[Row, Row] = {}
            for row in ended:
                assert last is not None
                likes[row[_IDENTITY[kind]]] = row
                self._end(kind, held.pop(row), last[0], now[0])
            for row in begun:
                held[row] = self._begin(kind, row, likes.get(row[_IDENTITY[kind]]), now[0])

    def _begin(self, kind: str, row: Row, like: Row | None, rev_id: int) -> int:
        self._last[kind] += 1
        item = self._last[kind]
        number = self._strings.number
        values: list[Value] = [self._page_id, item]
        for position, (value, kept) in enumerate(zip(row, _KEPT[kind], strict=True)):
            if kept and value is not None:
                alike = like[position] if like and kept == "LONG" else None
                values.append(number(str(value), str(alike) if alike is not None else None))
            else:
                values.append(value)
        self._new[kind][item] = [*values, rev_id, None, None]
        return item

    def _end(self, kind: str, item: int, last: int, by: int) -> None:
        if unwritten := self._new[kind].get(item):
            unwritten[-2:] = [last, by]
        else:
            self._ended[kind].append((last, by, self._page_id, item))

    def flush(self) -> None:
        """Write what was begun and ended, within the caller's transaction."""
        for kind in HISTORY_TABLES:
            if self._ended[kind]:
                self._db.conn.executemany(
                    f"UPDATE {kind}_items SET to_rev = ?, ended_by = ? WHERE page_id = ? AND item = ?",
                    self._ended[kind],
                )
                self._ended[kind] = []
            if self._new[kind]:
                self._db.conn.executemany(_INSERT[kind], self._new[kind].values())
                self._new[kind] = {}


_KEPT = {
    kind: tuple(type_ if type_ in ("STRING", "LONG") else "" for _, type_, _ in columns)
    for kind, (_, columns) in ITEMS.items()
}
_INSERT = {
    kind: f"INSERT INTO {kind}_items (page_id, item, {', '.join(COLUMNS[kind])}, from_rev, to_rev, ended_by)"
    f" VALUES ({', '.join('?' * (len(COLUMNS[kind]) + 5))})"
    for kind in HISTORY_TABLES
}
# The columns that tell which item followed which, so that a long text is kept as edits of the one before it.
_IDENTITY = {
    "infobox": slice(0, 3), "section": slice(2, 3), "link": slice(0, 0), "category": slice(0, 0), "paper": slice(0, 0),
    "template": slice(0, 2),
}  # fmt: skip


def _stored_items(db: Database, page_id: int, condition: str) -> dict[str, list[tuple[Any, ...]]]:
    return {
        kind: db.execute(
            f"SELECT item, {', '.join(COLUMNS[kind])} FROM {kind}_items WHERE page_id = ? {condition}", [page_id]
        ).fetchall()
        for kind in HISTORY_TABLES
    }


def _numbers(stored: Mapping[str, list[tuple[Any, ...]]]) -> set[int]:
    return {
        value
        for kind, rows in stored.items()
        for _, *values in rows
        for value, kept in zip(values, _KEPT[kind], strict=True)
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
    strings.load(_numbers(_stored_items(db, page_id, "")))
    for kind in HISTORY_TABLES:
        db.execute(f"DELETE FROM {kind}_items WHERE page_id = ?", [page_id])


def save_reading(db: Database, page_id: int, rev_id: int, record: Record | None, text: str | None) -> None:
    """Keep what was read from the newest revision: plain text, redirect, diagnostics, and how far reading went."""
    redirect = record.redirect if record else None
    target = redirect and redirect.target + (f"#{redirect.fragment}" if redirect.fragment else "")
    db.execute(
        "UPDATE pages SET derived_rev_id = ?, text = ?, redirect_to = ? WHERE page_id = ?",
        [rev_id, text, target, page_id],
    )
    db.execute("DELETE FROM diagnostics WHERE page_id = ?", [page_id])
    db.conn.executemany(
        "INSERT INTO diagnostics (page_id, rev_id, code, message, span) VALUES (?, ?, ?, ?, ?)",
        [
            (page_id, rev_id, d.code, d.message, json.dumps(d.span) if d.span else None)
            for d in (record.diagnostics if record else ())
        ],
    )


_REVISION = "rev_id, timestamp, user, comment, parent_id, content_model, text_id"
RevisionRow = tuple[int, str, str | None, str | None, int | None, str, int | None]


def page_revisions(db: Database, page_id: int) -> list[RevisionRow]:
    """The live revisions of a page in the order of its history, the wiki's current one last.

    Each as (rev_id, timestamp, user, comment, parent_id, content_model, text_id).
    """
    revisions = db.execute(
        f"SELECT {_REVISION} FROM revisions WHERE page_id = ? AND state = 'live'", [page_id]
    ).fetchall()
    (latest,) = db.execute("SELECT latest_rev_id FROM pages WHERE page_id = ?", [page_id]).fetchone()
    return _in_order(revisions, latest)


def _in_order(revisions: list[RevisionRow], latest: int) -> list[RevisionRow]:
    """By time and id, but none after what was made from it, whatever the clocks said, and the current one last."""
    times = {rev_id: timestamp for rev_id, timestamp, *_ in revisions}
    parents = {rev_id: parent_id for rev_id, _, _, _, parent_id, *_ in revisions}
    for rev_id in sorted(times, reverse=True):
        parent = parents[rev_id]
        if parent in times:
            times[parent] = min(times[parent], times[rev_id])
    return sorted(revisions, key=lambda row: (row[0] == latest, times[row[0]], row[0]))


def newest_revision(db: Database, page_id: int, without: Collection[int]) -> int | None:
    """The live revision of a page with the newest time (then the highest id), some left out; None if there is none."""
    rows = db.execute(
        "SELECT rev_id FROM revisions WHERE page_id = ? AND state = 'live'"
        " ORDER BY timestamp DESC, rev_id DESC LIMIT ?",
        [page_id, len(without) + 1],
    ).fetchall()
    return next((rev_id for (rev_id,) in rows if rev_id not in without), None)


def revision_row(db: Database, rev_id: int, page_id: int | None = None) -> RevisionRow | None:
    """One revision in the same form, or None; with a page only if it is live there."""
    row: RevisionRow | None = db.execute(
        f"SELECT {_REVISION} FROM revisions WHERE rev_id = :rev_id"
        " AND (:page_id IS NULL OR (page_id = :page_id AND state = 'live'))",
        {"rev_id": rev_id, "page_id": page_id},
    ).fetchone()
    return row


@dataclass(frozen=True, slots=True)
class PageRow:
    """What deriving needs to know of a page."""

    page_id: int
    title: str
    state: str
    latest_rev_id: int
    derived_rev_id: int | None


def pages_by_id(db: Database, page_ids: Iterable[int]) -> dict[int, PageRow]:
    """Pages by id; unknown ids are left out."""
    rows = db.execute(
        "SELECT page_id, title, state, latest_rev_id, derived_rev_id FROM pages"
        " WHERE page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(page_ids))],
    )
    return {row[0]: PageRow(*row) for row in rows.fetchall()}
