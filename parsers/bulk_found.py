"""Rules that were found, and what is asked about each: what still has the old form, what brought it back."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence, Set
from dataclasses import replace

from rapidfuzz import fuzz

from parsers.bulk_addresses import AddressRule, Standing, check_addresses
from parsers.bulk_founding import plain_field
from parsers.bulk_literal import Literal
from parsers.bulk_rules import Rule, has_old_form, read_variables
from parsers.bulk_sites import host_of, is_of_any_site
from parsers.bulk_templates import Parameters, title_expression
from parsers.bulk_time import MAX_GAP, in_order, page_count, time_of
from parsers.bulk_watch import Wanted, Watch
from parsers.bulk_wording import RUN, TEXT, Wording, file_form
from parsers.change import BulkCase, BulkChange, Change, CurrentItem, PageChange

_NEVER = "9999"  # later than any time stamp
# Where a variable stands for words, a value less like the old one (0 to 100) is another thing and no slip.
_SLIP = 50.0


class Found(ABC):
    """A rule that was found, with what it changed, what came back, and what was left."""

    asks = ""  # the kind of current items that may be left

    def __init__(self, kind: str, done: Sequence[PageChange]) -> None:
        self.kind = kind
        self.asks = kind
        self.beginning = ""  # of every value that has the old form
        self.done = list(done)
        self.migrated: dict[int, str] = {}  # when each page was first migrated
        for change in done:
            self.note(change)
        self.regressions: list[PageChange] = []
        self.left: list[CurrentItem] = []
        self.hosts: set[str | None] | None = None  # that a rule of any site is about

    def note(self, change: PageChange) -> None:
        """Remember when a page was migrated."""
        at = self.migrated.get(change.page_id, change.timestamp)
        self.migrated[change.page_id] = min(change.timestamp, at)

    @property
    @abstractmethod
    def text(self) -> str:
        """The rule in one line."""

    @property
    def family(self) -> tuple[str, str]:
        """What the same work at another time has in common with this."""
        return self.kind, self.text

    @property
    @abstractmethod
    def forms(self) -> Rule:
        """The old and the new form."""

    @abstractmethod
    def is_regression(self, change: PageChange) -> bool:
        """Whether a change of this kind brought the old form back."""

    @abstractmethod
    def is_old(self, item: CurrentItem) -> bool:
        """Whether an item of this kind has the old form."""

    def knows_site(self, value: str) -> bool:
        """Whether an address is of one of the sites that a rule of any site is about; of other rules each is."""
        return self.hosts is None or host_of(value) in self.hosts

    def returns(self) -> Wanted:
        """The changes that could bring the old form back, by their new values."""
        return Wanted(self.beginning)

    def sought(self) -> Wanted:
        """The items that could have the old form."""
        return Wanted(self.beginning)

    @abstractmethod
    def watch(self) -> Watch:
        """By what a change or an item could be of the old form."""

    def brought_back(self) -> set[Hashable]:
        """By what the items are known that were brought back: their pages."""
        return {change.page_id for change in self.regressions}

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        """What is left and was not brought ``back``."""
        return [item for item in self.left if item.page_id not in back]

    def exceptions(self) -> list[PageChange]:
        """The members that altered a variable."""
        return []

    def case(self, change: PageChange) -> BulkCase:
        """A change as an exception or a regression names it."""
        told = change.change
        return BulkCase(change.title, change.rev_to or 0, told.before or "", told.after, told.label)

    def told(self, back: Set[Hashable], standing: Standing) -> BulkChange:
        """The bulk change; what was brought ``back``, also after another one of the same rule, is no straggler."""
        about, left = self.address_rule(), self.stragglers(back)
        members = in_order(self.done)
        return BulkChange(
            kind=self.kind,
            rule=" ".join(self.text.split()),
            pattern_before=self.forms.pattern_before,
            pattern_after=self.forms.pattern_after,
            first_at=members[0].timestamp,
            last_at=members[-1].timestamp,
            pages=page_count(members),
            occurrences=len(members),
            members=tuple(change.change_id for change in members),
            exceptions=tuple(self.case(change) for change in in_order(self.exceptions())),
            stragglers=tuple(
                BulkCase(item.title, item.rev_id, item.value, None, item.label)
                for item in sorted(left, key=lambda item: (item.title, item.path, item.value))
            ),
            regressions=tuple(self.case(change) for change in in_order(self.regressions)),
            addresses=tuple(check_addresses(about, members, left, standing)) if about else None,
        )

    def address_rule(self) -> AddressRule | None:
        """What the addresses on pages are held against, if this is a rule of addresses."""
        return None

    def _fewer_than_migrated(self, items: list[CurrentItem]) -> list[CurrentItem]:
        """Where most pages kept the old form, some pages were sorted anew, and the others missed nothing."""
        return items if len({item.page_id for item in items}) <= len(self.migrated) else []


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
        self.last = max(change.timestamp for change in done) if self.is_address else _NEVER
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
        if all(old[name] == value for name, value in new.items()):
            return True
        return False if self.is_address and self.hosts is None and _is_slip(old, new) else None

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
        if self.hosts is not None and not self._fewer_than_migrated(left):
            return [item for item in left if host_of(item.value) in self.hosts]
        return left


def _is_slip(old: dict[str, str], new: dict[str, str]) -> bool:
    """Whether two readings differ as a key that was mistyped does: another number, or nearly the same words."""
    pairs = [(old[name], new[name]) for name in old if name in new]
    return all((a.isdigit() and b.isdigit()) or fuzz.ratio(a, b) >= _SLIP for a, b in pairs)


def _field(change: Change) -> str:
    return plain_field(change.path)


class Renamed(Found):
    """Parameters of a template that were renamed or dropped, whatever they held."""

    def __init__(self, parameters: Parameters, done: Sequence[PageChange]) -> None:
        super().__init__("template", done)
        self.parameters = parameters
        self.beginning = "{{"

    @property
    def text(self) -> str:
        return f"{self.forms.pattern_before} → {self.forms.pattern_after}"

    @property
    def forms(self) -> Rule:
        return self.parameters.rule

    def is_regression(self, change: PageChange) -> bool:
        at = self.migrated.get(change.page_id)
        before, after = change.change.before or "", change.change.after or ""
        if at is None or change.timestamp <= at:
            return False
        return self.parameters.is_old(after) and not self.parameters.is_old(before)

    def watch(self) -> Watch:
        return Watch(self.kind, self.asks, title_expression(self.parameters.name))

    def is_old(self, item: CurrentItem) -> bool:
        return self.parameters.is_old(item.value)


class LiteralPair(Found):
    """One name or value that became another."""

    def __init__(self, literal: Literal, done: Sequence[PageChange]) -> None:
        super().__init__(literal.kind, done)
        self.literal = literal

    @property
    def text(self) -> str:
        return self.literal.text

    @property
    def forms(self) -> Rule:
        return self.literal.rule

    def is_regression(self, change: PageChange) -> bool:
        at = self.migrated.get(change.page_id)
        return at is not None and change.timestamp > at and self.literal.brings_back(change.change)

    def returns(self) -> Wanted:
        if self.kind == "section":
            return Wanted()
        if self.kind == "template":
            return Wanted(rf"\{{\{{|{re.escape(self.literal.before)}", is_expression=True)
        return Wanted(self.literal.before, self._path() if self._is_field() else None)

    def _is_field(self) -> bool:
        """Whether fields were renamed, which are known by their paths."""
        return self.kind == "infobox" and self.literal.action != "changed"

    def _path(self) -> str:
        literal = self.literal
        field = rf"(?:#\d+)?/{re.escape(literal.before)}\Z"
        return re.escape(literal.scope) + field if literal.scope else re.escape(literal.before) + r"(?:[#/]|\Z)"

    def sought(self) -> Wanted:
        literal = self.literal
        if self.kind == "template":
            return Wanted("{{")
        if self.kind == "section":
            return Wanted(None, rf"(?:.* / )?{re.escape(literal.before)}\Z")
        if self._is_field():
            return Wanted(None, self._path())
        return Wanted(literal.before)

    def watch(self) -> Watch:
        form = title_expression if self.kind == "template" else re.escape
        return Watch(self.kind, self.asks, form(self.literal.before))

    def is_old(self, item: CurrentItem) -> bool:
        return self.literal.is_old(item)

    def address_rule(self) -> AddressRule | None:
        literal = self.literal
        if literal.action != "changed" or not (host_of(literal.before) and host_of(literal.after)):
            return None
        return AddressRule(self.kind, literal.rule, literal.scope)

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        left = super().stragglers(back)
        if self.kind == "template":  # by its name, as its members
            left = [replace(item, value=self.literal.before) for item in left]
        return self._fewer_than_migrated(left) if self.literal.may_stay else left


class Worded(Found):
    """A rewriting inside texts. ``back`` are the changes that made the contrary one."""

    def __init__(self, wording: Wording, done: Sequence[PageChange], back: Sequence[PageChange]) -> None:
        super().__init__(wording.kind, done)
        self.wording = wording
        self.asks = wording.inside
        self.regressions = [c for c in back if c.timestamp > self.migrated.get(c.page_id, _NEVER)]
        shown = [change.change.before or "" for change in done]
        self.file = file_form(shown) if wording.kind == "file" and RUN in wording.before else None

    @property
    def text(self) -> str:
        return f"{self.wording.before} → {self.wording.after}"

    @property
    def forms(self) -> Rule:
        return self.wording.rule

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def watch(self) -> Watch:
        if self.kind == "file":
            return Watch("", self.asks, self.file.pattern if self.file else "(?!)")
        hidden = self.wording.after if self.wording.before in self.wording.after else ""
        return Watch("", self.asks, self.wording.expression.pattern if self.wording.before else "(?!)", hidden)

    def is_old(self, item: CurrentItem) -> bool:
        return self._old_form(item.value) is not None

    def _old_form(self, text: str) -> str | None:
        if self.kind == "file":
            match = self.file.search(text) if self.file else None
            return match[0] if match else None
        return self.wording.stands_in(text)

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        found = [
            CurrentItem(self.kind, i.page_id, i.title, i.rev_id, i.path, self._old_form(i.value) or "", i.label)
            for i in super().stragglers(back)
        ]
        # Once for each page, in however many sections it stands.
        return self._fewer_than_migrated(list({(i.page_id, i.value): i for i in reversed(found)}.values()))

    def case(self, change: PageChange) -> BulkCase:
        return BulkCase(change.title, change.rev_to or 0, self.wording.after, self.wording.before)


__all__ = ["TEXT", "Found", "LiteralPair", "Renamed", "Rewriting", "Worded"]
