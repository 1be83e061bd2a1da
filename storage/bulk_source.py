"""Reads what bulk changes are found in: changes, the items of now, and those of revisions."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from sqlite_utils import Database

from parsers.bulk_addresses import State
from parsers.bulk_founding import FOUNDING, PAIRED, WORDED
from parsers.bulk_watch import Wanted
from parsers.change import CurrentItem, PageChange
from storage.changes import ChangeFilter, load_changes, may_be_wanted
from storage.history import revision_order


class StoredSource:
    """A database as the source of a search; ``worded`` limits the changes of words to those that matter."""

    def __init__(self, db: Database, worded: Collection[int] | None = None) -> None:
        self._db, self._worded = db, worded

    def founding(self) -> Iterator[PageChange]:
        return load_changes(self._db, ChangeFilter(pairs=FOUNDING))

    def worded(self) -> Iterator[PageChange]:
        return load_changes(self._db, ChangeFilter(pairs=WORDED, ids=self._worded))

    def paired(self) -> Iterator[PageChange]:
        return load_changes(self._db, ChangeFilter(pairs=PAIRED, ids=self._worded, alone=True))

    def later(self, wanted: Mapping[str, Wanted]) -> Iterator[PageChange]:
        return load_changes(self._db, ChangeFilter(texts=False, afters=wanted))

    def current(self, wanted: Mapping[str, Wanted]) -> Iterator[CurrentItem]:
        return load_current_items(self._db, wanted)

    def standing(self, kind: str, states: Collection[State]) -> Mapping[State, Sequence[CurrentItem]]:
        return load_standing(self._db, kind, states)


_BOX_PATH = "h.infobox || iif(h.instance > 1, '#' || h.instance, '') || '/' || h.field"
_TARGET = "coalesce(h.url, h.target)"
_CURRENT = {
    "link": f"SELECT {_TARGET}, h.label, h.path, {{page}} FROM link_history h {{live}} AND h.kind != 'file'",
    "infobox": f"SELECT h.value, NULL, {_BOX_PATH}, {{page}} FROM infobox_history h {{live}}",
    "section": "SELECT h.title, NULL, h.path, {page} FROM section_history h {live} AND h.position > 0",
    "category": "SELECT h.name, NULL, '', {page} FROM category_history h {live}",
    "sorted": "SELECT h.name, h.sort_key, '', {page} FROM category_history h {live}",
    "template": "SELECT h.name, h.params, '', {page} FROM template_history h {live}",
    "text": "SELECT h.text, NULL, h.path, {page} FROM section_history h {live}",
    "wikitext": "SELECT p.text, NULL, '', {page} FROM pages p WHERE p.state = 'live' AND p.text IS NOT NULL{own}",
}

# What a rule is known by in a row; templates and texts are put together first.
_VALUE = {"link": _TARGET, "infobox": "h.value", "section": "h.title", "category": "h.name", "sorted": "h.name"}
_PATH = {"infobox": _BOX_PATH, "section": "h.path"}


def load_current_items(
    db: Database, wanted: Mapping[str, Wanted], pages: Iterable[int] | None = None
) -> Iterator[CurrentItem]:
    """What stands on live pages now, of the kinds that bulk changes ask for; of some pages or of all."""
    own = "" if pages is None else f" AND p.page_id IN ({', '.join(str(int(page_id)) for page_id in pages)})"
    live = f"JOIN pages p USING (page_id) WHERE h.to_rev IS NULL AND p.state = 'live'{own}"
    for kind, query in _CURRENT.items():
        if kind in wanted:
            filled = query.format(page="p.page_id, p.title, p.latest_rev_id", live=live, own=own)
            if kind in _VALUE:
                filled += f" AND {may_be_wanted(db, wanted[kind], _VALUE[kind], _PATH.get(kind, 'NULL'))}"
            for value, label, path, page_id, title, rev_id in db.execute(filled):
                if kind == "template":
                    value, label = _as_written(value, json.loads(label)), None
                yield CurrentItem(kind, page_id, title, rev_id, path, value, label)


_STOOD = {
    "link": "SELECT h.url, h.label, h.path, h.from_rev, h.to_rev FROM link_history h"
    " WHERE h.page_id = ? AND h.kind = 'external'",
    "infobox": f"SELECT h.value, NULL, {_BOX_PATH}, h.from_rev, h.to_rev FROM infobox_history h WHERE h.page_id = ?",
    "template": "SELECT h.name, h.params, '', h.from_rev, h.to_rev FROM template_history h WHERE h.page_id = ?",
}


def load_standing(db: Database, kind: str, states: Collection[State]) -> Mapping[State, Sequence[CurrentItem]]:
    """External links, fields or template uses (``kind``) that stood on pages at known revisions, or stand there now."""
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
        if kind == "template":
            rows = [(_as_written(name, json.loads(params)), None, *rest) for name, params, *rest in rows]
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
