"""Loads changes."""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

from sqlite_utils import Database

from parsers.bulk_watch import Wanted
from parsers.change import Change, PageChange

_COLUMNS = (
    "change_id, page_id, title, rev_from, rev_to, timestamp, user, comment, kind, action, path, before, after,"
    " significance, noise_reason, label, bulk_id"
)


@dataclass(frozen=True, slots=True)
class ChangeFilter:
    """Which changes: made at or after ``since``, before ``until`` (ISO 8601 UTC), of one page, of one kind, stored
    after the change with the id ``after_id``; of some pairs of kind and action; ``texts`` false leaves out changes
    inside texts, which are long; ``ids`` are all that may be given; ``afters`` says which of each kind
    are wanted by their new values, and leaves out other kinds; ``alone`` leaves out those that share a stored row
    with others, of which a bulk change cannot be said."""

    since: str | None = None
    until: str | None = None
    page: str | None = None
    kind: str | None = None
    after_id: int | None = None
    texts: bool = True
    pairs: Collection[tuple[str, str]] | None = None
    ids: Collection[int] | None = None
    afters: Mapping[str, Wanted] | None = None
    alone: bool = False


# Of a row that stands for several changes, the next number is no row of its own.
_ALONE = (
    "change_id IN (SELECT change_id FROM change_items) AND (change_id + 1 IN (SELECT change_id FROM change_items)"
    " OR change_id IN (SELECT last_change_id FROM change_steps))"
)


def may_be_wanted(db: Database, wanted: Wanted, value: str, path: str) -> str:
    """SQL for whether a value or a path is wanted, whose texts are only put together where that matters."""
    if wanted.is_all:
        return "1"
    name = f"wanted_{zlib.crc32(repr(wanted).encode()):08x}"

    def fits(value: str | None, path: str | None) -> bool:
        return wanted.fits(value, path)

    db.conn.create_function(name, 2, fits, deterministic=True)
    return f"{name}({value}, {path if wanted.path else 'NULL'})"


def _any_of(db: Database, afters: Mapping[str, Wanted]) -> str:
    each = [f"WHEN '{kind}' THEN {may_be_wanted(db, one, 'after', 'path')}" for kind, one in sorted(afters.items())]
    return f"CASE kind {' '.join(each)} ELSE 0 END" if each else "0"


def load_changes(db: Database, wanted: ChangeFilter) -> Iterator[PageChange]:
    """Changes in the order in which they were made."""
    conditions: list[str] = ["1"]
    values: list[str | int] = []
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
    if wanted.after_id is not None:
        conditions.append("change_id > ? AND step_id > ?")  # a step is stored at once
        values += [wanted.after_id, wanted.after_id]
    if wanted.ids is not None:
        conditions.append("change_id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(wanted.ids)))
    if wanted.afters is not None:
        conditions.append(_any_of(db, wanted.afters))
    if wanted.alone:
        conditions.append(_ALONE)
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
