"""Small questions to the mirror that a reader of pages has: titles, owners of revisions, where a history ends."""

from __future__ import annotations

import json
from collections.abc import Iterable

from sqlite_utils import Database

from storage.schema_revisions import LIVE
from storage.times import time_sql


def live_titles(db: Database) -> dict[int, str]:
    """The full title of each page that the mirror holds as live, by page id."""
    return {int(i): str(t) for i, t in db.execute("SELECT page_id, title FROM pages WHERE state = 'live'").fetchall()}


def revision_owners(db: Database, rev_ids: Iterable[int]) -> dict[int, int]:
    """Those of these revisions that are known, in any state, with the page that each is held under."""
    rows = db.execute(
        "SELECT rev_id, page_id FROM revision_rows WHERE rev_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(rev_ids))],
    )
    return {int(rev_id): int(page_id) for rev_id, page_id in rows.fetchall()}


def newest_time(db: Database, page_id: int) -> str | None:
    """The time of the newest revision that the mirror holds as live on a page."""
    (newest,) = db.execute(
        f"SELECT {time_sql('max(time)')} FROM revision_rows WHERE page_id = ? AND {LIVE}", [page_id]
    ).fetchone()
    return newest if newest is None else str(newest)


def holds_live(db: Database, page_id: int, rev_id: int) -> bool:
    """Whether the mirror holds a revision as live on a page."""
    row = db.execute(
        f"SELECT 1 FROM revision_rows WHERE rev_id = ? AND page_id = ? AND {LIVE}", [rev_id, page_id]
    ).fetchone()
    return row is not None


def whole_revisions(db: Database, page_ids: Iterable[int]) -> set[int]:
    """Ids of the live revisions of these pages of which the wiki hid nothing when they were read."""
    rows = db.execute(
        "SELECT rev_id FROM revisions WHERE page_id IN (SELECT value FROM json_each(?)) AND state = 'live'"
        " AND text_state = 'present' AND NOT user_hidden AND NOT comment_hidden",
        [json.dumps(list(page_ids))],
    )
    return {int(row[0]) for row in rows.fetchall()}
