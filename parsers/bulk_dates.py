"""Bulk changes of the form in which dates are written, in fields and in texts."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from parsers.bulk_found import NEVER, Found
from parsers.bulk_founding import plain_field
from parsers.bulk_rules import Parts, Rule, Variable, make_rule
from parsers.bulk_time import MAX_GAP, RARE, bursts, page_count, time_of
from parsers.bulk_watch import Wanted, Watch
from parsers.bulk_wording import TEXT
from parsers.change import BulkCase, Change, CurrentItem, PageChange
from parsers.date_forms import DATE, WrittenDate, find_dates, form_of, rewritten_dates, shown_form
from parsers.immutable import dataclass

_MAX_TEXT = 200_000
_MANY = 3


@dataclass(frozen=True, slots=True)
class Redated:
    """What one change did to dates of one form: ``forms`` are the old and the new one.

    ``padded`` says of both sides whether numbers have zeros before them, as far as these dates tell.
    """

    forms: tuple[str, str]
    dates: tuple[tuple[WrittenDate, WrittenDate, bool], ...]

    @property
    def is_kept(self) -> bool:
        return all(kept for _, _, kept in self.dates)


def redated(change: Change) -> list[Redated]:
    """The dates that a change of a section's text or of a field gave another form, by their forms."""
    before, after = change.before or "", change.after or ""
    if (
        change.action != "changed"
        or change.kind not in ("section", "infobox")
        or max(len(before), len(after)) > _MAX_TEXT
    ):
        return []
    groups: defaultdict[tuple[str, str], list[tuple[WrittenDate, WrittenDate, bool]]] = defaultdict(list)
    for old, new, is_kept in rewritten_dates(before, after):
        groups[form_of(old, new), form_of(new, old)].append((old, new, is_kept))
    return [Redated(forms, tuple(dates)) for forms, dates in groups.items()]


class Dated(Found):
    """Dates that were given another form; ``scope`` is the one field that they stand in, if it is one."""

    knows_returns = True

    def __init__(
        self,
        done: Sequence[tuple[PageChange, Redated]],
        back: Iterable[tuple[PageChange, Redated]],
        kind: str,
        scope: str = "",
    ) -> None:
        changes = [change for change, _ in done]
        super().__init__(kind, changes)
        self.scope = scope
        self.asks = TEXT if kind == "section" else kind
        self.old, self.new = done[0][1].forms
        returned = [(c, one) for c, one in back if c.timestamp > self.migrated.get(c.page_id, NEVER)]
        self.regressions = [change for change, _ in returned]
        self.dates = {change.change_id: one for change, one in (*done, *returned)}
        pairs = [pair for _, one in done for pair in one.dates if pair[2]]
        self.is_padded = any(old.padded for old, _, _ in pairs), any(new.padded for _, new, _ in pairs)

    @property
    def text(self) -> str:
        text = f"{self.forms.pattern_before} → {self.forms.pattern_after}"
        return f"{self.scope}: {text}" if self.scope else text

    @property
    def forms(self) -> Rule:
        return make_rule(_parts(self.old, self.is_padded[0]), _parts(self.new, self.is_padded[1]))

    def exceptions(self) -> list[PageChange]:
        return [change for change in self.done if not self.dates[change.change_id].is_kept]

    def case(self, change: PageChange) -> BulkCase:
        told, dates = change.change, self.dates[change.change_id].dates
        before, after = told.before or "", told.after or ""
        if self.kind == "section":
            old, new, _ = next((pair for pair in dates if not pair[2]), dates[0])
            before, after = old.written, new.written
        return BulkCase(change.title, change.rev_to or 0, before, after)

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def is_old(self, item: CurrentItem) -> bool:
        if self.scope and plain_field(item.path) != self.scope:
            return False
        return self._first(item.value) is not None

    def _first(self, text: str) -> str | None:
        family, _, padding = self.old.partition(", ")
        for found in find_dates(text):
            if found.form == family and (not padding or found.padded == (padding == "padded")):
                return text[found.start : found.end]
        return None

    def sought(self) -> Wanted:
        return Wanted(None, self._path()) if self.scope else Wanted("")

    def _path(self) -> str:
        box, _, field = self.scope.rpartition("/")
        return rf"{re.escape(box)}(?:#\d+)?/{re.escape(field)}\Z"

    def watched(self) -> set[int]:
        # Where very many pages have the old form, none is named, and hardly any edit alters that.
        pages = super().watched()
        return pages if len(pages) <= _MANY * len(self.migrated) else set()

    def watch(self) -> Watch:
        form = DATE if len(super().watched()) <= _MANY * len(self.migrated) else "(?!)"
        return Watch("", self.asks, form)

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        left = self.fewer_than_migrated(super().stragglers(back))
        return [replace(item, kind=self.kind, value=self._first(item.value) or "") for item in left]


def _parts(form: str, padded: bool) -> Parts:
    shown = shown_form(form, padded=padded)
    return tuple(Variable(text, r"\w+") if at % 2 else text for at, text in enumerate(shown) if text)


def find_dates_rewritten(changes: Iterable[tuple[PageChange, Redated]], begun: datetime) -> Iterator[Dated]:
    """Of changes that gave dates another form those on pages enough within days."""
    groups: defaultdict[tuple[str, str, str], list[tuple[PageChange, Redated]]] = defaultdict(list)
    for change, one in changes:
        groups[change.change.kind, *one.forms].append((change, one))
    taken: set[int] = set()
    for (kind, old, new), own in sorted(groups.items(), key=lambda group: -len(group[1])):
        by_id = {change.change_id: (change, one) for change, one in own if change.change_id not in taken}
        back = groups.get((kind, new, old), [])
        kept = [change for change, one in by_id.values() if one.is_kept]
        for stretch in bursts(kept, RARE, begun, page_count(change for change, _ in back)):
            first, last = time_of(stretch[0]) - MAX_GAP, time_of(stretch[-1]) + MAX_GAP
            slips = [pair for pair in by_id.values() if not pair[1].is_kept and first <= time_of(pair[0]) <= last]
            fields = {plain_field(change.change.path) for change in stretch}
            scope = fields.pop() if kind == "infobox" and len(fields) == 1 else ""
            done = [*(by_id[change.change_id] for change in stretch), *slips]
            done = [pair for pair in done if pair[0].change_id not in taken]
            taken |= {change.change_id for change, _ in done}
            yield Dated(done, back, kind, scope)
