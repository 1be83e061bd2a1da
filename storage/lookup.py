"""What a run asks of the mirror before it writes: what is known, what is live, what differs from what is told."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Mapping

from sqlite_utils import Database

from parsers.wiki import LogEvent, Page, Revision
from storage.page_log import deletions_and_restores, restored_pages
from storage.schema_revisions import LIVE, MISSING
from storage.times import seconds, time_sql

# Of a table with times: the table and column that are asked, what writes a time out, and what makes one as it is kept.
_TIMES: Mapping[str, tuple[str, str, str, Callable[[str], int | str]]] = {
    "revisions": ("revision_rows", "time", time_sql("time"), seconds),
    "log_events": ("log_events", "timestamp", "timestamp", str),
}


def changed_pages(db: Database, pages: Iterable[Page]) -> tuple[set[int], set[int]]:
    """Ids of known pages to be derived anew, and ids of those that are held as deleted.

    Anew are those that bear another title than is held, or whose current revision is another one that is held already.
    """
    told = {page.page_id: page for page in pages}
    rows = db.execute(
        "SELECT page_id, title, state, latest_rev_id FROM pages WHERE page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(told))],
    ).fetchall()
    anew = {page_id for page_id, title, _, _ in rows if title != told[page_id].title}
    turned = {
        page_id: told[page_id].latest_rev_id for page_id, _, _, latest in rows if latest != told[page_id].latest_rev_id
    }
    held = known_ids(db, "revision_rows", "rev_id", turned.values())
    anew |= {page_id for page_id, latest in turned.items() if latest in held}
    return anew, {page_id for page_id, _, state, _ in rows if state == "deleted"}


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


def revisions_without_text(db: Database, page_id: int, rev_ids: Iterable[int]) -> set[int]:
    """Which of these live revisions of a page are held as missing: with all but their text."""
    rows = db.execute(
        f"SELECT rev_id FROM revision_rows WHERE page_id = ? AND {LIVE} AND {MISSING}"
        " AND rev_id IN (SELECT value FROM json_each(?))",
        [page_id, json.dumps(list(rev_ids))],
    )
    return {int(row[0]) for row in rows.fetchall()}


def revisions_elsewhere(db: Database, page_id: int, revisions: Iterable[Revision]) -> list[int]:
    """Ids of those of these revisions that are held on another page than this one."""
    rows = db.execute(
        "SELECT rev_id FROM revision_rows WHERE page_id != ? AND rev_id IN (SELECT value FROM json_each(?)) ORDER BY 1",
        [page_id, json.dumps([revision.rev_id for revision in revisions])],
    )
    return [int(row[0]) for row in rows.fetchall()]


def revisions_otherwise(db: Database, revisions: Iterable[Revision]) -> set[int]:
    """Ids of those of these revisions that are held with another text, by its digest."""
    told = {revision.rev_id: revision.sha1 for revision in revisions}
    rows = db.execute(
        "SELECT rev_id, sha1 FROM revisions WHERE sha1 IS NOT NULL AND rev_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(told))],
    )
    return {int(rev_id) for rev_id, sha1 in rows.fetchall() if told[rev_id] not in (None, sha1)}


def doubled_titles(db: Database) -> list[str]:
    """Titles that several live pages of the mirror have."""
    rows = db.execute("SELECT title FROM pages WHERE state = 'live' GROUP BY title HAVING count(*) > 1 ORDER BY 1")
    return [str(row[0]) for row in rows.fetchall()]


def is_deleted(db: Database, page_id: int) -> bool:
    """Whether the mirror holds the page as deleted."""
    return bool(db.execute("SELECT 1 FROM pages WHERE page_id = ? AND state = 'deleted'", [page_id]).fetchone())


def last_deletion(db: Database, page_id: int) -> tuple[str, str | None] | None:
    """Time and title of a page's deletion as the held log has them; None when there is none, or it was restored."""
    last = next(reversed(deletions_and_restores(db, page_id)), None)
    return None if last is None or last.action == "restore" else (last.timestamp, last.title)


def pages_gone_and_back(db: Database, log_ids: Iterable[int]) -> set[int]:
    """Live pages that these log events say were restored."""
    rows = db.execute(
        "SELECT page_id FROM pages WHERE state = 'live' AND page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(sorted(restored_pages(db, log_ids)))],
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


def revision_ids_of(db: Database, page_id: int) -> set[int]:
    """The ids of all revisions that the mirror holds under a page, in any state."""
    rows = db.execute("SELECT rev_id FROM revision_rows WHERE page_id = ?", [page_id]).fetchall()
    return {int(row[0]) for row in rows}


def current_revisions(db: Database, page_ids: Iterable[int]) -> dict[int, int]:
    """The id of the current revision of each of these live pages, by page id."""
    rows = db.execute(
        "SELECT page_id, latest_rev_id FROM page_rows WHERE state = 'live'"
        " AND page_id IN (SELECT value FROM json_each(?))",
        [json.dumps(list(page_ids))],
    )
    return {int(page_id): int(latest) for page_id, latest in rows.fetchall()}


def revision_ids_between(db: Database, first: int, stop: int) -> set[int]:
    """The ids of all revisions that the mirror holds, in any state, from ``first`` on and before ``stop``."""
    rows = db.execute("SELECT rev_id FROM revision_rows WHERE rev_id >= ? AND rev_id < ?", [first, stop]).fetchall()
    return {int(row[0]) for row in rows}


def newest_with_text(db: Database) -> list[int]:
    """The ids of the two newest revisions whose texts are held, if there are so many."""
    rows = db.execute(
        f"SELECT rev_id FROM revision_rows WHERE {LIVE} AND text_id IS NOT NULL ORDER BY rev_id DESC LIMIT 2"
    )
    return [int(rev_id) for (rev_id,) in rows.fetchall()]


def count_revisions(db: Database) -> int:
    """How many revisions the mirror holds, in any state."""
    (count,) = db.execute("SELECT count(*) FROM revision_rows").fetchone()
    return int(count)


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


def as_titled(title: str) -> str:
    """A title that was typed as MediaWiki spells it: NFC, single blanks in place of underscores, none at the ends.

    Source: https://www.mediawiki.org/wiki/Manual:Page_title
    """
    return " ".join(unicodedata.normalize("NFC", title).replace("_", " ").split())


def titles_like(db: Database, title: str) -> list[str]:
    """Titles of pages and of changes that are this one, or differ from it in case or blanks only; the same first."""
    wanted = as_titled(title).casefold()
    rows = db.execute("SELECT title FROM pages UNION SELECT title FROM changes").fetchall()
    return sorted(
        (str(row[0]) for row in rows if row[0].casefold() == wanted), key=lambda found: found != as_titled(title)
    )


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
