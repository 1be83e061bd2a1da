"""Histories of changes for tests of bulk changes, and what is found in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from parsers.bulk import find_bulk_changes
from parsers.bulk_addresses import State
from parsers.change import BulkChange, Change, CurrentItem, PageChange

OLD = "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR={}"
NEW = "http://ratsinfo.oberhausen.de/vo020?VOLFDNR={}"
START = datetime(2024, 7, 23, 8, 0, tzinfo=UTC)


class History:
    """Changes with rising ids, each in a revision of its own unless told otherwise."""

    def __init__(self) -> None:
        self.changes: list[PageChange] = []
        self._ids = count(1)

    def add(
        self,
        page: int,
        change: Change,
        *,
        days: float = 0,
        user: str = "Erika",
        rev: int | None = None,
        first: bool = False,
    ) -> int:
        change_id = next(self._ids)
        when = START + timedelta(days=days, seconds=change_id)
        rev_to = 1000 + change_id if rev is None else rev
        timestamp = when.isoformat().replace("+00:00", "Z")
        rev_from = None if first else rev_to - 1
        self.changes.append(
            PageChange(change_id, page, f"Seite {page}", rev_from, rev_to, timestamp, user, None, change)
        )
        return change_id

    def link(self, page: int, before: str | None, after: str | None, **place: Any) -> int:
        action = "changed" if before and after else "added" if after else "removed"
        return self.add(page, Change("link", action, "Beschlüsse", before, after, label="Vorlage"), **place)

    def migrate(self, page: int, number: int, **place: Any) -> int:
        return self.link(page, OLD.format(number), NEW.format(number), **place)


def found_in(
    changes: Sequence[PageChange],
    current: Sequence[CurrentItem],
    standing: Mapping[State, Sequence[CurrentItem]] | None = None,
) -> list[BulkChange]:
    def of(pairs: Collection[tuple[str, str]] | None) -> list[PageChange]:
        return [c for c in changes if pairs is None or (c.change.kind, c.change.action) in pairs]

    stood = standing or {}
    return find_bulk_changes(
        of,
        lambda kinds: [item for item in current if item.kind in kinds],
        lambda kind, states: {s: [i for i in stood[s] if i.kind == kind] for s in states if s in stood},
    )


def current_link(page: int, value: str) -> CurrentItem:
    return CurrentItem("link", page, f"Seite {page}", 9000 + page, "Beschlüsse", value, "Vorlage")
