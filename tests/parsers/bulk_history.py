"""Histories of changes for tests of bulk changes, and what is found in them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from parsers.bulk import search_bulk_changes
from parsers.bulk_addresses import State
from parsers.bulk_founding import FOUNDING, PAIRED, WORDED
from parsers.bulk_watch import Wanted
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


@dataclass(frozen=True)
class Told:
    """A source of changes and items that are given."""

    changes: Sequence[PageChange]
    items: Sequence[CurrentItem]
    stood: Mapping[State, Sequence[CurrentItem]]

    def founding(self) -> list[PageChange]:
        return [c for c in self.changes if (c.change.kind, c.change.action) in FOUNDING]

    def worded(self) -> list[PageChange]:
        return [c for c in self.changes if (c.change.kind, c.change.action) in WORDED]

    def paired(self) -> list[PageChange]:
        return [c for c in self.changes if (c.change.kind, c.change.action) in PAIRED]

    def later(self, wanted: Mapping[str, Wanted]) -> list[PageChange]:
        return [c for c in self.changes if c.change.kind in wanted]

    def current(self, wanted: Mapping[str, Wanted]) -> list[CurrentItem]:
        return [item for item in self.items if item.kind in wanted]

    def standing(self, kind: str, states: Collection[State]) -> dict[State, Sequence[CurrentItem]]:
        return {s: [i for i in self.stood[s] if i.kind == kind] for s in states if s in self.stood}


def found_in(
    changes: Sequence[PageChange],
    current: Sequence[CurrentItem],
    standing: Mapping[State, Sequence[CurrentItem]] | None = None,
) -> list[BulkChange]:
    found, _, _ = search_bulk_changes(Told(changes, current, standing or {}))
    return found


def current_link(page: int, value: str) -> CurrentItem:
    return CurrentItem("link", page, f"Seite {page}", 9000 + page, "Beschlüsse", value, "Vorlage")
