"""Bare addresses that were given another key: known by the line that they stand in."""

from __future__ import annotations

import pytest

from parsers.change import Change
from tests.parsers.compared import changes

OLD, NEW = "http://alt.example/p/{}.htm", "https://neu.example/q/{}"


def moved(before: str, after: str) -> Change:
    return Change("link", "changed", "Stand", before, after, label=after)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (OLD.format("48210"), OLD.format("48120")),  # mistyped
        (OLD.format("wege-im-tal"), NEW.format("wege-im-tal")),  # another site, with no number to know it by
        ("http://alt.example/2011/48210.pdf", "http://alt.example/archiv/48210?jahr=2011"),  # both keys moved
    ],
)
@pytest.mark.parametrize(
    "line", ["* Siehe {}", "Der Plan steht im Netz ({}) und im Rathaus.", "* {}", "Mehr dazu.<ref>{}</ref>"]
)
def test_a_bare_address_is_told_once_where_it_stands(line: str, before: str, after: str) -> None:
    text = "== Stand ==\nDer Rat berät im Mai.\n{}\nDanach wird gebaut."
    assert changes(text.format(line.format(before)), text.format(line.format(after))) == [moved(before, after)]


def test_the_words_beside_are_those_of_links_that_are_known_otherwise() -> None:
    text = "== Stand ==\n* [{} Vorlage 12] und {} dazu"
    was, now = (OLD.format("1204"), OLD.format("48210")), (NEW.format("1204"), OLD.format("48120"))
    assert changes(text.format(*was), text.format(*now)) == [
        Change("link", "changed", "Stand", was[0], now[0], label="Vorlage 12"),
        moved(was[1], now[1]),
    ]


def test_a_list_of_bare_addresses_moves_to_another_site() -> None:
    names = ("wege", "baeume-am-markt", "haltestellen")
    lists = ["== Stand ==\n" + "\n".join(f"* {form.format(name)}" for name in names) for form in (OLD, NEW)]
    expected = [moved(OLD.format(name), NEW.format(name)) for name in sorted(names)]
    assert sorted(changes(*lists), key=lambda change: change.before or "") == expected


def test_addresses_of_several_sites_that_went_and_came_are_not_paired_by_their_order() -> None:
    before = "== Stand ==\n* http://hafen.example/wege\n* http://museum.test/bilder/alte"
    after = "== Stand ==\n* https://stadtwerke.invalid/strom\n* https://verein.example/sport/kurse"
    told = [(change.kind, change.action) for change in changes(before, after) if change.kind == "link"]
    assert sorted(told) == [("link", "added")] * 2 + [("link", "removed")] * 2
