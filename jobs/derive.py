"""From revisions to records, intervals and changes: the step that follows every saved batch, in its transaction."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence

from jobs.page_changes import Step, page_event
from jobs.page_reader import Derivation, PageReader, PageState
from parsers.change import PageChange
from parsers.reader import Reader
from parsers.wiki import LogEvent, Revision
from storage import history
from storage.database import Database
from storage.derived import DerivedPage, LocalStrings, derived_changes
from storage.intervals import PageIntervals
from storage.items import close_page, part_page, parted_until
from storage.texts import TextStore
from storage.writing import write_changes, write_page

REMEMBERED_PAGES = 100  # pages whose last record is kept in memory, so that the next revision needs no reading anew


class Deriver:
    """Derives pages of one database within one run. ``changes`` and ``pages_changed`` count what was found."""

    def __init__(self, db: Database, reader: Reader, run_id: int, now: str) -> None:
        self._db = db
        self.texts = TextStore(db)
        self._pages = PageReader(db, reader, self.texts, run_id, now)
        self._strings = self.texts.strings
        self._states: OrderedDict[int, PageState] = OrderedDict()
        self.changes = 0
        self.pages_changed: set[int] = set()

    @property
    def reader(self) -> Reader:
        """Reads texts; another one takes its place when more is known of the wiki."""
        return self._pages.reader

    @reader.setter
    def reader(self, reader: Reader) -> None:
        self._pages.reader = reader

    def revisions(
        self, fresh: Iterable[Revision], rewritten: Iterable[int] = (), since: str = "9999", *, begun_only: bool = False
    ) -> None:
        """Derive what new revisions bring; ``rewritten`` are pages whose history changed behind us.

        A page that only grew goes on from its last state; any other is built anew, as is one that another version of
        the parser read, and then only revisions on top of what was known are announced as changes: the rest are
        changes that nobody made. Those made at ``since`` or later are announced in any case.
        ``begun_only`` leaves out pages of which nothing has been derived yet: ``whole_page`` is for these.
        """
        by_page: dict[int, dict[int, Step]] = {page_id: {} for page_id in rewritten}
        for revision in fresh:
            by_page.setdefault(revision.page_id, {})[revision.rev_id] = Step(
                revision.rev_id, revision.timestamp, revision.user, revision.comment, revision.parent_id,
                revision.content_model, revision.text,
            )  # fmt: skip
        pages = history.pages_by_id(self._db, by_page)
        for page_id, steps in by_page.items():
            begun = pages[page_id].derived_rev_id is not None
            if pages[page_id].state == "live" and (begun or not begun_only):
                self._page(pages[page_id], steps, page_id in set(rewritten), since)

    def whole_page(self, page_id: int) -> None:
        """Derive all that is held of a page for the first time, every revision announced."""
        self.write(self._pages.whole_page(page_id))

    def again(self, page_id: int) -> None:
        """Build what is known of a live page anew, with no change announced: the reader is another one now."""
        (page,) = history.pages_by_id(self._db, [page_id]).values()
        self._page(page, {}, True, "")

    def write(self, page: DerivedPage) -> None:
        """Write what was derived of a page, here or in another process, within the caller's transaction."""
        write_page(self._db, self._strings, page)
        self.changes += page.changes.count
        if page.changes.changes:
            self.pages_changed.add(page.page_id)

    def _page(self, page: history.PageRow, fresh: Mapping[int, Step], rewritten: bool, since: str) -> None:
        known = self._known_step(page)
        ordered = sorted(fresh.values(), key=lambda step: step.key)
        outdated = page.parser not in (None, self.reader.version)
        rebuilt = rewritten or outdated or not self._grew(page, known, ordered)
        if rebuilt:
            derivation = Derivation.begin(page)
            announced = _on_top(known, fresh, since)
            rows = history.page_revisions(self._db, page.page_id)
            ordered = [fresh.get(row[0]) or self._pages.stored_step(row) for row in rows]
        else:
            derivation = Derivation(page, self._state(page.page_id, page.title, known))
            announced = set(fresh)
        for step in ordered:
            self._pages.take(derivation, step, announced=step.rev_id in announced)
        self.write(self._pages.finish(derivation, rebuilt=rebuilt))
        state = derivation.state
        absences = history.absences(self._db, page.page_id) if rebuilt else []
        for gone_at, back_at in absences:
            part_page(self._db, page.page_id, gone_at, back_at)
        if absences:
            self._states.pop(page.page_id, None)  # its intervals have other numbers now
        elif state.last is not None:
            self._states[page.page_id] = state
            self._states.move_to_end(page.page_id)
            if len(self._states) > REMEMBERED_PAGES:
                self._states.popitem(last=False)

    def _grew(self, page: history.PageRow, known: Step | None, ordered: Sequence[Step]) -> bool:
        """Whether the revisions stand on top of what is known, the wiki's current one last if it is here."""
        newest = history.newest_revision(self._db, page.page_id, [step.rev_id for step in ordered])
        if newest != (known.rev_id if known else None) or (known is not None and ordered[0].key < known.key):
            return False
        # One that was imported with an old time may stand before an absence that is known already.
        if ordered[0].timestamp < (parted_until(self._db, page.page_id) or ""):
            return False
        last = ordered[-1].rev_id
        return last == page.latest_rev_id or history.revision_row(self._db, page.latest_rev_id) is None

    def _state(self, page_id: int, title: str, known: Step | None) -> PageState:
        state = self._states.get(page_id)
        if state is None or state.last != known:
            record = self._pages.read(title, known) if known is not None and known.text is not None else None
            state = PageState(known, record, PageIntervals.load(self._db, self._strings, page_id))
        return state

    def _known_step(self, page: history.PageRow) -> Step | None:
        """The last revision of a page that was derived, if any."""
        if page.derived_rev_id is None:
            return None
        state = self._states.get(page.page_id)
        if state is not None and state.last is not None and state.last.rev_id == page.derived_rev_id:
            return state.last
        row = history.revision_row(self._db, page.derived_rev_id)
        return self._pages.stored_step(row) if row else None

    def deleted(self, page_id: int, at: str) -> None:
        """Close the intervals of a page that the wiki deleted."""
        (page,) = history.pages_by_id(self._db, [page_id]).values()
        self._states.pop(page_id, None)
        if page.derived_rev_id is not None:
            close_page(self._db, page_id, page.derived_rev_id, at)

    def events(self, events: Iterable[LogEvent], page_ids: Mapping[int, int]) -> None:
        """Save the log's page events as changes; ``page_ids`` maps log ids to pages where they are known."""
        found = []
        for event in events:
            change = page_event(event)
            if change is not None and event.title is not None:
                found.append(
                    PageChange(
                        0, page_ids.get(event.log_id, 0), event.title, None, None, event.timestamp, event.user,
                        event.comment, change,
                    )
                )  # fmt: skip
        strings = LocalStrings()
        changes = derived_changes(strings, self._pages.run_id, self._pages.now, found)
        write_changes(self._db, self._strings, strings, changes)
        self.changes += len(found)
        self.pages_changed |= {change.page_id for change in found}


def _on_top(known: Step | None, fresh: Mapping[int, Step], since: str) -> set[int]:
    """Ids of the revisions that came after the last one known, by their time or by what they were made from.

    Also newer ones made at ``since`` or later: the last one known may bear a time to come, and be gone. Where none was
    known, those made at ``since`` or later alone; with an empty ``since`` all of them.
    """
    if known is None:
        return {step.rev_id for step in fresh.values() if step.timestamp >= since}
    top = {known.rev_id}
    for step in sorted(fresh.values(), key=lambda step: step.rev_id):
        since_then = "" < since <= step.timestamp and step.rev_id > known.rev_id
        if step.key > known.key or step.parent_id in top or since_then:
            top.add(step.rev_id)
    return top - {known.rev_id}
