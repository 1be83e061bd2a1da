"""Bulk changes of one literal pair: renamed fields and titles, swapped categories and templates, one new value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from parsers.bulk_induction import MIN_PAGES
from parsers.bulk_rules import Rule, literal_rule
from parsers.change import Change, CurrentItem, PageChange

# One value for another is no rule of itself: three pages must say so within days to be one piece of work.
_VALUE_GAP = timedelta(days=7)
_MAX_SWAPPED = 6
_NUMBER = re.compile(r"#\d+(?=/|$)")


@dataclass(frozen=True, slots=True)
class Literal:
    """``before`` became ``after``; ``scope`` is the infobox, or its field, that it is about, else empty.

    ``action`` is ``renamed`` for names, ``changed`` for values and ``swapped`` for categories.
    """

    kind: str
    action: str
    scope: str
    before: str
    after: str

    @property
    def text(self) -> str:
        """The rule in one line."""
        return f"{self.scope}: {self.before} → {self.after}" if self.scope else f"{self.before} → {self.after}"

    @property
    def rule(self) -> Rule:
        return literal_rule(self.before, self.after)

    @property
    def max_gap(self) -> timedelta | None:
        """The longest pause between two members where it is shorter than that of other bulk changes."""
        return _VALUE_GAP if self.action == "changed" else None

    @property
    def may_stay(self) -> bool:
        """Whether pages may rightly keep the old form: a category or a value still has its use."""
        return self.action != "renamed"

    def is_old(self, item: CurrentItem) -> bool:
        """Whether a page still has the old form."""
        if item.kind != self.kind:
            return False
        if self.kind == "infobox":
            return self._is_old_field(plain_path(item.path), item.value)
        if self.kind == "section":
            return item.path == self.before or item.path.endswith(" / " + self.before)
        if self.kind == "template" and self.action == "renamed":
            return names_template(item.value, self.before)
        return item.value == self.before

    def brings_back(self, change: Change) -> bool:
        """Whether a later change of a migrated page restores the old form."""
        if change.kind != self.kind or change.after is None:
            return False
        if self.kind == "infobox" and change.action != "renamed":
            return change.action in ("added", "changed") and self._is_old_field(plain_path(change.path), change.after)
        if self.kind == "infobox":
            return change.after == self.before and plain_path(change.path) == self._old_path()
        if self.kind == "section" and change.action == "added":
            return change.path == self.before or change.path.endswith(" / " + self.before)
        if self.kind == "template" and change.action == "added":
            return names_template(change.after, self.before) or change.after == self.before
        return change.action in ("renamed", "added", "changed") and change.after == self.before

    def _old_path(self) -> str:
        return f"{self.scope}/{self.before}" if self.scope else self.before

    def _is_old_field(self, path: str, value: str | None) -> bool:
        if self.action == "changed":
            return path == self.scope and value == self.before
        return path == self._old_path() or (not self.scope and path.startswith(self.before + "/"))


def literal_groups(changes: Sequence[PageChange]) -> Iterator[tuple[Literal, list[PageChange]]]:
    """Changes of one literal pair on at least three pages, whatever their time, the best supported first."""
    groups: defaultdict[Literal, list[PageChange]] = defaultdict(list)
    for change in changes:
        literal = _literal(change.change)
        if literal:
            groups[literal].append(change)
    for literal, members in _category_swaps(changes):
        groups[literal] += members
    supported = [
        (literal, members)
        for literal, members in groups.items()
        if len({change.page_id for change in members}) >= MIN_PAGES
    ]
    yield from sorted(supported, key=lambda group: -len(group[1]))


def plain_path(path: str) -> str:
    """The path of a field without the number of its box: ``Name#2/Field`` is ``Name/Field``."""
    return _NUMBER.sub("", path, count=1)


def names_template(shown: str, name: str) -> bool:
    """Whether a template use as written is one of the template ``name``."""
    if not shown.startswith("{{"):
        return shown == name
    return re.match(rf"\{{\{{\s*(?:[^|{{}}:]*:)?\s*{re.escape(name)}\s*(?:\||\}}\}})", shown) is not None


def _literal(change: Change) -> Literal | None:
    before, after = change.before, change.after
    if not before or not after or before == after or change.noise_reason:
        return None
    if change.action == "renamed" and change.kind in ("infobox", "section", "template"):
        scope = plain_path(change.path).rpartition("/")[0] if change.kind == "infobox" else ""
        return Literal(change.kind, "renamed", scope, before, after)
    if change.action == "changed" and change.kind in ("infobox", "template"):
        return Literal(
            change.kind, "changed", plain_path(change.path) if change.kind == "infobox" else "", before, after
        )
    return None


def _category_swaps(changes: Iterable[PageChange]) -> Iterator[tuple[Literal, list[PageChange]]]:
    """Categories removed and added by one revision, paired as most pages pair them."""
    edits: defaultdict[tuple[int, int | None], tuple[list[PageChange], list[PageChange]]] = defaultdict(
        lambda: ([], [])
    )
    for change in changes:
        if change.change.kind == "category" and change.change.action in ("removed", "added"):
            edits[change.page_id, change.rev_to][change.change.action == "added"].append(change)
    swaps = [(removed, added) for removed, added in edits.values() if 0 < len(removed) * len(added) <= _MAX_SWAPPED**2]
    support = Counter(_names(pair) for removed, added in swaps for pair in product(removed, added))
    for removed, added in swaps:
        taken: set[int] = set()
        for pair in sorted(product(removed, added), key=lambda pair: -support[_names(pair)]):
            ids = {change.change_id for change in pair}
            if support[_names(pair)] >= MIN_PAGES and not ids & taken:
                taken |= ids
                yield Literal("category", "swapped", "", *_names(pair)), list(pair)


def _names(pair: tuple[PageChange, PageChange]) -> tuple[str, str]:
    return pair[0].change.before or "", pair[1].change.after or ""
