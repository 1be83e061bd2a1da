"""Reads what an export writes: pages with their histories, and the tables of analysts, in one state of the file."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from parsers.wiki import Revision
from storage.texts import TextStore

TABLES = ("infobox", "links", "sections", "categories", "papers", "changes", "pages", "revisions")
_WIDE = "record_"  # views of one infobox each, see storage/wide_views.py
_INTERNAL = {
    "pages": {"text", "derived_rev_id"},
    "revisions": {"text_id"},
    "changes": {"step_id"},
}  # of no use outside, or long
_ORDER = {
    "changes": "timestamp, rev_to, change_id",
    "pages": "page_id",
    "revisions": "rev_id",
    "sections": "page, page_id, position",
}


@dataclass(frozen=True, slots=True)
class Selection:
    """What to export: pages of these ids (None: all), revisions or changes made at ``since`` or later (ISO 8601 UTC),
    only each page's current revision, and whether what the wiki has deleted goes along."""

    page_ids: tuple[int, ...] | None = None
    since: str | None = None
    current: bool = False
    deleted: bool = False


@dataclass(frozen=True, slots=True)
class ExportPage:
    """A page to be exported; ``redirect_to`` is a full title with ``#fragment``."""

    page_id: int
    namespace: int
    title: str
    is_redirect: bool
    redirect_to: str | None
    latest_rev_id: int


@contextmanager
def snapshot(db: Database) -> Iterator[None]:
    """Read one state of the file throughout, whatever a run writes meanwhile (SQLite's isolation in WAL mode)."""
    db.execute("BEGIN")
    try:
        yield
    finally:
        db.execute("ROLLBACK")


def page_ids_of(db: Database, title: str) -> dict[int, bool]:
    """Pages that bear this full title, as id to whether the wiki has deleted it."""
    rows = db.execute("SELECT page_id, state = 'deleted' FROM pages WHERE title = ?", [title.replace("_", " ")])
    return {int(page_id): bool(deleted) for page_id, deleted in rows.fetchall()}


def load_pages(db: Database, wanted: Selection) -> list[ExportPage]:
    """The pages of a selection in the order of their ids."""
    condition, values = _pages_condition(wanted.page_ids)
    rows = db.execute(
        "SELECT page_id, namespace, title, is_redirect, redirect_to, latest_rev_id FROM pages"
        f" WHERE (state = 'live' OR ?) AND {condition} ORDER BY page_id",
        [wanted.deleted, *values],
    ).fetchall()
    return [ExportPage(i, namespace, title, bool(r), target, latest) for i, namespace, title, r, target, latest in rows]


_COLUMNS = (
    "rev_id, page_id, parent_id, timestamp, user, user_id, comment, minor, size, sha1, content_model, tags, text_state,"
    " user_hidden, comment_hidden, text_id"
)


def load_history(db: Database, texts: TextStore, page: ExportPage, wanted: Selection) -> Iterator[Revision]:
    """The revisions of a page with their texts, oldest first, one text at a time. Raises DamagedText."""
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM revisions WHERE page_id = ? AND (state = 'live' OR ?) AND timestamp >= ?"
        " ORDER BY timestamp, rev_id",
        [page.page_id, wanted.deleted, wanted.since or ""],
    ).fetchall()
    if wanted.current:
        rows = [row for row in rows if row[0] == page.latest_rev_id] or ([] if wanted.since else rows[-1:])
    for *values, text_id in rows:
        fields = dict(zip(Revision.__dataclass_fields__, values, strict=False))
        for flag in ("minor", "user_hidden", "comment_hidden"):
            fields[flag] = bool(fields[flag])
        text = texts.load(text_id) if text_id is not None else None
        yield Revision(**{**fields, "tags": tuple(json.loads(fields["tags"])), "text": text})


def table_names(db: Database) -> list[str]:
    """What ``load_table`` knows: the tables and views for analysts, and one wide view per infobox."""
    views = db.execute("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name").fetchall()
    return [*TABLES, *(str(row[0]) for row in views if str(row[0]).startswith(_WIDE))]


def load_table(db: Database, table: str, wanted: Selection) -> tuple[list[str], Iterator[Sequence[Any]]]:
    """Column names and rows of a table or view; ``table`` must be one of ``table_names``.

    ``since`` counts for tables with a column ``timestamp``; what the wiki has deleted is left out unless asked for.
    """
    quoted = f'"{table}"'
    held = [str(row[1]) for row in db.execute(f"PRAGMA table_info({quoted})").fetchall()]
    columns = [name for name in held if name not in _INTERNAL.get(table, ())]
    condition, values = _pages_condition(wanted.page_ids)
    if wanted.since is not None:
        condition, values = f"{condition} AND timestamp >= ?", [*values, wanted.since]
    if "state" in held and not wanted.deleted:
        condition += " AND state = 'live'"
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in columns)
    rows = db.execute(
        f"SELECT {names} FROM {quoted} WHERE {condition} ORDER BY {_ORDER.get(table, 'title, page_id')}", values
    )
    return columns, iter(rows)


def _pages_condition(page_ids: tuple[int, ...] | None) -> tuple[str, list[Any]]:
    if page_ids is None:
        return "1", []
    return "page_id IN (SELECT value FROM json_each(?))", [json.dumps(page_ids)]
