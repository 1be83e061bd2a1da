"""Mirrors a wiki whose API is off, through its pages: first everything, later what its recent changes name.

The recent changes only say which pages are dirty; how these stand is then read. Where they may have forgotten
something, all titles of the wiki are compared. What a page does not show is not known (docs/without-api.md).
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from jobs.clock import shift
from jobs.mirror import OVERLAP
from jobs.pages_writer import PagesWriter
from parsers.wiki import LogEvent
from scraper.page_lists import RecentChange, RecentChanges, list_titles, recent_changes
from storage import lookup
from storage import mirror as store
from storage.page_log import deletes_page
from storage.standing import live_titles

REMEMBERED = timedelta(days=7)  # how long any wiki's recent changes go back ($wgRCMaxAge is 90 days by default)
UNRELATED = {"newusers", "patrol", "rights", "block", "thanks"}  # logs that dirty no page
APPENDING = {"move", "protect", "upload", "create"}  # logs that leave the older history of a page as it was


@dataclass(slots=True)
class PagesMirror:
    """One run. ``warnings`` collects what the run could not make sure of; ``unreadable`` are titles that the wiki has
    and does not show."""

    writer: PagesWriter
    warnings: list[str] = field(default_factory=list)
    unreadable: set[str] = field(default_factory=set)

    def run(self, *, full: bool) -> None:
        """Bring the mirror up to date; ``full`` reads every history again."""
        db = self.writer.db
        first = store.get_state(db, "pages_cursor") is None
        if first:
            self._backfill()
        self._delta()
        if full and not first:
            self._compare(reread=True)

    def audit(self) -> None:
        """After a usual run read everything again; what differs is kept by the writer, and repaired."""
        self.run(full=False)
        self.writer.note = True
        self.writer.deriver.texts.verify = True
        self._compare(reread=True)

    def _backfill(self) -> None:
        db, index = self.writer.db, self.writer.source.index
        state = store.get_state(db, "pages_backfill")
        recent = recent_changes(index, None)
        if state is None:
            state = {"since": recent.now or self.writer.now}
            with db.atomic():
                store.set_state(db, "pages_backfill", state)
        self.writer.first = True
        self._compare(reread=False)
        self.writer.derive_pending()
        self.writer.first = False
        before = shift(state["since"], -OVERLAP)
        with db.atomic():
            # What was logged since the beginning is left to the delta, which also asks what it did to the pages.
            self._save_events([r.event for r in recent.rows if r.event and r.timestamp < before])
            store.set_state(db, "pages_backfill", None)
            store.set_state(db, "pages_cursor", state["since"])

    def _compare(self, *, reread: bool) -> None:
        """Compare all titles of the wiki with those of the mirror; one that is not listed is asked for by itself."""
        db = self.writer.db
        self.writer.seen.clear()
        listed = {title for titles in list_titles(self.writer.source.index) for title in titles}
        self._resolve(listed, listed if reread else ())
        left = {i: title for i, title in live_titles(db).items() if i not in self.writer.seen}
        unreadable = self._resolve(set(left.values()), left.values() if reread else ())
        for page_id in left.keys() - self.writer.seen:
            if left[page_id] not in unreadable:
                self.writer.mark_deleted(page_id, None, None)

    def _delta(self) -> None:
        db = self.writer.db
        cursor = str(store.get_state(db, "pages_cursor"))
        self.writer.since = cursor
        self.writer.seen.clear()
        recent = recent_changes(self.writer.source.index, shift(cursor, -OVERLAP))
        new = self._new_rows(recent.rows)
        events = [row.event for row in new if row.event]
        about = [row for row in new if row.event is None or row.event.type not in UNRELATED]
        split = self.writer.deriver.reader.site.split_title
        titles = {title for row in about for title in row.titles if split(title)[0] >= 0}  # no special pages
        rewritten = {t for row in about if row.event and row.event.type not in APPENDING for t in row.titles}
        unreadable = self._resolve(titles, rewritten)
        held = lookup.live_pages_by_title(db, titles - unreadable)
        astray = self._bury({i: held[i] for i in held.keys() - self.writer.seen}, events)
        reason = self._forgotten(recent, cursor, any(not row.titles for row in about), len(new) < len(recent.rows))
        if reason:
            self.warnings.append(f"{reason}; all titles of the wiki were compared instead.")
        if reason or astray:
            self._compare(reread=False)
        with db.atomic():
            self._save_events(events)
            store.set_state(db, "pages_cursor", recent.now or self.writer.now)

    def _new_rows(self, rows: Sequence[RecentChange]) -> list[RecentChange]:
        """Rows that name an edit or a log entry that the mirror lacks."""
        db = self.writer.db
        edits = lookup.known_ids(db, "revisions", "rev_id", [row.rev_id for row in rows if row.rev_id])
        logged = lookup.known_ids(db, "log_events", "log_id", [row.event.log_id for row in rows if row.event])
        return [
            row
            for row in rows
            if (row.event.log_id not in logged if row.event else row.rev_id is not None and row.rev_id not in edits)
        ]

    def _resolve(self, titles: Collection[str], reread: Collection[str]) -> set[str]:
        """Read how these titles stand; those that the wiki has and does not show are returned."""
        unreadable: set[str] = set()
        for standing in self.writer.source.standing(titles):
            self.writer.take(standing, reread)
            unreadable |= standing.unreadable
        self.unreadable |= unreadable
        return unreadable

    def _bury(self, lost: Mapping[int, str], events: Sequence[LogEvent]) -> bool:
        """Mark pages as deleted that are not under their titles any more; whether the log explains not all of them."""
        astray = False
        for page_id, title in lost.items():
            at = None
            for event in sorted(events, key=lambda event: event.log_id):
                if event.title != title:
                    continue
                if event.type == "move" and at is None:
                    title = json.loads(event.params).get("target_title", title)
                elif deletes_page(event):
                    at = event.timestamp
            if at is None:
                astray = True
            else:
                self.writer.mark_deleted(page_id, at, title)
        return astray

    def _save_events(self, events: Sequence[LogEvent]) -> None:
        new = store.save_log_events(self.writer.db, sorted(events, key=lambda event: event.log_id))
        self.writer.deriver.events(new, lookup.pages_of_events(self.writer.db, new))

    def _forgotten(self, recent: RecentChanges, cursor: str, hidden: bool, overlaps: bool) -> str | None:
        """Why the recent changes may not name all that happened, or None."""
        if recent.cut:
            return "More happened since the last run than could be read from the wiki's recent changes"
        if hidden:
            return "The wiki hides which page a log entry is about"
        asked = datetime.fromisoformat(recent.now or self.writer.now)
        if not overlaps and asked - datetime.fromisoformat(cursor) > REMEMBERED:
            return "The last run is so long ago that the wiki's recent changes may have forgotten something"
        return None
