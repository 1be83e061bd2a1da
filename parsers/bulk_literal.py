"""Bulk changes of one literal pair: renamed fields and titles, swapped categories and templates, one new value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import product

from parsers.bulk_founding import plain_field
from parsers.bulk_rules import MIN_PAGES, Rule, literal_rule
from parsers.bulk_templates import template_title, title_expression
from parsers.bulk_time import MAX_GAP, RARE, Burst
from parsers.change import Change, CurrentItem, PageChange

# Names are hardly ever changed by chance; one value or category for another is no rule of itself: pages must say so
# within days to be one piece of work, and more of them where one number took the place of another.
_NAMED = (Burst(MIN_PAGES, MAX_GAP, everyday=False),)
_COUNTED = (Burst(8, timedelta(days=14)),)
_MAX_SWAPPED = 6
_SWAPPED = frozenset({"category", "infobox", "section", "template"})
_TEMPLATE_NAME = re.compile(r"\{\{\s*([^|{}]*[^|{}\s])")
_NUMBERED = re.compile(r"\d+")


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
    def bounds(self) -> tuple[Burst, ...]:
        """How many changes, in what time, are one piece of work."""
        if self.action == "renamed" and self.kind != "section":
            return _NAMED
        return _COUNTED if _NUMBERED.sub("", self.before) == _NUMBERED.sub("", self.after) else RARE

    @property
    def may_stay(self) -> bool:
        """Whether pages may rightly keep the old form: a category or a value still has its use."""
        return self.action != "renamed"

    def is_old(self, item: CurrentItem) -> bool:
        """Whether a page still has the old form."""
        if item.kind != self.kind:
            return False
        if self.kind == "infobox":
            return self._is_old_field(plain_field(item.path), item.value)
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
            return change.action in ("added", "changed") and self._is_old_field(plain_field(change.path), change.after)
        if self.kind == "infobox":
            return change.after == self.before and plain_field(change.path) == self._old_path()
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
    renamed = {literal: len(members) for literal, members in groups.items() if literal.action == "renamed"}
    for literal, members in _swaps(changes, renamed):
        groups[literal] += members
    supported = [
        (literal, members)
        for literal, members in groups.items()
        if len({change.page_id for change in members}) >= MIN_PAGES
    ]
    yield from sorted(supported, key=lambda group: -len(group[1]))


def names_template(shown: str, name: str) -> bool:
    """Whether a template use as written is one of the template ``name``."""
    if not shown.startswith("{{"):
        return shown == name
    return re.match(rf"\{{\{{\s*(?:[^|{{}}:]*:)?\s*{title_expression(name)}\s*(?:\||\}}\}})", shown) is not None


def _literal(change: Change) -> Literal | None:
    before, after = change.before, change.after
    if not before or not after or before == after or change.noise_reason:
        return None
    if change.action == "renamed" and change.kind in ("infobox", "section", "template"):
        scope = plain_field(change.path).rpartition("/")[0] if change.kind == "infobox" else ""
        return Literal(change.kind, "renamed", scope, before, after)
    if change.action == "changed" and change.kind in ("infobox", "template"):
        return Literal(
            change.kind, "changed", plain_field(change.path) if change.kind == "infobox" else "", before, after
        )
    return None


def _swaps(changes: Iterable[PageChange], renamed: Mapping[Literal, int]) -> Iterator[tuple[Literal, list[PageChange]]]:
    """What one revision removed and added of a kind at one place, paired as most pages pair it.

    So are categories swapped, and so come the pages into a renaming on which the two could not be known for one: a
    field with no value, a section that was written anew. ``renamed`` counts the changes that tell of a renaming.
    """
    swaps = _swapped(changes)
    support = Counter(renamed)
    for removed, added in swaps:
        support.update(_swap(*pair) for pair in product(removed, added))
    for removed, added in swaps:
        taken: set[int] = set()
        ranks = {change.change_id: rank for side in (removed, added) for rank, change in enumerate(side)}
        pairs = sorted(
            product(removed, added),
            key=lambda pair: (-support[_swap(*pair)], abs(ranks[pair[0].change_id] - ranks[pair[1].change_id])),
        )
        for pair in pairs:
            literal = _swap(*pair)
            ids = {change.change_id for change in pair}
            if support[literal] >= MIN_PAGES and not ids & taken and (literal in renamed or _is_swap(*pair)):
                taken |= ids
                yield literal, list(pair)


def literals_of_edit(changes: Sequence[PageChange]) -> Iterator[tuple[Literal, list[PageChange]]]:
    """All literal pairs that the changes of one edit could be of."""
    for change in changes:
        if literal := _literal(change.change):
            yield literal, [change]
    for removed, added in _swapped(changes):
        for pair in product(removed, added):
            yield _swap(*pair), list(pair)


def _swapped(changes: Iterable[PageChange]) -> list[tuple[list[PageChange], list[PageChange]]]:
    """What each revision removed and added of a kind at one place."""
    edits: defaultdict[tuple[Hashable, ...], tuple[list[PageChange], list[PageChange]]] = defaultdict(lambda: ([], []))
    for change in changes:
        told = change.change
        if told.kind in _SWAPPED and told.action in ("removed", "added") and change.rev_from is not None:
            place = (change.page_id, change.rev_to, told.kind, _outer(told))
            edits[place][told.action == "added"].append(change)
    return [sides for sides in edits.values() if 0 < len(sides[0]) * len(sides[1]) <= _MAX_SWAPPED**2]


def _swap(removed: PageChange, added: PageChange) -> Literal:
    old, new = removed.change, added.change
    if old.kind == "category":
        return Literal("category", "swapped", "", old.before or "", new.after or "")
    return Literal(old.kind, "renamed", _outer(old) if old.kind == "infobox" else "", _name(old), _name(new))


def _is_swap(removed: PageChange, added: PageChange) -> bool:
    """Whether two changes are one swap even if no page tells of a renaming."""
    if _name(removed.change) == _name(added.change):
        return False
    if removed.change.kind == "infobox":
        return removed.change.before == added.change.after
    return removed.change.kind in ("category", "template")


def _outer(change: Change) -> str:
    """Where a field or a section stands; templates are swapped within a section."""
    if change.kind == "infobox":
        return plain_field(change.path).rpartition("/")[0]
    return change.path.rpartition(" / ")[0] if change.kind == "section" else change.path


def _name(change: Change) -> str:
    if change.kind == "infobox":
        return change.path.rpartition("/")[2]
    if change.kind == "section":
        return change.path.rpartition(" / ")[2]
    shown = change.before or change.after or ""
    match = _TEMPLATE_NAME.match(shown) if change.kind == "template" else None
    return template_title(match[1]) if match else shown
