"""Pages that are read while more of their history arrives, so that less is left to do when the last of it is here."""

from __future__ import annotations

from dataclasses import dataclass, field

from jobs.page_reader import Derivation, PageReader, is_out_of_line
from storage import history
from storage.derived import DerivedPage

MOST_HELD = 16_000_000  # characters of the texts read of unfinished pages; what was found is about as large


@dataclass(slots=True)
class _Growing:
    """A page and the ids of its revisions that were taken, in their order."""

    derivation: Derivation
    taken: list[int] = field(default_factory=list)
    characters: int = 0


class GrowingPages:
    """Pages of one database within one run; the outcome is that of reading each as a whole at the end."""

    def __init__(self, reader: PageReader) -> None:
        self.db = reader.db
        self._reader = reader
        self._pages: dict[int, _Growing] = {}
        self._held = 0

    def take_on(self, page_id: int) -> None:
        """Read what is here of a page of which nothing is written yet, as far as nothing to come can alter it."""
        (page,) = history.pages_by_id(self.db, [page_id]).values()
        if page.derived_rev_id is not None:
            return
        growing, rest = self._resume(page)
        for row in rest:
            last = growing.derivation.state.last
            parent_id = row[4]
            if self._held >= MOST_HELD or (last is not None and is_out_of_line(parent_id, last.rev_id)):
                break  # the parent may be still to come
            self._take(growing, row)
        if growing.taken:
            self._pages[page_id] = growing

    def whole_page(self, page_id: int) -> DerivedPage:
        """All that is held of a page, for the first time, every revision announced."""
        (page,) = history.pages_by_id(self.db, [page_id]).values()
        growing, rest = self._resume(page)
        self._pages.pop(page_id, None)
        self._held -= growing.characters
        for row in rest:
            self._reader.take(growing.derivation, self._reader.stored_step(row))
        derived = self._reader.finish(growing.derivation)
        if derived.reading is not None and derived.reading.text is not None:
            derived.strings.make_edits(derived.reading.text)
        return derived

    def _resume(self, page: history.PageRow) -> tuple[_Growing, list[history.RevisionRow]]:
        """Where the page stands, and its revisions from there on; from the beginning if another has come between."""
        rows = history.page_revisions(self.db, page.page_id)
        growing = self._pages.get(page.page_id)
        if growing is not None:
            count = len(growing.taken)
            if growing.derivation.page.title == page.title and [row[0] for row in rows[:count]] == growing.taken:
                return growing, rows[count:]
            del self._pages[page.page_id]
            self._held -= growing.characters
        return _Growing(Derivation.begin(page)), rows

    def _take(self, growing: _Growing, row: history.RevisionRow) -> None:
        step = self._reader.stored_step(row)
        self._reader.take(growing.derivation, step)
        growing.taken.append(step.rev_id)
        growing.characters += len(step.text or "")
        self._held += len(step.text or "")
