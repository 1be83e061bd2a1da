"""From revisions to records, intervals and changes: the step that follows every saved batch, in its transaction."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.change import Change, PageChange
from parsers.compare import compare
from parsers.items import Items, items_of
from parsers.plain import compare_plain, plain_record
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from parsers.wiki import LogEvent, Revision
from storage import changes as change_store
from storage import history
from storage.database import Database
from storage.mirror import load_site
from storage.strings import Strings
from storage.texts import TextStore

REMEMBERED_PAGES = 200  # pages whose last record is kept in memory, so that the next revision needs no reading anew


@dataclass(frozen=True, slots=True)
class Step:
    """One revision on its way through a page's history."""

    rev_id: int
    timestamp: str
    user: str | None
    comment: str | None
    parent_id: int | None
    content_model: str
    text: str | None

    @property
    def key(self) -> tuple[str, int]:
        """Its place in the page's history, as MediaWiki orders it: time, then id."""
        return self.timestamp, self.rev_id


@dataclass(slots=True)
class PageState:
    """Where the derivation of a page stands: the last step read, its record, and its intervals."""

    last: Step | None
    record: Record | None
    items: history.PageHistory


class Deriver:
    """Derives pages of one database within one run. ``changes`` and ``pages_changed`` count what was found."""

    def __init__(self, db: Database, reader: Reader, run_id: int, now: str) -> None:
        self._db = db
        self.reader = reader
        self.texts = TextStore(db)
        self._strings = Strings(db)
        self._run_id = run_id
        self._now = now
        self._states: OrderedDict[int, PageState] = OrderedDict()
        self.changes = 0
        self.pages_changed: set[int] = set()

    def revisions(
        self, fresh: Iterable[Revision], rewritten: Iterable[int] = (), since: str = "9999", *, begun_only: bool = False
    ) -> None:
        """Derive what new revisions bring; ``rewritten`` are pages whose history changed behind us.

        A page that only grew goes on from its last state; any other is built anew, and then only revisions on
        top of what was known are announced as changes: the rest are changes that nobody made. Where nothing was
        known of such a page, those made at ``since`` or later are. ``begun_only`` leaves out pages of which nothing
        has been derived yet: ``whole_page`` is for these.
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
        (page,) = history.pages_by_id(self._db, [page_id]).values()
        rows = history.page_revisions(self._db, page_id)
        steps = (self._stored_step(row, {}) for row in rows)  # one text at a time
        self._steps(page, self._begin(page_id), steps, {row[0] for row in rows})

    def _page(self, page: history.PageRow, fresh: Mapping[int, Step], rewritten: bool, since: str) -> None:
        known = self._known_step(page)
        ordered = sorted(fresh.values(), key=lambda step: step.key)
        if not rewritten and self._grew(page, known, ordered):
            state = self._state(page.page_id, page.title, known)
            announced = set(fresh)
        else:
            history.forget_page(self._db, self._strings, page.page_id)
            state = self._begin(page.page_id)
            announced = _on_top(known, fresh, since)
            ordered = [self._stored_step(row, fresh) for row in history.page_revisions(self._db, page.page_id)]
        self._steps(page, state, ordered, announced)

    def _steps(
        self, page: history.PageRow, state: PageState, ordered: Iterable[Step], announced: Collection[int]
    ) -> None:
        """Take a page on from a state through more revisions, and write what follows."""
        page_id, title = page.page_id, page.title
        found: list[PageChange] = []
        for step in ordered:
            last, before = state.last, state.record
            if step.text is not None:
                self._advance(title, state, step)
            if step.rev_id in announced:
                if last is not None and step.parent_id and step.parent_id != last.rev_id:
                    # What was imported or merged in between was not there when this revision was made.
                    row = history.revision_row(self._db, step.parent_id, page_id)
                    parent = self._stored_step(row, {}) if row else None
                    if parent is not None and parent.text is not None:
                        last, before = parent, self._read(title, parent)[0]
                found += _changes(page, last, before, step, state.record)
        self._strings.flush()
        state.items.flush()
        if state.last is not None:
            history.save_reading(self._db, page_id, state.last.rev_id, state.record, state.last.text)
            self._states[page_id] = state
            self._states.move_to_end(page_id)
            if len(self._states) > REMEMBERED_PAGES:
                self._states.popitem(last=False)
        self._save(found)

    def _grew(self, page: history.PageRow, known: Step | None, ordered: Sequence[Step]) -> bool:
        """Whether the revisions stand on top of what is known, the wiki's current one last if it is here."""
        newest = history.newest_revision(self._db, page.page_id, [step.rev_id for step in ordered])
        if newest != (known.rev_id if known else None) or (known is not None and ordered[0].key < known.key):
            return False
        last = ordered[-1].rev_id
        return last == page.latest_rev_id or history.revision_row(self._db, page.latest_rev_id) is None

    def _advance(self, title: str, state: PageState, step: Step) -> None:
        """Read one revision and write its intervals."""
        record, items = self._read(title, step)
        last = (state.last.rev_id, state.last.timestamp) if state.last else None
        state.items.advance(items, last, (step.rev_id, step.timestamp))
        state.last, state.record = step, record

    def _read(self, title: str, step: Step) -> tuple[Record, Items]:
        assert step.text is not None
        if step.content_model == "wikitext":
            record = self.reader.read(step.text, title)
        else:
            record = plain_record(step.text, title, self.reader.site)
        return record, items_of(record)

    def _state(self, page_id: int, title: str, known: Step | None) -> PageState:
        state = self._states.get(page_id)
        if state is None or state.last != known:
            record = self._read(title, known)[0] if known is not None and known.text is not None else None
            state = PageState(known, record, history.PageHistory.load(self._db, self._strings, page_id))
        return state

    def _begin(self, page_id: int) -> PageState:
        return PageState(None, None, history.PageHistory(self._db, self._strings, page_id))

    def _known_step(self, page: history.PageRow) -> Step | None:
        """The last revision of a page that was derived, if any."""
        if page.derived_rev_id is None:
            return None
        state = self._states.get(page.page_id)
        if state is not None and state.last is not None and state.last.rev_id == page.derived_rev_id:
            return state.last
        row = history.revision_row(self._db, page.derived_rev_id)
        return self._stored_step(row, {}) if row else None

    def _stored_step(self, row: history.RevisionRow, fresh: Mapping[int, Step]) -> Step:
        rev_id, timestamp, user, comment, parent_id, content_model, text_id = row
        if rev_id in fresh:
            return fresh[rev_id]
        text = self.texts.load(text_id) if text_id is not None else None
        return Step(rev_id, timestamp, user, comment, parent_id, content_model, text)

    def deleted(self, page_id: int, at: str) -> None:
        """Close the intervals of a page that the wiki deleted."""
        (page,) = history.pages_by_id(self._db, [page_id]).values()
        self._states.pop(page_id, None)
        if page.derived_rev_id is not None:
            history.close_page(self._db, page_id, page.derived_rev_id, at)

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
        self._save(found)

    def _save(self, found: list[PageChange]) -> None:
        self.changes += change_store.save_changes(self._db, self._strings, self._run_id, self._now, found)
        self.pages_changed |= {change.page_id for change in found}


def reader_for(db: Database, infoboxes: Collection[str] | None) -> Reader:
    """A reader that knows the namespaces and words of the wiki that the database mirrors."""
    held = load_site(db)
    return Reader(Site.from_siteinfo(held["siteinfo"]) if held else Site.default(), infoboxes)


def _on_top(known: Step | None, fresh: Mapping[int, Step], since: str) -> set[int]:
    """Ids of the revisions that came after the last one known, by their time or by what they were made from.

    Where none was known, of those made at ``since`` or later.
    """
    if known is None:
        return {step.rev_id for step in fresh.values() if step.timestamp >= since}
    top = {known.rev_id}
    for step in sorted(fresh.values(), key=lambda step: step.rev_id):
        if step.key > known.key or step.parent_id in top:
            top.add(step.rev_id)
    return top - {known.rev_id}


def _changes(
    page: history.PageRow, last: Step | None, before: Record | None, step: Step, after: Record | None
) -> list[PageChange]:
    """What a revision changed against the one before it, of which nothing is known when its text is hidden."""
    found = []
    if last is None and not step.parent_id:
        found.append(Change("page", "created", "", None, page.title))
    rev_from = None
    if step.text is not None and last is not None:
        rev_from = last.rev_id
        if before is not None and after is not None:
            found += _compare(last, before, step, after)
    return [
        PageChange(0, page.page_id, page.title, rev_from, step.rev_id, step.timestamp, step.user, step.comment, change)
        for change in found
    ]


def _compare(last: Step, before: Record, step: Step, after: Record) -> list[Change]:
    if last.text == step.text:
        return []
    if last.content_model == step.content_model == "wikitext":
        return compare(before, after)
    return compare_plain(before.source, after.source)


def page_event(event: LogEvent) -> Change | None:
    """What a log entry says about a page, or None when it is no event of a page (API:Logevents)."""
    params = json.loads(event.params)
    name = f"{event.type}/{event.action}"
    if event.type == "move":
        return Change("page", "moved", "", event.title, params.get("target_title"))
    if name in ("delete/delete", "delete/delete_redir", "delete/delete_redir2"):
        return Change("page", "deleted", "", event.title, None)
    if name == "delete/restore":
        return Change("page", "restored", "", None, event.title)
    if event.type == "protect" and event.action != "move_prot":
        details = params.get("details") or []
        limits = ", ".join(f"{d.get('type')}={d.get('level')}" for d in details)
        limits = limits or str(params.get("description") or "").strip("\u200e\u200f ")
        return Change("page", "protected", "", None, limits or None)
    return None
