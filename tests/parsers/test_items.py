"""Items by group: an unchanged part gives the same object, and what changed is what the whole sets say."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, pairwise

import pytest

from parsers.items import COLUMNS, NO_ITEMS, ItemChanges, changed_items, item_groups, items_of
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site

LAKE = """{{Infobox See|Name=Blausee|Tiefe=12 m}}
Ein See. [https://see.example/a Karte] {{Quelle|1}}
== Ufer ==
* [[Steg]]
* [[Steg]]
* Vorlage VO/4679/2016
{{Quelle|2}}
== Fische ==
Viele. {{Quelle|3}} [[Hecht]]
[[Kategorie:Gewässer]]
"""
HISTORY = [
    "",
    LAKE,
    LAKE.replace("Viele.", "Wenige."),
    LAKE.replace("{{Quelle|1}}", ""),  # the later uses are numbered anew
    LAKE.replace("== Ufer ==", "== Strand =="),  # other paths
    LAKE.replace("== Fische ==", "== Ufer =="),  # two sections of one path
    LAKE.replace("* [[Steg]]\n", "", 1),
    "Vorab.\n== Neu ==\nEins.\n" + LAKE.replace("12 m", "14 m"),
]


@pytest.fixture
def records() -> list[Record]:
    reader = Reader(Site.default())
    return [reader.read(text, "Blausee") for text in HISTORY]


def test_changed_items_are_the_difference_of_the_whole_sets(records: list[Record]) -> None:
    for before, after in [*pairwise(records), *pairwise(records[::-1])]:
        was, now = items_of(before), items_of(after)
        expected = {
            kind: ItemChanges(
                tuple(row for row in was[kind] if row not in now[kind]),
                tuple(row for row in now[kind] if row not in was[kind]),
            )
            for kind in COLUMNS
        }
        assert changed_items(item_groups(before), item_groups(after)) == {
            kind: change for kind, change in expected.items() if change.ended or change.begun
        }


def test_the_first_revision_begins_all_its_items(records: list[Record]) -> None:
    found = changed_items(NO_ITEMS, item_groups(records[1]))
    assert {kind: change.begun for kind, change in found.items()} == items_of(records[1])
    assert not any(change.ended for change in found.values())


def test_a_part_that_only_moved_gives_the_same_groups(records: list[Record]) -> None:
    before, after = item_groups(records[1]), item_groups(records[2])
    same = {id(group) for group in chain.from_iterable(before.values())}
    assert [id(group) in same for group in after["link"]] == [True, True, False]
    assert [id(group) in same for group in after["infobox"]] == [True]
    moved = item_groups(records[-1])
    assert [id(group) in same for group in moved["link"]][-1]  # below a new section


def test_a_record_made_from_another_has_the_items_of_its_own_fields(records: list[Record]) -> None:
    whole = replace(records[1], links=records[1].links[:1])
    assert items_of(whole) == {**items_of(records[1]), "link": items_of(records[1])["link"][:1]}
