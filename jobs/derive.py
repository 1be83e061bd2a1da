"""From revisions to records, intervals and changes: the step that follows every saved batch, in its transaction."""

from __future__ import annotations

import json
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.change import Change, PageChange
from parsers.compare import compare
from parsers.items import COLUMNS, Items, Row, items_of
from parsers.plain import compare_plain, plain_record
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from parsers.wiki import LogEvent, Revision
from storage import changes as change_store
from storage import history
from storage.database import Database
from storage.mirror import load_site
from storage.texts import TextStore

REMEMBERED_PAGES = 1000  # pages whose last record is kept in memory, so that the next revision needs no reading anew


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
    """Where the derivation of a page stands: the last step read, its record, and the rows that hold."""

    last: Step | None
    record: Record | None
    rows: dict[str, dict[Row, int]]


class Deriver:
    """Derives pages of one database within one run. ``changes`` and ``pages_changed`` count what was found."""

    def __init__(self, db: Database, reader: Reader, run_id: int, now: str) -> None:
        self._db = db
        self.reader = reader
        self.texts = TextStore(db)
        self._run_id = run_id
        self._now = now
        self._states: OrderedDict[int, PageState] = OrderedDict()
        self.changes = 0
        self.pages_changed: set[int] = set()

    def revisions(self, fresh: Iterable[Revision], rewritten: Iterable[int] = ()) -> None:
        """Derive what new revisions bring; ``rewritten`` are pages whose history changed behind us.

        A page that only grew goes on from its last state; any other is built anew, and then only revisions on
        top of what was known are announced as changes: the rest are changes that nobody made.
        """
        by_page: dict[int, dict[int, Step]] = {page_id: {} for page_id in rewritten}
        for revision in fresh:
            by_page.setdefault(revision.page_id, {})[revision.rev_id] = Step(
                revision.rev_id, revision.timestamp, revision.user, revision.comment, revision.parent_id,
                revision.content_model, revision.text,
            )  # fmt: skip
        pages = history.pages_by_id(self._db, by_page)
        for page_id, steps in by_page.items():
            if pages[page_id].state == "live":
                self._page(pages[page_id], steps, page_id in set(rewritten))

    def _page(self, page: history.PageRow, fresh: Mapping[int, Step], rewritten: bool) -> None:
        page_id, title = page.page_id, page.title
        known = self._known_step(page)
        ordered = sorted(fresh.values(), key=lambda step: step.key)
        if not rewritten and self._grew(page, known, ordered):
            state = self._state(page_id, title, known)
            announced = set(fresh)
        else:
            history.forget_page(self._db, page_id)
            state = PageState(None, None, {kind: {} for kind in COLUMNS})
            announced = {i for i, step in fresh.items() if known is not None and step.key > known.key}
            ordered = [self._stored_step(row, fresh) for row in history.page_revisions(self._db, page_id)]
        found: list[PageChange] = []
        for step in ordered:
            found += self._advance(page_id, title, state, step, step.rev_id in announced)
        if state.last is not None:
            history.save_reading(self._db, page_id, state.last.rev_id, state.record, state.last.text)
            self._states[page_id] = state
            self._states.move_to_end(page_id)
            if len(self._states) > REMEMBERED_PAGES:
                self._states.popitem(last=False)
        self._save(found)

    def _grew(self, page: history.PageRow, known: Step | None, ordered: Sequence[Step]) -> bool:
        """Whether the revisions stand on top of what is known, the wiki's current one last if it is here."""
        on_top = known is None or ordered[0].key > known.key
        last = ordered[-1].rev_id
        return on_top and (last == page.latest_rev_id or history.revision_row(self._db, page.latest_rev_id) is None)

    def _advance(self, page_id: int, title: str, state: PageState, step: Step, announced: bool) -> list[PageChange]:
        """Read one revision, write its intervals, and give its changes when it is to be announced."""
        first = state.last is None and not step.parent_id
        changes = [Change("page", "created", "", None, title)] if first else []
        if step.text is not None:
            record, items = self._read(title, step)
            if state.last is not None and state.record is not None and announced:
                changes += _compare(state.last, state.record, step, record)
            last = (state.last.rev_id, state.last.timestamp) if state.last else None
            history.advance(self._db, page_id, state.rows, items, last, (step.rev_id, step.timestamp))
            rev_from = state.last.rev_id if state.last else None
            state.last, state.record = step, record
        else:
            rev_from = None
        if not announced:
            return []
        return [
            PageChange(0, page_id, title, rev_from, step.rev_id, step.timestamp, step.user, step.comment, change)
            for change in changes
        ]

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
            state = PageState(known, record, history.open_rows(self._db, page_id))
        return state

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
        self.changes += change_store.save_changes(self._db, self._run_id, self._now, found)
        self.pages_changed |= {change.page_id for change in found}


def reader_for(db: Database, infoboxes: Collection[str] | None) -> Reader:
    """A reader that knows the namespaces and words of the wiki that the database mirrors."""
    held = load_site(db)
    return Reader(Site.from_siteinfo(held["siteinfo"]) if held else Site.default(), infoboxes)


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
        limits = ", ".join(f"{d.get('type')}={d.get('level')}" for d in details) or params.get("description")
        return Change("page", "protected", "", None, limits or None)
    return None
