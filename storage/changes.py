"""Loads changes, saves and loads bulk changes, and the current items that stragglers are looked for in."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import chain, count

from sqlite_utils import Database

from parsers.change import BulkCase, BulkChange, Change, CurrentItem, PageChange

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


_CURRENT = {
    "link": "SELECT coalesce(h.url, h.target), h.label, h.path, {page} FROM link_history h {live} AND h.kind != 'file'",
    "infobox": "SELECT h.value, NULL, h.infobox || iif(h.instance > 1, '#' || h.instance, '') || '/' || h.field, {page}"
    " FROM infobox_history h {live}",
    "section": "SELECT h.title, NULL, h.path, {page} FROM section_history h {live} AND h.position > 0",
    "category": "SELECT h.name, NULL, '', {page} FROM category_history h {live}",
    "template": "SELECT h.name, h.params, '', {page} FROM template_history h {live}",
    "text": "SELECT h.text, NULL, h.path, {page} FROM section_history h {live}",
    "wikitext": "SELECT p.text, NULL, '', {page} FROM pages p WHERE p.state = 'live' AND p.text IS NOT NULL",
}


def load_current_items(db: Database, kinds: Collection[str]) -> Iterator[CurrentItem]:
    """What stands on live pages now, of these kinds among those that bulk changes ask for."""
    live = "JOIN pages p USING (page_id) WHERE h.to_rev IS NULL AND p.state = 'live'"
    for kind, query in _CURRENT.items():
        if kind in kinds:
            rows = db.execute(query.format(page="p.page_id, p.title, p.latest_rev_id", live=live))
            for value, label, path, page_id, title, rev_id in rows:
                if kind == "template":
                    value, label = _as_written(value, json.loads(label)), None
                yield CurrentItem(kind, page_id, title, rev_id, path, value, label)


def _as_written(name: str, params: Iterable[tuple[str, str]]) -> str:
    """A template use from its name and parameters; of what was written, only how they were numbered is gone."""
    number = 0
    parts = [name]
    for key, raw in params:
        number += key == str(number + 1)
        parts.append(raw if key == str(number) else f"{key}={raw}")
    return "{{" + "|".join(parts) + "}}"


def replace_bulk_changes(db: Database, found: Sequence[BulkChange]) -> None:
    """Write the bulk changes that the whole of ``changes`` shows now; an id stays with its rule and start."""
    known = {
        (kind, before, after, first_at): bulk_id
        for bulk_id, kind, before, after, first_at in db.execute(
            "SELECT bulk_id, kind, pattern_before, pattern_after, first_at FROM bulk_changes"
        )
    }
    unused = count(max(known.values(), default=0) + 1)
    db.execute("UPDATE change_items SET bulk_id = NULL WHERE bulk_id IS NOT NULL")
    db.execute("DELETE FROM bulk_changes")
    for bulk in found:
        held = known.pop((bulk.kind, bulk.pattern_before, bulk.pattern_after, bulk.first_at), None)
        values = [
            held or next(unused),
            bulk.kind, bulk.rule, bulk.pattern_before, bulk.pattern_after, bulk.first_at, bulk.last_at, bulk.pages,
            bulk.occurrences, _cases(bulk.exceptions), _cases(bulk.stragglers), _cases(bulk.regressions),
        ]  # fmt: skip
        bulk_id = db.execute(
            "INSERT INTO bulk_changes (bulk_id, kind, rule, pattern_before, pattern_after, first_at, last_at, pages,"
            " occurrences, exceptions, stragglers, regressions) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            values,
        ).lastrowid
        named = db.conn.executemany(
            "UPDATE change_items SET bulk_id = ? WHERE change_id = ?", [(bulk_id, member) for member in bulk.members]
        )
        assert named.rowcount == len(bulk.members), "a member stands in a row with others"


def load_bulk_changes(db: Database, since: str | None = None, until: str | None = None) -> list[tuple[int, BulkChange]]:
    """Bulk changes with members in the period, each with its id; ``members`` are all of them."""
    rows = db.execute(
        "SELECT bulk_id, kind, rule, pattern_before, pattern_after, first_at, last_at, pages, occurrences, exceptions,"
        " stragglers, regressions FROM bulk_changes WHERE last_at >= ? AND first_at < ? ORDER BY first_at, bulk_id",
        [since or "", until or "9999"],
    ).fetchall()
    loaded = []
    for bulk_id, kind, rule, before, after, first_at, last_at, pages, occurrences, *lists in rows:
        members = db.execute(
            "SELECT change_id FROM change_items WHERE bulk_id = ? ORDER BY change_id", [bulk_id]
        ).fetchall()
        cases = [
            tuple(BulkCase(**{"after": None, "label": None, **case}) for case in json.loads(text)) for text in lists
        ]
        bulk = BulkChange(
            kind, rule, before, after, first_at, last_at, pages, occurrences, tuple(m[0] for m in members), *cases
        )
        loaded.append((bulk_id, bulk))
    return loaded


def _cases(cases: Iterable[BulkCase]) -> str:
    return json.dumps([asdict(case) for case in cases], ensure_ascii=False, sort_keys=True)
