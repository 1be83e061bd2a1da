"""Many changes to bulk changes: rewrite rules over pages and time, with what they missed and what came back."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from parsers.bulk_induction import MIN_PAGES, Pair, induce_rules
from parsers.bulk_literal import Literal, literal_groups
from parsers.bulk_rules import Rule, has_old_form, read_variables
from parsers.change import BulkCase, BulkChange, Change, CurrentItem, PageChange

# Members further apart than this are of two bulk changes, even if one rule explains both.
MAX_GAP = timedelta(days=90)

_NEVER = "9999"  # later than any time stamp
_ADDRESSED = frozenset({"link", "file"})
_KINDS = _ADDRESSED | {"infobox", "template", "category"}


@dataclass(frozen=True, slots=True)
class _Sweep:
    """A rule with the changes that follow it within one stretch of time, and those that broke a variable."""

    kind: str
    rule: Rule
    members: list[PageChange]
    exceptions: list[PageChange]


def find_bulk_changes(changes: Iterable[PageChange], current: Iterable[CurrentItem]) -> list[BulkChange]:
    """Bulk changes in a history of changes, in order of time. Of ``changes``, which may be read as they come, only
    those that can be of one are held.

    Links and files that were rewritten alike on at least three pages are explained by one rule with variables
    (``parsers.bulk_induction``); renamed infobox fields, section titles, swapped categories and templates by one
    literal pair (``parsers.bulk_literal``). A change belongs to one bulk change at most. Exceptions follow the
    rule but altered a variable. Stragglers are ``current`` items that still have the old form; where a rule was
    followed in several stretches of time, the last of them names them. Regressions are
    later changes that brought the old form back to a page that had been migrated, or, for external addresses, to
    any page once the last member was done.
    """
    told = (change for change in changes if change.rev_to is not None and _may_be_bulk(change.change))
    ordered = sorted(told, key=lambda change: (change.timestamp, change.change_id))
    of_kind: defaultdict[str, list[PageChange]] = defaultdict(list)
    for change in ordered:
        of_kind[change.change.kind].append(change)
    items: defaultdict[str, list[CurrentItem]] = defaultdict(list)
    for item in current:
        items[item.kind].append(item)
    found = [
        *(
            _rewriting(sweep, of_kind[kind], items[kind])
            for kind in sorted(_ADDRESSED)
            for sweep in _sweeps(kind, of_kind[kind])
        ),
        *(
            _literal_bulk(literal, members, of_kind[literal.kind], items[literal.kind])
            for literal, members in _literal_sweeps(ordered)
        ),
    ]
    return _named_once(sorted(found, key=lambda bulk: (bulk.first_at, bulk.kind, bulk.rule)))


def _may_be_bulk(change: Change) -> bool:
    """Whether a change can follow a rule or undo one. Texts cannot; they are most of what a history holds in bytes."""
    return change.kind in _KINDS or (change.kind == "section" and change.action in ("renamed", "added"))


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


def _rewriting(sweep: _Sweep, ordered: Sequence[PageChange], current: Iterable[CurrentItem]) -> BulkChange:
    rule, done = sweep.rule, [*sweep.members, *sweep.exceptions]

    def is_old(value: str | None) -> bool:
        return value is not None and has_old_form(rule, value)

    migrated = _migrated_at(done)
    # An address that is gone is wrong on any page; a title that most pages left may still be used on others.
    last = max(change.timestamp for change in done) if "://" in rule.pattern_before else _NEVER
    regressions = [
        change
        for change in ordered
        if change.change.kind == sweep.kind
        and change.timestamp > migrated.get(change.page_id, last)
        and is_old(change.change.after)
        and not is_old(change.change.before)
    ]
    back = {(change.page_id, change.change.after) for change in regressions}
    stragglers = [
        item
        for item in current
        if item.kind == sweep.kind and is_old(item.value) and (item.page_id, item.value) not in back
    ]
    rule_text = f"{rule.pattern_before} → {rule.pattern_after}"
    return _bulk(sweep.kind, rule_text, rule, done, sweep.exceptions, stragglers, regressions)


def _literal_sweeps(ordered: Sequence[PageChange]) -> Iterator[tuple[Literal, list[PageChange]]]:
    taken: set[int] = set()
    for literal, members in literal_groups(ordered):
        for stretch in _stretches([c for c in members if c.change_id not in taken], literal.max_gap or MAX_GAP):
            taken.update(change.change_id for change in stretch)
            yield literal, stretch


def _literal_bulk(
    literal: Literal,
    done: Sequence[PageChange],
    ordered: Sequence[PageChange],
    current: Iterable[CurrentItem],
) -> BulkChange:
    migrated = _migrated_at(done)
    regressions = [
        change
        for change in ordered
        if change.page_id in migrated
        and change.timestamp > migrated[change.page_id]
        and literal.brings_back(change.change)
    ]
    back = {change.page_id for change in regressions}
    stragglers = [item for item in current if literal.is_old(item) and item.page_id not in back]
    if literal.may_stay and len({item.page_id for item in stragglers}) > len(migrated):
        # Most pages kept it: some pages were sorted anew, and the others missed nothing.
        stragglers = []
    return _bulk(literal.kind, literal.text, literal.rule, done, (), stragglers, regressions)


def _migrated_at(done: Iterable[PageChange]) -> dict[int, str]:
    """When each page was first migrated."""
    first: dict[int, str] = {}
    for change in done:
        first[change.page_id] = min(change.timestamp, first.get(change.page_id, change.timestamp))
    return first


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
        regressions=tuple(_case(change) for change in regressions),
    )


def _case(change: PageChange) -> BulkCase:
    told = change.change
    return BulkCase(change.title, change.rev_to or 0, told.before or "", told.after, told.label)
