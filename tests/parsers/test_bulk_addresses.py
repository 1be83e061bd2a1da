"""The check of a migration of addresses: what became of each old address on the pages of a rule."""

from __future__ import annotations

import pytest

from parsers.bulk_addresses import State
from parsers.change import AddressCheck, Change, CurrentItem
from tests.parsers.bulk_history import NEW, OLD, History, found_in

Link = tuple[str, str]  # address and label
Flaw = tuple[str, str | None, str | None, int | None]  # verdict, old and new key, how often


def old_link(number: int, label: str = "A") -> Link:
    return OLD.format(number), label


def new_link(number: int, label: str = "A") -> Link:
    return NEW.format(number), label


def items(page: int, links: list[Link], rev: int = 0) -> list[CurrentItem]:
    return [CurrentItem("link", page, f"Seite {page}", rev or 9000 + page, "Beschlüsse", u, name) for u, name in links]


class Wiki:
    """Pages that are migrated in one edit each; what they held before and after is the truth."""

    def __init__(self) -> None:
        self.history = History()
        self.standing: dict[State, list[CurrentItem]] = {}
        self.now: list[CurrentItem] = []

    def page(
        self, page: int, before: list[Link], after: list[Link], now: list[Link] | None = None, days: float = 0
    ) -> None:
        """One edit; links are changed as their order pairs them, and those too few or too many are told as well."""
        rev = 1000 * (page + 1)
        for at in range(max(len(before), len(after))):
            old, new = before[at : at + 1], after[at : at + 1]
            if old != new:
                change = Change(
                    "link", "changed" if old and new else "removed" if old else "added", "Beschlüsse",
                    old[0][0] if old else None, new[0][0] if new else None, label=(old or new)[0][1],
                )  # fmt: skip
                self.history.add(page, change, rev=rev, days=days)
        self.standing[page, rev - 1] = items(page, before, rev - 1)
        self.standing[page, rev] = items(page, after, rev)
        self.standing[page, None] = items(page, after if now is None else now)
        self.now += self.standing[page, None]

    def plain(self, *pages: int) -> None:
        """Pages with one link that was moved as it should be."""
        for page in pages:
            self.page(page, [old_link(page)], [new_link(page)])

    def checks(self) -> tuple[AddressCheck, ...]:
        (bulk,) = found_in(self.history.changes, self.now, self.standing)
        assert bulk.addresses is not None
        return bulk.addresses


def told(checks: tuple[AddressCheck, ...]) -> list[tuple[str, str, str | None, str | None, int | None]]:
    return [(c.title, c.verdict, c.old_key, c.new_key, c.times) for c in checks if c.verdict != "matched"]


def test_where_all_is_well_each_old_address_has_its_new_one() -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    wiki.page(4, [old_link(40), old_link(41, "B")], [new_link(40), new_link(41, "B")])
    checks = wiki.checks()
    assert [(c.title, c.verdict, c.old_key, c.new_key) for c in checks] == [
        ("Seite 1", "matched", "1", "1"),
        ("Seite 2", "matched", "2", "2"),
        ("Seite 3", "matched", "3", "3"),
        ("Seite 4", "matched", "40", "40"),
        ("Seite 4", "matched", "41", "41"),
    ]
    assert (checks[0].before, checks[0].after) == (OLD.format(1), NEW.format(1))
    assert (checks[0].rev_from, checks[0].rev_to) == (1999, 2000)


@pytest.mark.parametrize(
    ("before", "after", "flaws"),
    [
        pytest.param([old_link(40), old_link(41, "B")], [new_link(40)], [("dropped", "41", None, None)], id="gone"),
        pytest.param([old_link(40)], [new_link(46)], [("altered", "40", "46", None)], id="mistyped"),
        pytest.param(
            [old_link(40), old_link(41, "B")],
            [new_link(41), new_link(40, "B")],
            [],
            id="swapped, so that each key is there",
        ),
        pytest.param(
            [old_link(41, "B"), old_link(40)],
            [new_link(40, "B"), new_link(40)],
            [("altered", "41", "40", None), ("duplicated", "40", "40", 2)],
            id="one pasted twice, in the place of another",
        ),
        pytest.param(
            [old_link(40), old_link(40, "B")], [new_link(40), new_link(40, "B")], [], id="twice before and after"
        ),
        pytest.param(
            [old_link(40), new_link(40, "C")],
            [new_link(40), new_link(40, "C")],
            [],
            id="the new one stood there before",
        ),
    ],
)
def test_what_became_of_the_addresses_of_one_page(before: list[Link], after: list[Link], flaws: list[Flaw]) -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    wiki.page(4, before, after)
    assert told(wiki.checks()) == [("Seite 4", *flaw) for flaw in flaws]


def test_what_stands_in_the_place_of_a_dropped_address_is_named() -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    other = "https://anders.example/41"
    wiki.page(4, [old_link(40), old_link(41, "B")], [new_link(40), (other, "B")])
    (dropped,) = (check for check in wiki.checks() if check.verdict != "matched")
    assert (dropped.verdict, dropped.before, dropped.after) == ("dropped", OLD.format(41), other)


def test_of_two_addresses_with_one_key_each_needs_its_own_new_one() -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    wiki.page(4, [old_link(40), old_link(40, "B")], [new_link(40)])
    assert [(c.verdict, c.label) for c in wiki.checks() if c.title == "Seite 4"] == [("matched", "A"), ("dropped", "B")]


def test_what_still_has_the_old_form_is_left_on_pages_with_and_without_members() -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    wiki.page(4, [old_link(40), old_link(41, "B")], [new_link(40), old_link(41, "B")])
    wiki.now += items(5, [old_link(50)])
    assert told(wiki.checks()) == [("Seite 4", "left", "41", None, None), ("Seite 5", "left", "50", None, None)]


@pytest.mark.parametrize(
    ("now", "verdict"), [([new_link(41, "B")], "matched"), ([("https://weg.example/", "B")], "dropped")]
)
def test_what_was_left_is_followed_on_to_now(now: list[Link], verdict: str) -> None:
    wiki = Wiki()
    wiki.plain(1, 2, 3)
    both = [old_link(40), old_link(41, "B")]
    wiki.page(4, both, [new_link(40), both[1]], [new_link(40), *now])
    (check,) = (c for c in wiki.checks() if c.old_key == "41")
    assert check.verdict == verdict


def test_other_addresses_and_rules_of_other_kinds_are_not_checked() -> None:
    wiki = Wiki()
    for page in (1, 2, 3):
        more = ("https://sonst.example/9", "Z")
        wiki.page(page, [(OLD.format(page), "A"), more], [(NEW.format(page), "A"), more, (f"{more[0]}{page}", "Y")])
        wiki.history.add(page, Change("category", "removed", "", "Alt", None), rev=1000 * (page + 1))
        wiki.history.add(page, Change("category", "added", "", None, "Neu"), rev=1000 * (page + 1))
    found = {bulk.kind: bulk.addresses for bulk in found_in(wiki.history.changes, [], wiki.standing)}
    assert found["category"] is None
    assert [check.verdict for check in found["link"] or ()] == ["matched"] * 3


def test_only_schemes_are_checked_for_the_sites_that_moved() -> None:
    wiki = Wiki()
    for page in (1, 2, 3):
        before, after = f"http://amt{page}.example/a", f"https://amt{page}.example/a"
        new = (f"https://frisch{page}.example/", "Z")
        wiki.page(page, [(before, "A")], [(after, "A"), new, new])
    assert [(c.verdict, c.before) for c in wiki.checks()] == [
        ("matched", f"http://amt{page}.example/a") for page in (1, 2, 3)
    ]


def test_a_field_that_holds_an_address_is_checked_like_a_link() -> None:
    history = History()
    standing: dict[State, list[CurrentItem]] = {}
    for page in (1, 2, 3, 4):
        old, new = f"http://alt.example/v?nr={page}", f"https://neu.example/v/{page + 3 * (page == 4)}"
        rev = 1000 * (page + 1)
        history.add(page, Change("infobox", "changed", "Plan/Quelle", old, new), rev=rev)
        for at, value in ((rev - 1, old), (rev, new), (None, new)):
            own = CurrentItem("infobox", page, f"Seite {page}", rev, "Plan/Quelle", value)
            other = CurrentItem("infobox", page, f"Seite {page}", rev, "Plan/Archiv", old)
            standing[page, at] = [own, other]
    (bulk,) = found_in(history.changes, [], standing)
    assert [(c.title, c.verdict, c.old_key, c.new_key) for c in bulk.addresses or ()] == [
        ("Seite 1", "matched", "1", "1"),
        ("Seite 2", "matched", "2", "2"),
        ("Seite 3", "matched", "3", "3"),
        ("Seite 4", "altered", "4", "7"),
    ]
