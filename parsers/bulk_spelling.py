"""Rules of addresses whose letters changed case, or whose keys were filled up with zeros, or lost them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

from parsers.bulk_kept import Pair
from parsers.bulk_rules import LOWER, MIN_PAGES, UPPER, Rule, Variable, make_rule
from parsers.bulk_sites import host_of
from parsers.bulk_tokens import MAX_TOKENS, TOKEN, joined, literal_tail, variable
from parsers.immutable import dataclass

FILLED, BARE = "filled up", "no zeros"
_SCHEMES = frozenset({"http", "https"})
# What is not in lower case yet, and what is (as a regular expression of the values).
_CASED = {LOWER: ("[^\\W\\d_a-zß-öø-ÿ]", ".*"), UPPER: ("[a-zß-öø-ÿ]", ".*")}


@dataclass(frozen=True, slots=True)
class _Respelled:
    """The tokens of both addresses of a pair, one by one the same but for how they are spelled."""

    pair: Pair
    old: tuple[str, ...]
    new: tuple[str, ...]


def rules_of_spelling(pairs: Iterable[Pair]) -> Iterator[tuple[Rule, list[Pair]]]:
    """Rules of addresses that were spelled in another way, each with the pairs that it explains."""
    groups: defaultdict[Hashable, list[_Respelled]] = defaultdict(list)
    for pair in pairs:
        old, new = TOKEN.findall(pair.before), TOKEN.findall(pair.after)
        key = _key(pair, old, new)
        if key is not None:
            groups[key].append(_Respelled(pair, tuple(old), tuple(new)))
    for key, own in groups.items():
        if len({one.pair.page_id for one in own}) >= MIN_PAGES:
            assert isinstance(key, tuple)
            rule = _cased_rule(key[0], own) if key[0] in _CASED else _filled_rule(key[0], own)
            if rule:
                yield rule, [one.pair for one in own]


def respelled_form(pair: Pair) -> Hashable:
    """What a pair has in common with those that these rules take it together with; None for most pairs."""
    return _key(pair, TOKEN.findall(pair.before), TOKEN.findall(pair.after))


def _key(pair: Pair, old: Sequence[str], new: Sequence[str]) -> Hashable:
    """What pairs of one rule have in common; None where more than the spelling changed, or in several ways."""
    if "://" not in pair.before or len(old) != len(new) or len(old) > MAX_TOKENS:
        return None
    ways = {way for one, other in zip(old, new, strict=True) if (way := _way(one, other)) is not None}
    if len(ways) != 1:
        return None
    (way,) = ways
    sites = host_of(pair.before), old[0], new[0]
    if way in _CASED:
        return (way, *sites)
    if way not in (FILLED, BARE):
        return None
    shape = tuple(None if a.isdigit() and b.isdigit() else a for a, b in zip(old, new, strict=True))
    return (way, *sites, shape)


def _way(old: str, new: str) -> str | None:
    """How a token was spelled anew; None for the same one, or another scheme; ``else`` for another token."""
    if old == new or {old.lower(), new.lower()} == _SCHEMES:
        return None
    if old.isdigit() and new.isdigit() and old.lstrip("0") == new.lstrip("0"):
        return FILLED if len(new) > len(old) else BARE
    if old.casefold() == new.casefold():
        return LOWER if new == new.lower() else UPPER if new == new.upper() else "else"
    return "else"


def _cased_rule(way: str, own: Sequence[_Respelled]) -> Rule | None:
    """``https://h/{path} → https://h/{path, lower case}``; what all have in common at the start is literal."""
    shortest = min(len(one.old) for one in own)
    head = 0
    while head < shortest and len({(one.old[head], one.new[head]) for one in own}) == 1:
        head += 1
    while head and own[0].old[head - 1] not in "/?=&":
        head -= 1
    written = "".join(own[0].old[:head])
    if host_of(written) is None or written.count("/") < 3:
        return None
    other, rest = _CASED[way]
    before = Variable("rest", f"(?=.*{other}){rest}")
    after = Variable("rest", f"(?!.*{other}){rest}", way)
    return make_rule((written, before), ("".join(own[0].new[:head]), after))


def _filled_rule(way: str, own: Sequence[_Respelled]) -> Rule | None:
    """``?id={id} → ?id={id, 7 digits}``, or ``{id, no zeros}``; with as many zeros everywhere these are literal."""
    names: Counter[str] = Counter()
    before: list[str | Variable] = []
    after: list[str | Variable] = []
    columns = zip(zip(*(one.old for one in own), strict=True), zip(*(one.new for one in own), strict=True), strict=True)
    for old, new in columns:
        if len(set(old)) == len(set(new)) == 1:
            before.append(old[0])
            after.append(new[0])
            continue
        name = variable(old, literal_tail(before), names)
        if old == new:
            before.append(name)
            after.append(name)
            continue
        widths = {len(value) for value in (new if way == FILLED else old)}
        if way == FILLED and len(widths) == 1:
            width = widths.pop()
            before.append(Variable(name.name, rf"\d{{1,{width - 1}}}"))
            after.append(Variable(name.name, rf"\d{{{width}}}", f"{width} digits"))
        else:
            zeros = (r"(?!0)\d+", r"0\d+")
            sides = zeros if way == FILLED else zeros[::-1]
            before.append(Variable(name.name, sides[0]))
            after.append(Variable(name.name, sides[1], "with zeros" if way == FILLED else BARE))
    return make_rule(joined(before), joined(after))
