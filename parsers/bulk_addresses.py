"""Checks a migration of addresses page by page: each old address against the new one that has its key.

This is what somebody would otherwise do by hand: put the page as it was before beside the page as it is after, and
look for each old address whether the same key stands in a new one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from parsers.bulk_founding import plain_field
from parsers.bulk_rules import Rule, Variable, has_old_form, read_variables
from parsers.bulk_sites import host_of
from parsers.bulk_time import in_order
from parsers.change import AddressCheck, CurrentItem, PageChange
from parsers.template_use import in_one_form

# A page at one of its revisions; with None as it is now, if it is live.
State = tuple[int, int | None]
Standing = Callable[[str, Collection[State]], Mapping[State, Sequence[CurrentItem]]]

_Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AddressRule:
    """A rule of addresses: ``kind`` and ``scope`` say of links, or of the values of which field.

    ``hosts`` are those that a rule of any site is about, None where the rule itself names the site. ``new_kind`` is the
    kind of what an address became where that is another one: ``template``.
    """

    kind: str
    rule: Rule
    scope: str = ""
    hosts: frozenset[str | None] | None = None
    new_kind: str | None = None

    def old_key(self, item: CurrentItem) -> _Key | None:
        """What identifies an address of the old form; None for any other value."""
        value = in_one_form(item.value)
        if item.kind != self.kind or not self._is_of(item) or not has_old_form(self.rule, value):
            return None
        return self._key(read_variables(self.rule.before, self.rule.old_form, value))

    def new_key(self, item: CurrentItem) -> _Key | None:
        """What identifies an address of the new form; None for any other value."""
        value = in_one_form(item.value)
        if item.kind != (self.new_kind or self.kind) or not self._is_of(item) or has_old_form(self.rule, value):
            return None
        return self._key(read_variables(self.rule.after, self.rule.new_form, value))

    def _is_of(self, item: CurrentItem) -> bool:
        if self.hosts is not None and host_of(item.value) not in self.hosts:
            return False
        return not self.scope or plain_field(item.path) == self.scope

    def _key(self, values: Mapping[str, str] | None) -> _Key | None:
        """The values that a rule keeps; it may drop others, and what became of a label is no key."""
        forms = self.rule.before, self.rule.after
        kept = set.intersection(*({part.name for part in form if isinstance(part, Variable)} for form in forms))
        if values is None:
            return None
        return tuple(value for name, value in sorted(self.rule.in_one_spelling(values).items()) if name in kept)


@dataclass(slots=True)
class _Side:
    """The addresses of one form on a page, by key, in the order of the page."""

    by_key: defaultdict[_Key, list[CurrentItem]] = field(default_factory=lambda: defaultdict(list))

    def add(self, key: _Key, item: CurrentItem) -> None:
        self.by_key[key].append(item)

    def count(self, key: _Key) -> int:
        return len(self.by_key[key]) if key in self.by_key else 0


def check_addresses(
    about: AddressRule, members: Sequence[PageChange], left: Iterable[CurrentItem], standing: Standing
) -> Iterator[AddressCheck]:
    """What became of each old address on the pages of a rule, in the order of titles.

    ``members`` are the changes that the rule explains, ``left`` the items that still have the old form now, of pages
    with and without members. Compared are the page before its first member and after its last one; what still had the
    old form then is followed on to the page as it is now.
    """
    by_page: defaultdict[int, list[PageChange]] = defaultdict(list)
    for change in in_order(members):
        by_page[change.page_id].append(change)
    states = {
        (page_id, rev) for page_id, done in by_page.items() for c in done for rev in (c.rev_from, done[-1].rev_to, None)
    }
    items = _standing(about, states, standing)
    checks = [check for done in by_page.values() for check in _PageCheck(about, done, items).checks()]
    checks += [
        AddressCheck(i.page_id, i.title, None, i.rev_id, "left", _shown(about.old_key(i)), None, i.value, None, i.label)
        for i in left
        if i.page_id not in by_page
    ]
    yield from sorted(checks, key=lambda check: check.title)


def _standing(
    about: AddressRule, states: Collection[State], standing: Standing
) -> Mapping[State, Sequence[CurrentItem]]:
    items = standing(about.kind, states)
    if about.new_kind is None:
        return items
    others = standing(about.new_kind, states)
    return {state: [*items[state], *others.get(state, ())] for state in items}


class _PageCheck:
    """One page that was migrated."""

    def __init__(
        self, about: AddressRule, done: Sequence[PageChange], items: Mapping[State, Sequence[CurrentItem]]
    ) -> None:
        self.about, self.done = about, done
        self.page_id, self.last = done[0].page_id, done[-1]
        self.used: set[int] = set()  # new addresses that an old one was matched to, by id
        first = (self.page_id, done[0].rev_from)
        self.known = first in items and (self.page_id, self.last.rev_to) in items
        self.items_before = items.get(first, ())
        self.items_after = items.get((self.page_id, self.last.rev_to), ())
        self.is_live = (self.page_id, None) in items
        self.old, self.new_before = self._sides(self.items_before)
        for change in done[1:]:  # what came in the old form meanwhile
            came, _ = self._sides(items.get((self.page_id, change.rev_from), ()))
            for key, standing in came.by_key.items():
                self.old.by_key[key] += standing[self.old.count(key) :]
        self.still, self.new = self._sides(self.items_after)
        self.still_now, self.new_now = self._sides(items.get((self.page_id, None), ()))

    def _sides(self, items: Iterable[CurrentItem]) -> tuple[_Side, _Side]:
        old, new = _Side(), _Side()
        for item in items:
            if (key := self.about.old_key(item)) is not None:
                old.add(key, item)
            elif (key := self.about.new_key(item)) is not None:
                new.add(key, item)
        return old, new

    def checks(self) -> list[AddressCheck]:
        """The page's checks; none where it is not known what it held."""
        if not self.known:
            return []
        found: list[AddressCheck] = []
        lost: list[tuple[_Key, CurrentItem]] = []
        for key, old in self.old.by_key.items():
            for item, new in zip(old, _nearest(old, self.new.by_key.get(key, [])), strict=True):
                if new is not None:
                    self.used.add(id(new))
                    found.append(self._check("matched", key, item, key, new))
                else:
                    lost.append((key, item))
        left, gone = self._left(lost)
        return [*found, *self._gone(gone), *left, *self._duplicated()]

    def _left(
        self, lost: Iterable[tuple[_Key, CurrentItem]]
    ) -> tuple[list[AddressCheck], list[tuple[_Key, CurrentItem]]]:
        """Those that still had the old form, followed on to now; and those that are gone."""
        room = Counter({key: len(items) for key, items in self.still.by_key.items()})
        now = Counter({key: len(items) for key, items in self.still_now.by_key.items()})
        found, gone = [], []
        for key, item in lost:
            if room[key] and now[key]:
                found.append(self._check("left", key, item, None, None))
                now[key] -= 1
            elif room[key] and (later := self.new_now.by_key.get(key)):
                found.append(self._check("matched", key, item, key, later[-1]))
            elif not room[key] or self.is_live:
                gone.append((key, item))
            room[key] -= room[key] > 0
        return found, gone

    def _gone(self, gone: Sequence[tuple[_Key, CurrentItem]]) -> Iterator[AddressCheck]:
        """Altered, where an address with a new key stands in its place, else dropped."""
        was = Counter((i.path, i.label, i.value) for items in self.new_before.by_key.values() for i in items)
        come: list[tuple[_Key, CurrentItem]] = []
        for key, new in ((key, new) for key, items in self.new.by_key.items() for new in items):
            place = (new.path, new.label, new.value)
            if id(new) not in self.used and not was[place]:
                come.append((key, new))
            was[place] -= 1
        paired = {(c.change.before, c.change.after) for c in self.done}
        for key, item in gone:
            fitting = [(k, new) for k, new in come if (item.value, new.value) in paired]
            fitting += [(k, new) for k, new in come if item.label and (new.label, new.path) == (item.label, item.path)]
            if fitting:
                come.remove(fitting[0])
                yield self._check("altered", key, item, *fitting[0])
            else:
                yield self._check("dropped", key, item, None, self._instead(item))

    def _was(self, key: _Key) -> int:
        return self.new_before.count(key) + self.old.count(key)

    def _instead(self, item: CurrentItem) -> CurrentItem | None:
        """What stands under the same label in the same place now, if it did not stand there before."""
        before = {(i.path, i.label, i.value) for i in self.items_before}
        fitting = (i for i in self.items_after if item.label and (i.path, i.label) == (item.path, item.label))
        return next((i for i in fitting if (i.path, i.label, i.value) not in before), None)

    def _duplicated(self) -> Iterator[AddressCheck]:
        """Keys that stand several times where they stood fewer times before."""
        for key, items in self.new.by_key.items():
            if len(items) > max(1, self._was(key)):
                was = next(iter(self.old.by_key.get(key, ())), None)
                yield self._check("duplicated", key if was else None, was, key, items[-1], len(items))

    def _check(
        self,
        verdict: str,
        old_key: _Key | None,
        old: CurrentItem | None,
        new_key: _Key | None,
        new: CurrentItem | None,
        times: int | None = None,
    ) -> AddressCheck:
        shown = old or new
        return AddressCheck(
            self.page_id,
            self.last.title,
            self.done[0].rev_from,
            self.last.rev_to,
            verdict,
            _shown(old_key),
            _shown(new_key),
            old.value if old else None,
            new.value if new else None,
            shown.label if shown else None,
            times,
        )


def _nearest(old: Sequence[CurrentItem], new: Sequence[CurrentItem]) -> list[CurrentItem | None]:
    """For each old address of one key a new one of its own, of the same label and place first."""
    free = list(new)
    found: list[CurrentItem | None] = [None] * len(old)
    for same_place in (True, False):
        for at, item in enumerate(old):
            fitting = (n for n in free if not same_place or (n.label, n.path) == (item.label, item.path))
            if found[at] is None and (one := next(fitting, None)) is not None:
                found[at] = one
                free.remove(one)
    return found


def _shown(key: _Key | None) -> str | None:
    return " ".join(key) or None if key is not None else None
