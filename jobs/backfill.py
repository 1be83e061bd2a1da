"""The whole history of a wiki, oldest first: the first run, and a later one that takes nothing as known.

Pages are derived by other processes while the next batch is fetched. Every batch is one transaction that holds the
point to go on from, so the run can be cut anywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from jobs.ahead import ahead
from jobs.mirror import Mirror, settled_at
from jobs.workers import Workers
from scraper.errors import LATER, Damaged
from scraper.fetch import Fetched
from storage import lookup
from storage import mirror as store
from storage.audit import live_revision_ids
from storage.database import Database
from storage.derived import DerivedPage


def bring_up_to_date(mirror: Mirror, workers: Workers, *, full: bool) -> None:
    """One run of a mirror; ``full`` reads the whole history again, from the beginning."""
    first = store.get_state(mirror.db, "cursor") is None
    if first:
        Backfill(mirror, workers).first_run()
    mirror.delta()
    if full and not first:
        Backfill(mirror, workers).again()


@dataclass(slots=True)
class Backfill:
    """One reading of the history."""

    mirror: Mirror
    workers: Workers
    handed_over: set[int] = field(default_factory=set)  # pages that other processes derive
    outrun: set[int] = field(default_factory=set)  # pages of these of which more has come since

    @property
    def db(self) -> Database:
        return self.mirror.db

    def first_run(self) -> None:
        """Read everything, from where the last run was cut."""
        state = store.get_state(self.db, "backfill")
        if state is None:
            dumped = lookup.highest_revision_id(self.db) > 0  # a dump came before: what it says may be out of date
            # What is imported with old times while the history is read bears an id after this one.
            wiki_now, newest, last = self.mirror.fetcher.newest()
            state = {
                "since": wiki_now, "continue": None, "phase": "history", "dumped": dumped, "swept": newest,
                "last": last,
            }  # fmt: skip
        self._start_workers(state["swept"])
        seen: set[int] = set()
        if state["phase"] == "history":
            for fetched, following in ahead(self.mirror.fetcher.history(state["continue"])):
                with self.db.atomic():
                    seen |= self._save_history(fetched)
                    if following is None:
                        self._check_end(state.get("last"))
                    state = {**state, "continue": following, "phase": "derive" if following is None else "history"}
                    store.set_state(self.db, "backfill", state)
                self._start_workers(state["swept"])
                self._hand_over(fetched)
        self._derive_pending()
        if state.get("dumped"):
            self.mirror.refetch(live_revision_ids(self.db) - seen)
        # What was logged since the beginning is left to the delta, which also asks what it did to the pages.
        before = settled_at(state["since"])
        with self.db.atomic():
            for events in self.mirror.fetcher.log():
                held = lookup.known_ids(self.db, "log_events", "log_id", [event.log_id for event in events])
                # A dump came before these and says less of them; the history was read after they happened.
                self.mirror.save_events([e for e in events if e.timestamp < before or e.log_id in held])
            store.set_state(self.db, "backfill", None)
            store.set_state(self.db, "swept", state["swept"])
            store.set_state(self.db, "cursor", state["since"])
        self.mirror.ask_for_pages(lookup.live_page_ids(self.db) - self.mirror.counts.pages)

    def _check_end(self, last: int | None) -> None:
        """Notice when the history ends before the revision that was the wiki's last at the beginning.

        An answer that lost its ``continue`` looks like the end. Raises Damaged; the next run asks for that part again.
        """
        if not last or lookup.known_ids(self.db, "revisions", "rev_id", [last]):
            return
        if any(fetched.revisions for fetched in self.mirror.fetcher.revisions([last])):
            url = self.mirror.fetcher.api.url
            raise Damaged(f"{url} ended the list of revisions before revision {last}, which it has; {LATER}")

    def again(self) -> None:
        """Read the whole history again; nothing is taken as known."""
        seen: set[int] = set()
        for fetched, _ in ahead(self.mirror.fetcher.history(None)):
            with self.db.atomic():
                seen |= self._save_history(fetched)
        self._derive_pending()
        self.mirror.refetch(live_revision_ids(self.db) - seen)
        self.mirror.ask_for_pages(lookup.live_page_ids(self.db) - self.mirror.fresh)

    def _save_history(self, fetched: Fetched) -> set[int]:
        """Write a batch of the history; ids of its revisions. What is known of a page may say something else."""
        altered = lookup.differing_revisions(self.db, fetched.revisions)
        rewritten = {revision.page_id for revision in fetched.revisions if revision.rev_id in altered}
        self.mirror.save(fetched, begun_only=True, rewritten=rewritten)
        self.mirror.progress.advance(len(fetched.revisions))
        return {revision.rev_id for revision in fetched.revisions}

    def _start_workers(self, newest: int) -> None:
        """By the ids seen so far: what a wiki says of its edits leaves out imports, of which old texts bear new ids."""
        self.workers.start(max(newest, lookup.highest_revision_id(self.db)))

    def _hand_over(self, fetched: Fetched) -> None:
        """Have pages derived in other processes as soon as their current revision is here, which is mostly the last."""
        if not self.workers.active:
            return
        pages = {page.page_id: page.latest_rev_id for page in fetched.pages}
        self.outrun |= pages.keys() & self.handed_over  # what is under way misses this
        arrived = {revision.rev_id for revision in fetched.revisions}
        complete = {page_id for page_id, latest in pages.items() if latest in arrived} - self.handed_over
        whole = lookup.underived_page_ids(self.db, complete)
        self.handed_over.update(whole[: self.workers.hand_over(whole)])
        incomplete = (revision.page_id for revision in fetched.revisions if revision.page_id not in self.handed_over)
        self.workers.take_on(incomplete)
        for derived in self.workers.done():
            self._write_derived(derived)

    def _write_derived(self, derived: Iterable[DerivedPage]) -> None:
        with self.db.atomic():
            for page in derived:
                if page.page_id not in self.outrun:
                    self.mirror.deriver.write(page)

    def _derive_pending(self) -> None:
        """Page by page, since a page's history read in one go costs its changes."""
        for derived in self.workers.rest():
            self._write_derived(derived)
        self.outrun.clear()
        pending = lookup.underived_page_ids(self.db)
        self.mirror.progress.stage("pages read", len(pending))
        if self.workers.active:
            for derived in self.workers.derive(pending):
                self._write_derived(derived)
                self.mirror.progress.advance(len(derived))
            return
        for page_id in pending:
            with self.db.atomic():
                self.mirror.deriver.whole_page(page_id)
            self.mirror.progress.advance(1)
