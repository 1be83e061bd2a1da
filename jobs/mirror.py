"""Mirrors a wiki: the first run fetches everything, each later one what changed.

Events say only which pages are dirty; their truth is then fetched in batches. Every batch is one transaction, and
the point to go on from is part of it, so a run can be cut anywhere. Times are those of the wiki's clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from jobs.clock import shift
from jobs.derive import Deriver
from jobs.dirty import altered_events, altered_revisions, dirty_pages, rewritten_pages, says_too_little
from jobs.identity import check_same_wiki
from jobs.odd_texts import news_of
from jobs.progress import Progress
from jobs.relisting import in_parts, page_lists
from jobs.sweep import MOST_LATE, unknown_ids
from jobs.vocabulary import adopt, save_site
from parsers.wiki import LogEvent, Page, Revision
from scraper.fetch import BATCH, NOTHING, Fetched, Fetcher, News, in_batches, merge
from storage import lookup
from storage import mirror as store
from storage.database import Database
from storage.page_log import deletes_page

OVERLAP = timedelta(hours=2)  # how late a row may commit after the time that it bears, or a clock be set back
MOST_LISTED = 400  # rows before the cursor that a run lists again: an answer holds 500, and quiet is to cost one


@dataclass(slots=True)
class Counts:
    """What a run saw: pages whose state was read, and revisions that were not known."""

    pages: set[int] = field(default_factory=set)
    revisions: int = 0


@dataclass(slots=True)
class Mirror:
    """One run of the mirror on one database."""

    db: Database
    fetcher: Fetcher
    deriver: Deriver
    now: str
    progress: Progress
    counts: Counts = field(default_factory=Counts)
    fresh: set[int] = field(default_factory=set)  # pages whose state was read since the delta began
    returned: set[int] = field(default_factory=set)  # pages of these that were held as deleted
    missing: set[int] = field(default_factory=set)  # page ids that were asked for since then, and that the wiki lacks
    since: str = ""  # when the wiki was asked last
    top: int = 0  # the highest revision id that was seen
    absent: set[int] = field(default_factory=set)  # revision ids that were asked for, and that the wiki lacks
    odd: dict[int, str] = field(default_factory=dict)  # what is odd about texts (``Fetched.odd``), where it is new

    def delta(self) -> None:
        """Bring what happened since the wiki was asked last."""
        self.fresh.clear()
        self.returned.clear()
        self.missing.clear()
        self.absent.clear()
        self.since = str(store.get_state(self.db, "cursor"))
        revisions_since, events_since = (
            lookup.start_of_overlap(self.db, table, settled_at(self.since), self.since, MOST_LISTED)
            for table in ("revisions", "log_events")
        )
        highest = lookup.highest_revision_id(self.db)
        swept = int(store.get_state(self.db, "swept") or highest)
        late: dict[str, str] = store.get_state(self.db, "late") or {}
        news = self.fetcher.news(revisions_since, events_since, max(highest, swept), sorted(map(int, late)))
        self._check_site(news.siteinfo)
        known_events = lookup.known_ids(self.db, "log_events", "log_id", [e.log_id for e in news.events])
        events = [event for event in news.events if event.log_id not in known_events]
        with self.db.atomic():
            self.save(Fetched(news.fetched.pages, ()))
        self._resolve_rewritten(events, news.fetched)
        with self.db.atomic():
            self.save(news.fetched)
        self._sweep(swept, news)
        self._resolve(events)
        self._sweep(self.top)  # what was read of pages may reach farther
        with self.db.atomic():
            self.save_events(events)
            # Where the clock went back by more than that, what happened since bears a time before any that is listed.
            if says_too_little(events) or news.now < settled_at(self.since):
                store.set_state(self.db, "doubted", True)
            store.set_state(self.db, "swept", self.top)
            store.set_state(self.db, "late", self._late(late, news.now))
            store.set_state(self.db, "cursor", news.now)

    def _late(self, before: Mapping[str, str], now: str) -> dict[str, str]:
        """Ids that the wiki may still come up with, since a lower id can commit later; each with when it was missed."""
        missed = {str(i): before.get(str(i), now) for i in sorted(self.absent) if i <= self.top}
        waited = [(i, since) for i, since in missed.items() if since > settled_at(now)]
        return dict(waited[-MOST_LATE:])

    def _check_site(self, siteinfo: Mapping[str, Any]) -> None:
        """Notice that the address now serves another wiki, or that this one was updated or got new namespaces."""
        check_same_wiki(self.db, siteinfo, self.fetcher.api.url)
        held = (store.load_site(self.db) or {}).get("siteinfo", {})
        telling = {key: siteinfo.get("general", {}).get(key) for key in ("generator", "lang", "sitename", "wikiid")}
        same = telling.items() <= held.get("general", {}).items()
        if not same or any(held.get(key) != siteinfo.get(key) for key in ("namespaces", "namespacealiases")):
            self.take_siteinfo()

    def take_siteinfo(self) -> None:
        """Ask what the wiki says of itself, keep it, and read on by it."""
        fresh = self.fetcher.siteinfo()
        with self.db.atomic():
            save_site(self.db, self.fetcher.api.url, fresh, self.now)
        adopt(self.deriver, fresh)

    def _sweep(self, swept: int, news: News | None = None) -> None:
        """Fetch all revisions that the mirror lacks: those that the listing names, and every id after ``swept``."""
        listed: set[int] = set(news.recent_revisions) if news else set()
        latest = [page.latest_rev_id for page in news.fetched.pages] if news else []
        self.top = max([swept, lookup.highest_revision_id(self.db), *listed, *latest])
        asked: set[int] = set()  # ids up to the top that the first request named; one above it may come any moment
        edge = self.top + 1  # ids before it were asked for
        found: set[int] = set()
        if news:
            found = {revision.rev_id for revision in news.fetched.revisions}
            asked = {i for i in news.probed if i <= self.top}
            edge = news.probed.stop
            self.absent |= news.fetched.missing_revisions
        wanted = listed - lookup.known_ids(self.db, "revisions", "rev_id", listed) - asked
        while True:
            unknown, absent = unknown_ids(self.db, self.fetcher, range(swept + 1, self.top + 1), asked)
            swept = self.top
            self.absent |= absent
            wanted |= unknown
            # Go on until a whole batch of ids is empty.
            if found & set(range(edge - BATCH, edge)):
                wanted |= set(range(edge, edge + BATCH))
            if not wanted:
                return
            edge = max(edge, max(wanted) + 1)
            found = set()
            for fetched in self.fetcher.revisions(wanted):
                found |= {revision.rev_id for revision in fetched.revisions}
                self.absent |= fetched.missing_revisions
                self.top = max([self.top, *found, *(page.latest_rev_id for page in fetched.pages)])
                with self.db.atomic():
                    self.save(fetched)
            wanted = set()

    def _resolve_rewritten(self, events: Sequence[LogEvent], at_hand: Fetched) -> None:
        """Read again the revision lists of pages that were restored or merged, before anything is built upon them."""
        ids, titles = rewritten_pages(events)
        if ids or titles:
            asked = self.ask_for_pages(ids, (), events)
            self.ask_for_pages((), titles - {page.title for page in asked.pages}, events)
        pages = ids | set(lookup.live_pages_by_title(self.db, titles)) | self.returned
        self._relist(pages & self.fresh, events, at_hand)

    def _resolve(self, events: Sequence[LogEvent]) -> None:
        """Fetch the truth about every page that an event names."""
        ids, titles = dirty_pages(events)
        titles = {title for title in titles if self.deriver.reader.site.split_title(title)[0] >= 0}  # no special pages
        titles_known = lookup.live_pages_by_title(self.db, titles)
        ids |= set(titles_known)
        asked = self.ask_for_pages(ids - self.fresh - self.missing, titles - set(titles_known.values()), events)
        # Of several live pages with one title all but one are stale.
        held = lookup.live_pages_by_title(self.db, titles | {page.title for page in asked.pages})
        self.ask_for_pages({i for i, title in held.items() if list(held.values()).count(title) > 1})
        self._relist(lookup.pages_without_current(self.db, self.fresh), events)
        self.refetch(altered_revisions(events))
        self._refetch_events(altered_events(events))

    def ask_for_pages(self, ids: Iterable[int], titles: Iterable[str] = (), events: Iterable[LogEvent] = ()) -> Fetched:
        """Fetch pages as they are now and write them; those that the wiki lacks are marked as deleted."""
        asked = self.fetcher.pages(ids, titles)
        deletions = {event.page_id: event for event in events if deletes_page(event)}
        self.missing |= asked.missing_pages
        with self.db.atomic():
            self.save(asked)
            for page_id in lookup.known_ids(self.db, "pages", "page_id", asked.missing_pages):
                self._mark_deleted(page_id, deletions.get(page_id))
        return asked

    def _mark_deleted(self, page_id: int, event: LogEvent | None) -> None:
        """The page may have been moved before it was deleted: the log knows its last title, and when it was."""
        said = (event.timestamp, event.title) if event else lookup.last_deletion(self.db, page_id)
        at, title = said or (self.now, None)
        self.deriver.deleted(page_id, at)
        store.mark_page_deleted(self.db, page_id, at)
        if title:
            namespace, _ = self.deriver.reader.site.split_title(title)
            store.rename_page(self.db, page_id, namespace, title)

    def _relist(self, page_ids: Iterable[int], events: Sequence[LogEvent], at_hand: Fetched = NOTHING) -> None:
        """Read pages' lists of revisions again, since their history changed behind us; ``at_hand`` need no fetching."""
        lists = page_lists(self.db, self.fetcher.api, set(page_ids), events, at_hand.revisions)
        there = {revision.rev_id for revision in at_hand.revisions}
        changed: set[int] = set()
        for some in in_parts(self.db, lists):
            ids = {revision.rev_id for page_id in some for revision in lists[page_id]}
            held = lookup.known_ids(self.db, "revisions", "rev_id", ids)
            new = (ids - held) & there
            fetched = merge([*self.fetcher.revisions(ids - held - there), at_hand.only(new)])
            for page_id in some:
                changed |= self._rewrite(page_id, lists[page_id], fetched)
        self.refetch(changed)

    def _rewrite(self, page_id: int, listed: Sequence[Revision], fetched: Fetched) -> set[int]:
        """Write what a page's history is now; ids of revisions that are to be read again."""
        ids = {revision.rev_id for revision in listed}
        held = lookup.known_ids(self.db, "revisions", "rev_id", ids)
        with self.db.atomic():
            others = lookup.live_revision_ids(self.db, page_id) - ids
            store.mark_revisions_archived(self.db, others)
            store.assign_revisions(self.db, page_id, held)
            part = fetched.only(ids - held)
            self.save(part, derive=False)
            self.deriver.revisions(part.revisions, rewritten=[page_id], since=self.since)
            # What was hidden, shown or tagged while it was deleted comes back so.
            return others | lookup.differing_revisions(self.db, listed)

    def repair(self, page_ids: Iterable[int], rev_ids: Iterable[int], events: Sequence[LogEvent] = ()) -> None:
        """Read these pages and revisions again, and derive anew what rests on them; no revision is announced.

        ``events`` are log entries as they are on the wiki.

        One transaction, in which all texts are sound again before any of them is read.
        """
        self.deriver.texts.verify = True
        touched: set[int] = set()
        with self.db.atomic():
            for fetched in self.fetcher.revisions(rev_ids):
                self.save(fetched, derive=False)
                touched |= store.mark_revisions_archived(self.db, fetched.missing_revisions)
                touched |= {revision.page_id for revision in fetched.revisions}
            self.ask_for_pages(page_ids)
            self.deriver.revisions([], rewritten=touched)
            self.save_events(events)

    def refetch(self, rev_ids: Iterable[int]) -> None:
        """Read known revisions again: hidden or shown, tagged, moved to another page, or deleted."""
        for ids in in_batches(rev_ids, self.fetcher.api.can.batch):
            for fetched in self.fetcher.revisions(ids):
                with self.db.atomic():
                    self.save(fetched, derive=False)
                    left = store.mark_revisions_archived(self.db, fetched.missing_revisions)
                    self.deriver.revisions([], rewritten=left | {revision.page_id for revision in fetched.revisions})

    def _refetch_events(self, log_ids: Iterable[int]) -> None:
        """Read known log entries again, that were hidden or shown; they can be asked for by their time alone."""
        for timestamp in sorted(lookup.times_of_events(self.db, log_ids)):
            for events in self.fetcher.log(timestamp, timestamp):
                with self.db.atomic():
                    self.save_events(events)

    # What both share

    def save(
        self, fetched: Fetched, *, derive: bool = True, begun_only: bool = False, rewritten: Iterable[int] = ()
    ) -> None:
        """Write pages and revisions, and what follows from those that are new. Runs inside a transaction."""
        rewritten = self._save_pages(fetched.pages).union(rewritten)
        self.odd |= news_of(self.db, fetched.odd)
        new = [
            revision
            for revision in fetched.revisions
            if store.save_revision(self.db, self.deriver.texts, revision, self.now)
        ]
        store.accept_digests(self.db, fetched.odd)
        self.counts.revisions += len(new)
        if derive:
            self.deriver.revisions(new, rewritten=rewritten, since=self.since, begun_only=begun_only)

    def _save_pages(self, pages: Sequence[Page]) -> set[int]:
        """Write pages as they are now; ids of those that are to be derived anew for it are returned."""
        anew, returned = lookup.changed_pages(self.db, pages)
        store.save_pages(self.db, pages, self.now)
        seen = {page.page_id for page in pages}
        self.counts.pages |= seen
        self.fresh |= seen
        self.returned |= returned
        return anew

    def save_events(self, events: Sequence[LogEvent]) -> None:
        ids = [event.log_id for event in events]
        absent = lookup.pages_gone_and_back(self.db, ids)
        new = store.save_log_events(self.db, events)
        self.deriver.events(new, lookup.pages_of_events(self.db, new))
        # From a deletion to the restore a page was not there: the log alone says so, and its entries may be hidden.
        self.deriver.revisions([], rewritten=absent | lookup.pages_gone_and_back(self.db, ids))


def settled_at(now: str) -> str:
    """The time up to which all that the wiki's rows bear is committed, at ``now`` of its clock."""
    return shift(now, -OVERLAP)
