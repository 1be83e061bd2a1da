"""``audit``: compares mirror and wiki in both directions, pages, revisions and log, and repairs.

It finds what a wiki does not log: command-line imports, tags added later, suppression, and damage to the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from jobs.mirror import Mirror
from parsers.wiki import LogEvent, Page, Revision
from scraper.listing import list_wiki
from storage import audit as held
from storage import lookup
from storage import mirror as store


@dataclass(frozen=True, slots=True)
class Difference:
    """One fact that differs: of a page, a revision or a log entry (event), by id; ``mirror`` or ``wiki`` is None
    where that lacks it."""

    what: str
    id: int
    field: str
    mirror: Any
    wiki: Any


def mend_texts(mirror: Mirror) -> list[Difference]:
    """Fetch anew the texts that the file has lost; the first step, since nothing can be derived from them.

    A text that the wiki shows no more, of a deleted page, cannot be had again: it counts as missing then.
    """
    damaged = list(held.damaged_revisions(mirror.db))
    lost: set[int] = set()
    if damaged:
        mirror.repair((), damaged)
        lost = set(held.damaged_revisions(mirror.db))
        with mirror.db.atomic():
            held.give_up_texts(mirror.db, lost)
    return [Difference("revision", i, "text", "damaged", None if i in lost else "sound") for i in damaged]


def audit(mirror: Mirror) -> list[Difference]:
    """All differences, each repaired by reading the truth again; with sound texts an empty list is a proof.

    Both sides are walked whole; texts are compared by their hashes. What somebody did meanwhile is no difference.
    """
    found, events = _walk(mirror)
    if found:
        mirror.delta()
        found = list(_remaining(mirror, found))
    ids = {what: {difference.id for difference in found if difference.what == what} for what in held.KINDS}
    if found:
        mirror.repair(ids["page"], ids["revision"], [event for event in events if event.log_id in ids["event"]])
    with mirror.db.atomic():
        held.mark_events_gone(mirror.db, ids["event"] - {event.log_id for event in events})
        store.set_state(mirror.db, "doubted", None)
    if lookup.highest_revision_id(mirror.db) > (store.get_state(mirror.db, "swept") or 0):
        mirror.delta()  # asks for the ids before one that was found, so that the next run need not
    missing = held.missing_revisions(mirror.db)
    mirror.refetch(missing)  # only asking for a text shows whether the wiki has it again
    shown = missing - held.missing_revisions(mirror.db)
    found += [Difference("revision", i, "text_state", "missing", "present") for i in shown]
    return sorted(set(found), key=lambda difference: (difference.what, difference.id, difference.field))


def _walk(mirror: Mirror) -> tuple[list[Difference], list[LogEvent]]:
    """Every fact that differs, and the log entries among them as the wiki has them."""
    found: list[Difference] = []
    seen_pages: set[int] = set()
    seen_revisions: set[int] = set()
    for listed in list_wiki(mirror.fetcher.api):
        found += _compare_pages(mirror, [page for page in listed.pages if page.page_id not in seen_pages], listed.now)
        found += _compare_revisions(mirror, listed.revisions)
        seen_pages |= {page.page_id for page in listed.pages}
        seen_revisions |= {revision.rev_id for revision in listed.revisions}
        mirror.progress.advance(len(listed.revisions))
    found += [Difference("page", i, "state", "live", None) for i in lookup.live_page_ids(mirror.db) - seen_pages]
    found += [
        Difference("revision", i, "state", "live", None) for i in held.live_revision_ids(mirror.db) - seen_revisions
    ]
    differing: list[LogEvent] = []
    seen_events: set[int] = set()
    for events in mirror.fetcher.log():
        seen_events |= {event.log_id for event in events}
        for event, differences in _compare_events(mirror, events):
            found += differences
            differing.append(event)
    found += [Difference("event", i, "state", "live", None) for i in held.live_event_ids(mirror.db) - seen_events]
    return found, differing


def _remaining(mirror: Mirror, found: list[Difference]) -> Iterator[Difference]:
    """The differences that are still there, after what happened during the walk has been read.

    What that has altered here is as the wiki has it now, and was so only a moment later than the walk.
    """
    rows = {what: held.rows(mirror.db, what, [d.id for d in found if d.what == what]) for what in held.KINDS}
    for difference in found:
        row = rows[difference.what].get(difference.id)
        mine = row and ("live" if difference.field == "state" else row[difference.field])
        if mine == difference.mirror:
            yield difference


def _compare_pages(mirror: Mirror, pages: list[Page], now: str) -> Iterator[Difference]:
    """Protections that have expired by the wiki's clock are none: when it forgets them, it logs nothing."""
    ours = held.rows(mirror.db, "page", [page.page_id for page in pages])
    for page in pages:
        theirs, mine = asdict(page), ours.get(page.page_id)
        unstated = page.protection is None  # the wiki fails to tell it
        if mine is not None and (unstated or _in_force(mine["protection"], now) == _in_force(page.protection, now)):
            theirs["protection"] = mine["protection"]
        yield from _compare("page", page.page_id, mine, theirs)


def _in_force(protection: str | None, now: str) -> list[dict[str, Any]] | None:
    """The protections that end after ``now`` or never (“infinity”)."""
    return None if protection is None else [row for row in json.loads(protection) if str(row.get("expiry")) > now]


def _compare_revisions(mirror: Mirror, revisions: tuple[Revision, ...]) -> Iterator[Difference]:
    ours = held.rows(mirror.db, "revision", [revision.rev_id for revision in revisions])
    for revision in revisions:
        theirs = {**asdict(revision), "tags": json.dumps(revision.tags, ensure_ascii=False)}
        mine = ours.get(revision.rev_id)
        if mine is not None and mine["text_state"] == "missing":
            theirs["text_state"] = "missing"  # only asking for the text shows that the wiki has lost it
        yield from _compare("revision", revision.rev_id, mine, theirs)


def _compare_events(mirror: Mirror, events: tuple[LogEvent, ...]) -> Iterator[tuple[LogEvent, list[Difference]]]:
    ours = held.rows(mirror.db, "event", [event.log_id for event in events])
    for event in events:
        differences = list(_compare("event", event.log_id, ours.get(event.log_id), asdict(event)))
        if differences:
            yield event, differences


def _compare(what: str, number: int, mine: Mapping[str, Any] | None, theirs: Mapping[str, Any]) -> Iterator[Difference]:
    if mine is None:
        yield Difference(what, number, "state", None, "live")
        return
    for name, value in mine.items():
        if value != theirs[name]:
            yield Difference(what, number, name, value, theirs[name])
