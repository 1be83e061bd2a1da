"""Saves what the wiki holds: site, pages, revisions, log events, and where the mirror stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from parsers.wiki import LogEvent, Page, Revision
from storage.errors import DamagedDatabase, DamagedText
from storage.lookup import known_ids
from storage.schema_revisions import LIVE, flags_of, with_state, with_text_state
from storage.texts import TextStore
from storage.times import seconds


def save_site(db: Database, api_url: str | None, siteinfo: Mapping[str, Any], now: str) -> None:
    """Keep what the wiki says of itself; ``siteinfo`` is the ``query`` object of ``meta=siteinfo``."""
    general = siteinfo.get("general", {})
    db.execute(
        "INSERT INTO site (site_id, api_url, sitename, generator, lang, namespaces, siteinfo, fetched_at)"
        " VALUES (1, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (site_id) DO UPDATE SET"
        " api_url = coalesce(excluded.api_url, api_url), sitename = excluded.sitename, generator = excluded.generator,"
        " lang = excluded.lang, namespaces = excluded.namespaces, siteinfo = excluded.siteinfo,"
        " fetched_at = excluded.fetched_at",
        [
            api_url,
            general.get("sitename"),
            general.get("generator"),
            general.get("lang"),
            json.dumps(
                [
                    {
                        "id": namespace["id"],
                        "name": namespace.get("name", ""),
                        "canonical": namespace.get("canonical"),
                        "aliases": sorted(
                            alias["alias"]
                            for alias in siteinfo.get("namespacealiases", [])
                            if alias["id"] == namespace["id"]
                        ),
                    }
                    for namespace in sorted(siteinfo.get("namespaces", {}).values(), key=lambda n: int(n["id"]))
                ],
                ensure_ascii=False,
                sort_keys=True,
            ),
            json.dumps(siteinfo, ensure_ascii=False, sort_keys=True),
            now,
        ],
    )


def load_site(db: Database) -> dict[str, Any] | None:
    """The row of ``site`` with ``siteinfo`` decoded, or None before the first run."""
    rows = list(db.query("SELECT * FROM site"))
    if not rows:
        return None
    try:
        return {**rows[0], "siteinfo": json.loads(rows[0]["siteinfo"])}
    except ValueError as error:
        raise DamagedDatabase(
            f"The siteinfo in the database is damaged ({error}); take a copy of the file from before, or move it away "
            "and run “sync” or “import” anew."
        ) from error


def save_pages(db: Database, pages: Iterable[Page], now: str) -> None:
    """Insert or update live pages as the wiki has them now."""
    db.conn.executemany(
        "INSERT INTO page_rows (page_id, namespace, title, state, is_redirect, content_model, latest_rev_id, length,"
        " protection, first_seen_at, last_seen_at) VALUES (?, ?, ?, 'live', ?, ?, ?, ?, ?, ?, ?)"
        " ON CONFLICT (page_id) DO UPDATE SET namespace = excluded.namespace, title = excluded.title, state = 'live',"
        " is_redirect = excluded.is_redirect, content_model = excluded.content_model,"
        " latest_rev_id = excluded.latest_rev_id, length = excluded.length,"
        " protection = coalesce(excluded.protection, page_rows.protection), last_seen_at = excluded.last_seen_at,"
        " deleted_at = NULL",
        [
            (
                page.page_id, page.namespace, page.title, int(page.is_redirect), page.content_model,
                page.latest_rev_id, page.length, page.protection, now, now,
            )
            for page in pages
        ],
    )  # fmt: skip


def save_revision(db: Database, texts: TextStore, revision: Revision, now: str) -> bool:
    """Insert or update one revision with its text; True when its id was not known.

    The page must be saved before. A text that is held stays when the wiki has it no more, or cannot show it.
    """
    known = db.execute("SELECT 1 FROM revision_rows WHERE rev_id = ?", [revision.rev_id]).fetchone()
    text_id, text_state, sha1 = None, revision.text_state, revision.sha1
    if revision.text is not None:
        text_id = texts.save(revision.text, _neighbour(db, revision))
    elif text_state == "missing" and (held := _held_text(db, texts, revision)) is not None:
        text_state, (text_id, sha1) = "present", held
    optional = texts.strings.optional
    flags = flags_of(
        minor=revision.minor, user_hidden=revision.user_hidden, comment_hidden=revision.comment_hidden,
        text_state=text_state, state="live",
    )  # fmt: skip
    values = [
        revision.page_id, revision.parent_id, seconds(revision.timestamp), optional(revision.user), revision.user_id,
        optional(revision.comment), flags, *texts.stated(text_id, revision.size, sha1),
        optional(None if revision.content_model == "wikitext" else revision.content_model),
        optional(json.dumps(revision.tags, ensure_ascii=False) if revision.tags else None), text_id,
    ]  # fmt: skip
    if known:
        texts.strings.flush()
        db.execute(
            "UPDATE revision_rows SET page_id = ?, parent_id = ?, time = ?, user = ?, user_id = ?, comment = ?,"
            " flags = ?, size = ?, sha1 = ?, content_model = ?, tags = ?, text_id = ? WHERE rev_id = ?",
            [*values, revision.rev_id],
        )
        return False
    observed_at = texts.strings.number(now)
    texts.strings.flush()
    db.execute(
        "INSERT INTO revision_rows (page_id, parent_id, time, user, user_id, comment, flags, size, sha1,"
        " content_model, tags, text_id, observed_at, rev_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [*values, observed_at, revision.rev_id],
    )
    return True


def fill_text(db: Database, texts: TextStore, revision: Revision) -> None:
    """Give a revision that was held as missing its text; all else of it stays as it is held."""
    assert revision.text is not None
    text_id = texts.save(revision.text, _neighbour(db, revision))
    (size,) = db.execute("SELECT size FROM revisions WHERE rev_id = ?", [revision.rev_id]).fetchone()
    db.execute(
        f"UPDATE revision_rows SET flags = {with_text_state('present')}, text_id = ?, size = ?, sha1 = ?"
        " WHERE rev_id = ?",
        [text_id, *texts.stated(text_id, size, revision.sha1), revision.rev_id],
    )


def accept_digests(db: Database, odd: Mapping[int, str]) -> None:
    """Texts of revisions with the reason ``digest`` are the wiki's, though it states other digests."""
    if not odd:
        return
    db.execute(
        "INSERT OR REPLACE INTO other_digests (rev_id, sha1) SELECT r.rev_id, t.sha1 FROM revision_rows r"
        " JOIN text_rows t USING (text_id) WHERE r.rev_id IN (SELECT value FROM json_each(?))",
        [json.dumps([rev_id for rev_id, reason in odd.items() if reason == "digest"])],
    )


def _held_text(db: Database, texts: TextStore, revision: Revision) -> tuple[int, str | None] | None:
    """The text and digest that are held of a revision, unless it is damaged or the wiki states another digest."""
    row = db.execute(
        "SELECT text_id, sha1 FROM revisions WHERE rev_id = ? AND text_id IS NOT NULL AND coalesce(sha1 = ?, 1)",
        [revision.rev_id, revision.sha1],
    ).fetchone()
    if row is None:
        return None
    try:
        texts.load(row[0])
    except DamagedText:
        return None
    return int(row[0]), row[1]


def _neighbour(db: Database, revision: Revision) -> int | None:
    """The text that a revision's text is probably like: that of its parent, else of the newest on its page."""
    row = db.execute(
        "SELECT text_id FROM revision_rows WHERE rev_id = ? AND text_id IS NOT NULL", [revision.parent_id]
    ).fetchone()
    row = (
        row
        or db.execute(
            "SELECT text_id FROM revision_rows WHERE page_id = ? AND text_id IS NOT NULL"
            " ORDER BY time DESC, rev_id DESC LIMIT 1",
            [revision.page_id],
        ).fetchone()
    )
    return int(row[0]) if row else None


def mark_page_deleted(db: Database, page_id: int, at: str) -> None:
    """The wiki has the page no more: it stays here, marked, and so do its revisions."""
    db.execute(
        "UPDATE page_rows SET state = 'deleted', deleted_at = ?, text = NULL, text_edits = NULL WHERE page_id = ?",
        [at, page_id],
    )
    db.execute(f"UPDATE revision_rows SET flags = {with_state('archived')} WHERE page_id = ? AND {LIVE}", [page_id])


def rename_page(db: Database, page_id: int, namespace: int, title: str) -> None:
    """The page's full title is now this one."""
    db.execute("UPDATE page_rows SET namespace = ?, title = ? WHERE page_id = ?", [namespace, title, page_id])


def mark_revisions_archived(db: Database, rev_ids: Iterable[int]) -> set[int]:
    """Revisions that the wiki shows no more, because they were deleted and not restored; the pages that had them."""
    ids = json.dumps(list(rev_ids))
    rows = db.execute(
        "SELECT DISTINCT page_id FROM revision_rows WHERE rev_id IN (SELECT value FROM json_each(?))", [ids]
    ).fetchall()
    db.execute(
        f"UPDATE revision_rows SET flags = {with_state('archived')} WHERE rev_id IN (SELECT value FROM json_each(?))",
        [ids],
    )
    return {int(row[0]) for row in rows}


def assign_revisions(db: Database, page_id: int, rev_ids: Iterable[int]) -> None:
    """Known revisions that the wiki now shows on this page (after a restore or a merge)."""
    db.conn.executemany(
        f"UPDATE revision_rows SET page_id = ?, flags = {with_state('live')} WHERE rev_id = ?",
        [(page_id, i) for i in rev_ids],
    )


def save_log_events(db: Database, events: Sequence[LogEvent]) -> list[LogEvent]:
    """Insert or update log events; those that were not known are returned, in order."""
    known = known_ids(db, "log_events", "log_id", [event.log_id for event in events])
    new = [event for event in events if event.log_id not in known]
    db.conn.executemany(
        "INSERT OR REPLACE INTO log_events (log_id, type, action, timestamp, user, title, page_id, params, comment)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(e.log_id, e.type, e.action, e.timestamp, e.user, e.title, e.page_id, e.params, e.comment) for e in events],
    )
    return new


def get_state(db: Database, key: str) -> Any:
    """A value that ``set_state`` kept, or None."""
    row = db.execute("SELECT value FROM sync_state WHERE key = ?", [key]).fetchone()
    return json.loads(row[0]) if row else None


def set_state(db: Database, key: str, value: Any) -> None:
    """Keep a JSON value with the batch that is being written; None removes it."""
    if value is None:
        db.execute("DELETE FROM sync_state WHERE key = ?", [key])
    else:
        db.execute("INSERT OR REPLACE INTO sync_state (key, value) VALUES (?, ?)", [key, json.dumps(value)])
