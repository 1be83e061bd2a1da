"""Loads changes."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain

from sqlite_utils import Database

from parsers.change import Change, PageChange

_COLUMNS = (
    "change_id, page_id, title, rev_from, rev_to, timestamp, user, comment, kind, action, path, before, after,"
    " significance, noise_reason, label, bulk_id"
)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes: made at or after ``since``, before ``until`` (ISO 8601 UTC), of one page, of one kind, stored
    after the change with the id ``after_id``; of some pairs of kind and action; ``texts`` false leaves out changes
    inside texts, which are long."""

    since: str | None = None
    until: str | None = None
    page: str | None = None
    kind: str | None = None
    after_id: int | None = None
    texts: bool = True
    pairs: Collection[tuple[str, str]] | None = None


def load_changes(db: Database, wanted: ChangeFilter) -> Iterator[PageChange]:
    """Changes in the order in which they were made."""
    conditions, values = ["1"], []
    for column, operator, value in (
        ("timestamp", ">=", wanted.since),
        ("timestamp", "<", wanted.until),
        ("kind", "=", wanted.kind),
    ):
        if value is not None:
            conditions.append(f"{column} {operator} ?")
            values.append(value)
    if wanted.page is not None:
        conditions.append("(title = ? OR page_id IN (SELECT page_id FROM pages WHERE title = ?))")
        values += [wanted.page, wanted.page]
    if wanted.pairs is not None:
        conditions.append("(kind, action) IN (VALUES " + ", ".join(["(?, ?)"] * len(wanted.pairs)) + ")")
        values += chain.from_iterable(sorted(wanted.pairs))
    if not wanted.texts:
        conditions.append("NOT (kind IN ('section', 'text') AND action = 'changed')")
    rows = db.execute(
        f"SELECT {_COLUMNS} FROM changes WHERE {' AND '.join(conditions)} ORDER BY timestamp, rev_to, change_id", values
    )
    for row in rows:
        (change_id, page_id, title, rev_from, rev_to, timestamp, user, comment, kind, action, path, before, after,
         significance, noise_reason, label, bulk_id) = row  # fmt: skip
        change = Change(kind, action, path, before, after, significance, noise_reason, label)
        yield PageChange(change_id, page_id or 0, title, rev_from, rev_to, timestamp, user, comment, change, bulk_id)
