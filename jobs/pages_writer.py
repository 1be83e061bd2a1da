"""Writes what was read through a wiki's pages into the same tables as the API's answers, with what follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from itertools import groupby

from jobs.audit import Difference
from jobs.clock import shift
from jobs.derive import Deriver
from jobs.mirror import Counts
from jobs.odd_texts import news_of
from jobs.progress import Progress
from parsers.wiki import Page, Revision
from scraper.pages import HistoryPart, PageSource, Standing
from storage import audit as held
from storage import lookup
from storage import mirror as store
from storage.database import Database
from storage.standing import holds_live, newest_time, revision_owners, whole_revisions

SECOND = timedelta(seconds=1)
NOT_STATED = {"protection", "tags", "user_id"}  # by pages: these are not compared


@dataclass(slots=True)
class PagesWriter:
    """Pages and their histories, each batch in a transaction. ``seen`` are ids of pages that were read in this run.

    With ``note`` every text is read again, and what differs from the mirror is kept in ``differences`` before it is
    written.
    """

    db: Database
    source: PageSource
    deriver: Deriver
    now: str
    progress: Progress
    counts: Counts
    since: str = ""  # revisions made at this time or later are announced where nothing was known of a page
    first: bool = False  # the first run derives page by page, after all was read
    note: bool = False
    seen: set[int] = field(default_factory=set)
    differences: list[Difference] = field(default_factory=list)
    odd: dict[int, str] = field(default_factory=dict)  # what is odd about texts, where it is new

    def take(self, standing: Standing, reread: Collection[str] = ()) -> None:
        """Write pages as they stand, and read what the mirror lacks of their histories.

        ``reread`` are titles whose whole history is read again, since it may have changed behind us; so is that of
        pages that were held as deleted.
        """
        current = {revision.rev_id: revision for revision in standing.current}
        again, onward, unknown = [], [], []
        for page in standing.pages:
            newest = newest_time(self.db, page.page_id)
            latest = current.get(page.latest_rev_id)
            returned = page.page_id in lookup.changed_pages(self.db, [page])[1]
            if newest is not None and (returned or page.title in reread):
                again.append(page)
            elif holds_live(self.db, page.page_id, page.latest_rev_id):
                self._write(page, ())
            elif latest is not None and latest.parent_id and holds_live(self.db, page.page_id, latest.parent_id):
                self._write(page, (latest,))
            elif newest is None:
                unknown.append(page)
            else:
                onward.append((page, newest))
        self._read_on(unknown, None)
        for page, newest in onward:
            self._read_on([page], shift(newest, -SECOND))
        self._read_again(again)

    def _read_on(self, pages: Sequence[Page], since: str | None) -> None:
        """Read histories from a time on; a page whose history does not connect to what is held is read again."""
        loose = {}
        for part in self.source.histories(pages, since, self._whole(pages)):
            self._write(part.page, part.revisions)
            self.progress.advance(len(part.revisions))
            if since is not None and not self._connects(part.page, part.revisions):
                loose[part.page.page_id] = part.page
        self._read_again(list(loose.values()))

    def _connects(self, page: Page, revisions: Sequence[Revision]) -> bool:
        parents = {revision.parent_id for revision in revisions if revision.parent_id}
        return parents <= lookup.live_revision_ids(self.db, page.page_id)

    def _whole(self, pages: Sequence[Page]) -> set[int]:
        """Revisions of these pages that need not be read again while the wiki shows them whole."""
        return set() if self.note else whole_revisions(self.db, [page.page_id for page in pages])

    def _read_again(self, pages: Sequence[Page]) -> None:
        """Read the whole histories of pages again, each written in one transaction."""
        parts = self.source.histories(pages, None, self._whole(pages))
        for page, of_page in groupby(parts, key=lambda part: part.page):
            with self.db.atomic():
                self._rewrite(page, of_page)

    def _rewrite(self, page: Page, parts: Iterable[HistoryPart]) -> None:
        """Write a page's whole history; what the wiki shows no more is archived."""
        self._note(page, ())
        touched = {page.page_id} | self._save_page(page)
        listed: set[int] = set()
        fresh: list[Revision] = []
        for part in parts:
            listed |= part.listed
            self._note(None, part.revisions)
            owners = revision_owners(self.db, part.listed)
            touched |= set(owners.values())
            store.assign_revisions(self.db, page.page_id, owners)
            fresh += self._save_revisions(part.revisions)
            self.progress.advance(len(part.revisions))
        if page.latest_rev_id in listed:  # else the page went away meanwhile: nothing follows from that
            lost = lookup.live_revision_ids(self.db, page.page_id) - listed
            store.mark_revisions_archived(self.db, lost)
            if self.note:
                self.differences += [Difference("revision", i, "state", "live", None) for i in lost]
        self.counts.revisions += len(fresh)
        self.deriver.revisions(fresh, rewritten=touched, since=self.since)

    def _write(self, page: Page, revisions: Sequence[Revision]) -> None:
        with self.db.atomic():
            self._note(page, revisions)
            renamed = self._save_page(page)
            new = self._save_revisions(revisions)
            self.counts.revisions += len(new)
            self.deriver.revisions(new, rewritten=renamed, since=self.since, begun_only=self.first)

    def _save_page(self, page: Page) -> set[int]:
        """Write a page; its id when it bears another title than before."""
        renamed, _ = lookup.changed_pages(self.db, [page])
        store.save_pages(self.db, [page], self.now)
        self.counts.pages.add(page.page_id)
        self.seen.add(page.page_id)
        return renamed

    def _save_revisions(self, revisions: Sequence[Revision]) -> list[Revision]:
        """Write revisions; those that were not known are returned."""
        noted = self.source.index.odd
        odd = {r.rev_id: noted[r.rev_id] for r in revisions if r.rev_id in noted}
        self.odd |= news_of(self.db, odd)
        new = [r for r in revisions if store.save_revision(self.db, self.deriver.texts, r, self.now)]
        store.accept_digests(self.db, odd)
        return new

    def derive_pending(self) -> None:
        """Derive what the first run has read, page by page, each in a transaction."""
        pending = lookup.underived_page_ids(self.db)
        self.progress.stage("pages read", len(pending))
        for page_id in pending:
            with self.db.atomic():
                self.deriver.whole_page(page_id)
            self.progress.advance(1)

    def mark_deleted(self, page_id: int, at: str | None, title: str | None) -> None:
        """The wiki has the page no more; it may have borne another title when it was deleted."""
        with self.db.atomic():
            if self.note:
                self.differences.append(Difference("page", page_id, "state", "live", None))
            self.deriver.deleted(page_id, at or self.now)
            store.mark_page_deleted(self.db, page_id, at or self.now)
            if title:
                namespace, _ = self.deriver.reader.site.split_title(title)
                store.rename_page(self.db, page_id, namespace, title)

    def _note(self, page: Page | None, revisions: Iterable[Revision]) -> None:
        """Keep what differs between the mirror and what is about to be written."""
        if not self.note:
            return
        if page is not None:
            mine = held.rows(self.db, "page", [page.page_id]).get(page.page_id)
            self._compare("page", page.page_id, mine, asdict(page))
        revisions = list(revisions)
        ours = held.rows(self.db, "revision", [revision.rev_id for revision in revisions])
        for revision in revisions:
            theirs, mine = asdict(revision), ours.get(revision.rev_id)
            if mine is not None and revision.text_state == "missing":  # what is held of the text stays
                theirs |= {name: mine[name] for name in ("text_state", "sha1", "size")}
            self._compare("revision", revision.rev_id, mine, theirs)

    def _compare(self, what: str, number: int, mine: dict[str, object] | None, theirs: dict[str, object]) -> None:
        if mine is None:
            self.differences.append(Difference(what, number, "state", None, "live"))
            return
        self.differences += [
            Difference(what, number, name, value, theirs[name])
            for name, value in mine.items()
            if name not in NOT_STATED and value != theirs[name]
        ]
