"""Many changes to bulk changes: rewrite rules over pages and time, with what they missed and what came back."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Protocol

from parsers.bulk_addresses import Standing, State
from parsers.bulk_found import Found, LiteralPair, Renamed, Rewriting, Worded
from parsers.bulk_founding import is_rewritten, plain_field
from parsers.bulk_induction import induce_rules
from parsers.bulk_kept import Pair
from parsers.bulk_literal import literal_groups
from parsers.bulk_rules import MIN_PAGES, Rule, Variable
from parsers.bulk_sites import is_of_any_site, sites_at_a_time, without_passing
from parsers.bulk_templates import group_parameters
from parsers.bulk_time import RARE, Burst, bursts, in_order, moment, page_count, stretches
from parsers.bulk_watch import Wanted, Watch
from parsers.bulk_wording import RUN, WIKITEXT, Wording, group_wordings, has_entity, is_blank
from parsers.change import BulkCase, BulkChange, Change, CurrentItem, PageChange

# Marks and blanks are everyday tidying.
_MARKS = (Burst(MIN_PAGES, timedelta(days=1)), Burst(4, timedelta(days=3)), Burst(6, timedelta(days=7)))
_BLANKS = (Burst(5, timedelta(days=2)),)
# The share of its revisions that makes a rewriting a part of what else was done in them.
_ECHO = 0.9
_MOST = 0.7
_EACH = 0.8
_ONE_SITE = timedelta(days=10)


class Source(Protocol):
    """Where changes and items are read from, when they are needed, so that memory follows what can found a rule."""

    def founding(self) -> Iterable[PageChange]:
        """Changes that a rule can be found in (``FOUNDING``)."""

    def worded(self) -> Iterable[PageChange]:
        """Those of ``WORDED``; those that have no signature in common with two others may be left out."""

    def later(self, wanted: Mapping[str, Wanted]) -> Iterable[PageChange]:
        """Changes, by kind, but for those inside texts, in the order of time. All but the wanted may be left out."""

    def current(self, wanted: Mapping[str, Wanted]) -> Iterable[CurrentItem]:
        """What stands now: items of the kinds of ``CurrentItem``, and ``text`` and ``wikitext`` for the texts of
        sections and pages; others than the wanted may be left out."""

    def standing(self, kind: str, states: Collection[State]) -> Mapping[State, Sequence[CurrentItem]]:
        """The items of a kind that stood on pages at some of their revisions, where that is known."""


def search_bulk_changes(source: Source, begun: str | None = None) -> tuple[list[BulkChange], list[Watch], set[int]]:
    """Bulk changes in a history of changes that had ``begun`` at a time, in order of time.

    With them comes what new changes and items could alter of them, and the pages of their stragglers.

    What was rewritten alike on at least three pages is explained by one rule: links, files, field values and
    template uses by one with variables (``parsers.bulk_induction``); names, values and categories by one literal
    pair (``parsers.bulk_literal``); words and marks inside texts by what was replaced (``parsers.bulk_wording``). A
    change belongs to one bulk change at most. Exceptions follow the rule of an address but altered a variable.
    Stragglers are current items that still have the old form; where a rule was followed in several stretches of time,
    the last of them names them. Regressions are later changes that brought the old form back to a page that had been
    migrated, or, for external addresses, to any page once the last member was done. Of rules of addresses it is told
    what became of each old address (``parsers.bulk_addresses``).
    """
    ordered = in_order(_light(change) for change in source.founding() if change.rev_to is not None)
    worded = group_wordings(change for change in source.worded() if change.rev_to is not None)
    if begun is None:
        every = chain(ordered, *worded.values())
        begun = min((change.timestamp for change in every), default="1970-01-01T00:00:00Z")
    found = _found(ordered, worded, moment(begun))
    if found:
        wanted = [(bulk.kind, bulk.returns()) for bulk in found if not isinstance(bulk, Worded)]
        _find_regressions(found, source.later(_together(wanted)))
        _find_left(found, source.current(_together((bulk.asks, bulk.sought()) for bulk in found)))
    watched = {item.page_id for bulk in found for item in bulk.left}
    watches = [bulk.watch() for bulk in found]
    return _named_once(_without_returns(found), source.standing), watches, watched


def _together(wanted: Iterable[tuple[str, Wanted]]) -> dict[str, Wanted]:
    """What several rules ask for, by kind."""
    by_kind: defaultdict[str, list[Wanted]] = defaultdict(list)
    for kind, one in wanted:
        by_kind[kind].append(one)
    return {kind: Wanted.any_of(several) for kind, several in by_kind.items()}


def _light(change: PageChange) -> PageChange:
    """A change without the text of a section, which may be long; its title says enough."""
    told = change.change
    if told.kind == "section" and told.action != "renamed":
        return replace(change, change=Change(told.kind, told.action, told.path, None, None))
    return change


def _found(ordered: Sequence[PageChange], worded: Mapping[Wording, list[PageChange]], begun: datetime) -> list[Found]:
    found: list[Found] = []
    for kind in ("file", "link"):
        found += _rewritings(kind, "", [c for c in ordered if is_rewritten(c, kind)], begun)
    fields: defaultdict[str, list[PageChange]] = defaultdict(list)
    for change in ordered:
        if is_rewritten(change, "infobox"):
            fields[plain_field(change.change.path)].append(change)
    for field, members in fields.items():
        found += _rewritings("infobox", field, members, begun)
    uses = [change for change in ordered if is_rewritten(change, "template")]
    for parameters, members in group_parameters(uses).items():
        found += [Renamed(parameters, stretch) for stretch in bursts(members, RARE, begun)]
    taken = {change.change_id for bulk in found for change in bulk.done}
    found += _rewritings("template", "", [change for change in uses if change.change_id not in taken], begun)
    taken = {change.change_id for bulk in found for change in bulk.done}
    found += _literals([change for change in ordered if change.change_id not in taken], begun)
    return [*found, *_wordings(worded, found, begun)]


def _rewritings(kind: str, scope: str, changes: Sequence[PageChange], begun: datetime) -> Iterator[Found]:
    """Rules with variables; of field values and templates, those without any are literal pairs."""
    rewritten = {change.change_id: change for change in changes}
    found: list[Rewriting] = []
    for over_all, pairs in induce_rules(map(_pair, changes)):
        members = [rewritten[pair.member] for pair in pairs if pair.member in rewritten]
        is_literal = not any(isinstance(part, Variable) for part in over_all.before)
        if is_literal and kind in ("infobox", "template"):
            continue
        others = sum(
            c.change.before == over_all.pattern_after and c.change.after == over_all.pattern_before for c in changes
        )
        parts = bursts(members, RARE, begun, others) if is_literal else _own_stretches(over_all, members)
        for stretch in parts:
            # Within its own stretch of time a rule may be narrower than over the whole history.
            for rule, own in induce_rules(map(_pair, stretch)):
                done = [rewritten.pop(pair.member) for pair in own]
                if (same := _going_on(found, rule, done)) is None:
                    found.append(Rewriting(kind, rule, done, scope))
                for change in done if same else ():
                    same.take(change, broken=False)  # type: ignore[union-attr]
    found.sort(key=lambda bulk: bulk.hosts is not None)  # a rule that names its site goes before one of any
    for change in list(rewritten.values()):
        for bulk in found:
            follows = bulk.follows(change)
            if follows is not None:
                bulk.take(change, broken=not follows)
                break
    yield from found


def _own_stretches(rule: Rule, members: Sequence[PageChange]) -> Iterator[list[PageChange]]:
    """Stretches of time; shorter ones where a rule is of any site, so that works on other sites stay apart."""
    if not is_of_any_site(rule):
        yield from stretches(members)
        return
    for stretch in stretches(members, _ONE_SITE):
        for sites in sites_at_a_time(without_passing(stretch, members)):
            yield from stretches(sites)


def _going_on(found: Iterable[Rewriting], rule: Rule, done: Sequence[PageChange]) -> Rewriting | None:
    """The bulk change of the same rule that these changes go on with."""
    for bulk in found:
        same = (bulk.rule.before, bulk.rule.after) == (rule.before, rule.after)
        if same and bulk.is_in_time(done[0]) and any(bulk.knows_site(change.change.before or "") for change in done):
            return bulk
    return None


def _pair(change: PageChange) -> Pair:
    return Pair(change.page_id, change.change.before or "", change.change.after or "", change.change_id)


def _literals(ordered: Sequence[PageChange], begun: datetime) -> Iterator[Found]:
    taken: set[int] = set()
    groups = list(literal_groups(ordered))
    sizes = {(literal.scope, literal.before, literal.after): len(members) for literal, members in groups}
    for literal, members in groups:
        free = [change for change in members if change.change_id not in taken]
        others = sizes.get((literal.scope, literal.after, literal.before), 0)
        for stretch in bursts(free, literal.bounds, begun, others):
            taken.update(change.change_id for change in stretch)
            yield LiteralPair(literal, stretch)


def _wordings(groups: Mapping[Wording, list[PageChange]], found: Sequence[Found], begun: datetime) -> Iterator[Found]:
    """Rewritings inside texts, the best supported first, of those that as many pages support the longest."""
    done = {change.change_id for bulk in found for change in bulk.done}
    works = [{change.rev_to for change in bulk.done} for bulk in found]
    rules = {wording: members for wording, members in groups.items() if wording.says_where}
    ids = {
        w: {change.change_id for change in members} for w, members in rules.items() if page_count(members) >= MIN_PAGES
    }
    supported = [
        (-page_count(members), -len(w.before) - len(w.after), w.before, w.after, w) for w, members in rules.items()
    ]
    for pages, *_, wording in sorted(supported, key=lambda item: item[:4]):
        if -pages < MIN_PAGES:
            return
        single = wording.of_one_mark
        if single in rules and len(rules[single]) > len(rules[wording]):
            continue  # the mark was rewritten alone as well
        free = _without_echoes([c for c in groups[wording] if c.change_id not in done], works)
        if _is_coarse(wording, free, ids):
            continue
        back = groups.get(wording.reverse, [])
        is_tidying = bool(free) and free[0].change.noise_reason is not None and not has_entity(wording)
        bounds = _BLANKS if is_blank(wording) else _MARKS if is_tidying else RARE
        for stretch in bursts(free, bounds, begun, page_count(back)):
            done.update(change.change_id for change in stretch)
            yield Worded(_fullest(wording, stretch, rules), stretch, back)


def _is_coarse(wording: Wording, free: Sequence[PageChange], ids: Mapping[Wording, Set[int]]) -> bool:
    """Whether several rewritings tell apart what this one alone takes for the same: longer phrases around it."""
    held = {change.change_id for change in free}
    parts: list[Set[int]] = []
    for other in sorted(ids, key=lambda other: (-len(ids[other]), other.before, other.after)):
        own = ids[other] & held
        is_part = other.inside == wording.inside and _EACH * len(ids[other]) <= len(own) < _EACH * len(held)
        if is_part and len(own) >= MIN_PAGES and not any(own & part for part in parts):
            parts.append(own)
    return len(parts) > 1 and sum(map(len, parts)) >= _MOST * len(held)


def _fullest(wording: Wording, changes: Sequence[PageChange], groups: Mapping[Wording, list[PageChange]]) -> Wording:
    """The rewriting that says more, of marks at both ends of something, where most of the changes hold it."""
    held = {change.change_id for change in changes}
    fuller = [
        other
        for other, members in groups.items()
        if other.inside == wording.inside == WIKITEXT
        and wording.before in other.before
        and wording.after in other.after
        and len({change.change_id for change in members} & held) >= _MOST * len(held)
    ]
    return max(fuller, key=lambda other: (RUN in other.before, len(other.before), other.before), default=wording)


def _without_echoes(changes: list[PageChange], works: Iterable[Set[int | None]]) -> list[PageChange]:
    """Without what only went with another bulk change: the marks around the links that were rewritten, and labels."""
    revisions = {change.rev_to for change in changes}
    echoes: set[int | None] = set()
    for work in works:
        both = revisions & work
        if both and (2 * len(both) >= len(work) or len(both) >= _ECHO * len(revisions)):
            echoes |= both
    return [change for change in changes if change.rev_to not in echoes] if echoes else changes


def _find_regressions(found: Iterable[Found], changes: Iterable[PageChange]) -> None:
    concerned = _by_kind((bulk.kind, bulk.beginning, bulk) for bulk in found if not isinstance(bulk, Worded))
    members = {change.change_id: bulk for bulk in found for change in bulk.done}
    for change in changes:
        if change.rev_to is not None and change.change.kind in concerned:
            claims = [
                bulk for bulk in concerned[change.change.kind](change.change.after or "") if bulk.is_regression(change)
            ]
            if claims:
                # Of one rule in several stretches of time, the one that migrated the page, or else the last.
                for claim in _last_of_each_rule(claims, change):
                    if members.get(change.change_id) is not claim:
                        claim.regressions.append(change)


def _last_of_each_rule(claims: Iterable[Found], change: PageChange) -> Iterable[Found]:
    last: dict[tuple[str, str], tuple[bool, str, Found]] = {}
    for bulk in claims:
        first = min(member.timestamp for member in bulk.done)
        rank = (change.page_id in bulk.migrated, first, bulk)
        if first <= change.timestamp and (bulk.family not in last or last[bulk.family][:2] < rank[:2]):
            last[bulk.family] = rank
    return [bulk for _, _, bulk in last.values()]


def _find_left(found: Iterable[Found], current: Iterable[CurrentItem]) -> None:
    concerned = _by_kind((bulk.asks, bulk.sought().beginning or "", bulk) for bulk in found)
    for item in current:
        if item.kind in concerned:
            claims = [bulk for bulk in concerned[item.kind](item.value) if bulk.is_old(item)]
            # A rule of any site leaves to others what is of their sites.
            own = [bulk for bulk in claims if bulk.knows_site(item.value)]
            for bulk in own or claims:
                bulk.left.append(item)


def _by_kind(bulks: Iterable[tuple[str, str, Found]]) -> dict[str, Callable[[str], Collection[Found]]]:
    found: defaultdict[str, list[tuple[str, Found]]] = defaultdict(list)
    for kind, beginning, bulk in bulks:
        found[kind].append((beginning, bulk))
    return {kind: _by_beginning(of_kind) for kind, of_kind in found.items()}


def _by_beginning(by_beginning: Collection[tuple[str, Found]]) -> Callable[[str], Collection[Found]]:
    """What gives those whose old form a value can have by its first characters: most values have none's."""
    any_of_them = re.compile("|".join(sorted({re.escape(beginning) for beginning, _ in by_beginning})))

    def possible(value: str) -> Collection[Found]:
        if not any_of_them.match(value):
            return ()
        return [bulk for beginning, bulk in by_beginning if value.startswith(beginning)]

    return possible


def _without_returns(found: Sequence[Found]) -> list[Found]:
    """Without the rules that only lead back what another one had changed: these are its regressions."""
    back: set[tuple[str, int | None]] = set()
    kept = []
    for bulk in sorted(found, key=lambda bulk: min(change.timestamp for change in bulk.done)):
        if not {(bulk.kind, change.rev_to) for change in bulk.done} <= back:
            kept.append(bulk)
            back |= {(bulk.kind, change.rev_to) for change in bulk.regressions}
    return kept


def _named_once(found: Sequence[Found], standing: Standing) -> list[BulkChange]:
    """In order of time, each straggler of a rule only with the last bulk change of that rule that names it."""
    back: defaultdict[tuple[str, str], set[Hashable]] = defaultdict(set)
    for one in found:
        back[one.family] |= one.brought_back()
    bulks = [(one.family, one.told(back[one.family], standing)) for one in found]
    missed: defaultdict[tuple[str, str], Counter[BulkCase]] = defaultdict(Counter)
    told = []
    for family, bulk in sorted(bulks, key=lambda item: (item[1].first_at, item[1].kind, item[1].rule), reverse=True):
        own = Counter(bulk.stragglers)
        told.append(replace(bulk, stragglers=tuple((own - missed[family]).elements())))
        missed[family] |= own
    return told[::-1]
