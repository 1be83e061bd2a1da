"""A record as flat items: what the history tables hold, one tuple an item, in the order of their columns.

An item is its whole tuple: the same tuple in the next revision is the same item, and nothing is stored for it.
Items come in groups. A part of the page that did not change gives the very same group again, so that what a revision
changed is found without looking at the rest of the page.
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import ne

from parsers.chunk import Chunk
from parsers.immutable import dataclass
from parsers.record import Part, Record, Row, Section

Items = Mapping[str, tuple[Row, ...]]
Group = tuple[Row, ...]
ItemGroups = Mapping[str, tuple[Group, ...]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "infobox": ("infobox", "instance", "field", "value", "raw", "value_type", "value_norm"),
    "section": ("position", "level", "title", "anchor", "path", "text"),
    "link": ("kind", "target", "url", "host", "label", "path", "conditional", "occurrence"),
    "category": ("name", "sort_key", "conditional"),
    "paper": ("number", "url", "key_name", "key_value", "path", "occurrence"),
    "template": ("name", "instance", "params"),
}
NO_ITEMS: ItemGroups = dict.fromkeys(COLUMNS, ())

_MAX_REMEMBERED = 16  # groups of one part: it mostly stands under the same headings


@dataclass(frozen=True, slots=True)
class ItemChanges:
    """The items of one kind that ceased to hold and those that began to, the latter in the order of the page."""

    ended: tuple[Row, ...]
    begun: tuple[Row, ...]


def items_of(record: Record) -> Items:
    """The items of a record by kind; within a kind every tuple stands once."""
    return {kind: tuple(chain.from_iterable(groups)) for kind, groups in item_groups(record).items()}


def item_groups(record: Record) -> ItemGroups:
    """The items of a record by kind, in groups; what did not change since the last record is the same object."""
    paths = [section_path(section) for section in record.sections]
    parts: Sequence[Part] = record.parts or [_whole(record)]
    links, papers = _groups_by_path(parts, paths)
    return {
        "infobox": _groups_by_name(parts, "infobox"),
        "section": (tuple([(s.index, s.level, s.title, s.anchor, paths[s.index], s.text) for s in record.sections]),),
        "link": links,
        "category": (tuple(dict.fromkeys([(c.name, c.sort_key, int(c.conditional)) for c in record.categories])),),
        "paper": papers,
        "template": _groups_by_name(parts, "template"),
    }


def changed_items(before: ItemGroups, after: ItemGroups) -> Mapping[str, ItemChanges]:
    """What ended and what began between two records, for the kinds of which something did.

    Costs what differs. ``before`` is NO_ITEMS for the first revision of a page.
    """
    changes = {}
    for kind, now in after.items():
        was = before[kind]
        ids_was, ids_now = set(map(id, was)), set(map(id, now))
        if ids_was == ids_now:
            continue
        gone = list(chain.from_iterable([group for group in was if id(group) not in ids_now]))
        come = list(chain.from_iterable([group for group in now if id(group) not in ids_was]))
        gone, come = _unlike_middle(gone, come)
        ended, begun = _without(gone, come), _without(come, gone)
        if ended or begun:
            changes[kind] = ItemChanges(ended, begun)
    return changes


def _unlike_middle(gone: list[Row], come: list[Row]) -> tuple[list[Row], list[Row]]:
    """Both without what they begin and end with in common; no row stands twice on either side."""
    shorter = min(len(gone), len(come))
    unlike = list(map(ne, gone, come))
    head = unlike.index(True) if True in unlike else shorter
    unlike = list(map(ne, reversed(gone), reversed(come[head - len(come) :]))) if head < shorter else []
    tail = min(unlike.index(True) if True in unlike else shorter, shorter - head)
    return gone[head : len(gone) - tail], come[head : len(come) - tail]


def _without(rows: list[Row], others: list[Row]) -> tuple[Row, ...]:
    if not rows or not others:
        return tuple(rows)
    known = set(others)
    return tuple([row for row in rows if row not in known])


def section_path(section: Section) -> str:
    """The titles from the outermost section to this one, as the ``path`` columns hold them."""
    return " / ".join(section.path)


def _whole(record: Record) -> Part:
    """A record of which nobody knows the parts, as one part."""
    return Chunk(
        0, 0, infoboxes=[*record.infoboxes], templates=[*record.templates], links=[*record.links],
        papers=[(0, paper) for paper in record.papers],
    )  # fmt: skip


def _remember(part: Part, key: Hashable, group: Group) -> Group:
    if len(part.memory) >= _MAX_REMEMBERED:
        part.memory.clear()
    part.memory[key] = group
    return group


def _groups_by_path(parts: Sequence[Part], paths: Sequence[str]) -> tuple[tuple[Group, ...], tuple[Group, ...]]:
    """Links and papers, whose rows hold a path."""
    if len(set(paths)) < len(paths):  # else equal rows stand in one part only
        links = [row for part in parts for row in _link_rows(part, paths)]
        papers = [row for part in parts for row in _paper_rows(part, paths)]
        return (_numbered(links),), (_numbered(papers),)
    link_groups, paper_groups = [], []
    # All but the first part begin with a heading; what they call their first section ends there.
    for part, low, high in zip(parts, *_bounds(parts, len(paths)), strict=True):
        if part.links or part.papers:
            own = tuple(paths[low:high])
            group = part.memory.get(own)
            if group is None:
                group = _remember(part, own, _numbered(_link_rows(part, paths)))
            link_groups.append(group)
            if part.papers:
                key = ("paper", own)
                paper_groups.append(part.memory.get(key) or _remember(part, key, _numbered(_paper_rows(part, paths))))
    return tuple(link_groups), tuple(paper_groups)


def _bounds(parts: Sequence[Part], sections: int) -> tuple[list[int], list[int]]:
    starts = [part.section + 1 for part in parts[1:]]
    return [0, *starts], [*starts, sections]


def _numbered(rows: list[Row]) -> Group:
    """Equal rows told apart by their last column, which counts them; it is 1 in all that come."""
    if len(set(rows)) == len(rows):
        return tuple(rows)
    seen: dict[Row, int] = {}
    numbered = []
    for row in rows:
        seen[row] = number = seen.get(row, 0) + 1
        numbered.append((*row[:-1], number))
    return tuple(numbered)


def _link_rows(part: Part, paths: Sequence[str]) -> list[Row]:
    return [(k.kind, k.target, k.url, k.host, k.label, paths[k.section], int(k.conditional), 1) for k in part.links]


def _paper_rows(part: Part, paths: Sequence[str]) -> list[Row]:
    return [
        (p.number, p.url, p.key.name if p.key else None, p.key.value if p.key else None, paths[p.section], 1)
        for _, p in part.papers
    ]


def _groups_by_name(parts: Iterable[Part], kind: str) -> tuple[Group, ...]:
    """Infoboxes or templates, whose rows are numbered by their name over the whole page."""
    groups = []
    seen: dict[str, int] = {}
    for part in parts:
        uses = part.templates if kind == "template" else part.infoboxes
        if uses:
            before = {use.name: seen.get(use.name, 0) for use in uses}
            key = (kind, *before.items())
            group = part.memory.get(key)
            if group is None:
                rows_of = _template_rows if kind == "template" else _infobox_rows
                group = _remember(part, key, tuple(rows_of(part, before.copy())))
            groups.append(group)
            for use in uses:
                seen[use.name] = seen.get(use.name, 0) + 1
    return tuple(groups)


def _infobox_rows(part: Part, seen: dict[str, int]) -> Iterator[Row]:
    rows: dict[Row, Row] = {}
    for box in part.infoboxes:
        seen[box.name] += 1
        for one in box.fields:
            value = next((v for v in one.values if v.type != "text"), None)
            # Of a repeated field the last one counts, as in MediaWiki.
            rows[(box.name, seen[box.name], one.name)] = (
                one.text,
                one.raw,
                value.type if value else None,
                value.value if value else None,
            )
    return ((*key, *rest) for key, rest in rows.items())


def _template_rows(part: Part, seen: dict[str, int]) -> Iterator[Row]:
    for template in part.templates:
        seen[template.name] += 1
        params = json.dumps([[p.name, p.raw] for p in template.params], ensure_ascii=False)
        yield template.name, seen[template.name], params


__all__ = [
    "COLUMNS", "NO_ITEMS", "ItemChanges", "ItemGroups", "Items", "Row", "changed_items", "item_groups", "items_of",
    "section_path",
]  # fmt: skip
