"""Links to pages that were given another target where they stand: known by their line, in which all else is equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from parsers.compare_links import LinkPairs
from parsers.record import Link, Record

# With fewer letters beside its links a line is known by its neighbours only.
_LEAST_LETTERS = 3


@dataclass(frozen=True, slots=True)
class _Place:
    """A line with unpaired links: what stands beside them, in which section of the later revision."""

    section: int
    rest: str
    around: tuple[str, str]
    links: tuple[Link, ...]

    @property
    def is_telling(self) -> bool:
        return sum(map(str.isalpha, self.rest)) >= _LEAST_LETTERS


def pair_in_place(found: LinkPairs, before: Record, after: Record, to_after: Mapping[int, int]) -> LinkPairs:
    """Pair what is left of the links to pages by the lines that they stand in.

    When a page gets another title, so do the links to it: neither address nor label is as it was. The rest of
    the line is; where that has no words (a list item with nothing but the link), the lines around it are as well.
    """
    old = _places(before.source, found.removed, to_after)
    new = _places(after.source, found.added, None)
    if not old or not new:
        return found
    pairs = _alone(
        {id(place): (place.section, place.rest) for place in (*old, *new) if place.is_telling},
        old,
        new,
    )
    taken = {id(place) for pair in pairs for place in pair}
    old, new = ([place for place in side if id(place) not in taken] for side in (old, new))
    pairs += _alone({id(place): (place.section, place.rest, place.around) for place in (*old, *new)}, old, new)
    linked = [both for one, other in pairs for both in zip(one.links, other.links, strict=True)]
    gone, come = {one.span for one, _ in linked}, {other.span for _, other in linked}
    return LinkPairs(
        (*found.pairs, *linked),
        tuple(link for link in found.removed if link.span not in gone or link.kind != "internal"),
        tuple(link for link in found.added if link.span not in come or link.kind != "internal"),
    )


def _places(source: str, links: Iterable[Link], to_after: Mapping[int, int] | None) -> list[_Place]:
    lines: defaultdict[tuple[int, int], list[Link]] = defaultdict(list)
    for link in links:
        if link.kind == "internal":
            start = source.rfind("\n", 0, link.span[0]) + 1
            end = source.find("\n", link.span[1])
            lines[start, end if end >= 0 else len(source)].append(link)
    places = []
    for (start, end), inside in lines.items():
        section = inside[0].section if to_after is None else to_after.get(inside[0].section, -1)
        if section >= 0:
            around = _line_before(source, start), _line_after(source, end)
            places.append(_Place(section, _rest(source, start, end, inside), around, tuple(inside)))
    return places


def _rest(source: str, start: int, end: int, links: Iterable[Link]) -> str:
    """A line with a mark in place of each link; no text holds that character."""
    pieces = []
    for link in links:
        pieces.append(source[start : link.span[0]])
        start = max(start, link.span[1])
    return "\0".join([*pieces, source[start:end]])


def _line_before(source: str, start: int) -> str:
    return source[source.rfind("\n", 0, max(start - 1, 0)) + 1 : max(start - 1, 0)]


def _line_after(source: str, end: int) -> str:
    stop = source.find("\n", end + 1)
    return source[end + 1 : stop if stop >= 0 else len(source)]


def _alone(keys: Mapping[int, Hashable], old: list[_Place], new: list[_Place]) -> list[tuple[_Place, _Place]]:
    """The places whose key is that of one place only on either side."""
    sides: list[dict[Hashable, list[_Place]]] = [{}, {}]
    for groups, places in zip(sides, (old, new), strict=True):
        for place in places:
            key = keys.get(id(place))
            if key is not None:
                groups.setdefault(key, []).append(place)
    return [
        (places[0], others[0])
        for key, places in sides[0].items()
        if len(places) == 1 and len(others := sides[1].get(key, [])) == 1
    ]


__all__ = ["pair_in_place"]
