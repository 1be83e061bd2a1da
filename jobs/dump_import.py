"""Brings XML exports into the same tables as the mirror, page by page, each batch in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
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
    odd = _Contradictions()
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
                    odd.note(db, part)
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
        warnings += odd.sentences(db, path)
    return logged


@dataclass(slots=True)
class _Contradictions:
    """What cannot all be so, within a file, or of it and the database: what came first stays."""

    elsewhere: list[int] = field(default_factory=list)  # revisions that are held on another page
    otherwise: set[int] = field(default_factory=set)  # revisions with another text than before
    doubled: set[int] = field(default_factory=set)  # page ids that two titles have in the file
    _titles: dict[int, int] = field(default_factory=dict)  # hashes of them, by page id: a file may name millions

    def note(self, db: Database, part: DumpPage) -> None:
        """Look at a part of the file before it is saved."""
        page_id, title = part.page.page_id, hash(part.page.title)
        if self._titles.setdefault(page_id, title) != title:
            self.doubled.add(page_id)
        self.elsewhere += lookup.revisions_elsewhere(db, page_id, part.revisions)
        self.otherwise |= lookup.revisions_otherwise(db, part.revisions)
        texts: dict[int, str | None] = {}
        self.otherwise |= {r.rev_id for r in part.revisions if texts.setdefault(r.rev_id, r.sha1) != r.sha1}

    def sentences(self, db: Database, path: Path) -> Iterator[str]:
        """One for each kind."""
        if self.elsewhere:
            yield (
                f"{path}: {counted(len(self.elsewhere), 'revision stands', 'revisions stand')} on another page in the"
                f" database ({few(self.elsewhere)}) and stayed there: histories were merged since, or the file is of"
                " another wiki."
            )
        if self.otherwise:
            yield (
                f"{path}: {counted(len(self.otherwise), 'revision comes', 'revisions come')} with another text than"
                f" before, here or in the database ({few(sorted(self.otherwise))}): what came first was kept; the file"
                " was altered, or is of another wiki."
            )
        if self.doubled:
            yield (
                f"{path}: {counted(len(self.doubled), 'page id belongs', 'page ids belong')} to two pages of the file"
                f" ({few(sorted(self.doubled))}), whose histories became one: the file was altered, or put together of"
                " several wikis."
            )
        if titles := lookup.doubled_titles(db):
            yield (
                f"{path}: {counted(len(titles), 'title belongs', 'titles belong')} to several pages now ({few(titles)})"
                ": the older ones were deleted between two dumps, or the files are of different wikis."
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
    # Of two with one id the first counts, as it does when they come one after the other.
    told = {revision.rev_id: revision for revision in reversed(part.revisions) if since <= revision.timestamp < until}
    held = lookup.known_ids(db, "revisions", "rev_id", told)
    new = [revision for rev_id, revision in reversed(told.items()) if rev_id not in held]
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
