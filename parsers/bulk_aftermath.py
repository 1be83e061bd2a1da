"""What follows on a bulk change: what still has the old form, what brought it back, and which rule names it."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import replace

from parsers.bulk_addresses import Standing
from parsers.bulk_found import Found
from parsers.change import BulkCase, BulkChange, CurrentItem, PageChange


def find_regressions(found: Iterable[Found], changes: Iterable[PageChange]) -> None:
    """Tell each rule which changes, in the order of time, brought its old form back."""
    concerned = _by_kind((bulk.kind, bulk.beginning, bulk) for bulk in found if not bulk.knows_returns)
    members = {one: bulk for bulk in found for one in bulk.member_ids}
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


def find_left(found: Iterable[Found], current: Iterable[CurrentItem]) -> None:
    """Tell each rule which items still have its old form now."""
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
    letters = {beginning[:1] for beginning, _ in by_beginning}
    by_letter = {one: [pair for pair in by_beginning if pair[0][:1] in ("", one)] for one in letters}

    def possible(value: str) -> Collection[Found]:
        if not any_of_them.match(value):
            return ()
        near = by_letter.get(value[:1], by_letter.get("", ()))
        return [bulk for beginning, bulk in near if value.startswith(beginning)]

    return possible


def without_returns(found: Sequence[Found]) -> list[Found]:
    """Without the rules that only lead back what another one had changed: these are its regressions."""
    back: set[tuple[str, int | None]] = set()
    kept = []
    for bulk in sorted(found, key=lambda bulk: min(change.timestamp for change in bulk.done)):
        if not {(bulk.kind, change.rev_to) for change in bulk.done} <= back:
            kept.append(bulk)
            back |= {(kind, change.rev_to) for change in bulk.regressions for kind in bulk.kinds or (bulk.kind,)}
    return kept


def named_once(found: Sequence[Found], standing: Standing) -> list[BulkChange]:
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
