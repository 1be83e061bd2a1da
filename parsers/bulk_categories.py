"""Sort keys of a category that came, went or were rewritten, and categories that became links to their pages."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from rapidfuzz import fuzz

from parsers.bulk_found import NEVER, Found
from parsers.bulk_joint import Joint, joint, of_side
from parsers.bulk_rules import MIN_PAGES, Rule, Variable, literal_rule, make_rule
from parsers.bulk_time import RARE, bursts, page_count
from parsers.bulk_watch import Wanted, Watch
from parsers.change import BulkCase, Change, CurrentItem, PageChange
from parsers.immutable import dataclass

SORTED = "sorted"  # what a straggler is looked for in: categories with their sort keys as labels
TITLE, KEY = "{title}", "{key}"
# The share of sort keys that must be the page's title to be meant so, and how alike a mistyped one is (0 to 100).
_MOST = 0.7
_SLIP = 75.0


@dataclass(frozen=True, slots=True)
class SortKeys:
    """Sort keys of the category ``name``: ``before`` became ``after``, both None for no key, a key, TITLE or KEY."""

    name: str
    before: str | None
    after: str | None

    @property
    def rule(self) -> Rule:
        return make_rule(self._parts(self.before), self._parts(self.after))

    def _parts(self, key: str | None) -> tuple[str | Variable, ...]:
        if key in (TITLE, KEY):
            return f"{self.name}|", Variable(key[1:-1], ".*")
        return (self.name if key is None else f"{self.name}|{key}",)

    def has_old(self, key: str | None, title: str) -> bool:
        """Whether a page of this title is still sorted as before."""
        return _fits(self.before, key, title) and not _fits(self.after, key, title)

    def shown(self, key: str | None) -> str:
        return self.name if key is None else f"{self.name}|{key}"


def _fits(form: str | None, key: str | None, title: str) -> bool:
    if form is None or key is None or form == KEY:
        return (form is None) == (key is None)
    return _is_title(key, title) if form == TITLE else form == key


def _is_title(key: str | None, title: str) -> bool:
    return key is not None and key.casefold() in (title.casefold(), title.partition(":")[2].casefold())


class Sorted(Found):
    """Pages of a category that were sorted anew alike; ``back`` are all changes of its sort keys."""

    knows_returns = True

    def __init__(self, keys: SortKeys, done: Sequence[PageChange], back: Iterable[PageChange]) -> None:
        super().__init__("category", done)
        self.keys, self.asks, self.beginning = keys, SORTED, keys.name
        ids = {change.change_id for change in done}
        self.regressions = [
            change
            for change in back
            if change.change_id not in ids
            and change.timestamp > self.migrated.get(change.page_id, NEVER)
            and keys.has_old(change.change.after, change.title)
            and not keys.has_old(change.change.before, change.title)
        ]

    @property
    def text(self) -> str:
        return f"{self.forms.pattern_before} → {self.forms.pattern_after}"

    @property
    def forms(self) -> Rule:
        return self.keys.rule

    def exceptions(self) -> list[PageChange]:
        return [c for c in self.done if self.keys.after == TITLE and not _is_title(c.change.after, c.title)]

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def is_old(self, item: CurrentItem) -> bool:
        return item.value == self.keys.name and self.keys.has_old(item.label, item.title)

    def watch(self) -> Watch:
        return Watch(self.kind, self.asks, re.escape(self.keys.name))

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        left = self.fewer_than_migrated(super().stragglers(back))
        return [replace(item, value=self.keys.shown(item.label), label=None) for item in left]

    def case(self, change: PageChange) -> BulkCase:
        told = change.change
        shown = self.keys.shown(told.before), self.keys.shown(told.after)
        return BulkCase(change.title, change.rev_to or 0, *shown)


def find_sort_keys(changes: Iterable[PageChange], begun: datetime) -> Iterator[Sorted]:
    """Of changed sort keys those that are one piece of work on a category."""
    groups: defaultdict[str, list[PageChange]] = defaultdict(list)
    for change in changes:
        if (change.change.kind, change.change.action) == ("category", "changed"):
            groups[change.change.label or ""].append(change)
    for name, of_category in groups.items():
        actions: defaultdict[tuple[bool, bool], list[PageChange]] = defaultdict(list)
        for change in of_category:
            actions[change.change.before is None, change.change.after is None].append(change)
        for own in actions.values():
            for stretch in bursts(own, RARE, begun):
                keys = _keys(name, stretch)
                done = [change for change in stretch if keys and _is_done(keys, change)]
                if keys and page_count(done) >= MIN_PAGES:
                    yield Sorted(keys, done, of_category)


def _keys(name: str, changes: Sequence[PageChange]) -> SortKeys | None:
    """What all of these say; None where every page has another key, before and after."""
    forms = []
    for sides in ([(c.change.before, c.title) for c in changes], [(c.change.after, c.title) for c in changes]):
        keys = {key for key, _ in sides}
        titled = sum(_is_title(*side) for side in sides)
        forms.append(keys.pop() if len(keys) == 1 else TITLE if titled >= _MOST * len(sides) else KEY)
    return None if forms == [KEY, KEY] or forms[0] == forms[1] else SortKeys(name, *forms)


def _is_done(keys: SortKeys, change: PageChange) -> bool:
    """Whether a change is one of these; a title that was mistyped is one, another key is not."""
    told = change.change
    if keys.before == TITLE and not _is_title(told.before, change.title):
        return False
    if keys.after != TITLE or _is_title(told.after, change.title):
        return True
    return fuzz.ratio((told.after or "").casefold(), change.title.casefold()) >= _SLIP


def shown_categories_of_edit(edit: Sequence[PageChange]) -> Iterator[Joint]:
    """The categories of an edit that became links to their pages (``[[:Kategorie:…]]``), and the contrary."""
    for gone, come in (("removed", "added"), ("added", "removed")):
        links = {_name(change).partition(":")[2]: change for change in of_side(edit, "link", come)}
        for change in of_side(edit, "category", gone):
            if link := links.get(_name(change)):
                forms = f"[[{_name(link)}]]", f"[[:{_name(link)}]]"
                pair = forms if gone == "removed" else forms[::-1]
                told = Change("category", "changed", "", *pair)
                yield joint(("shown category", _name(change)), told, [change, link])


def _name(change: PageChange) -> str:
    return change.change.before or change.change.after or ""


class Shown(Found):
    """A category that became a link to its page on many pages, or the contrary; ``back`` are contrary ones."""

    knows_returns = True

    def __init__(self, joints: Sequence[Joint], back: Iterable[Joint]) -> None:
        super().__init__("category", [one.shown for one in joints])
        told = joints[0].shown.change
        self.before, self.after = told.before or "", told.after or ""
        self.partners = {one.shown.change_id: one.members[1:] for one in joints}
        self.regressions = [
            one.shown for one in back if one.shown.timestamp > self.migrated.get(one.shown.page_id, NEVER)
        ]
        self.asks = "link" if is_link(self.before) else "category"
        name = self.before.strip("[]:")
        self.beginning = name if self.asks == "link" else name.partition(":")[2]

    @property
    def text(self) -> str:
        return f"{self.before} → {self.after}"

    @property
    def forms(self) -> Rule:
        return literal_rule(self.before, self.after)

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def is_old(self, item: CurrentItem) -> bool:
        return item.kind == self.asks and item.value == self.beginning

    def sought(self) -> Wanted:
        return Wanted(self.beginning)

    def watch(self) -> Watch:
        return Watch(self.kind, self.asks, re.escape(self.beginning))

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        left = self.fewer_than_migrated(super().stragglers(back))
        return [replace(item, value=self.before, label=None) for item in left]


def find_shown_categories(joints: Iterable[Joint], begun: datetime) -> Iterator[Shown]:
    """The categories that became links, or the contrary, on pages enough within days."""
    groups: defaultdict[Hashable, list[Joint]] = defaultdict(list)
    for one in joints:
        groups[one.form].append(one)
    for both in groups.values():
        ways = [[one for one in both if is_link(one.shown.change.after) == to_link] for to_link in (True, False)]
        for own, back in (ways, ways[::-1]):
            by_id = {one.shown.change_id: one for one in own}
            for stretch in bursts([one.shown for one in own], RARE, begun, page_count(one.shown for one in back)):
                yield Shown([by_id[change.change_id] for change in stretch], back)


def is_link(written: str | None) -> bool:
    """Whether a category is written as a link to its page."""
    return (written or "").startswith("[[:")
