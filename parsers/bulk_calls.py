"""Addresses that became uses of a template, and uses that became addresses, by the key that both have."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from parsers.bulk_joint import Joint, joint, of_side
from parsers.bulk_rules import MIN_PAGES, Rule, Variable, make_rule
from parsers.bulk_sites import host_of
from parsers.bulk_time import page_count
from parsers.bulk_tokens import MAX_TOKENS, TOKEN, joined, literal_tail, variable
from parsers.change import Change, PageChange
from parsers.immutable import dataclass
from parsers.template_use import Use, read_use

_KEY = re.compile(r"\d|[^\W\d_]{4}")  # what identifies something has a digit, or is a word
_LABEL = -1


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a use is made of an address: what the rewritings of one rule have in common.

    ``address`` holds the pieces of the address, with a number for each that the use kept and None for other numbers;
    ``sources`` says of each parameter which of the pieces it is, _LABEL for the label of the link, None for others.
    """

    address: tuple[str | int | None, ...]
    name: str
    names: tuple[str | None, ...]
    sources: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class _Call:
    """A link and the use of a template that stands for it, with the pieces of its address as ``shape`` has them."""

    link: PageChange
    use: PageChange
    params: Use
    shape: _Shape | None = None
    pieces: tuple[str, ...] = ()


def calls_of_edit(edit: Sequence[PageChange]) -> Iterator[Joint]:
    """The links of an edit that gave way to uses of a template, and those that took the place of some.

    Each link and use is of one rewriting at most. Those that are left, with no key in common, are joined in the order
    of the page, as ones whose key may have been altered.
    """
    for gone, come in (("removed", "added"), ("added", "removed")):
        links = [change for change in of_side(edit, "link", gone) if host_of(_written(change))]
        uses = [(change, use) for change in of_side(edit, "template", come) if (use := read_use(_written(change)))]
        if links and uses:
            for call in _paired(links, [(change, use) for change, use in uses if use.params]):
                yield _as_joint(call, back=gone == "added")


def _written(change: PageChange) -> str:
    return change.change.before or change.change.after or ""


def _paired(links: Sequence[PageChange], uses: Sequence[tuple[PageChange, Use]]) -> Iterator[_Call]:
    by_key: defaultdict[str, list[int]] = defaultdict(list)
    for at, link in enumerate(links):
        for token in _keys(_written(link)):
            by_key[token].append(at)
    taken: set[int] = set()
    rest = []
    for change, use in uses:
        possible = {at for _, value in use.params for token in _keys(value) for at in by_key.get(token, ())} - taken
        calls = [(at, call) for at in sorted(possible) if (call := _call(links[at], change, use))]
        if calls:
            at, call = max(calls, key=lambda one: (_strength(one[1]), -one[0]))
            taken.add(at)
            yield call
        else:
            rest.append((change, use))
    left = [link for at, link in enumerate(links) if at not in taken]
    yield from (_Call(link, change, use) for link, (change, use) in zip(left, rest, strict=False))


def _keys(text: str) -> set[str]:
    return {token for token in TOKEN.findall(text[:2000]) if _KEY.search(token)}


def _strength(call: _Call) -> int:
    return sum(source is not None for source in call.shape.sources) if call.shape else 0


def _call(link: PageChange, change: PageChange, use: Use) -> _Call | None:
    """How a use is made of an address, or None when it has none of its keys."""
    tokens = TOKEN.findall(_written(link))
    if len(tokens) > MAX_TOKENS:
        return None
    kept: dict[int, tuple[int, int]] = {}  # where what was kept begins and ends, and its number
    sources: list[int | None] = []
    for _, value in use.params:
        run = TOKEN.findall(value)
        at = _last_place(tokens, run, kept) if _KEY.search(value) else None
        if at is not None:
            kept[at] = at + len(run), len(kept)
            sources.append(kept[at][1])
        else:
            sources.append(_LABEL if value and value == link.change.label else None)
    if not kept:
        return None
    marks: list[str | int | None] = []
    pieces: list[str] = []
    at = 0
    while at < len(tokens):
        end, number = kept.get(at, (at + 1, None))
        pieces.append("".join(tokens[at:end]))
        marks.append(number if number is not None else None if tokens[at].isdigit() else tokens[at])
        at = end
    names = tuple(name for name, _ in use.params)
    return _Call(link, change, use, _Shape(tuple(marks), use.name, names, tuple(sources)), tuple(pieces))


def _last_place(tokens: Sequence[str], run: Sequence[str], kept: dict[int, tuple[int, int]]) -> int | None:
    """Where in an address a value stands last, in a place that is no other one's."""
    covered = {place for at, (end, _) in kept.items() for place in range(at, end)}
    for at in range(len(tokens) - len(run), -1, -1):
        if tokens[at : at + len(run)] == run and covered.isdisjoint(range(at, at + len(run))):
            return at
    return None


def _as_joint(call: _Call, *, back: bool) -> Joint:
    address, use = _written(call.link), call.params.written
    before, after = (use, address) if back else (address, use)
    told = Change(
        "template" if back else "link", "changed", call.link.change.path, before, after, label=call.link.change.label
    )
    members = (call.use, call.link) if back else (call.link, call.use)
    return joint(("call", host_of(address), call.params.name), told, members, is_kept=call.shape is not None)


def call_rules(joints: Iterable[Joint]) -> Iterator[tuple[Rule, list[Joint]]]:
    """The rules of the rewritings that kept a key, on pages enough, each with those that it explains."""
    groups: defaultdict[_Shape, list[tuple[Joint, _Call]]] = defaultdict(list)
    for one in joints:
        told = one.shown.change
        sides = (told.after, told.before) if told.kind == "template" else (told.before, told.after)
        use = read_use(sides[1])
        link = Change("link", "removed", "", sides[0], None, label=told.label)
        call = _call(_with(one.shown, link), one.shown, use) if use else None
        if call and call.shape:
            groups[call.shape].append((one, call))
    for shape, own in groups.items():
        if page_count(one.shown for one, _ in own) >= MIN_PAGES:
            yield (
                _rule(shape, [call for _, call in own], back=own[0][0].shown.change.kind == "template"),
                [one for one, _ in own],
            )


def _with(shown: PageChange, told: Change) -> PageChange:
    return PageChange(
        shown.change_id, shown.page_id, shown.title, shown.rev_from, shown.rev_to, shown.timestamp, None, None, told
    )


def _rule(shape: _Shape, calls: Sequence[_Call], *, back: bool) -> Rule:
    names: Counter[str] = Counter()
    kept: dict[int, str | Variable] = {}
    address: list[str | Variable] = []
    for mark, values in zip(shape.address, zip(*(call.pieces for call in calls), strict=True), strict=True):
        if isinstance(mark, str) or (mark is None and len(set(values)) == 1):
            address.append(values[0])
        else:
            address.append(variable(values, literal_tail(address), names))
        if isinstance(mark, int):
            kept[mark] = address[-1]
    use: list[str | Variable] = ["{{" + shape.name]
    for at, (name, source) in enumerate(zip(shape.names, shape.sources, strict=True)):
        use.append("|" if name is None else f"|{name}=")
        shown = {call.params.params[at][1] for call in calls}
        if source is None or source == _LABEL:
            use.append(shown.pop() if len(shown) == 1 else _text("label" if source == _LABEL else "text", names))
        else:
            use.append(kept[source])
    forms = joined(address), joined([*use, "}}"])
    return make_rule(*forms[::-1]) if back else make_rule(*forms)


def _text(name: str, names: Counter[str]) -> Variable:
    names[name] += 1
    return Variable(name if names[name] == 1 else f"{name}{names[name]}", r"[^|{}]*")
