"""Searches for bulk changes after a run, at the cost of what is new.

Old changes are remembered by their signatures (``parsers.bulk_signatures``). Where no new change has one in common with
others, follows a rule or brings an old form back, and no page that changed could be a straggler, the bulk changes stay
as they are. Else they are searched anew, with the words inside texts read of those changes alone that share some.
"""

from __future__ import annotations

from dataclasses import astuple
from typing import Any

from parsers.bulk import search_bulk_changes
from parsers.bulk_founding import FOUNDING, PAIRED, WORDED
from parsers.bulk_signatures import SIGNATURES, signatures
from parsers.bulk_watch import Wanted, Watch
from storage import bulk_memory as memory
from storage.bulk_changes import replace_bulk_changes
from storage.bulk_source import StoredSource, load_current_items
from storage.changes import ChangeFilter, load_changes
from storage.database import Database
from storage.mirror import get_state, set_state
from storage.queries import last_change_id

RULES = 2  # version of the search: after a change of its rules, everything is searched anew
_STATE, _SIGNED = "bulk_search", "bulk_signatures"
_MOST = 5000  # new changes; among more there is hardly none that matters


def refresh_bulk_changes(db: Database) -> bool:
    """Bring the bulk changes up to date, within the caller's transaction; whether they had to be searched."""
    if get_state(db, _SIGNED) != SIGNATURES:
        memory.forget_signatures(db)
        memory.save_signatures(db, signatures(load_changes(db, ChangeFilter(pairs=FOUNDING | PAIRED | WORDED))))
        set_state(db, _SIGNED, SIGNATURES)
    held = get_state(db, _STATE)
    begun = memory.first_time(db)
    last = last_change_id(db)
    search = held is None or (held["rules"], held["begun"]) != (RULES, begun) or _may_alter(db, held, last)
    if search:
        found, watches, watched = search_bulk_changes(StoredSource(db, memory.shared_words(db)), begun)
        replace_bulk_changes(db, found)
        held = {"watches": [astuple(one) for one in watches], "watched": sorted(watched)}
    memory.forget_changed_pages(db)
    set_state(db, _STATE, {**held, "rules": RULES, "begun": begun, "last_change_id": last})
    return search


def _may_alter(db: Database, held: dict[str, Any], last: int) -> bool:
    """Whether what is new could alter a bulk change or make one."""
    watches = [Watch(*values) for values in held["watches"]]
    after = held["last_change_id"]
    if last > after:
        if last > after + _MOST or memory.is_shared(db, after):
            return True
        kinds = {watch.kind for watch in watches}
        fresh = load_changes(db, ChangeFilter(after_id=after, texts=False))
        if any(watch.concerns(c) for c in fresh if c.change.kind in kinds for watch in watches):
            return True
    pages = memory.changed_pages(db)
    if not pages:
        return False
    if not pages.isdisjoint(held["watched"]) or memory.checked_pages(db, pages):
        return True
    asked = {watch.asks: Wanted() for watch in watches}
    items = load_current_items(db, asked, pages)
    return any(watch.is_in(item) for item in items for watch in watches)
