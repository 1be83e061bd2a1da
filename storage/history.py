"""What stands of pages in the database: their revisions in order, how far they were derived, their intervals."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlite_utils import Database

from storage.page_log import deletions_and_restores
from storage.schema_revisions import LIVE

_REVISION = "rev_id, timestamp, user, comment, parent_id, content_model, text_id"
RevisionRow = tuple[int, str, str | None, str | None, int | None, str, int | None]


def page_revisions(db: Database, page_id: int) -> list[RevisionRow]:
    """The live revisions of a page in the order of its history, the wiki's current one last.

    Each as (rev_id, timestamp, user, comment, parent_id, content_model, text_id).
    """
    return _in_order(db, page_id, "page_id = ? AND state = 'live'")


def revision_order(db: Database, page_id: int) -> dict[int, int]:
    """The place of each revision of a page in its history, also of a deleted page's and of those that are gone."""
    return {row[0]: place for place, row in enumerate(_in_order(db, page_id, "page_id = ?"))}


def _in_order(db: Database, page_id: int, condition: str) -> list[RevisionRow]:
    """By time and id, but none after what was made from it, whatever the clocks said, and the current one last.

    While that one is not here yet, the one that was read last stays so, unless something was made from it.
    """
    revisions = db.execute(f"SELECT {_REVISION} FROM revisions WHERE {condition}", [page_id]).fetchall()
    last, read = db.execute("SELECT latest_rev_id, derived_rev_id FROM pages WHERE page_id = ?", [page_id]).fetchone()
    times = {rev_id: timestamp for rev_id, timestamp, *_ in revisions}
    parents = {rev_id: parent_id for rev_id, _, _, _, parent_id, *_ in revisions}
    if last not in times and read not in parents.values():
        last = read
    for rev_id in sorted(times, reverse=True):
        parent = parents[rev_id]
        if parent in times:
            times[parent] = min(times[parent], times[rev_id])
    return sorted(revisions, key=lambda row: (row[0] == last, times[row[0]], row[0]))


def absences(db: Database, page_id: int) -> list[tuple[str, str]]:
    """When a page was not there, as the held log says: from each deletion to the restore that followed."""
    found = []
    gone_at = None
    for event in deletions_and_restores(db, page_id):
        if event.action != "restore":
            gone_at = event.timestamp
        elif gone_at is not None:
            found.append((gone_at, event.timestamp))
            gone_at = None
    return found


def newest_revision(db: Database, page_id: int, without: Collection[int]) -> int | None:
    """The live revision of a page with the newest time (then the highest id), some left out; None if there is none."""
    rows = db.execute(
        f"SELECT rev_id FROM revision_rows WHERE page_id = ? AND {LIVE} ORDER BY time DESC, rev_id DESC LIMIT ?",
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
    parser: str | None  # version of the parser that read it


def pages_by_id(db: Database, page_ids: Iterable[int]) -> dict[int, PageRow]:
    """Pages by id; unknown ids are left out."""
    rows = db.execute(
        "SELECT page_id, title, state, latest_rev_id, derived_rev_id, parser FROM pages"
        " WHERE page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(page_ids))],
    )
    return {row[0]: PageRow(*row) for row in rows.fetchall()}
