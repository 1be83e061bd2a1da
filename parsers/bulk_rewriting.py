"""Rules with variables, for addresses, titles, values of fields and uses of templates: found, and what follows them."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from datetime import datetime, timedelta

from rapidfuzz import fuzz

from parsers.bulk_addresses import AddressRule
from parsers.bulk_found import NEVER, Found
from parsers.bulk_founding import plain_field
from parsers.bulk_induction import induce_rules
from parsers.bulk_kept import Pair
from parsers.bulk_rules import Rule, Variable, has_old_form, read_variables
from parsers.bulk_sites import host_of, is_of_any_site, sites_at_a_time, without_passing
from parsers.bulk_time import MAX_GAP, RARE, bursts, stretches, time_of
from parsers.bulk_watch import Watch
from parsers.change import Change, CurrentItem, PageChange

# Where a variable stands for words, a value less like the old one (0 to 100) is another thing and no slip.
_SLIP = 50.0
_ONE_SITE = timedelta(days=10)


class Rewriting(Found):
    """A rule with variables, for addresses, titles, and values of one field (``scope``)."""

    def __init__(self, kind: str, rule: Rule, done: Sequence[PageChange], scope: str = "") -> None:
        super().__init__(kind, done)
        self.rule, self.scope = rule, scope
        self.broken: list[PageChange] = []
        first = rule.before[0] if rule.before else ""
        self.beginning = first.rstrip("/") if isinstance(first, str) else ""
        # An address that is gone is wrong on any page; a title that most pages left may still be used on others.
        self.is_address = "://" in rule.pattern_before
        self.last = max(change.timestamp for change in done) if self.is_address else NEVER
        self.known: set[tuple[int, str | None]] = set()
        if is_of_any_site(rule):
            self.hosts = {host_of(change.change.before) for change in done}

    @property
    def text(self) -> str:
        text = f"{self.rule.pattern_before} → {self.rule.pattern_after}"
        return f"{self.scope}: {text}" if self.scope else text

    @property
    def forms(self) -> Rule:
        return self.rule

    @property
    def family(self) -> tuple[str, str]:
        old, new = host_of(self.rule.pattern_before), host_of(self.rule.pattern_after)
        return self.kind, f"{self.scope}: {old} → {new}" if old and new and "{" not in old + new else self.text

    def follows(self, change: PageChange) -> bool | None:
        """Whether a change is the rule's rewriting; False where it altered a variable, None where it is another one."""
        if self.scope and self.scope != _field(change.change):
            return None
        old = read_variables(self.rule.before, self.rule.old_form, change.change.before or "")
        new = (
            read_variables(self.rule.after, self.rule.new_form, change.change.after or "") if old is not None else None
        )
        if old is None or new is None or not self.is_in_time(change) or not self.knows_site(change.change.before or ""):
            return None
        old, new = self.rule.in_one_spelling(old), self.rule.in_one_spelling(new)
        if all(old[name] == value for name, value in new.items()):
            return True
        return False if self.is_address and self.hosts is None and is_slip(old, new) else None

    def is_in_time(self, change: PageChange) -> bool:
        """Whether no longer pause lies between a change and the members."""
        first, last = min(map(time_of, self.done)), max(map(time_of, self.done))
        return first - MAX_GAP <= time_of(change) <= last + MAX_GAP

    def take(self, change: PageChange, *, broken: bool) -> None:
        """One more member."""
        self.done.append(change)
        self.note(change)
        if self.hosts is not None:
            self.hosts.add(host_of(change.change.before))
        if broken:
            self.broken.append(change)

    def exceptions(self) -> list[PageChange]:
        return self.broken

    def is_regression(self, change: PageChange) -> bool:
        before, after = change.change.before, change.change.after
        if after is None or not self._has_old(change.change, after):
            return False
        if not self.knows_site(after):
            return False
        was_here = (change.page_id, after) in self.known
        self.known.add((change.page_id, after))
        at = self.migrated.get(change.page_id)
        if at is None and (was_here or change.rev_from is None):
            return False  # it had been here before, or came with a new page
        return change.timestamp > (at or self.last) and not (before and self._has_old(change.change, before))

    def _has_old(self, change: Change, value: str) -> bool:
        return (not self.scope or self.scope == _field(change)) and has_old_form(self.rule, value)

    def watch(self) -> Watch:
        return Watch(self.kind, self.asks, self.rule.old_form.pattern)

    def is_old(self, item: CurrentItem) -> bool:
        if self.scope and self.scope != plain_field(item.path):
            return False
        return has_old_form(self.rule, item.value)

    def address_rule(self) -> AddressRule | None:
        if not self.is_address or "://" not in self.rule.pattern_after:
            return None
        hosts = None if self.hosts is None else frozenset(self.hosts)
        return AddressRule(self.kind, self.rule, self.scope, hosts)

    def brought_back(self) -> set[Hashable]:
        return {(change.page_id, change.change.after) for change in self.regressions}

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        left = [item for item in self.left if (item.page_id, item.value) not in back]
        if self.hosts is not None and not self.fewer_than_migrated(left):
            return [item for item in left if host_of(item.value) in self.hosts]
        return left


def is_slip(old: Mapping[str, str], new: Mapping[str, str]) -> bool:
    """Whether two readings differ as a key that was mistyped does: another number, or nearly the same words."""
    pairs = [(old[name], new[name]) for name in old if name in new]
    return all((a.isdigit() and b.isdigit()) or fuzz.ratio(a, b) >= _SLIP for a, b in pairs)


def _field(change: Change) -> str:
    return plain_field(change.path)


def find_rewritings(kind: str, scope: str, changes: Sequence[PageChange], begun: datetime) -> Iterator[Found]:
    """Rules with variables; of field values and templates, those without any are literal pairs."""
    rewritten = {change.change_id: change for change in changes}
    found: list[Rewriting] = []
    for over_all, pairs in induce_rules(map(_pair, changes)):
        members = [rewritten[pair.member] for pair in pairs if pair.member in rewritten]
        is_literal = not any(isinstance(part, Variable) for part in over_all.before)
        if is_literal and kind in ("infobox", "template"):
            continue
        old, new = over_all.pattern_before, over_all.pattern_after
        others = sum(c.change.before == new and c.change.after == old for c in changes)
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
