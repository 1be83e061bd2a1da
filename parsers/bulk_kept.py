"""Rules of addresses by the values that were kept, wherever these went, and whatever numbers were dropped."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence

from parsers.bulk_rules import MIN_PAGES, Parts, Rule, Variable, make_rule
from parsers.bulk_tokens import MAX_TOKENS, TOKEN, joined, literal_tail, variable
from parsers.immutable import dataclass

_DIGIT = re.compile(r"\d")
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_KEY = re.compile(r"[^\W_]{2,}|\d")
_HOST = re.compile(r"[a-z][a-z0-9+.-]*://(?P<host>[^/?#]*)", re.IGNORECASE)
_GONE = "\0"  # stands for the variables of a host


@dataclass(frozen=True, slots=True)
class Pair:
    """An old and a new address with the page that they stand on; ``member`` is whatever the caller knows it by."""

    page_id: int
    before: str
    after: str
    member: int


@dataclass(frozen=True, slots=True)
class _Masked:
    """Both addresses with each value that was kept replaced by its number; what was dropped has one below zero."""

    before: tuple[str | int, ...]
    after: tuple[str | int, ...]


def rules_that_drop_numbers(pairs: Iterable[Pair]) -> Iterator[tuple[Rule, list[Pair]]]:
    """Rules of addresses that lost a number that differs from page to page, and kept a key: a session, a year."""
    for masked, own in _groups(pairs, lambda pair: _mask(pair, _DIGIT, dropped=True)):
        rule = _rule(masked, own)
        names = [{part.name for part in parts if isinstance(part, Variable)} for parts in (rule.before, rule.after)]
        if names[0] > names[1] and names[1] and _has_literal_host(rule.before) and _has_literal_host(rule.after):
            yield rule, own


def rules_of_kept_values(pairs: Iterable[Pair]) -> Iterator[tuple[Rule, list[Pair]]]:
    """Rules of addresses whose values went to other places: keys in another order, a site that became a path."""
    left = list(pairs)
    told: set[int] = set()
    for kept in (_DIGIT, _KEY):
        free = (pair for pair in left if pair.member not in told)
        for masked, together in _groups(free, lambda pair, kept=kept: _mask(pair, kept, dropped=False)):  # type: ignore[misc]
            for own in [together] if kept is _DIGIT else _by_site(together):
                rule = _rule(masked, own)
                if kept is _DIGIT or (_has_literal_host(rule.before) and _has_literal_host(rule.after)):
                    told |= {pair.member for pair in own}
                    yield rule, own


def of_moved_values(pairs: Iterable[Pair]) -> set[int]:
    """The members of rules that exchanged numbers which differ from page to page: a year and a key, the key first.

    What stands between them tells nothing then: as much of an address may be taken for what was kept as for what was
    rewritten, so that each year would be a rule of its own.
    """
    found: set[int] = set()
    for masked, own in _groups(pairs, lambda pair: _mask(pair, _DIGIT, dropped=False)):
        places = [[value for value in side if isinstance(value, int)] for side in (masked.before, masked.after)]
        if places[0] != places[1]:
            at = [i for i, token in enumerate(masked.before) if isinstance(token, int)]
            columns = zip(*([TOKEN.findall(pair.before)[i] for i in at] for pair in own), strict=True)
            if all(len(set(column)) > 1 for column in columns):
                found |= {pair.member for pair in own}
    return found


def masked_forms(pair: Pair) -> Iterator[Hashable]:
    """What a pair has in common with those that these rules take it together with."""
    if "://" in pair.before and "://" in pair.after:
        for kept, dropped in ((_DIGIT, True), (_DIGIT, False), (_KEY, False)):
            if masked := _mask(pair, kept, dropped=dropped):
                yield kept.pattern, dropped, masked.before, masked.after


def _groups(pairs: Iterable[Pair], mask: Callable[[Pair], _Masked | None]) -> Iterator[tuple[_Masked, list[Pair]]]:
    groups: defaultdict[_Masked, list[Pair]] = defaultdict(list)
    for pair in pairs:
        masked = mask(pair) if "://" in pair.before and "://" in pair.after else None
        if masked:
            groups[masked].append(pair)
    for masked, own in groups.items():
        if len({pair.page_id for pair in own}) >= MIN_PAGES:
            yield masked, own


def _by_site(pairs: Iterable[Pair]) -> Iterator[list[Pair]]:
    """The pairs of each two sites that have pages enough; what stands before a site's last two names may vary."""
    sites: defaultdict[tuple[str, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        hosts = _HOST.match(pair.before), _HOST.match(pair.after)
        sites[tuple(".".join(host["host"].lower().split(".")[-2:]) for host in hosts if host)].append(pair)
    yield from (own for own in sites.values() if len({pair.page_id for pair in own}) >= MIN_PAGES)


def _mask(pair: Pair, kept: re.Pattern[str], *, dropped: bool) -> _Masked | None:
    old, new = TOKEN.findall(pair.before), TOKEN.findall(pair.after)
    if max(len(old), len(new)) > MAX_TOKENS:
        return None
    counts = Counter(old), Counter(new)
    values = [token for token in old if kept.search(token) and counts[0][token] == counts[1][token] == 1]
    places: dict[str, int] = {token: place for place, token in enumerate(values)}
    gone = [token for token in old if _DIGIT.search(token) and not counts[1][token]] if dropped else []
    if (dropped and not (gone and places)) or (not dropped and len(places) < 2):
        return None
    places |= {token: -1 - place for place, token in enumerate(dict.fromkeys(gone))}
    return _Masked(tuple(places.get(t, t) for t in old), tuple(places.get(t, t) for t in new))


def _rule(masked: _Masked, pairs: Sequence[Pair]) -> Rule:
    """The rule of pairs with the same masked forms; a value that is the same in all of them is literal."""
    names: Counter[str] = Counter()
    parts: dict[int, str | Variable] = {}
    before: list[str | Variable] = []
    columns = zip(*(TOKEN.findall(pair.before) for pair in pairs), strict=True)
    for token, values in zip(masked.before, columns, strict=True):
        if isinstance(token, int):
            parts[token] = values[0] if len(set(values)) == 1 else variable(values, literal_tail(before), names)
            before.append(parts[token])
        else:
            before.append(token)
    after = [parts[token] if isinstance(token, int) else token for token in masked.after]
    return make_rule(joined(before), joined(after))


def _has_literal_host(parts: Parts) -> bool:
    """Whether a form names its site: two words of the host at least."""
    host = _HOST.match("".join(part if isinstance(part, str) else _GONE for part in parts))
    words = _LETTERS.findall(host["host"].lower()) if host else []
    return len([word for word in words if word != "www"]) >= 2
