"""Bulk changes in which things take another shape: templates for links, two fields for one, sort keys, dates."""

from __future__ import annotations

from typing import Any

import pytest

from parsers.bulk_addresses import State
from parsers.change import Change, CurrentItem
from tests.parsers.bulk_history import OLD, History, current_link, found_in

USE = "{{{{Ratsinfo|{}}}}}"


def call(history: History, page: int, number: int, other: int | None = None, *, back: bool = False, **at: Any) -> int:
    """A link that gave way to a use of a template on a page, or the contrary."""
    rev = 5000 + len(history.changes)
    address, use = OLD.format(number), USE.format(other or number)
    pair = (("template", use), ("link", address)) if back else (("link", address), ("template", use))
    history.add(page, Change(pair[0][0], "removed", "Beschlüsse", pair[0][1], None, label=None), rev=rev, **at)
    return history.add(page, Change(pair[1][0], "added", "Beschlüsse", None, pair[1][1]), rev=rev, **at)


def field(history: History, page: int, name: str, before: str | None, after: str | None, rev: int, **at: Any) -> None:
    action = "added" if before is None else "removed" if after is None else "changed"
    history.add(page, Change("infobox", action, f"Konzeption/{name}", before, after), rev=rev, **at)


def test_addresses_that_became_templates_are_one_rule_with_its_altered_number_and_what_is_left() -> None:
    history = History()
    for page in range(1, 6):
        call(history, page, 13570 + page)
    call(history, 6, 13999, 13989)
    call(history, 1, 13571, back=True, days=30)
    (bulk,) = found_in(history.changes, [current_link(9, OLD.format(12)), current_link(8, "https://a.example/12")])
    assert bulk.rule == ("http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR={VOLFDNR} → {{Ratsinfo|{VOLFDNR}}}")
    assert (bulk.kind, bulk.pages, bulk.occurrences) == ("link", 6, 12)
    assert [(c.title, c.before, c.after) for c in bulk.exceptions] == [
        ("Seite 6", OLD.format(13999), "{{Ratsinfo|13989}}")
    ]
    assert [c.title for c in bulk.stragglers] == ["Seite 9"]
    assert [c.title for c in bulk.regressions] == ["Seite 1"]


def test_templates_that_became_addresses_are_one_rule() -> None:
    history = History()
    for page in range(1, 5):
        call(history, page, 13570 + page, back=True)
    left = CurrentItem("template", 9, "Seite 9", 900, "", "{{Ratsinfo| 77 }}")
    (bulk,) = found_in(history.changes, [left])
    assert bulk.rule.startswith("{{Ratsinfo|{VOLFDNR}}} → http://allris")
    assert [c.title for c in bulk.stragglers] == ["Seite 9"]


def test_each_old_address_is_matched_to_the_use_that_has_its_number() -> None:
    history = History()
    standing: dict[State, list[CurrentItem]] = {}
    for page in range(1, 5):
        last = call(history, page, 13570 + page, 14000 if page == 4 else None)
        rev = history.changes[last - 1].rev_to
        assert rev is not None
        link = current_link(page, OLD.format(13570 + page))
        use = CurrentItem("template", page, f"Seite {page}", rev, "", USE.format(14000 if page == 4 else 13570 + page))
        standing |= {(page, rev - 1): [link], (page, rev): [use], (page, None): [use]}
    (bulk,) = found_in(history.changes, [], standing)
    assert bulk.verification
    assert (bulk.verification.addresses, bulk.verification.matched) == (4, 3)
    assert [(c.old_key, c.new_key) for c in bulk.verification.altered] == [("13574", "14000")]


def test_links_that_gave_way_to_templates_about_something_else_are_no_rule() -> None:
    history = History()
    for page in range(1, 7):
        call(history, page, 13570 + page, 800 + 7 * page)
    assert found_in(history.changes, []) == []


@pytest.mark.parametrize(
    ("form", "rule"),
    [
        (lambda n, p: (f"?id={n}", f"?id={n:07}"), "?id={id} → http://a1.example/?id={id, 7 digits}"),
        (lambda n, p: (f"v/{n:07}", f"v/{n}"), "v/{n} → http://a1.example/v/{n, no zeros}"),
        (lambda n, p: (f"Plan/{p}", f"plan/{p.lower()}"), "Plan/{rest} → http://a1.example/plan/{rest, lower case}"),
        (lambda n, p: (f"VO020.asp?n={n}", f"vo020.asp?n={n}"), "VO020.asp?n={n} → http://a1.example/vo020.asp?n={n}"),
        (lambda n, p: (f"w/{p}", f"w/{p}/"), "w/{name} → http://a1.example/w/{name}/"),
    ],
)  # fmt: skip
def test_addresses_that_were_spelled_anew_are_one_rule(form: Any, rule: str) -> None:
    history = History()
    for page, place in enumerate(("Markt", "Hafen", "Anger", "Ufer", "Tal")):
        history.link(page, *(f"http://a1.example/{side}" for side in form(10 ** (page % 4) * 7 + page, place)))
    sides = form(4321, "Weide")
    current = [current_link(7, f"http://a1.example/{sides[0]}"), current_link(8, f"http://a1.example/{sides[1]}")]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == f"http://a1.example/{rule}"
    assert [case.title for case in bulk.stragglers] == ["Seite 7"]


def test_a_filled_up_number_that_is_another_one_is_an_exception() -> None:
    history = History()
    for page in range(1, 5):
        history.link(page, f"http://a1.example/?id={page * 731}", f"http://a1.example/?id={page * 731:07}")
    history.link(6, "http://a1.example/?id=555", "http://a1.example/?id=0000556")
    (bulk,) = found_in(history.changes, [])
    assert ([case.title for case in bulk.exceptions], bulk.pages) == (["Seite 6"], 5)


def test_a_field_that_was_split_in_two_is_one_rule_with_its_slip_and_what_was_missed() -> None:
    history = History()
    for page, person in enumerate(("Frau Weber", "Herr Kramer", "Frau Vogt", "Herr Thiel")):
        field(history, page, "Stelle", f"FB {page}, {person}", f"FB {page}", 70 + page)
        field(history, page, "Person", None, person if page != 3 else "Herr Theil", 70 + page)
    field(history, 0, "Stelle", "FB 0", "FB 0, Frau Weber", 99, days=20)
    field(history, 0, "Person", "Frau Weber", None, 99, days=20)
    current = [CurrentItem("infobox", 8, "Seite 8", 80, "Konzeption/Stelle", "FB 9, Herr Busch")]
    current += [CurrentItem("infobox", 9, "Seite 9", 90, "Konzeption/Stelle", "FB 9")]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == "Konzeption: Stelle = {a}, {b} → Stelle = {a} | Person = {b}"
    assert (bulk.pages, bulk.occurrences) == (4, 8)
    assert [case.after for case in bulk.exceptions] == ["FB 3 | Herr Theil"]
    assert [case.title for case in bulk.stragglers] == ["Seite 8"]
    assert [case.title for case in bulk.regressions] == ["Seite 0"]


def test_fields_that_were_joined_and_values_that_moved_are_rules() -> None:
    history = History()
    for page in range(1, 5):
        field(history, page, "Ort", f"Weg {page}", f"Weg {page} (Mitte)", 70 + page)
        field(history, page, "Lage", "Mitte", None, 70 + page)
        field(history, page, "Alt", f"Wert {page}", "", 170 + page, days=9)
        field(history, page, "Neu", "", f"Wert {page}", 170 + page, days=9)
    joined, moved = found_in(history.changes, [])
    assert joined.rule == "Konzeption: Ort = {a} | Lage = {b} → Ort = {a} ({b})"
    assert moved.rule == "Konzeption: Alt = {value} → Neu = {value}"


def test_a_value_that_was_shortened_while_another_field_was_filled_is_no_rule() -> None:
    history = History()
    for page, word in enumerate(("Rat", "Amt", "Verein", "Schule")):
        field(history, page, "Stelle", f"FB {page}, {word}", f"FB {page}", 70 + page)
        field(history, page, "Person", None, f"Gast {page} vom Ort", 70 + page)
    assert found_in(history.changes, []) == []


def sort_key(history: History, page: int, before: str | None, after: str | None, **at: Any) -> None:
    history.add(page, Change("category", "changed", "", before, after, "cosmetic", "order", label="Konzept"), **at)


def test_sort_keys_that_are_the_title_are_a_rule_with_the_pages_that_were_missed() -> None:
    history = History()
    for page in range(1, 6):
        sort_key(history, page, None, f"Seite {page}" if page != 5 else "Siete 5")
    sort_key(history, 1, "Seite 1", None, days=40)
    current = [
        CurrentItem("sorted", 8, "Seite 8", 80, "", "Konzept"),
        CurrentItem("sorted", 9, "Seite 9", 90, "", "Konzept", "x"),
    ]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == "Konzept → Konzept|{title}"
    assert [case.after for case in bulk.exceptions] == ["Konzept|Siete 5"]
    assert [case.title for case in bulk.stragglers] == ["Seite 8"]
    assert [case.title for case in bulk.regressions] == ["Seite 1"]


def test_other_sort_keys_for_other_ones_are_no_rule() -> None:
    history = History()
    for page in range(1, 7):
        sort_key(history, page, f"alt {page}", f"neu {7 - page}")
    assert found_in(history.changes, []) == []


def test_a_category_that_became_a_link_is_one_rule() -> None:
    history = History()
    for page in range(1, 5):
        history.add(page, Change("category", "removed", "", "Konzept", None), rev=70 + page)
        history.add(
            page, Change("link", "added", "", None, "Kategorie:Konzept", label="Kategorie:Konzept"), rev=70 + page
        )
    (bulk,) = found_in(history.changes, [CurrentItem("category", 9, "Seite 9", 90, "", "Konzept")])
    assert bulk.rule == "[[Kategorie:Konzept]] → [[:Kategorie:Konzept]]"
    assert [case.before for case in bulk.stragglers] == ["[[Kategorie:Konzept]]"]


def test_dates_in_another_form_are_one_rule_and_another_day_is_an_exception() -> None:
    history = History()
    months = ("Januar", "März", "Juli", "Dezember")
    for page, month in enumerate(months, 1):
        number = (1, 3, 7, 12)[page - 1]
        told = Change(
            "section", "changed", "Stand", f"Beschluss vom 0{page}.{number:02}.2024.",
            f"Beschluss vom {page if page < 4 else 5}. {month} 2024.",
        )  # fmt: skip
        history.add(page, told)
    text = CurrentItem("text", 9, "Seite 9", 90, "", "Seit dem 05.06.2023 gilt dies.")
    (bulk,) = found_in(history.changes, [text])
    assert bulk.rule == "{DD}.{MM}.{YYYY} → {D}. {Month} {YYYY}"
    assert [(case.before, case.after) for case in bulk.exceptions] == [("04.12.2024", "5. Dezember 2024")]
    assert [case.before for case in bulk.stragglers] == ["05.06.2023"]


def test_dates_that_became_other_days_in_another_form_are_no_rule() -> None:
    history = History()
    for page, month in enumerate(("Januar", "März", "Juli", "Dezember"), 1):
        told = Change(
            "section", "changed", "Stand", f"Stand 0{page}.02.2015 gilt", f"Stand {page + 10}. {month} 2019 gilt"
        )
        history.add(page, told)
    assert found_in(history.changes, []) == []
