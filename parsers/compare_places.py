"""Links that were given another target where they stand: known by their line, in which all else is equal."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from parsers.compare_links import LinkPairs, address_of
from parsers.entities import decode_entities
from parsers.record import Link, Record, Span

# With fewer letters beside its links a line is known by its neighbours only.
_LEAST_LETTERS = 3

_Pairs = list[tuple["_Place", "_Place"]]


@dataclass(frozen=True, slots=True)
class _Place:
    """A line with unpaired links: what stands beside them, in which section of the later revision."""

    section: int
    rest: str
    around: tuple[str, str]
    links: tuple[Link, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(link.kind for link in self.links)

    @property
    def hosts(self) -> tuple[str | None, ...]:
        return tuple(link.host for link in self.links)

    @property
    def is_telling(self) -> bool:
        return sum(map(str.isalpha, self.rest)) >= _LEAST_LETTERS


def shows_address(link: Link) -> bool:
    """Whether what a reader sees of a link is where it leads."""
    return link.kind in ("external", "internal") and link.label == decode_entities(address_of(link))


def pair_in_place(found: LinkPairs, before: Record, after: Record, to_after: Mapping[int, int]) -> LinkPairs:
    """Pair what is left of the links to pages, and of bare addresses, by the lines that they stand in.

    When a page gets another title, so do the links to it: neither address nor label is as it was. So it is with an
    address that shows itself, when it gets another key. The rest of the line is; where that has no words (a list item
    with nothing but the link), the lines around it are as well, or as many addresses of one site went from equal lines
    of the section as those of one other site came there.
    """
    old = _places(before.source, found.removed, to_after, {old.span: old.label for old, _ in found.pairs})
    new = _places(after.source, found.added, None, {new.span: new.label for _, new in found.pairs})
    pairs: _Pairs = []
    for step in (_by_words, _by_neighbours, _by_site):
        if not old or not new:
            break
        pairs += step(old, new)
        taken = {id(place) for pair in pairs for place in pair}
        old, new = ([place for place in side if id(place) not in taken] for side in (old, new))
    linked = [both for one, other in pairs for both in zip(one.links, other.links, strict=True)]
    gone, come = {id(one) for one, _ in linked}, {id(other) for _, other in linked}
    return LinkPairs(
        (*found.pairs, *linked),
        tuple(link for link in found.removed if id(link) not in gone),
        tuple(link for link in found.added if id(link) not in come),
    )


def _by_words(old: Sequence[_Place], new: Sequence[_Place]) -> _Pairs:
    return _alone(old, new, lambda place: (place.section, place.rest, place.kinds) if place.is_telling else None)


def _by_neighbours(old: Sequence[_Place], new: Sequence[_Place]) -> _Pairs:
    return _alone(old, new, lambda place: (place.section, place.rest, place.kinds, place.around))


def _by_site(old: Sequence[_Place], new: Sequence[_Place]) -> _Pairs:
    """Addresses of one site that took the places of as many of another one, in the order of the page."""
    pairs: _Pairs = []
    groups = [_grouped(side, lambda place: (place.section, place.rest, place.kinds)) for side in (old, new)]
    for key, places in groups[0].items():
        others = groups[1].get(key, [])
        sites = [{place.hosts for place in side} for side in (places, others)]
        if len(places) == len(others) and len(sites[0]) == len(sites[1]) == 1 and None not in places[0].hosts:
            pairs += zip(places, others, strict=True)
    return pairs


def _places(
    source: str, links: Iterable[Link], to_after: Mapping[int, int] | None, paired: Mapping[Span, str]
) -> list[_Place]:
    """The lines of links; those ``paired`` elsewhere count as their labels there."""
    lines: defaultdict[Span, list[Link]] = defaultdict(list)
    for link in links:
        if link.kind == "internal" or (link.kind == "external" and shows_address(link)):
            start = source.rfind("\n", 0, link.span[0]) + 1
            end = source.find("\n", link.span[1])
            lines[start, end if end >= 0 else len(source)].append(link)
    places = []
    labels = sorted(paired.items()) if lines else []
    for (start, end), inside in lines.items():
        section = inside[0].section if to_after is None else to_after.get(inside[0].section, -1)
        if section >= 0:
            around = _line_before(source, start), _line_after(source, end)
            inside.sort(key=lambda link: link.span)
            others = labels[bisect_left(labels, ((start, 0), "")) : bisect_left(labels, ((end, 0), ""))]
            masks = sorted([*((link.span, "\0") for link in inside), *others])
            places.append(_Place(section, _rest(source, start, end, masks), around, tuple(inside)))
    return places


def _rest(source: str, start: int, end: int, masks: Iterable[tuple[Span, str]]) -> str:
    """A line with a mark in place of each link; no text holds that character."""
    pieces = []
    for span, shown in masks:
        if span[0] >= start:
            pieces += [source[start : span[0]], shown]
            start = span[1]
    return "".join([*pieces, source[start:end]])


def _line_before(source: str, start: int) -> str:
    return source[source.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]


def _line_after(source: str, end: int) -> str:
    stop = source.find("\n", end + 1)
    return source[end + 1 : stop if stop >= 0 else len(source)]


def _grouped(places: Iterable[_Place], key_of: Callable[[_Place], Hashable | None]) -> dict[Hashable, list[_Place]]:
    groups: dict[Hashable, list[_Place]] = {}
    for place in places:
        if (key := key_of(place)) is not None:
            groups.setdefault(key, []).append(place)
    return groups


def _alone(old: Iterable[_Place], new: Iterable[_Place], key_of: Callable[[_Place], Hashable | None]) -> _Pairs:
    """The places whose key is that of one place only on either side."""
    others = _grouped(new, key_of)
    return [
        (places[0], others[key][0])
        for key, places in _grouped(old, key_of).items()
        if len(places) == 1 and len(others.get(key, [])) == 1
    ]


__all__ = ["pair_in_place", "shows_address"]
