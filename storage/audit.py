"""What the mirror says of pages, revisions and log, for comparison with what the wiki says."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from storage.database import Database
from storage.errors import DamagedText
from storage.schema_revisions import LIVE, MISSING, with_text_state
from storage.texts import TextStore

_COLUMNS = {
    "page": (
        "page_id", "namespace", "title", "is_redirect", "content_model", "latest_rev_id", "length", "protection",
    ),
    "revision": (
        "rev_id", "page_id", "parent_id", "timestamp", "user", "user_id", "comment", "minor", "size", "sha1",
        "content_model", "tags", "text_state", "user_hidden", "comment_hidden",
    ),
    "event": ("log_id", "type", "action", "timestamp", "user", "title", "page_id", "params", "comment"),
}  # fmt: skip
KINDS = tuple(_COLUMNS)


def rows(db: Database, what: str, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    """Live pages, live revisions or log events (``what`` is one of KINDS) by id, as dicts of what is compared."""
    columns = _COLUMNS[what]
    table = "log_events" if what == "event" else f"{what}s"
    found = db.query(
        f"SELECT {', '.join(columns)} FROM (SELECT * FROM {table} WHERE state = 'live')"
        f" WHERE {columns[0]} IN (SELECT value FROM json_each(?))",
        [json.dumps(list(ids))],
    )
    return {row[columns[0]]: row for row in found}


def live_revision_ids(db: Database) -> set[int]:
    """Ids of all revisions that the mirror holds as live."""
    return {int(row[0]) for row in db.execute(f"SELECT rev_id FROM revision_rows WHERE {LIVE}").fetchall()}


def missing_revisions(db: Database) -> set[int]:
    """Ids of the live revisions whose texts the wiki had lost, or could not show, when they were read."""
    return {int(row[0]) for row in db.execute(f"SELECT rev_id FROM revision_rows WHERE {LIVE} AND {MISSING}")}


def live_event_ids(db: Database) -> set[int]:
    """Ids of all log entries that the mirror holds as live."""
    return {int(row[0]) for row in db.execute("SELECT log_id FROM log_events WHERE state = 'live'").fetchall()}


def mark_events_gone(db: Database, log_ids: Iterable[int]) -> None:
    """The wiki has these log entries no more: they stay here, marked."""
    db.execute(
        "UPDATE log_events SET state = 'gone' WHERE log_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(log_ids))],
    )


def give_up_texts(db: Database, rev_ids: Iterable[int]) -> None:
    """The texts of these revisions are lost, here and on the wiki; what is left of them is removed."""
    ids = json.dumps(list(rev_ids))
    chosen = "rev_id IN (SELECT value FROM json_each(?))"
    held = db.execute(f"SELECT rev_id, size, sha1, text_id FROM revisions WHERE {chosen}", [ids]).fetchall()
    db.conn.executemany(  # size and digest have stood with the text
        f"UPDATE revision_rows SET flags = {with_text_state('missing')}, text_id = NULL, size = ?, sha1 = ?"
        " WHERE rev_id = ?",
        [(size, sha1 and bytes.fromhex(sha1), rev_id) for rev_id, size, sha1, _ in held],
    )
    lost = json.dumps([text_id for *_, text_id in held])
    unused = (
        "DELETE FROM text_rows WHERE text_id IN (SELECT value FROM json_each(?))"
        " AND text_id NOT IN (SELECT text_id FROM revision_rows WHERE text_id IS NOT NULL)"
        " AND text_id NOT IN (SELECT base_id FROM text_rows WHERE base_id IS NOT NULL)"
    )
    while db.execute(unused, [lost]).rowcount > 0:  # the end of each chain first
        pass


def damaged_revisions(db: Database) -> Iterator[int]:
    """Revisions whose stored text cannot be read, or is neither what the wiki's hash names nor what it showed."""
    texts = TextStore(db)
    held = db.execute(
        "SELECT rev_id, text_id, sha1 IS (SELECT sha1 FROM texts t WHERE t.text_id = r.text_id) OR EXISTS"
        " (SELECT 1 FROM other_digests o JOIN text_rows t ON t.sha1 = o.sha1"
        " WHERE o.rev_id = r.rev_id AND t.text_id = r.text_id)"
        " FROM revisions r WHERE text_state = 'present' ORDER BY text_id"
    ).fetchall()
    sound: dict[int, bool] = {}
    for rev_id, text_id, same in held:
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
