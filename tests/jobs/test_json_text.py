"""JSON for people to read: an object to a line, and the same values."""

from __future__ import annotations

import json
from typing import Any

from jobs.json_text import json_text
from parsers.reader import Reader
from parsers.record_json import record_to_json
from parsers.site import Site

TEXT = (
    "{{Konzeption|Art=[[Konzept]]|Stand=2024}}\n== Über ==\n* a\n** b\n{|\n| b\n|}\n"
    "[http://rat.example/vo020?VOLFDNR=7 B/16/5505-01]\n[[A]] [[B]] \ud800 }}"
)


def test_it_says_the_same() -> None:
    record = record_to_json(Reader(Site.default()).read(TEXT, "Seite"))
    values: list[Any] = [record, [], {}, [[]], {"a": {}}, [{"a": []}], "x", None, 1.5, [[["a"], "b"], 1]]
    for value in values:
        assert json.loads(json_text(value)) == value


def test_what_holds_no_lists_of_objects_stands_on_a_line() -> None:
    record = record_to_json(Reader(Site.default()).read(TEXT, "Seite"))
    lines = json_text(record).split("\n")
    assert sum(line.startswith('  {"kind": "internal"') and line.rstrip(",").endswith("}") for line in lines) == 3
    assert sum('"url": "http://rat.example/vo020?VOLFDNR=7"' in line for line in lines) == 2  # the link, the paper
    assert max(map(len, lines)) < 500
