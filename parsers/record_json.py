"""A record as JSON-ready values: keys always present, spans as two-element lists."""

from __future__ import annotations

from typing import Any

from parsers.address_forms import address_forms
from parsers.record import Field, Infobox, Link, ListNode, Paper, Record, Section, Table, Value


def record_to_json(record: Record) -> dict[str, Any]:
    """The record in the form that ``wikitrail parse`` prints."""
    redirect = record.redirect
    return {
        "title": record.title,
        "namespace": record.namespace,
        "redirect": None if redirect is None else {"target": redirect.target, "fragment": redirect.fragment},
        "infoboxes": [_infobox(box) for box in record.infoboxes],
        "templates": [
            {
                "name": use.name,
                "params": [{"name": param.name, "raw": param.raw} for param in use.params],
                "span": list(use.span),
                "section": use.section,
            }
            for use in record.templates
        ],
        "sections": [_section(section) for section in record.sections],
        "links": [_link(link) for link in record.links],
        "categories": [
            {"name": category.name, "sort_key": category.sort_key, "conditional": category.conditional}
            for category in record.categories
        ],
        "papers": [_paper(paper) for paper in record.papers],
        "magic": [{"name": word.name, "value": word.value, "span": list(word.span)} for word in record.magic],
        "diagnostics": [
            {"code": found.code, "message": found.message, "span": None if found.span is None else list(found.span)}
            for found in record.diagnostics
        ],
    }


def _infobox(box: Infobox) -> dict[str, Any]:
    return {
        "name": box.name,
        "kind": box.kind,
        "section": box.section,
        "span": list(box.span),
        "fields": [_field(found) for found in box.fields],
    }


def _field(found: Field) -> dict[str, Any]:
    return {
        "name": found.name,
        "raw": found.raw,
        "text": found.text,
        "values": [_value(value) for value in found.values],
        "links": [_link(link) for link in found.links],
        "span": list(found.span),
    }


def _value(value: Value) -> dict[str, Any]:
    forms = _forms(value.value) if value.type == "url" else None
    return {"type": value.type, "value": value.value, "precision": value.precision, "forms": forms}


def _section(section: Section) -> dict[str, Any]:
    return {
        "index": section.index,
        "level": section.level,
        "title": section.title,
        "anchor": section.anchor,
        "path": list(section.path),
        "text": section.text,
        "lists": [_list(node) for node in section.lists],
        "tables": [_table(table) for table in section.tables],
        "span": list(section.span),
    }


def _list(node: ListNode) -> dict[str, Any]:
    items = [{"text": item.text, "children": [_list(child) for child in item.children]} for item in node.items]
    return {"kind": node.kind, "items": items}


def _table(table: Table) -> dict[str, Any]:
    return {"caption": table.caption, "rows": [list(row) for row in table.rows]}


def _link(link: Link) -> dict[str, Any]:
    return {
        "kind": link.kind,
        "target": link.target,
        "url": link.url,
        "host": link.host,
        "forms": None if link.url is None else _forms(link.url),
        "label": link.label,
        "section": link.section,
        "span": list(link.span),
        "conditional": link.conditional,
    }


def _forms(url: str) -> dict[str, str | None] | None:
    """The forms of an address; they are told in JSON only, since they follow from it."""
    forms = address_forms(url)
    return None if forms is None else {"percent": forms.percent, "punycode": forms.punycode, "host": forms.host}


def _paper(paper: Paper) -> dict[str, Any]:
    key = None if paper.key is None else {"name": paper.key.name, "value": paper.key.value}
    return {"number": paper.number, "url": paper.url, "key": key, "section": paper.section}
