"""Fields of infoboxes that were split in two, or joined, and values that went to another field that was empty."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import permutations, product

from rapidfuzz import fuzz

from parsers.bulk_found import NEVER, Found
from parsers.bulk_founding import plain_field
from parsers.bulk_joint import Joint, joint
from parsers.bulk_rules import Parts, Rule, Variable, make_rule
from parsers.bulk_time import MAX_GAP, stretches, time_of
from parsers.bulk_watch import Wanted, Watch
from parsers.change import Change, CurrentItem, PageChange
from parsers.immutable import dataclass

_MAX_FIELDS = 12  # of a box that one edit touched; with more it was written anew
_MAX_VALUE = 300
_BETWEEN = re.compile(r"[\s,;:/|()–—-]+")
# How much a part must be like what stood in the whole (0 to 100) to be the same with a slip.
_SLIP = 75.0
SPLIT, JOINED, MOVED = "split", "joined", "moved"
_BACK = {SPLIT: JOINED, JOINED: SPLIT, MOVED: MOVED}


@dataclass(frozen=True, slots=True)
class Parting:
    """The field ``whole`` of ``box`` and the two ``parts`` of its value, with the marks between and behind them.

    With the action ``moved`` there is one part: the field that the value went to.
    """

    action: str
    box: str
    whole: str
    parts: tuple[str, ...]
    between: str = ""
    behind: str = ""

    @property
    def reverse(self) -> Parting:
        if self.action == MOVED:
            return Parting(MOVED, self.box, self.parts[0], (self.whole,))
        return Parting(_BACK[self.action], self.box, self.whole, self.parts, self.between, self.behind)

    @property
    def rule(self) -> Rule:
        """The rule as it is shown: ``Stelle = {a}, {b} → Stelle = {a} | Person = {b}``."""
        if self.action == MOVED:
            value = Variable("value", ".+")
            return make_rule((f"{self.whole} = ", value), (f"{self.parts[0]} = ", value))
        a, b = Variable("a", ".+"), Variable("b", ".+")
        whole: Parts = tuple(p for p in (f"{self.whole} = ", a, self.between, b, self.behind) if p)
        parts: Parts = (f"{self.parts[0]} = ", a, f" | {self.parts[1]} = ", b)
        return make_rule(whole, parts) if self.action == SPLIT else make_rule(parts, whole)

    def is_old(self, item: CurrentItem) -> bool:
        """Whether a field still holds what went to another one."""
        box, _, name = plain_field(item.path).rpartition("/")
        if box != self.box or not item.value:
            return False
        if self.action == SPLIT:
            first, between, rest = item.value.partition(self.between)
            return name == self.whole and bool(first and between and rest and item.value.endswith(self.behind))
        gone = self.whole if self.action == MOVED else next(part for part in self.parts[::-1] if part != self.whole)
        return name == gone


def partings_of_edit(edit: Sequence[PageChange]) -> Iterator[Joint]:
    """The fields of one edit that were split, joined or left for another one."""
    boxes: defaultdict[str, dict[str, PageChange]] = defaultdict(dict)
    for change in edit:
        if change.change.kind == "infobox" and change.change.action != "renamed":
            box, slash, name = change.change.path.rpartition("/")
            if slash:
                boxes[box][name] = change
    for path, fields in boxes.items():
        if 1 < len(fields) <= _MAX_FIELDS:
            yield from _partings(path, fields)


def _partings(path: str, fields: Mapping[str, PageChange]) -> Iterator[Joint]:
    old = {name: (change.change.before or "").strip() for name, change in fields.items()}
    new = {name: (change.change.after or "").strip() for name, change in fields.items()}
    if not any(old.values()) or not any(new.values()):
        return  # a box that came or went
    box = plain_field(f"{path}/").removesuffix("/")
    taken: set[str] = set()
    for exact in (True, False):
        for action, whole, parts in ((SPLIT, old, new), (JOINED, new, old)):
            for name in fields:
                found = _parted(name, whole, parts, taken, exact=exact)
                if found:
                    taken |= {name, *found[0]}
                    parting = Parting(action, box, name, *found)
                    yield _joint_of(parting, path, fields, (whole, parts), is_kept=exact)
    for one, other in permutations(fields, 2):
        if not {one, other} & taken and old[one] and old[one] == new[other] and not new[one] and not old[other]:
            taken |= {one, other}
            told = Change("infobox", "changed", f"{path}/{one}", old[one], new[other])
            yield joint(Parting(MOVED, box, one, (other,)), told, [fields[one], fields[other]])


def _parted(
    name: str, whole: Mapping[str, str], parts: Mapping[str, str], taken: Set[str], *, exact: bool
) -> tuple[tuple[str, str], str, str] | None:
    """The two fields that hold the parts of a value on the other side, and what stood between and behind them."""
    value = whole[name]
    if not value or len(value) > _MAX_VALUE or name in taken:
        return None
    firsts = [field for field, part in parts.items() if part and part != value and value.startswith(part)]
    for first, second in product(firsts, parts):
        a, b = parts[first], parts[second]
        empty = all(field == name or not whole[field] for field in (first, second))
        if first == second or not (b and empty) or {first, second} & taken:
            continue
        if parts[name] and name not in (first, second):
            continue
        between = _BETWEEN.match(value, len(a))
        if between is None:
            continue
        rest = value[between.end() :]
        kept, behind = rest[: len(rest.rstrip(") "))], rest[len(rest.rstrip(") ")) :]
        if kept == b if exact else kept != b and fuzz.ratio(kept, b) >= _SLIP:
            return (first, second), between[0], behind
    return None


def _joint_of(
    parting: Parting,
    path: str,
    fields: Mapping[str, PageChange],
    sides: tuple[Mapping[str, str], Mapping[str, str]],
    *,
    is_kept: bool,
) -> Joint:
    whole, parts = sides[0][parting.whole], " | ".join(sides[1][part] for part in parting.parts)
    before, after = (whole, parts) if parting.action == SPLIT else (parts, whole)
    told = Change("infobox", "changed", f"{path}/{parting.whole}", before, after)
    members = dict.fromkeys((parting.whole, *parting.parts))
    return joint(parting, told, [fields[name] for name in members], is_kept=is_kept)


class Parted(Found):
    """Fields that were split, joined or left for others alike."""

    knows_returns = True

    def __init__(self, parting: Parting, joints: Sequence[Joint], back: Iterable[Joint]) -> None:
        super().__init__("infobox", [one.shown for one in joints])
        self.parting = parting
        self.partners = {one.shown.change_id: one.members[1:] for one in joints}
        self.broken = [one.shown for one in joints if not one.is_kept]
        contrary = (one.shown for one in back)
        self.regressions = [c for c in contrary if c.timestamp > self.migrated.get(c.page_id, NEVER)]

    @property
    def text(self) -> str:
        return f"{self.parting.box}: {self.forms.pattern_before} → {self.forms.pattern_after}"

    @property
    def forms(self) -> Rule:
        return self.parting.rule

    def exceptions(self) -> list[PageChange]:
        return self.broken

    def is_regression(self, change: PageChange) -> bool:
        return change in self.regressions  # known from the start

    def is_old(self, item: CurrentItem) -> bool:
        return self.parting.is_old(item)

    def sought(self) -> Wanted:
        return Wanted(None, self._path())

    def _path(self) -> str:
        names = "|".join(map(re.escape, (self.parting.whole, *self.parting.parts)))
        return rf"{re.escape(self.parting.box)}(?:#\d+)?/(?:{names})\Z"

    def watch(self) -> Watch:
        return Watch(self.kind, self.asks, self._path())

    def stragglers(self, back: Set[Hashable]) -> list[CurrentItem]:
        return self.fewer_than_migrated(super().stragglers(back))


def find_partings(joints: Iterable[Joint]) -> Iterator[Parted]:
    """The partings of fields that pages enough share, with those of the same that went wrong."""
    groups: defaultdict[Hashable, list[Joint]] = defaultdict(list)
    for one in joints:
        groups[one.form].append(one)
    for parting, own in groups.items():
        assert isinstance(parting, Parting)
        by_id = {one.shown.change_id: one for one in own}
        for stretch in stretches(one.shown for one in own if one.is_kept):
            first, last = time_of(stretch[0]) - MAX_GAP, time_of(stretch[-1]) + MAX_GAP
            slips = (one for one in own if not one.is_kept and first <= time_of(one.shown) <= last)
            done = [*(by_id[change.change_id] for change in stretch), *slips]
            yield Parted(parting, done, groups.get(parting.reverse, ()))
