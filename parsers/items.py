"""A record as flat items: what the history tables hold, one tuple an item, in the order of their columns.

An item is its whole tuple: the same tuple in the next revision is the same item, and nothing is stored for it.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping

from parsers.record import Infobox, Record, Section, Template

Row = tuple[str | int | None, ...]
Items = Mapping[str, tuple[Row, ...]]

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "infobox": ("infobox", "instance", "field", "value", "raw", "value_type", "value_norm"),
    "section": ("position", "level", "title", "anchor", "path", "text"),
    "link": ("kind", "target", "url", "host", "label", "path", "conditional", "occurrence"),
    "category": ("name", "sort_key", "conditional"),
    "paper": ("number", "url", "key_name", "key_value", "path", "occurrence"),
    "template": ("name", "instance", "params"),
}


def items_of(record: Record) -> Items:
    """The items of a record by kind; within a kind every tuple stands once."""
    paths = {section.index: section_path(section) for section in record.sections}
    return {
        "infobox": _infobox_rows(record.infoboxes),
        "section": tuple((s.index, s.level, s.title, s.anchor, paths[s.index], s.text) for s in record.sections),
        "link": _numbered(
            (k.kind, k.target, k.url, k.host, k.label, paths.get(k.section, ""), int(k.conditional))
            for k in record.links
        ),
        "category": tuple(dict.fromkeys((c.name, c.sort_key, int(c.conditional)) for c in record.categories)),
        "paper": _numbered(
            (p.number, p.url, p.key.name if p.key else None, p.key.value if p.key else None, paths.get(p.section, ""))
            for p in record.papers
        ),
        "template": _template_rows(record.templates),
    }


def section_path(section: Section) -> str:
    """The titles from the outermost section to this one, as the ``path`` columns hold them."""
    return " / ".join(section.path)


def _numbered(rows: Iterable[Row]) -> tuple[Row, ...]:
    """Equal rows told apart by a last column that counts them."""
    seen: Counter[Row] = Counter()
    numbered = []
    for row in rows:
        seen[row] += 1
        numbered.append((*row, seen[row]))
    return tuple(numbered)


def _infobox_rows(infoboxes: Iterable[Infobox]) -> tuple[Row, ...]:
    seen: Counter[str] = Counter()
    rows: dict[Row, Row] = {}
    for box in infoboxes:
        seen[box.name] += 1
        for field in box.fields:
            value = next((v for v in field.values if v.type != "text"), None)
            # Of a repeated field the last one counts, as in MediaWiki.
            rows[(box.name, seen[box.name], field.name)] = (
                field.text,
                field.raw,
                value.type if value else None,
                value.value if value else None,
            )
    return tuple((*key, *rest) for key, rest in rows.items())


def _template_rows(templates: Iterable[Template]) -> tuple[Row, ...]:
    seen: Counter[str] = Counter()
    rows: list[Row] = []
    for template in templates:
        seen[template.name] += 1
        params = json.dumps([[p.name, p.raw] for p in template.params], ensure_ascii=False)
        rows.append((template.name, seen[template.name], params))
    return tuple(rows)
