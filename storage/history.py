"""Writes items as intervals: an item is stored once for as long as it holds."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from parsers.items import COLUMNS, Items, Row
from parsers.record import Record
from storage.schema import HISTORY_TABLES

Moment = tuple[int, str]  # revision id and its timestamp


def open_rows(db: Database, page_id: int) -> dict[str, dict[Row, int]]:
    """The items that hold now on a page, by kind, each with the row that stores it."""
    current: dict[str, dict[Row, int]] = {}
    for kind in HISTORY_TABLES:
        columns = ", ".join(COLUMNS[kind])
        rows = db.execute(
            f"SELECT rowid, {columns} FROM {kind}_history WHERE page_id = ? AND to_rev IS NULL", [page_id]
        ).fetchall()
        current[kind] = {tuple(row[1:]): row[0] for row in rows}
    return current


def advance(db: Database, page_id: int, current: Mapping[str, dict[Row, int]], items: Items, last: Moment | None,
            now: Moment) -> None:  # fmt: skip
    """Go on to the next revision: close the items that ceased to hold after ``last``, open those that began at ``now``.

    ``current`` (from ``open_rows``) is brought up to date in place.
    """
    for kind in HISTORY_TABLES:
        held, wanted = current[kind], items[kind]
        ended = held.keys() - set(wanted)
        if ended:
            assert last is not None
            db.conn.executemany(
                f"UPDATE {kind}_history SET to_rev = ?, valid_to = ? WHERE rowid = ?",
                [(last[0], now[1], held.pop(row)) for row in ended],
            )
        columns = COLUMNS[kind]
        insert = (
            f"INSERT INTO {kind}_history (page_id, {', '.join(columns)}, from_rev, valid_from)"
            f" VALUES ({', '.join('?' * (len(columns) + 3))})"
        )
        for row in wanted:
            if row not in held:
                held[row] = db.execute(insert, [page_id, *row, *now]).lastrowid or 0


def close_page(db: Database, page_id: int, last_rev: int, at: str) -> None:
    """The page is gone: what held in its last revision ceased to hold at the deletion."""
    for kind in HISTORY_TABLES:
        db.execute(
            f"UPDATE {kind}_history SET to_rev = ?, valid_to = ? WHERE page_id = ? AND to_rev IS NULL",
            [last_rev, at, page_id],
        )


def forget_page(db: Database, page_id: int) -> None:
    """Remove a page's intervals, to be built anew in the same transaction."""
    for kind in HISTORY_TABLES:
        db.execute(f"DELETE FROM {kind}_history WHERE page_id = ?", [page_id])


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
