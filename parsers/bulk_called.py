"""Bulk changes of addresses that became uses of a template, or came out of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from parsers.bulk_addresses import AddressRule
from parsers.bulk_calls import call_rules
from parsers.bulk_joint import Joint
from parsers.bulk_rewriting import Rewriting, is_slip
from parsers.bulk_rules import Rule, has_old_form, read_variables
from parsers.bulk_time import stretches
from parsers.change import Change, CurrentItem
from parsers.template_use import in_one_form


class Called(Rewriting):
    """A rule of addresses and uses of a template; ``kind`` is that of what gave way."""

    kinds = ("link", "template")

    def __init__(self, rule: Rule, joints: Sequence[Joint]) -> None:
        super().__init__(joints[0].shown.change.kind, rule, [one.shown for one in joints])
        self.partners = {one.shown.change_id: one.members[1:] for one in joints}

    def joins(self, one: Joint) -> bool:
        """Whether a rewriting with an altered key is one of this rule."""
        told = one.shown.change
        old = read_variables(self.rule.before, self.rule.old_form, told.before or "")
        new = read_variables(self.rule.after, self.rule.new_form, told.after or "")
        if old is None or new is None or not self.is_in_time(one.shown):
            return False
        return is_slip(old, {name: value for name, value in new.items() if name in old})

    def take_joint(self, one: Joint) -> None:
        """One more member, whose key was altered."""
        self.take(one.shown, broken=True)
        self.partners[one.shown.change_id] = one.members[1:]

    def _has_old(self, _: Change, value: str) -> bool:
        return has_old_form(self.rule, in_one_form(value))

    def is_old(self, item: CurrentItem) -> bool:
        return has_old_form(self.rule, in_one_form(item.value))

    def address_rule(self) -> AddressRule | None:
        return AddressRule(self.kind, self.rule, new_kind="template" if self.kind == "link" else "link")


def find_calls(joints: Iterable[Joint]) -> Iterator[Called]:
    """The rules of these rewritings, each in its stretches of time, with those whose key was altered."""
    groups: defaultdict[Hashable, list[Joint]] = defaultdict(list)
    for one in joints:
        groups[one.form].append(one)
    for both in groups.values():
        for kind in ("link", "template"):
            yield from _of_one_way([one for one in both if one.shown.change.kind == kind])


def _of_one_way(own: Sequence[Joint]) -> Iterator[Called]:
    by_id = {one.shown.change_id: one for one in own if one.is_kept}
    found: list[Called] = []
    for _, members in call_rules(by_id.values()):
        for stretch in stretches(one.shown for one in members):
            for rule, done in call_rules(by_id[change.change_id] for change in stretch):
                found.append(Called(rule, done))
    for one in own:
        if not one.is_kept and (taking := next((bulk for bulk in found if bulk.joins(one)), None)):
            taking.take_joint(one)
    yield from found
