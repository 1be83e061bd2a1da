"""What is remembered of a search for bulk changes: signatures of changes, and which pages changed since."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable

from sqlite_utils import Database

from parsers.bulk_rules import MIN_PAGES
from parsers.bulk_signatures import Signature
from storage.times import time_sql


def forget_signatures(db: Database) -> None:
    """Begin anew."""
    db.execute("DELETE FROM bulk_signatures")


def save_signatures(db: Database, signatures: Iterable[Signature], offset: int = 0) -> None:
    """Keep signatures; ``offset`` is added to the ids of changes."""
    rows = ((s.number, s.change_id + offset, int(s.worded)) for s in signatures)
    db.conn.executemany("INSERT OR IGNORE INTO bulk_signatures VALUES (?, ?, ?)", rows)


def is_shared(db: Database, after: int) -> bool:
    """Whether a change with an id after this one has a signature in common with as many as a rule needs."""
    row = db.execute(
        "SELECT 1 FROM bulk_signatures WHERE signature IN (SELECT signature FROM bulk_signatures WHERE change_id > ?)"
        " GROUP BY signature HAVING count(*) >= ? LIMIT 1",
        [after, MIN_PAGES],
    ).fetchone()
    return row is not None


def shared_words(db: Database) -> list[int]:
    """Ids of the changes of words that have a signature in common with as many as a rule needs."""
    rows = db.execute(
        "SELECT DISTINCT change_id FROM bulk_signatures WHERE worded AND signature IN"
        " (SELECT signature FROM bulk_signatures GROUP BY signature HAVING count(*) >= ?)",
        [MIN_PAGES],
    )
    return [int(row[0]) for row in rows.fetchall()]


def changed_pages(db: Database) -> set[int]:
    """Pages that were derived anew, moved, deleted or restored since the last search."""
    return {int(row[0]) for row in db.execute("SELECT page_id FROM bulk_pages").fetchall()}


def forget_changed_pages(db: Database) -> None:
    """After a search."""
    db.execute("DELETE FROM bulk_pages")


def checked_pages(db: Database, pages: Collection[int]) -> bool:
    """Whether one of these pages has an old address whose counterpart must be looked for as the page is now."""
    row = db.execute(
        "SELECT 1 FROM bulk_addresses WHERE page_id IN (SELECT value FROM json_each(?)) GROUP BY bulk_id, page_id"
        " HAVING max(verdict NOT IN ('matched', 'duplicated')) OR count(DISTINCT rev_to) > 1 LIMIT 1",
        [json.dumps(list(pages))],
    ).fetchone()
    return row is not None


def first_time(db: Database) -> str | None:
    """When the first change of all was made."""
    (first,) = db.execute(f"SELECT {time_sql('min(timestamp)')} FROM change_steps").fetchone()
    return first if first is None else str(first)
