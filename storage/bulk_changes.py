"""Saves and loads bulk changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, astuple
from itertools import count

from sqlite_utils import Database

from parsers.change import AddressCheck, BulkCase, BulkChange

_CHECK = "page_id, title, rev_from, rev_to, verdict, old_key, new_key, before, after, label, times"


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
        [(bulk_id, *astuple(check)) for check in checks],
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
