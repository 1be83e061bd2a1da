"""What the mirror says of pages and revisions, for comparison with what the wiki says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from storage.database import Database
from storage.errors import DamagedText
from storage.texts import TextStore

PAGE_COLUMNS = (
    "page_id", "namespace", "title", "is_redirect", "content_model", "latest_rev_id", "length", "protection",
)  # fmt: skip
REVISION_COLUMNS = (
    "rev_id", "page_id", "parent_id", "timestamp", "user", "user_id", "comment", "minor", "size", "sha1",
    "content_model", "tags", "text_state", "user_hidden", "comment_hidden",
)  # fmt: skip


def live_pages(db: Database, page_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Live pages by id, as dicts of PAGE_COLUMNS."""
    return _rows(db, "pages", PAGE_COLUMNS, page_ids)


def live_revisions(db: Database, rev_ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Live revisions by id, as dicts of REVISION_COLUMNS."""
    return _rows(db, "revisions", REVISION_COLUMNS, rev_ids)


def _rows(db: Database, table: str, columns: tuple[str, ...], ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    rows = db.query(
        f"SELECT {', '.join(columns)} FROM {table}"
        f" WHERE state = 'live' AND {columns[0]} IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return {row[columns[0]]: row for row in rows}


def live_revision_ids(db: Database) -> set[int]:
    """Ids of all revisions that the mirror holds as live."""
    return {int(row[0]) for row in db.execute("SELECT rev_id FROM revisions WHERE state = 'live'").fetchall()}


def damaged_revisions(db: Database) -> Iterator[int]:
    """Revisions whose stored text is not the one that the wiki's hash names, or cannot be read."""
    texts = TextStore(db)
    rows = db.execute(
        "SELECT r.rev_id, r.text_id, r.sha1 = t.sha1 FROM revisions r LEFT JOIN texts t USING (text_id)"
        " WHERE r.text_state = 'present' ORDER BY r.text_id"
    ).fetchall()
    sound: dict[int, bool] = {}
    for rev_id, text_id, same in rows:
        if text_id is None:
            yield rev_id
            continue
        if text_id not in sound:
            try:
                texts.load(text_id)
                sound[text_id] = True
            except DamagedText:
                sound[text_id] = False
        if not same or not sound[text_id]:
            yield rev_id
