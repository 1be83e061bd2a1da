"""Names and values that became others, and parameters of templates that were renamed: rules without variables."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Sequence, Set
from dataclasses import replace
from datetime import datetime

from parsers.bulk_addresses import AddressRule
from parsers.bulk_found import Found
from parsers.bulk_literal import Literal, literal_groups
from parsers.bulk_rules import Rule
from parsers.bulk_sites import host_of
from parsers.bulk_templates import Parameters, group_parameters, title_expression
from parsers.bulk_time import RARE, bursts
from parsers.bulk_watch import Wanted, Watch
from parsers.change import CurrentItem, PageChange


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
        return self.fewer_than_migrated(left) if self.literal.may_stay else left


def find_renamed_parameters(uses: Sequence[PageChange], begun: datetime) -> Iterator[Renamed]:
    """Of changed uses of templates, those whose parameters were renamed or dropped alike."""
    for parameters, members in group_parameters(uses).items():
        yield from (Renamed(parameters, stretch) for stretch in bursts(members, RARE, begun))


def find_literals(ordered: Sequence[PageChange], begun: datetime) -> Iterator[LiteralPair]:
    """Changes of one literal pair, each in the best supported group that it can be of."""
    taken: set[int] = set()
    groups = list(literal_groups(ordered))
    sizes = {(literal.scope, literal.before, literal.after): len(members) for literal, members in groups}
    for literal, members in groups:
        free = [change for change in members if change.change_id not in taken]
        others = sizes.get((literal.scope, literal.after, literal.before), 0)
        for stretch in bursts(free, literal.bounds, begun, others):
            taken.update(change.change_id for change in stretch)
            yield LiteralPair(literal, stretch)
