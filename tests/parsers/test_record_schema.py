"""The published JSON Schema: sound, current, strict, and obeyed by every record."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parsers.reader import Reader
from parsers.record_schema import record_schema
from parsers.site import Site
from scraper.dump import DumpPage, DumpSite, read_dump
from tests.records import SCHEMA, assert_obeys, checked_json, read_json

TEXT = (
    "#WEITERLEITUNG [[Ziel#Teil]]\n{{Konzeption|Art=[[Konzept]]|Jahr=seit 2020}}\n"
    "== A ==\n* a\n** b\n{|\n|+ T\n| b\n|}\n"
    "[http://rat.example/vo020?VOLFDNR=7 B/16/5505-01] [[Kategorie:K|s]] __NOTOC__ }} {{#if:x|[[K]]}}"
)
TOKENS = [
    "{{", "}}", "[[", "]]", "|", "=", "\n", "\n== H ==\n", "\n{|\n", "\n|}\n", "\n|-\n", "\n| ", "\n* ", "\n; t : d",
    "<ref>", "Konzeption", "Kategorie:", "Datei:", "#A", "a b", "2. Mai 2024", "https://x.example/y VOLFDNR=7",
    "B/16/5505-01", "__NOTOC__", "#WEITERLEITUNG [[", "{{#if:", "{{Infobox Rat|a=1|b=ca. 5 Mio. €", "\ud800", "\x00",
]  # fmt: skip
texts = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)


def test_the_published_file_is_the_schema_of_the_types_and_is_sound() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert record_schema() == SCHEMA


def test_every_key_has_a_meaning() -> None:
    objects = [SCHEMA, *(shape for name, shape in SCHEMA["$defs"].items() if name != "Span")]
    assert all(part["description"] for shape in objects for part in shape["properties"].values())
    assert len(objects) == 18


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The path of every object's key in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(*path, key) for key, _ in pairs if isinstance(value, dict)]
    return found + [place for key, inner in pairs for place in places(inner, (*path, key))]


def test_no_key_may_be_missing_or_of_another_type_or_be_added() -> None:
    record = read_json(TEXT)
    assert record["redirect"]
    for *path, key in places(record):
        for missing in (True, False):
            broken: Any = copy.deepcopy(record)
            holder = broken
            for step in path:
                holder = holder[step]
            holder[key] = 1.5
            if missing:
                del holder[key]
            with pytest.raises(AssertionError):
                assert_obeys(broken)
    with pytest.raises(AssertionError):
        assert_obeys(record | {"more": 1})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("links", 0, "url"), "http://x.example"),
        (("links", 0, "kind"), "external"),
        (("links", 0, "span"), [1, 2, 3]),
        (("links", 0, "span"), [-1, 2]),
        (("sections", 1, "level"), 7),
        (("infoboxes", 0, "kind"), "box"),
        (("diagnostics", 0, "code"), "no-such-code"),
        (("papers", 0, "section"), None),
    ],
)
def test_values_that_no_record_has_are_refused(path: tuple[Any, ...], value: Any) -> None:
    record = read_json(TEXT)
    holder: Any = record
    for step in path[:-1]:
        holder = holder[step]
    assert holder[path[-1]] != value
    holder[path[-1]] = value
    with pytest.raises(AssertionError):
        assert_obeys(record)


@given(texts, st.sampled_from(["Seite", "Kategorie:Wohnen", "Spezial:Suche", ""]))
def test_every_text_gives_a_record_that_obeys(text: str, title: str) -> None:
    read_json(text, title)


def test_every_revision_of_the_sample_wiki_gives_a_record_that_obeys(sample_wiki_path: Path) -> None:
    reader = Reader(Site.default())
    seen = 0
    for part in read_dump(sample_wiki_path):
        if isinstance(part, DumpSite):
            reader = Reader(Site.from_siteinfo(part.siteinfo))
        elif isinstance(part, DumpPage):
            for revision in part.revisions:
                assert revision.text is not None
                seen += bool(checked_json(reader.read(revision.text, part.page.title))["sections"])
    assert seen == 216
