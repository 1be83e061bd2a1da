"""Reads a page's history into what is to be written of it; writes nothing, so that other processes can do it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import TypeGuard

from jobs.page_changes import Step, changes_of
from parsers.change import PageChange
from parsers.items import item_groups
from parsers.plain import plain_record
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from storage import history
from storage.database import Database
from storage.derived import DerivedPage, LocalStrings, Reading, derived_changes
from storage.intervals import PageIntervals
from storage.mirror import load_site
from storage.texts import TextStore


@dataclass(slots=True)
class PageState:
    """Where the derivation of a page stands: the last step read, its record, and its intervals."""

    last: Step | None
    record: Record | None
    intervals: PageIntervals


@dataclass(slots=True)
class Derivation:
    """A page on its way through its history, and what was found of it so far."""

    page: history.PageRow
    state: PageState
    strings: LocalStrings = field(default_factory=LocalStrings)
    found: list[PageChange] = field(default_factory=list)

    @classmethod
    def begin(cls, page: history.PageRow) -> Derivation:
        """Nothing of the page was read yet."""
        return cls(page, PageState(None, None, PageIntervals(page.page_id)))


@dataclass(slots=True)
class PageReader:
    """Derives pages of a database within one run."""

    db: Database
    reader: Reader
    texts: TextStore
    run_id: int
    now: str

    def whole_page(self, page_id: int) -> DerivedPage:
        """All that is held of a page, for the first time, every revision announced."""
        (page,) = history.pages_by_id(self.db, [page_id]).values()
        derivation = Derivation.begin(page)
        for row in history.page_revisions(self.db, page_id):
            self.take(derivation, self.stored_step(row))
        return self.finish(derivation)

    def take(self, derivation: Derivation, step: Step, *, announced: bool = True) -> None:
        """Take a page on by one revision."""
        page, state = derivation.page, derivation.state
        last, before = state.last, state.record
        if step.text is not None:
            self._advance(page.title, state, derivation.strings, step)
        if not announced:
            return
        if last is not None and is_out_of_line(step.parent_id, last.rev_id):
            # What was imported or merged in between was not there when this revision was made.
            row = history.revision_row(self.db, step.parent_id, page.page_id)
            parent = self.stored_step(row) if row else None
            if parent is not None and parent.text is not None:
                last, before = parent, self.read(page.title, parent)
        derivation.found += changes_of(page.page_id, page.title, last, before, step, state.record)

    def finish(self, derivation: Derivation, *, rebuilt: bool = False) -> DerivedPage:
        """What is to be written of a page that was taken on to where it stands."""
        state, strings = derivation.state, derivation.strings
        reading = None
        if state.last is not None:
            reading = Reading.of(state.last.rev_id, self.reader.version, state.record, state.last.text)
        changes = derived_changes(strings, self.run_id, self.now, derivation.found)
        return DerivedPage(derivation.page.page_id, rebuilt, strings, state.intervals.take(), changes, reading)

    def _advance(self, title: str, state: PageState, strings: LocalStrings, step: Step) -> None:
        record = self.read(title, step)
        last = (state.last.rev_id, state.last.timestamp) if state.last else None
        state.intervals.advance(strings, item_groups(record), last, (step.rev_id, step.timestamp))
        state.last, state.record = step, record

    def read(self, title: str, step: Step) -> Record:
        """The record of a revision that has a text."""
        assert step.text is not None
        if step.content_model == "wikitext":
            return self.reader.read(step.text, title)
        return plain_record(step.text, title, self.reader.site, step.content_model)

    def stored_step(self, row: history.RevisionRow) -> Step:
        """A stored revision with its text."""
        rev_id, timestamp, user, comment, parent_id, content_model, text_id = row
        text = self.texts.load(text_id) if text_id is not None else None
        return Step(rev_id, timestamp, user, comment, parent_id, content_model, text)


def is_out_of_line(parent_id: int | None, last_rev_id: int) -> TypeGuard[int]:
    """Whether a revision was made from another one than the one before it in the page's history."""
    return bool(parent_id) and parent_id != last_rev_id


def reader_for(db: Database, infoboxes: Collection[str] | None) -> Reader:
    """A reader that knows the namespaces and words of the wiki that the database mirrors."""
    held = load_site(db)
    return Reader(Site.from_siteinfo(held["siteinfo"]) if held else Site.default(), infoboxes)
