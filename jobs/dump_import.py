"""Brings XML exports into the same tables as the mirror, page by page, each batch in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from jobs.derive import Deriver
from jobs.identity import check_same_wiki
from jobs.mirror import Counts
from jobs.page_reader import reader_for
from jobs.progress import Progress
from jobs.wording import counted, few
from parsers.wiki import LogEvent, Revision
from scraper.dump import DumpPage, DumpSite, DumpWarning, read_dump
from storage import lookup
from storage import mirror as store
from storage.database import Database

LOG_BATCH = 500  # log entries in one transaction


def import_dump(
    db: Database, path: Path, deriver: Deriver, now: str, progress: Progress, counts: Counts,
    infoboxes: Collection[str] | None = None, *, since: str | None = None, until: str | None = None,
    warnings: list[str],
) -> int:  # fmt: skip
    """Read one export; how many log entries in it are new. What is not of ``since`` to before ``until`` is left out.

    What is held already is left as it is, but for texts that were missing. ``warnings`` gets what was odd in the
    file. Raises DumpError where the file breaks off, and OtherWiki when it is of another wiki than the database;
    what was whole before is kept.
    """
    events: list[LogEvent] = []
    elsewhere: list[int] = []
    logged = 0
    try:
        for part in read_dump(path):
            if isinstance(part, DumpSite):
                with db.atomic():
                    check_same_wiki(db, part.siteinfo, str(path))
                    held = store.load_site(db)
                    if held is None:
                        store.save_site(db, None, part.siteinfo, now)
                    elif held["api_url"] is not None:
                        store.set_state(db, "doubted", True)  # a dump tells how the wiki once was
                deriver.reader = reader_for(db, infoboxes)
            elif isinstance(part, DumpWarning):
                warnings.append(part.message)
            elif isinstance(part, DumpPage):
                with db.atomic():
                    elsewhere += lookup.revisions_elsewhere(db, part.page.page_id, part.revisions)
                    _save(db, part, deriver, now, counts, since or "", until or "9999")
                progress.advance(len(part.revisions))
            elif (since or "") <= part.timestamp < (until or "9999"):
                events.append(part)
                if len(events) >= LOG_BATCH:
                    logged += _save_events(db, events, deriver)
                    events.clear()
    finally:
        if events:
            logged += _save_events(db, events, deriver)
        warnings += _contradictions(db, path, elsewhere)
    return logged


def _contradictions(db: Database, path: Path, elsewhere: Sequence[int]) -> Iterator[str]:
    """What cannot all be so; ``elsewhere`` are revisions that the database holds on other pages than the file."""
    if elsewhere:
        yield (
            f"{path}: {counted(len(elsewhere), 'revision stands', 'revisions stand')} on another page in the database"
            f" ({few(elsewhere)}) and stayed there: histories were merged since, or the file is of another wiki."
        )
    if titles := lookup.doubled_titles(db):
        yield (
            f"{path}: {counted(len(titles), 'title belongs', 'titles belong')} to several pages now ({few(titles)}):"
            " the older ones were deleted between two dumps, or the files are of different wikis."
        )


def _save_events(db: Database, events: Sequence[LogEvent], deriver: Deriver) -> int:
    """Keep log entries that are not known, and say how many; of others the wiki itself may have told more."""
    held = lookup.known_ids(db, "log_events", "log_id", [event.log_id for event in events])
    with db.atomic():
        new = store.save_log_events(db, [event for event in events if event.log_id not in held])
        deriver.events(new, lookup.pages_of_events(db, new))
    return len(new)


def _save(db: Database, part: DumpPage, deriver: Deriver, now: str, counts: Counts, since: str, until: str) -> None:
    page_id = part.page.page_id
    told = {revision.rev_id: revision for revision in part.revisions if since <= revision.timestamp < until}
    held = lookup.known_ids(db, "revisions", "rev_id", told)
    new = [revision for rev_id, revision in told.items() if rev_id not in held]
    lacking = lookup.revisions_without_text(db, page_id, held)
    filled = [told[rev_id] for rev_id in sorted(lacking) if told[rev_id].text is not None]
    counts.pages.add(page_id)
    if new:
        _save_page(db, part, new, now)
    for revision in new:
        store.save_revision(db, deriver.texts, revision, now)
    for revision in filled:
        store.fill_text(db, deriver.texts, revision)
    counts.revisions += len(new) + len(filled)
    if lookup.is_deleted(db, page_id):
        store.mark_revisions_archived(db, [revision.rev_id for revision in new])
    elif filled or any(revision.text is not None or revision.text_state == "hidden" for revision in new):
        # Of stubs alone nothing can be derived: that waits until a dump brings their texts.
        deriver.revisions([*new, *filled], [page_id] if filled else (), "")


def _save_page(db: Database, part: DumpPage, new: Sequence[Revision], now: str) -> None:
    """Take the page as the dump shows it, where a dump may say how it stands."""
    newest = max(new, key=lambda revision: (revision.timestamp, revision.rev_id))
    if lookup.takes_page_from_dump(db, part.page.page_id, newest.timestamp):
        whole = newest.rev_id == part.page.latest_rev_id
        page = replace(
            part.page,
            latest_rev_id=newest.rev_id,
            length=newest.size,
            content_model=newest.content_model,
            is_redirect=part.page.is_redirect and whole,
        )
        store.save_pages(db, [page], now)
