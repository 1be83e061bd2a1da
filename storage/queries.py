"""Questions that the jobs ask of the whole database: how it stands, and what a report needs besides changes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from storage.schema_revisions import HIDDEN, MISSING
from storage.times import FIRST_SECOND, seconds


@dataclass(frozen=True, slots=True)
class Standing:
    """How the mirror stands: counts of what it holds."""

    pages: int
    deleted_pages: int
    revisions: int
    hidden_texts: int
    missing_texts: int
    changes: int
    bulk_changes: int
    diagnostics: int


def standing(db: Database) -> Standing:
    """Counts of what the database holds now."""
    row = db.execute(
        "SELECT (SELECT count(*) FROM pages WHERE state = 'live'),"
        " (SELECT count(*) FROM pages WHERE state = 'deleted'),"
        f" (SELECT count(*) FROM revision_rows), (SELECT count(*) FROM revision_rows WHERE {HIDDEN}),"
        f" (SELECT count(*) FROM revision_rows WHERE {MISSING}),"
        " (SELECT coalesce(sum(last_change_id - step_id + 1), 0) FROM change_steps),"
        " (SELECT count(*) FROM bulk_changes), (SELECT count(*) FROM diagnostics)"
    ).fetchone()
    return Standing(*row)


def pages_of_other_parsers(db: Database, parser: str, state: str = "live") -> list[int]:
    """Pages of which another version of the parser than this one was the last to read, live or deleted ones."""
    rows = db.execute("SELECT page_id FROM pages WHERE parser != ? AND state = ? ORDER BY page_id", [parser, state])
    return [int(row[0]) for row in rows.fetchall()]


def read_pages(db: Database) -> list[int]:
    """Live pages of which something was read."""
    rows = db.execute("SELECT page_id FROM pages WHERE parser IS NOT NULL AND state = 'live' ORDER BY page_id")
    return [int(row[0]) for row in rows.fetchall()]


def revisions_between(db: Database, since: str | None, until: str | None) -> int:
    """How many revisions were made at or after ``since`` and before ``until``."""
    (count,) = db.execute(
        "SELECT count(*) FROM revision_rows WHERE time >= ? AND time < ?",
        [seconds(since) if since else FIRST_SECOND, seconds(until or "9999")],
    ).fetchone()
    return int(count)


def diagnostics_by_code(db: Database, page_ids: Iterable[int]) -> dict[str, int]:
    """How often each diagnostic stands in the current texts of these pages, where they are live."""
    rows = db.execute(
        "SELECT code, count(*) FROM diagnostics JOIN pages USING (page_id) WHERE state = 'live'"
        " AND page_id IN (SELECT value FROM json_each(?)) GROUP BY code ORDER BY count(*) DESC, code",
        [json.dumps(list(page_ids))],
    )
    return {str(code): int(count) for code, count in rows.fetchall()}


def last_change_id(db: Database) -> int:
    """The id of the last stored change; 0 when there is none."""
    (last,) = db.execute("SELECT coalesce(max(last_change_id), 0) FROM change_steps").fetchone()
    return int(last)
