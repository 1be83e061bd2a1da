"""The JSON Schema of the record, made from the value types themselves, so that it cannot go stale."""

from __future__ import annotations

import dataclasses
import types
from typing import Any, Union, get_args, get_origin, get_type_hints

from parsers import record
from parsers.diagnostics import MESSAGES
from parsers.html_record import HTML_MESSAGES

SCHEMA_NAME = "urn:wikitrail:record"
_LEFT_OUT = {("Record", "source"), ("Record", "parts")}  # not part of the JSON
# What only the JSON tells, since it follows from the rest
_DERIVED = {"Link": {"forms": record.AddressForms | None}, "Value": {"forms": record.AddressForms | None}}
_TYPES = (
    record.Infobox, record.Field, record.Value, record.Link, record.AddressForms, record.Template, record.Param,
    record.Section, record.ListNode, record.ListItem, record.Table, record.Category, record.Paper, record.PaperKey,
    record.Redirect, record.Magic, record.Diagnostic,
)  # fmt: skip
_SPAN = {
    "description": "Start and end in characters of the source: text[start:end] is the source of the item.",
    "type": "array",
    "prefixItems": [{"type": "integer", "minimum": 0}, {"type": "integer", "minimum": 0}],
    "items": False,
    "minItems": 2,
}
_WORDS: dict[tuple[str, str], list[str | None]] = {
    ("Infobox", "kind"): ["template", "wikitable", "html"],
    ("Link", "kind"): ["internal", "external", "file", "interwiki"],
    ("Value", "type"): ["date", "year", "number", "money", "url", "page", "text"],
    ("Value", "precision"): ["day", "month", "quarter", "year", "range", "open", "approximate", None],
    ("ListNode", "kind"): ["ul", "ol", "dl"],
    ("Diagnostic", "code"): [*sorted(MESSAGES | HTML_MESSAGES)],
}
_RANGES = {("Section", "level"): {"maximum": 6}, ("Record", "namespace"): {"minimum": -2}}
# An external link has an address, any other a target
_FURTHER: dict[str, dict[str, Any]] = {
    "Link": {
        "if": {"properties": {"kind": {"const": "external"}}},
        "then": {"properties": {"target": {"type": "null"}, "url": {"type": "string"}}},
        "else": {
            "properties": {
                "target": {"type": "string"},
                "url": {"type": "null"},
                "host": {"type": "null"},
                "forms": {"type": "null"},
            }
        },
    },
    "Value": {
        "if": {"not": {"properties": {"type": {"const": "url"}}}},
        "then": {"properties": {"forms": {"type": "null"}}},
    },
    "Paper": {"anyOf": [{"properties": {"number": {"type": "string"}}}, {"properties": {"url": {"type": "string"}}}]},
}
_MEANINGS = {
    "Record": {
        "title": "Full title of the page, as it was given.",
        "namespace": "Number of its namespace: 0 articles, 14 categories, …",
        "redirect": "Where the page leads, if it is a redirect.",
        "infoboxes": "Tables of facts about the page, in source order.",
        "templates": "Every template use, in source order; none in a record of HTML, which does not say them.",
        "sections": "In order; the first is the lead, before any heading.",
        "links": "In source order.",
        "categories": "In source order.",
        "papers": "Council papers that the page cites, in source order.",
        "magic": "Magic words, in source order; none in a record of HTML.",
        "diagnostics": "What could not be read as it was probably meant.",
    },
    "Infobox": {
        "name": "Name of the template; of a table its caption or heading, else “infobox”.",
        "kind": "What it was read from.",
        "section": "Index of the section that holds it.",
        "span": "The whole box.",
        "fields": "In source order, each name once.",
    },
    "Field": {
        "name": "Name of the parameter, or label of the row.",
        "raw": "The value as written: wikitext, or HTML.",
        "text": "What a reader sees of the value.",
        "values": "Typed readings, in source order.",
        "links": "The links in the value.",
        "span": "The value.",
    },
    "Value": {
        "type": "What it reads as.",
        "value": "In standard form: ISO 8601, a decimal point, an ISO 4217 code, an address, a full title.",
        "precision": "How exact a time or an amount is.",
        "forms": "The address in ASCII, if it is one; null also where a template stands in it.",
    },
    "Link": {
        "kind": "Where it leads.",
        "target": "Full title with #fragment of an internal or file link, prefix:title of an interwiki link.",
        "url": "Address of an external link, exactly as written.",
        "host": "Its host in lower case, as written.",
        "forms": "The address in ASCII; null where a template stands in it.",
        "label": "What a reader sees.",
        "section": "Index of the section that holds it.",
        "span": "The whole link.",
        "conditional": "Whether it stands inside {{#if…}} and the like, and may not be on the page.",
    },
    "AddressForms": {
        "percent": "Percent-encoded throughout; what was encoded already is not encoded again.",
        "punycode": "With its host in punycode, the rest percent-encoded; null where the host cannot be a name.",
        "host": "That host; null also where the address has none.",
    },
    "Template": {
        "name": "Normalised: prefix, underscores, first letter, bidi marks.",
        "params": "All parameters in source order, repeated names included.",
        "span": "With its braces.",
        "section": "Index of the section that holds it.",
    },
    "Param": {"name": "Trimmed; the number of an unnamed one.", "raw": "The value exactly as written."},
    "Section": {
        "index": "0 is the lead.",
        "level": "1 to 6; 0 for the lead.",
        "title": "Heading as a reader sees it; empty for the lead.",
        "anchor": "What follows # in its address; empty for the lead.",
        "path": "Titles from the outermost section to this one.",
        "text": "What a reader sees of its own body.",
        "lists": "The lists in it.",
        "tables": "The tables in it.",
        "span": "From its heading to the next heading of any level.",
    },
    "ListNode": {"kind": "Bullets, numbers or definitions.", "items": "Terms and definitions alike, in source order."},
    "ListItem": {"text": "What a reader sees.", "children": "The lists inside it."},
    "Table": {"caption": "Its caption.", "rows": "Texts of the cells; where a cell spans several, in each of them."},
    "Category": {
        "name": "Without the namespace.",
        "sort_key": "As written; null where none is, and in a record of HTML, which does not say it.",
        "conditional": "As of a link.",
    },
    "Paper": {
        "number": "Such as B/16/5505-01.",
        "url": "Its address.",
        "key": "What identifies it in its address.",
        "section": "Index of the section that cites it.",
    },
    "PaperKey": {"name": "Such as VOLFDNR.", "value": "Such as 13572."},
    "Redirect": {"target": "Full title.", "fragment": "Without #."},
    "Magic": {"name": "Canonical name.", "value": "Its argument.", "span": "The whole of it."},
    "Diagnostic": {"code": "Stable.", "message": "For people.", "span": "Where; null where it is the whole page."},
}


def record_schema() -> dict[str, Any]:
    """The schema of what ``record_to_json`` gives (JSON Schema, draft 2020-12)."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_NAME,
        "title": "Record",
        "description": "What wikitrail reads out of one text of a wiki page. All keys are always present.",
        **_object(record.Record),
        "$defs": {"Span": _SPAN, **{kind.__name__: _object(kind) for kind in _TYPES}},
    }


def _object(kind: type[Any]) -> dict[str, Any]:
    name = kind.__name__
    derived = _DERIVED.get(name, {})
    hints = get_type_hints(kind) | derived
    kept = [field.name for field in dataclasses.fields(kind) if (name, field.name) not in _LEFT_OUT] + [*derived]
    properties = {}
    for key in kept:
        form = {"enum": _WORDS[name, key]} if (name, key) in _WORDS else _form(hints[key])
        properties[key] = {"description": _MEANINGS[name][key], **form, **_RANGES.get((name, key), {})}
    shape = {"type": "object", "properties": properties, "required": kept, "additionalProperties": False}
    return shape | _FURTHER.get(name, {})


def _form(hint: Any) -> dict[str, Any]:
    """The schema of a type: the value types of a record hold nothing but these."""
    if hint == record.Span:
        return {"$ref": "#/$defs/Span"}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": _form(get_args(hint)[0])}
    if get_origin(hint) in (types.UnionType, Union):
        return {"anyOf": [_form(part) for part in get_args(hint)]}
    if isinstance(hint, type) and dataclasses.is_dataclass(hint):
        return {"$ref": f"#/$defs/{hint.__name__}"}
    plain: dict[Any, dict[str, Any]] = {
        str: {"type": "string"},
        bool: {"type": "boolean"},
        int: {"type": "integer", "minimum": 0},
        type(None): {"type": "null"},
    }
    return dict(plain[hint])
