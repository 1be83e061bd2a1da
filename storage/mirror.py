"""Saves what the wiki holds: site, pages, revisions, log events, and where the mirror stands."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from parsers.wiki import LogEvent, Page, Revision
from storage.schema_revisions import LIVE, MISSING, flags_of, with_state, with_text_state
from storage.texts import TextStore
from storage.times import seconds, time_sql

# Of a table with times: the table and column that are asked, what writes a time out, and what makes one as it is kept.
_TIMES: Mapping[str, tuple[str, str, str, Callable[[str], int | str]]] = {
    "revisions": ("revision_rows", "time", time_sql("time"), seconds),
    "log_events": ("log_events", "timestamp", "timestamp", str),
}


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
    return {**rows[0], "siteinfo": json.loads(rows[0]["siteinfo"])}


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


def changed_pages(db: Database, pages: Iterable[Page]) -> tuple[set[int], set[int]]:
    """Ids of known pages that bear another title than is held, and ids of those that are held as deleted."""
    titles = {page.page_id: page.title for page in pages}
    rows = db.execute(
        "SELECT page_id, title, state FROM pages WHERE page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(titles))],
    ).fetchall()
    renamed = {page_id for page_id, title, _ in rows if title != titles[page_id]}
    return renamed, {page_id for page_id, _, state in rows if state == "deleted"}


def takes_page_from_dump(db: Database, page_id: int, newest: str) -> bool:
    """Whether a dump whose newest revision of a page is of this time may say how the page stands.

    It may for a page that is not known, and in a file made from dumps alone if it is not older than what is held;
    what the wiki itself said counts for more.
    """
    row = db.execute(
        f"SELECT (SELECT api_url FROM site), {time_sql('r.time')} FROM pages p"
        " LEFT JOIN revision_rows r ON r.rev_id = p.latest_rev_id WHERE p.page_id = ?",
        [page_id],
    ).fetchone()
    return row is None or (row[0] is None and (row[1] or "") <= newest)


def save_revision(db: Database, texts: TextStore, revision: Revision, now: str) -> bool:
    """Insert or update one revision with its text; True when its id was not known.

    The page must be saved before.
    """
    known = db.execute("SELECT 1 FROM revision_rows WHERE rev_id = ?", [revision.rev_id]).fetchone()
    text_id = None
    if revision.text is not None:
        text_id = texts.save(revision.text, _neighbour(db, revision))
    optional = texts.strings.optional
    flags = flags_of(
        minor=revision.minor, user_hidden=revision.user_hidden, comment_hidden=revision.comment_hidden,
        text_state=revision.text_state, state="live",
    )  # fmt: skip
    values = [
        revision.page_id, revision.parent_id, seconds(revision.timestamp), optional(revision.user), revision.user_id,
        optional(revision.comment), flags, *texts.stated(text_id, revision.size, revision.sha1),
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


def revisions_without_text(db: Database, page_id: int, rev_ids: Iterable[int]) -> set[int]:
    """Which of these live revisions of a page are held as missing: with all but their text."""
    rows = db.execute(
        f"SELECT rev_id FROM revision_rows WHERE page_id = ? AND {LIVE} AND {MISSING}"
        " AND rev_id IN (SELECT value FROM json_each(?))",
        [page_id, json.dumps(list(rev_ids))],
    )
    return {int(row[0]) for row in rows.fetchall()}


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


def is_deleted(db: Database, page_id: int) -> bool:
    """Whether the mirror holds the page as deleted."""
    return bool(db.execute("SELECT 1 FROM pages WHERE page_id = ? AND state = 'deleted'", [page_id]).fetchone())


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


def last_deletion(db: Database, page_id: int) -> tuple[str, str | None] | None:
    """Time and title of a page's deletion as the held log has them; None when there is none, or it was restored."""
    row = db.execute(
        "SELECT action, timestamp, title FROM log_events WHERE page_id = ? AND type = 'delete'"
        " AND action IN ('restore', 'delete', 'delete_redir', 'delete_redir2')"
        " ORDER BY log_id DESC LIMIT 1",
        [page_id],
    ).fetchone()
    return None if row is None or row[0] == "restore" else (row[1], row[2])


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


def pages_gone_and_back(db: Database, log_ids: Iterable[int]) -> set[int]:
    """Live pages that these log events say were restored."""
    rows = db.execute(
        "SELECT DISTINCT page_id FROM log_events JOIN pages USING (page_id) WHERE state = 'live' AND type = 'delete'"
        " AND action = 'restore' AND log_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(log_ids))],
    )
    return {int(row[0]) for row in rows.fetchall()}


def times_of_events(db: Database, log_ids: Iterable[int]) -> set[str]:
    """The timestamps of these log events, where they are known."""
    rows = db.execute(
        "SELECT timestamp FROM log_events WHERE log_id IN (SELECT value FROM json_each(?))", [json.dumps(list(log_ids))]
    )
    return {str(row[0]) for row in rows.fetchall()}


def known_ids(db: Database, table: str, column: str, ids: Iterable[int]) -> set[int]:
    """Which of these ids the table holds; ``table`` and ``column`` are names of ours, never content."""
    rows = db.execute(
        f"SELECT {column} FROM {table} WHERE {column} IN (SELECT value FROM json_each(?))", [json.dumps(list(ids))]
    )
    return {int(row[0]) for row in rows.fetchall()}


def live_revision_ids(db: Database, page_id: int) -> set[int]:
    """The ids of the revisions that the mirror holds as live on a page."""
    rows = db.execute(f"SELECT rev_id FROM revision_rows WHERE page_id = ? AND {LIVE}", [page_id]).fetchall()
    return {int(row[0]) for row in rows}


def differing_revisions(db: Database, revisions: Iterable[Revision]) -> set[int]:
    """Ids of those of these revisions that are known, but not as they are told here; texts are left out."""
    differing = set()
    for r in revisions:
        held = db.execute(
            "SELECT page_id, parent_id, timestamp, user, user_id, comment, minor, sha1, content_model, tags,"
            " text_state = 'hidden', user_hidden, comment_hidden, state, text_state = 'missing'"
            " FROM revisions WHERE rev_id = ?",
            [r.rev_id],
        ).fetchone()
        told = (
            r.page_id, r.parent_id, r.timestamp, r.user, r.user_id, r.comment, int(r.minor), r.sha1, r.content_model,
            json.dumps(r.tags, ensure_ascii=False), int(r.text_state == "hidden"), int(r.user_hidden),
            int(r.comment_hidden), "live",
        )  # fmt: skip
        # Whether a text that was missing is there again only asking for it shows.
        if held is not None and (held[:-1] != told or held[-1]):
            differing.add(r.rev_id)
    return differing


def pages_without_current(db: Database, page_ids: Iterable[int]) -> set[int]:
    """Which of these live pages have a current revision that is not held as theirs."""
    rows = db.execute(
        "SELECT page_id FROM pages p WHERE state = 'live' AND page_id IN (SELECT value FROM json_each(?))"
        " AND NOT EXISTS (SELECT 1 FROM revision_rows r WHERE r.rev_id = p.latest_rev_id AND r.page_id = p.page_id"
        f" AND {LIVE})",
        [json.dumps(list(page_ids))],
    )
    return {int(row[0]) for row in rows.fetchall()}


def start_of_overlap(db: Database, table: str, since: str, until: str, most: int) -> str:
    """``since``, or a later time when the table holds more than ``most`` rows from then until ``until``.

    ``table`` is ``revisions`` or ``log_events``.
    """
    held_in, column, written, kept = _TIMES[table]
    row = db.execute(
        f"SELECT {written} FROM {held_in} WHERE {column} BETWEEN ? AND ? ORDER BY {column} DESC LIMIT 1 OFFSET ?",
        [kept(since), kept(until), most],
    ).fetchone()
    return str(row[0]) if row else since


def highest_revision_id(db: Database) -> int:
    """The highest revision id that the mirror holds; 0 when it is empty."""
    (highest,) = db.execute("SELECT coalesce(max(rev_id), 0) FROM revision_rows").fetchone()
    return int(highest)


def live_page_ids(db: Database) -> set[int]:
    """Ids of all pages that the mirror holds as live."""
    return {int(row[0]) for row in db.execute("SELECT page_id FROM pages WHERE state = 'live'").fetchall()}


def underived_page_ids(db: Database, among: Iterable[int] | None = None) -> list[int]:
    """Live pages of which nothing has been derived yet, in the order of their ids; all, or some."""
    rows = db.execute(
        "SELECT page_id FROM pages WHERE state = 'live' AND derived_rev_id IS NULL"
        " AND (:among IS NULL OR page_id IN (SELECT value FROM json_each(:among))) ORDER BY page_id",
        {"among": None if among is None else json.dumps(list(among))},
    )
    return [int(row[0]) for row in rows.fetchall()]


def live_pages_by_title(db: Database, titles: Iterable[str]) -> dict[int, str]:
    """Live pages of the mirror that bear one of these titles, as page id to title."""
    rows = db.execute(
        "SELECT page_id, title FROM pages WHERE state = 'live' AND title IN (SELECT value FROM json_each(?))",
        [json.dumps(list(titles), ensure_ascii=False)],
    )
    return {int(page_id): str(title) for page_id, title in rows.fetchall()}


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


def titles_like(db: Database, title: str) -> list[str]:
    """Titles of pages and of changes that are this one, or differ from it in case or blanks only; the same first."""
    wanted = title.replace("_", " ").strip().casefold()
    rows = db.execute("SELECT title FROM pages UNION SELECT title FROM changes").fetchall()
    return sorted((str(row[0]) for row in rows if row[0].casefold() == wanted), key=lambda found: found != title)


def pages_of_events(db: Database, events: Iterable[LogEvent]) -> dict[int, int]:
    """The page of each log event, as log id to page id: by the logged id, else by title; unknown ones left out.

    A page that was moved bears its new title: at the old one stands the redirect that the move left.
    """
    found = {}
    for event in events:
        title = json.loads(event.params).get("target_title", event.title) if event.type == "move" else event.title
        row = db.execute(
            "SELECT page_id FROM pages WHERE page_id = ? OR title = ?"
            " ORDER BY page_id = ? DESC, state = 'live' DESC LIMIT 1",
            [event.page_id, title, event.page_id],
        ).fetchone()
        if row:
            found[event.log_id] = int(row[0])
    return found
