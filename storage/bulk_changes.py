"""Saves and loads bulk changes, and loads the items that they are held against: those of now, and of a revision."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import count

from sqlite_utils import Database

from parsers.bulk_addresses import State
from parsers.change import AddressCheck, BulkCase, BulkChange, CurrentItem
from storage.history import revision_order

_CHECK = "page_id, title, rev_from, rev_to, verdict, old_key, new_key, before, after, label, times"


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


_STOOD = {
    "link": "SELECT h.url, h.label, h.path, h.from_rev, h.to_rev FROM link_history h"
    " WHERE h.page_id = ? AND h.kind = 'external'",
    "infobox": "SELECT h.value, NULL, h.infobox || iif(h.instance > 1, '#' || h.instance, '') || '/' || h.field,"
    " h.from_rev, h.to_rev FROM infobox_history h WHERE h.page_id = ?",
}


def load_standing(db: Database, kind: str, states: Collection[State]) -> Mapping[State, Sequence[CurrentItem]]:
    """The external links or infobox fields (``kind``) that stood on pages at revisions that are known, or stand now."""
    wanted: defaultdict[int, list[int | None]] = defaultdict(list)
    for page_id, rev_id in states:
        wanted[page_id].append(rev_id)
    found: dict[State, Sequence[CurrentItem]] = {}
    for page_id, revisions in wanted.items():
        page = db.execute("SELECT title, state, latest_rev_id FROM pages WHERE page_id = ?", [page_id]).fetchone()
        if page is None:
            continue
        title, state, latest = page
        order = revision_order(db, page_id)
        rows = db.execute(_STOOD[kind], [page_id]).fetchall()
        for rev_id in revisions:
            if rev_id in order if rev_id is not None else state == "live":
                at = None if rev_id is None else order[rev_id]
                found[page_id, rev_id] = [
                    CurrentItem(kind, page_id, title, rev_id or latest, path, value, label)
                    for value, label, path, since, until in rows
                    if _holds(order, since, until, at)
                ]
    return found


def _holds(order: Mapping[int, int], since: int, until: int | None, at: int | None) -> bool:
    if at is None or until is None:
        return until is None and (at is None or order.get(since, 0) <= at)
    return order.get(since, 0) <= at <= order.get(until, 0)


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
        assert bulk_id is not None
        if bulk.addresses:
            _insert_checks(db, bulk_id, bulk.addresses)
        named = db.conn.executemany(
            "UPDATE change_items SET bulk_id = ? WHERE change_id = ?", [(bulk_id, member) for member in bulk.members]
        )
        assert named.rowcount == len(bulk.members), "a member stands in a row with others"


def _insert_checks(db: Database, bulk_id: int, checks: Iterable[AddressCheck]) -> None:
    db.conn.executemany(
        f"INSERT INTO bulk_addresses (bulk_id, {_CHECK}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [(bulk_id, *asdict(check).values()) for check in checks],
    )


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
        exceptions, stragglers, regressions = (
            tuple(BulkCase(**{"after": None, "label": None, **case}) for case in json.loads(text)) for text in lists
        )
        bulk = BulkChange(
            kind, rule, before, after, first_at, last_at, pages, occurrences, tuple(m[0] for m in members),
            exceptions, stragglers, regressions, _load_checks(db, bulk_id) or None,
        )  # fmt: skip
        loaded.append((bulk_id, bulk))
    return loaded


def _load_checks(db: Database, bulk_id: int) -> tuple[AddressCheck, ...]:
    rows = db.execute(f"SELECT {_CHECK} FROM bulk_addresses WHERE bulk_id = ? ORDER BY check_id", [bulk_id])
    return tuple(AddressCheck(*row) for row in rows.fetchall())


def _cases(cases: Iterable[BulkCase]) -> str:
    return json.dumps([asdict(case) for case in cases], ensure_ascii=False, sort_keys=True)
