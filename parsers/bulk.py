"""Many changes to bulk changes: rewrite rules over pages and time, with what they missed and what came back."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parsers.bulk_induction import MIN_PAGES, Pair, induce_rules
from parsers.bulk_literal import Literal, literal_groups
from parsers.bulk_rules import Rule, has_old_form, read_variables
from parsers.change import BulkCase, BulkChange, CurrentItem, PageChange

# Members further apart than this are of two bulk changes, even if one rule explains both.
MAX_GAP = timedelta(days=90)

_NEVER = "9999"  # later than any time stamp
_ADDRESSED = frozenset({"link", "file"})


@dataclass(frozen=True, slots=True)
class _Sweep:
    """A rule with the changes that follow it within one stretch of time, and those that broke a variable."""

    kind: str
    rule: Rule
    members: list[PageChange]
    exceptions: list[PageChange]


# What a rule can be found in; other changes only tell that an old form came back.
FOUNDING = frozenset(
    {
        ("category", "added"), ("category", "removed"), ("file", "changed"), ("infobox", "changed"),
        ("infobox", "renamed"), ("link", "changed"), ("section", "renamed"), ("template", "changed"),
        ("template", "renamed"),
    }
)  # fmt: skip
Changes = Callable[[Collection[tuple[str, str]] | None], Iterable[PageChange]]


def find_bulk_changes(changes: Changes, current: Callable[[], Iterable[CurrentItem]]) -> list[BulkChange]:
    """Bulk changes in a history of changes, in order of time.

    ``changes`` gives those of some pairs of kind and action, or all; ``current`` the items that stand now. Both are
    asked when they are needed and may be read from a file, so that memory follows what can found a rule.

    Links and files that were rewritten alike on at least three pages are explained by one rule with variables
    (``parsers.bulk_induction``); renamed infobox fields, section titles, swapped categories and templates by one
    literal pair (``parsers.bulk_literal``). A change belongs to one bulk change at most. Exceptions follow the
    rule but altered a variable. Stragglers are ``current`` items that still have the old form; where a rule was
    followed in several stretches of time, the last of them names them. Regressions are
    later changes that brought the old form back to a page that had been migrated, or, for external addresses, to
    any page once the last member was done.
    """
    told = (change for change in changes(FOUNDING) if change.rev_to is not None)  # page events have no revision
    ordered = sorted(told, key=lambda change: (change.timestamp, change.change_id))
    found: defaultdict[str, list[_Found]] = defaultdict(list)
    for kind in sorted(_ADDRESSED):
        found[kind] += (_Rewriting(sweep) for sweep in _sweeps(kind, ordered))
    for literal, members in _literal_sweeps(ordered):
        found[literal.kind].append(_LiteralPair(literal, members))
    if any(found.values()):
        concerned = {kind: _by_beginning(bulks) for kind, bulks in found.items()}
        for change in changes(None):
            if change.rev_to is not None and change.change.kind in concerned:
                for bulk in concerned[change.change.kind](change.change.after or ""):
                    if bulk.is_regression(change):
                        bulk.regressions.append(change)
        for item in current():
            if item.kind in concerned:
                for bulk in concerned[item.kind](item.value):
                    if bulk.is_old(item):
                        bulk.left.append(item)
    bulks = [bulk.told() for kind in found.values() for bulk in kind]
    return _named_once(sorted(bulks, key=lambda bulk: (bulk.first_at, bulk.kind, bulk.rule)))


def _by_beginning(bulks: Collection[_Found]) -> Callable[[str], Collection[_Found]]:
    """What gives those whose old form a value can have by its first characters: most values have none's."""
    by_beginning = [(bulk.beginning, bulk) for bulk in bulks]
    any_of_them = re.compile("|".join(sorted({re.escape(beginning) for beginning, _ in by_beginning})))

    def possible(value: str) -> Collection[_Found]:
        if not any_of_them.match(value):
            return ()
        return [bulk for beginning, bulk in by_beginning if value.startswith(beginning)]

    return possible


def _named_once(bulks: Iterable[BulkChange]) -> list[BulkChange]:
    """In order of time, each straggler of a rule only with the last bulk change of that rule that names it."""
    missed: defaultdict[tuple[str, str], Counter[BulkCase]] = defaultdict(Counter)
    back: defaultdict[tuple[str, str], set[tuple[str, str | None]]] = defaultdict(set)
    found = []
    for bulk in reversed(list(bulks)):
        rule = (bulk.kind, bulk.rule)
        own = Counter(bulk.stragglers)
        left = (own - missed[rule]).elements()
        found.append(replace(bulk, stragglers=tuple(c for c in left if (c.title, c.before) not in back[rule])))
        missed[rule] |= own
        back[rule] |= {(case.title, case.after) for case in bulk.regressions}
    return found[::-1]


def _sweeps(kind: str, ordered: Sequence[PageChange]) -> Iterator[_Sweep]:
    rewritten = {
        change.change_id: change
        for change in ordered
        if change.change.kind == kind
        and change.change.action == "changed"
        and change.change.before
        and change.change.after
        and change.change.before != change.change.after
        and not change.change.before.startswith("[[")  # a file shown in another way, told by its wikitext
    }
    sweeps = []
    for _, pairs in induce_rules(map(_pair, rewritten.values())):
        for stretch in _stretches([rewritten[pair.member] for pair in pairs], MAX_GAP):
            # Within its own stretch of time a rule may be narrower than over the whole history.
            for rule, members in induce_rules(map(_pair, stretch)):
                sweeps.append(_Sweep(kind, rule, [rewritten.pop(pair.member) for pair in members], []))
    for change in list(rewritten.values()):
        sweep = next((sweep for sweep in sweeps if _breaks_variable(sweep, change)), None)
        if sweep:
            sweep.exceptions.append(change)
    yield from sweeps


def _pair(change: PageChange) -> Pair:
    return Pair(change.page_id, change.change.before or "", change.change.after or "", change.change_id)


def _stretches(members: Iterable[PageChange], gap: timedelta) -> Iterator[list[PageChange]]:
    """Parts of the members that no pause longer than ``gap`` divides, if they have pages enough."""
    stretch: list[PageChange] = []
    for change in sorted(members, key=lambda change: (change.timestamp, change.change_id)):
        if stretch and _time(change) - _time(stretch[-1]) > gap:
            if _page_count(stretch) >= MIN_PAGES:
                yield stretch
            stretch = []
        stretch.append(change)
    if _page_count(stretch) >= MIN_PAGES:
        yield stretch


def _time(change: PageChange) -> datetime:
    return datetime.fromisoformat(change.timestamp)


def _page_count(changes: Iterable[PageChange]) -> int:
    return len({change.page_id for change in changes})


def _breaks_variable(sweep: _Sweep, change: PageChange) -> bool:
    """Whether a change is the rule's rewriting with another value for a variable, in the rule's time."""
    rule = sweep.rule
    old = read_variables(rule.before, rule.old_form, change.change.before or "")
    new = read_variables(rule.after, rule.new_form, change.change.after or "") if old else None
    if not old or not new:
        return False
    return _time(sweep.members[0]) - MAX_GAP <= _time(change) <= _time(sweep.members[-1]) + MAX_GAP


class _Found(ABC):
    """A rule that was found, with what it changed, what came back, and what was left."""

    def __init__(self, kind: str, done: Sequence[PageChange]) -> None:
        self.kind = kind
        self.beginning = ""  # of every value that has the old form
        self.done = done
        self.migrated: dict[int, str] = {}  # when each page was first migrated
        for change in done:
            at = self.migrated.get(change.page_id, change.timestamp)
            self.migrated[change.page_id] = min(change.timestamp, at)
        self.regressions: list[PageChange] = []
        self.left: list[CurrentItem] = []

    @abstractmethod
    def is_regression(self, change: PageChange) -> bool:
        """Whether a change of this kind brought the old form back."""

    @abstractmethod
    def is_old(self, item: CurrentItem) -> bool:
        """Whether an item of this kind has the old form."""

    @abstractmethod
    def told(self) -> BulkChange:
        """The bulk change."""


class _Rewriting(_Found):
    def __init__(self, sweep: _Sweep) -> None:
        super().__init__(sweep.kind, [*sweep.members, *sweep.exceptions])
        self.rule, self.exceptions = sweep.rule, sweep.exceptions
        first = self.rule.before[0] if self.rule.before else ""
        self.beginning = first if isinstance(first, str) else ""
        # An address that is gone is wrong on any page; a title that most pages left may still be used on others.
        addressed = "://" in self.rule.pattern_before
        self.last = max(change.timestamp for change in self.done) if addressed else _NEVER

    def is_regression(self, change: PageChange) -> bool:
        if change.timestamp <= self.migrated.get(change.page_id, self.last):
            return False
        before, after = change.change.before, change.change.after
        return after is not None and has_old_form(self.rule, after) and not (before and has_old_form(self.rule, before))

    def is_old(self, item: CurrentItem) -> bool:
        return has_old_form(self.rule, item.value)

    def told(self) -> BulkChange:
        back = {(change.page_id, change.change.after) for change in self.regressions}
        stragglers = [item for item in self.left if (item.page_id, item.value) not in back]
        text = f"{self.rule.pattern_before} → {self.rule.pattern_after}"
        return _bulk(self.kind, text, self.rule, self.done, self.exceptions, stragglers, self.regressions)


class _LiteralPair(_Found):
    def __init__(self, literal: Literal, done: Sequence[PageChange]) -> None:
        super().__init__(literal.kind, done)
        self.literal = literal

    def is_regression(self, change: PageChange) -> bool:
        at = self.migrated.get(change.page_id)
        return at is not None and change.timestamp > at and self.literal.brings_back(change.change)

    def is_old(self, item: CurrentItem) -> bool:
        return self.literal.is_old(item)

    def told(self) -> BulkChange:
        back = {change.page_id for change in self.regressions}
        stragglers = [item for item in self.left if item.page_id not in back]
        if self.literal.may_stay and len({item.page_id for item in stragglers}) > len(self.migrated):
            # Most pages kept it: some pages were sorted anew, and the others missed nothing.
            stragglers = []
        return _bulk(self.kind, self.literal.text, self.literal.rule, self.done, (), stragglers, self.regressions)


def _literal_sweeps(ordered: Sequence[PageChange]) -> Iterator[tuple[Literal, list[PageChange]]]:
    taken: set[int] = set()
    for literal, members in literal_groups(ordered):
        for stretch in _stretches([c for c in members if c.change_id not in taken], literal.max_gap or MAX_GAP):
            taken.update(change.change_id for change in stretch)
            yield literal, stretch


def _bulk(
    kind: str,
    text: str,
    rule: Rule,
    done: Sequence[PageChange],
    exceptions: Sequence[PageChange],
    stragglers: Sequence[CurrentItem],
    regressions: Sequence[PageChange],
) -> BulkChange:
    members = sorted(done, key=lambda change: (change.timestamp, change.change_id))
    return BulkChange(
        kind=kind,
        rule=" ".join(text.split()),
        pattern_before=rule.pattern_before,
        pattern_after=rule.pattern_after,
        first_at=members[0].timestamp,
        last_at=members[-1].timestamp,
        pages=_page_count(members),
        occurrences=len(members),
        members=tuple(change.change_id for change in members),
        exceptions=tuple(_case(change) for change in exceptions),
        stragglers=tuple(
            BulkCase(item.title, item.rev_id, item.value, None, item.label)
            for item in sorted(stragglers, key=lambda item: (item.title, item.path, item.value))
        ),
        regressions=tuple(
            _case(change) for change in sorted(regressions, key=lambda change: (change.timestamp, change.change_id))
        ),
    )


def _case(change: PageChange) -> BulkCase:
    told = change.change
    return BulkCase(change.title, change.rev_to or 0, told.before or "", told.after, told.label)
