"""The revisions that a wiki shows on pages whose history changed behind us, in as few requests as prove them whole.

The API lists the revisions of one page at a time. Where many pages are asked about, a list of the whole wiki may be
shorter; and of a page that was restored the log says how many revisions came back, so that asking for those that are
held, many pages at once, is enough when as many are there.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence

from jobs.dirty import MERGES
from parsers.wiki import LogEvent, Revision
from scraper.api import Api
from scraper.listing import list_page, list_revisions, list_wiki, walk_costs
from storage import lookup
from storage.database import Database
from storage.page_log import deletes_page, deletions_and_restores, restores_page

AT_ONCE = 200  # revisions whose texts are in memory at once
Lists = dict[int, list[Revision]]


def page_lists(
    db: Database, api: Api, page_ids: Collection[int], events: Sequence[LogEvent], at_hand: Sequence[Revision]
) -> Lists:
    """All revisions that the wiki shows on each of these pages, without texts or as they are ``at_hand``.

    ``events`` are the log entries that are new.
    """
    found = _restored(db, api, page_ids, events, at_hand)
    left = set(page_ids) - found.keys()
    if len(left) <= walk_costs(api, lookup.count_revisions(db)):
        return found | {page_id: list_page(api, page_id) for page_id in sorted(left)}
    walked: Lists = {page_id: [] for page_id in left}
    for listed in list_wiki(api):
        for revision in listed.revisions:
            if revision.page_id in left:
                walked[revision.page_id].append(revision)
    return found | walked


def in_parts(db: Database, lists: Lists) -> Iterator[list[int]]:
    """Pages of these lists, as many at once as lack so many revisions that their texts fit into memory."""
    part: list[int] = []
    lacking = 0
    for page_id, listed in sorted(lists.items()):
        ids = {revision.rev_id for revision in listed}
        lacks = len(ids - lookup.known_ids(db, "revision_rows", "rev_id", ids))
        if part and lacking + lacks > AT_ONCE:
            yield part
            part, lacking = [], 0
        part.append(page_id)
        lacking += lacks
    if part:
        yield part


def _restored(
    db: Database, api: Api, page_ids: Collection[int], events: Sequence[LogEvent], at_hand: Sequence[Revision]
) -> Lists:
    """The lists of those pages that are proved to hold what came back in one restore, and what is at hand."""
    if any(event.title is None or (event.type, event.action) in MERGES for event in events):
        return {}
    counts = {page_id: _came_back(db, page_id, events) for page_id in page_ids}
    held = {page_id: lookup.revision_ids_of(db, page_id) for page_id, count in counts.items() if count}
    if len(held) < 2:
        return {}  # a list of one page is as short
    shown: Lists = {page_id: [] for page_id in held}
    for revision in list_revisions(api, {rev_id for ids in held.values() for rev_id in ids}):
        if revision.rev_id in held.get(revision.page_id, ()):
            shown[revision.page_id].append(revision)
    current = lookup.current_revisions(db, held)
    found: Lists = {}
    for page_id, revisions in shown.items():
        new = [r for r in at_hand if r.page_id == page_id and r.rev_id not in held[page_id]]
        if len(revisions) == counts[page_id] and current.get(page_id) in {r.rev_id for r in [*revisions, *new]}:
            found[page_id] = revisions + new
    return found


def _came_back(db: Database, page_id: int, events: Sequence[LogEvent]) -> int:
    """How many revisions a page had after its restore; 0 where the log does not say so for sure.

    It does for one restore since the page was deleted, whole: with those before, others may have come back.
    """
    new = [e for e in events if e.page_id == page_id and (deletes_page(e) or restores_page(e))]
    known = {event.log_id for event in new}
    before = [event for event in deletions_and_restores(db, page_id) if event.log_id not in known]
    story = before + sorted(new, key=lambda event: event.log_id)
    if not new or len(story) < 2 or not restores_page(story[-1]) or not deletes_page(story[-2]):
        return 0
    count = json.loads(story[-1].params).get("count")
    return int(count.get("revisions", 0)) if isinstance(count, dict) else 0
