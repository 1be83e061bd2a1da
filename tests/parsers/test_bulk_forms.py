"""One rule where the form of an address, a template or a word gave several; edits that follow closely by chance."""

from __future__ import annotations

import pytest

from parsers.change import Change, CurrentItem
from tests.parsers.bulk_history import History, found_in


def section(before: str, after: str, reason: str | None = None, path: str = "Stand") -> Change:
    return Change("section", "changed", path, before, after, "cosmetic" if reason else "substantive", reason)


def test_keys_that_change_places_are_one_rule_though_one_of_them_recurs() -> None:
    history = History()
    years = (2005, 2005, 2005, 2011, 2012, 2013, 2014, 2014, 2014)
    for page, year in enumerate(years):
        history.link(
            page, f"http://a.example/{year}/{48000 + page}.pdf", f"http://a.example/d/{48000 + page}?jahr={year}"
        )
    (bulk,) = found_in(history.changes, [])
    assert bulk.rule == "http://a.example/{n}/{n2}.pdf → http://a.example/d/{n2}?jahr={n}"
    assert bulk.pages == 9


def test_a_year_that_all_addresses_have_is_no_variable() -> None:
    history = History()
    for page in range(4):
        history.link(page, f"http://a.example/2005/{48000 + page}.pdf", f"http://a.example/d/{48000 + page}?jahr=2005")
    (bulk,) = found_in(history.changes, [])
    assert bulk.rule == "http://a.example/2005/{n}.pdf → http://a.example/d/{n}?jahr=2005"


def test_a_template_is_one_however_its_name_is_written() -> None:
    history = History()
    for page, use in enumerate(("{{Stub}}", "{{stub}}", "{{Vorlage:Stub}}", "{{template:stub}}", "{{ Stub }}")):
        rev = 50 + page
        history.add(page, Change("template", "removed", "Lage", use, None), rev=rev)
        history.add(page, Change("template", "added", "Lage", None, "{{Lückenhafter_Text}}"), rev=rev)
    left = [CurrentItem("template", 9, "Seite 9", 90, "Lage", "{{stub}}")]
    (bulk,) = found_in(history.changes, left)
    assert (bulk.rule, bulk.pages, bulk.occurrences) == ("Stub → Lückenhafter Text", 5, 10)
    assert [(case.title, case.before) for case in bulk.stragglers] == [("Seite 9", "Stub")]


def test_a_template_parameter_is_renamed_however_the_template_is_written() -> None:
    history = History()
    for page, name in enumerate(("Quelle", "quelle", "Vorlage:Quelle")):
        old, new = (f"{{{{{name}|{key}=B/16/{page}|ort=A}}}}" for key in ("nr", "nummer"))
        history.add(page, Change("template", "changed", "", old, new))
    (bulk,) = found_in(history.changes, [])
    assert (bulk.rule, bulk.pages) == ("{{Quelle|nr={value}}} → {{Quelle|nummer={value}}}", 3)


def test_a_template_in_a_field_is_swapped_by_one_rule_however_it_is_laid_out() -> None:
    history = History()
    for page, gap in enumerate((" = ", "=", " = ", "=", " = ", "=")):
        old, new = (
            f"{{{{{name}\n| Symbol{gap}X{page}\n| Kern{gap}{page}/2\n}}}}" for name in ("Messung alt", "Messung")
        )
        history.add(page, Change("infobox", "changed", "Stoff/Werte", old, new))
    (bulk,) = found_in(history.changes, [])
    assert bulk.pages == 6


def test_dashes_in_pairs_and_alone_are_one_sweep() -> None:
    history = History()
    for page in range(4):
        before = f"Die Wege - Straßen {page} und Plätze - sind breit."
        history.add(page, section(before, before.replace("-", "–"), "typography"), rev=60 + page)
        history.add(page, section("Vorlage - Anlage", "Vorlage – Anlage", "typography", "Beschluss"), rev=60 + page)
    (bulk,) = found_in(history.changes, [])
    assert (bulk.rule, bulk.occurrences) == ("- → –", 8)


def test_what_is_dropped_in_brackets_is_told_with_both_of_them() -> None:
    history = History()
    for page, name in enumerate(("Arry", "Aube", "Delme")):
        text = f"{name}{{}} (deutsch Ort {page}) liegt im Tal."
        history.add(page, section(text.format(" (Mosel)"), text.format("")))
    (bulk,) = found_in(history.changes, [])
    assert bulk.rule == "(Mosel) (deutsch → (deutsch"


def test_a_page_that_was_missed_is_named_once_in_however_many_sections_the_words_stand() -> None:
    history = History()
    for page in range(4):
        history.add(page, section(f"Breite Bürgersteige am Ort {page}.", f"Breite Gehwege am Ort {page}."))
    left = [CurrentItem("text", 9, "Seite 9", 90, path, "Alte Bürgersteige.") for path in ("Lage", "Stand", "Ziele")]
    (bulk,) = found_in(history.changes, left)
    assert [(case.title, case.before) for case in bulk.stragglers] == [("Seite 9", "Bürgersteige")]


@pytest.mark.parametrize(("days", "found"), [((207, 209, 210), 0), ((207, 207.01, 207.02), 1)])
def test_edits_that_follow_closely_among_many_single_ones_are_no_work(days: tuple[float, ...], found: int) -> None:
    history = History()
    single = [25.0 * number for number in range(16)]
    for page, day in enumerate(sorted((*single, *days))):
        history.add(page, Change("infobox", "changed", "Konzeption/Art", "Bericht", "Konzept"), days=day)
    assert len(found_in(history.changes, [])) == found
