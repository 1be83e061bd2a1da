"""A record as flat items: what the history tables hold, one tuple an item, in the order of their columns.

An item is its whole tuple: the same tuple in the next revision is the same item, and nothing is stored for it.
Items come in groups. A part of the page that did not change gives the very same group again, so that what a revision
changed is found without looking at the rest of the page.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

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
    parts = _placed_parts(record, paths)
    return {
        "infobox": tuple(_counted(parts, "infobox", _box_names, _infobox_rows)),
        "section": (tuple((s.index, s.level, s.title, s.anchor, paths[s.index], s.text) for s in record.sections),),
        "link": _by_path(parts, "link", _link_rows, paths),
        "category": (tuple(dict.fromkeys((c.name, c.sort_key, int(c.conditional)) for c in record.categories)),),
        "paper": _by_path(parts, "paper", _paper_rows, paths),
        "template": tuple(_counted(parts, "template", _template_names, _template_rows)),
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
        gone = dict.fromkeys(chain.from_iterable(group for group in was if id(group) not in ids_now))
        come = dict.fromkeys(chain.from_iterable(group for group in now if id(group) not in ids_was))
        ended = tuple(row for row in gone if row not in come)
        begun = tuple(row for row in come if row not in gone)
        if ended or begun:
            changes[kind] = ItemChanges(ended, begun)
    return changes


def section_path(section: Section) -> str:
    """The titles from the outermost section to this one, as the ``path`` columns hold them."""
    return " / ".join(section.path)


@dataclass(frozen=True, slots=True)
class _Placed:
    """A part with the paths of the sections that it covers, the first of which is number ``first``."""

    part: Part
    first: int
    paths: tuple[str, ...]

    def path(self, section: int) -> str:
        return self.paths[section - self.first] if 0 <= section - self.first < len(self.paths) else ""

    def remember(self, key: Hashable, group: Group) -> Group:
        if len(self.part.memory) >= _MAX_REMEMBERED:
            self.part.memory.clear()
        self.part.memory[key] = group
        return group


def _placed_parts(record: Record, paths: Sequence[str]) -> list[_Placed]:
    parts: Sequence[Part] = record.parts or [_whole(record)]
    # All but the first part begin with a heading; what they call their first section ends there.
    firsts = [0, *(part.section + 1 for part in parts[1:]), len(paths)]
    return [
        _Placed(part, low, tuple(paths[low:high]))
        for part, low, high in zip(parts, firsts[:-1], firsts[1:], strict=True)
    ]


def _whole(record: Record) -> Part:
    """A record of which nobody knows the parts, as one part."""
    return Chunk(
        0, 0, infoboxes=[*record.infoboxes], templates=[*record.templates], links=[*record.links],
        papers=[(0, paper) for paper in record.papers],
    )  # fmt: skip


def _by_path(
    parts: Sequence[_Placed], kind: str, rows_of: Callable[[_Placed], Iterable[Row]], paths: Sequence[str]
) -> tuple[Group, ...]:
    """Rows that hold a path. Equal ones can only stand in one part unless several sections have one path."""
    if len(set(paths)) < len(paths):
        return (_numbered(chain.from_iterable(map(rows_of, parts))),)
    groups = []
    for placed in parts:
        key = (kind, placed.paths)
        groups.append(placed.part.memory.get(key) or placed.remember(key, _numbered(rows_of(placed))))
    return tuple(groups)


def _numbered(rows: Iterable[Row]) -> Group:
    """Equal rows told apart by a last column that counts them."""
    seen: dict[Row, int] = {}
    numbered = []
    for row in rows:
        seen[row] = number = seen.get(row, 0) + 1
        numbered.append((*row, number))
    return tuple(numbered)


def _link_rows(placed: _Placed) -> Iterator[Row]:
    path = placed.path
    for link in placed.part.links:
        yield link.kind, link.target, link.url, link.host, link.label, path(link.section), int(link.conditional)


def _paper_rows(placed: _Placed) -> Iterator[Row]:
    for _, paper in placed.part.papers:
        key = paper.key
        path = placed.path(paper.section)
        yield paper.number, paper.url, key.name if key else None, key.value if key else None, path


def _counted(
    parts: Iterable[_Placed],
    kind: str,
    names_of: Callable[[Part], Iterable[str]],
    rows_of: Callable[[Part, Counter[str]], Iterable[Row]],
) -> Iterator[Group]:
    """Rows that are numbered by their name over the whole page."""
    seen: Counter[str] = Counter()
    for placed in parts:
        names = list(names_of(placed.part))
        if names:
            before = Counter({name: seen[name] for name in names})
            key = (kind, *before.items())
            yield placed.part.memory.get(key) or placed.remember(key, tuple(rows_of(placed.part, before)))
            seen.update(names)


def _box_names(part: Part) -> Iterator[str]:
    return (box.name for box in part.infoboxes)


def _infobox_rows(part: Part, seen: Counter[str]) -> Iterator[Row]:
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


def _template_names(part: Part) -> Iterator[str]:
    return (template.name for template in part.templates)


def _template_rows(part: Part, seen: Counter[str]) -> Iterator[Row]:
    for template in part.templates:
        seen[template.name] += 1
        params = json.dumps([[p.name, p.raw] for p in template.params], ensure_ascii=False)
        yield template.name, seen[template.name], params


__all__ = [
    "COLUMNS", "NO_ITEMS", "ItemChanges", "ItemGroups", "Items", "Row", "changed_items", "item_groups", "items_of",
    "section_path",
]  # fmt: skip
