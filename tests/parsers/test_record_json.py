"""The JSON form of a record: every key, always."""

from __future__ import annotations

from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site
from tests.records import read_json

TEXT = (
    "{{Konzeption|Art=[[Konzept]]}}\n== A ==\n* a\n{|\n| b\n|}\n[http://rat.example/vo020?VOLFDNR=7 B/16/5505-01]\n"
    "[[Kategorie:K|s]] __NOTOC__ }}"
)


def test_all_keys_are_present() -> None:
    record = read_json(TEXT)
    assert record == record_to_json(Reader(Site.default()).read(TEXT, "Seite"))
    assert list(record) == (
        "title namespace redirect infoboxes templates sections links categories papers magic diagnostics".split()
    )
    assert record["infoboxes"][0]["fields"] == [
        {
            "name": "Art",
            "raw": "[[Konzept]]",
            "text": "Konzept",
            "values": [{"type": "page", "value": "Konzept", "precision": None, "forms": None}],
            "links": [record["links"][0]],
            "span": [17, 28],
        }
    ]
    assert record["sections"][1] == {
        "index": 1,
        "level": 2,
        "title": "A",
        "anchor": "A",
        "path": ["A"],
        "text": "a\nb\nB/16/5505-01\n}}",
        "lists": [{"kind": "ul", "items": [{"text": "a", "children": []}]}],
        "tables": [{"caption": None, "rows": [["b"]]}],
        "span": [31, len(TEXT)],
    }
    assert record["links"][1] == {
        "kind": "external",
        "target": None,
        "url": "http://rat.example/vo020?VOLFDNR=7",
        "host": "rat.example",
        "forms": {
            "percent": "http://rat.example/vo020?VOLFDNR=7",
            "punycode": "http://rat.example/vo020?VOLFDNR=7",
            "host": "rat.example",
        },
        "label": "B/16/5505-01",
        "section": 1,
        "span": [53, 102],
        "conditional": False,
    }
    assert record["categories"] == [{"name": "K", "sort_key": "s", "conditional": False}]
    assert record["papers"] == [
        {
            "number": "B/16/5505-01",
            "url": "http://rat.example/vo020?VOLFDNR=7",
            "key": {"name": "VOLFDNR", "value": "7"},
            "section": 1,
        }
    ]
    assert record["magic"] == [{"name": "__NOTOC__", "value": None, "span": [121, 130]}]
    assert [(found["code"], found["span"]) for found in record["diagnostics"]] == [("stray-braces", [131, 133])]


def test_of_nothing_there_is_a_lead() -> None:
    record = read_json("")
    assert len(record["sections"]) == 1
    assert record["redirect"] is None
    assert record["links"] == []


def test_named_infoboxes_count_wherever_they_stand() -> None:
    text = "Text {{Amt|a=1}}\n== H ==\n{{Konzeption|Art=x|b=y}} {{amt}}"
    boxes = Reader(Site.default(), infoboxes=["Vorlage:amt"]).read(text, "Seite").infoboxes
    assert [(box.name, box.section, text[slice(*box.span)]) for box in boxes] == [
        ("Amt", 0, "{{Amt|a=1}}"),
        ("Amt", 1, "{{amt}}"),
    ]
