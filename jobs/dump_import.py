"""Brings XML exports into the same tables as the mirror, page by page, each batch in one transaction."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

from jobs.derive import Deriver
from jobs.identity import check_same_wiki
from jobs.mirror import Counts
from jobs.page_reader import reader_for
from jobs.progress import Progress
from parsers.wiki import LogEvent
from scraper.dump import DumpPage, DumpSite, read_dump
from storage import mirror as store
from storage.database import Database


def import_dump(
    db: Database, path: Path, deriver: Deriver, now: str, progress: Progress, counts: Counts,
    infoboxes: Collection[str] | None = None, *, since: str | None = None, until: str | None = None,
) -> None:  # fmt: skip
    """Read one export. Revisions at or after ``until`` or before ``since`` (ISO 8601 UTC) are left out.

    Raises DumpError where the file breaks off, and OtherWiki when it is of another wiki than the database; what
    was whole before is kept.
    """
    for part in read_dump(path):
        if isinstance(part, DumpSite):
            with db.atomic():
                check_same_wiki(db, part.siteinfo, str(path))
                if store.load_site(db) is None:
                    store.save_site(db, None, part.siteinfo, now)
            deriver.reader = reader_for(db, infoboxes)
        elif isinstance(part, LogEvent):
            if (since or "") <= part.timestamp < (until or "9999"):
                with db.atomic():
                    new = store.save_log_events(db, [part])
                    deriver.events(new, store.pages_of_events(db, new))
        else:
            with db.atomic():
                _save(db, part, deriver, now, counts, since or "", until or "9999")
            progress.advance(len(part.revisions))


def _save(db: Database, part: DumpPage, deriver: Deriver, now: str, counts: Counts, since: str, until: str) -> None:
    held = store.known_ids(db, "revisions", "rev_id", [revision.rev_id for revision in part.revisions])
    new = [r for r in part.revisions if since <= r.timestamp < until and r.rev_id not in held]
    counts.pages.add(part.page.page_id)
    if not new:
        return
    newest = max(new, key=lambda revision: (revision.timestamp, revision.rev_id))
    if store.takes_page_from_dump(db, part.page.page_id, newest.timestamp):
        whole = newest.rev_id == part.page.latest_rev_id
        page = replace(
            part.page,
            latest_rev_id=newest.rev_id,
            length=newest.size,
            content_model=newest.content_model,
            is_redirect=part.page.is_redirect and whole,
        )
        store.save_pages(db, [page], now)
    for revision in new:
        store.save_revision(db, deriver.texts, revision, now)
    counts.revisions += len(new)
    deriver.revisions(new)
