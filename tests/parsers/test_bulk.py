"""Bulk changes: what a rewrite rule explains, what broke it, what it missed, what came back."""

from __future__ import annotations

import pytest

from parsers.change import BulkCase, Change, CurrentItem, PageChange
from tests.parsers.bulk_history import NEW, OLD, History, current_link, found_in


def test_one_rule_explains_an_address_update_over_pages_days_and_editors() -> None:
    history = History()
    ids = [history.migrate(page, 13000 + page, days=page, user=f"Person {page}") for page in range(1, 6)]
    ids.append(history.migrate(1, 777, days=6))
    history.link(2, "https://a.example/alt", "https://b.example/neu")
    (bulk,) = found_in(history.changes, [])
    assert bulk.kind == "link"
    assert bulk.pattern_before == "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR={VOLFDNR}"
    assert bulk.pattern_after == "http://ratsinfo.oberhausen.de/vo020?VOLFDNR={VOLFDNR}"
    assert bulk.rule == f"{bulk.pattern_before} → {bulk.pattern_after}"
    assert (bulk.pages, bulk.occurrences, bulk.members) == (5, 6, tuple(ids))
    assert (bulk.first_at, bulk.last_at) == ("2024-07-24T08:00:01Z", "2024-07-29T08:00:06Z")
    assert (bulk.exceptions, bulk.stragglers, bulk.regressions) == ((), (), ())


def test_an_altered_number_is_an_exception_and_a_member() -> None:
    history = History()
    for page in range(1, 5):
        history.migrate(page, 100 + page)
    wrong = history.link(5, OLD.format(1234), NEW.format(1243))
    (bulk,) = found_in(history.changes, [])
    assert bulk.exceptions == (BulkCase("Seite 5", 1000 + wrong, OLD.format(1234), NEW.format(1243), "Vorlage"),)
    assert wrong in bulk.members
    assert (bulk.pages, bulk.occurrences) == (5, 5)


def test_what_still_has_the_old_form_is_a_straggler() -> None:
    history = History()
    for page in range(1, 4):
        history.migrate(page, 100 + page)
    current = [
        current_link(1, NEW.format(101)),
        current_link(7, OLD.format(55)),
        current_link(8, "http://allris.oberhausen.de/bi/to020.asp?SILFDNR=55"),
        CurrentItem("section", 9, "Seite 9", 1, "Stand", OLD.format(1)),
    ]
    (bulk,) = found_in(history.changes, current)
    assert bulk.stragglers == (BulkCase("Seite 7", 9007, OLD.format(55), None, "Vorlage"),)


@pytest.mark.parametrize("same_page", [True, False])
def test_the_old_form_coming_back_later_is_a_regression_and_no_straggler(same_page: bool) -> None:
    history = History()
    for page in range(1, 4):
        history.migrate(page, 100 + page)
    page = 1 if same_page else 6
    back = history.link(page, NEW.format(101) if same_page else None, OLD.format(101), days=20)
    (bulk,) = found_in(history.changes, [current_link(page, OLD.format(101))])
    assert bulk.regressions == (
        BulkCase(f"Seite {page}", 1000 + back, NEW.format(101) if same_page else "", OLD.format(101), "Vorlage"),
    )
    assert bulk.stragglers == ()
    assert back not in bulk.members


def test_an_old_form_added_before_the_page_was_migrated_is_no_regression() -> None:
    history = History()
    history.link(1, None, OLD.format(101), days=-3)
    for page in range(1, 4):
        history.migrate(page, 100 + page)
    (bulk,) = found_in(history.changes, [])
    assert bulk.regressions == ()


def test_two_pages_are_no_bulk_change_however_many_links_they_have() -> None:
    history = History()
    for number in range(10):
        history.migrate(1 + number % 2, number)
    assert found_in(history.changes, []) == []


def test_words_that_tell_things_apart_stay_literal() -> None:
    history = History()
    for page in range(1, 8):
        history.migrate(page, 100 + page)
        history.link(
            page,
            f"http://allris.oberhausen.de/bi/to020.asp?SILFDNR={page}",
            f"http://ratsinfo.oberhausen.de/to020?SILFDNR={page}",
        )
    assert [bulk.pattern_before for bulk in found_in(history.changes, [])] == [
        "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR={VOLFDNR}",
        "http://allris.oberhausen.de/bi/to020.asp?SILFDNR={SILFDNR}",
    ]


def test_edits_that_only_look_alike_are_not_swept_in() -> None:
    history = History()
    for page in range(1, 5):
        history.migrate(page, 100 + page)
    other = [
        history.link(5, OLD.format(9), "https://www.oberhausen.de/beschluss?VOLFDNR=9"),
        history.link(6, "http://allris.muelheim.example/bi/vo020.asp?VOLFDNR=3", NEW.format(3)),
        history.link(
            7,
            "http://allris.oberhausen.de/bi/vo021.asp?VOLFDNR=3",
            "http://ratsinfo.oberhausen.de/vo021?VOLFDNR=3",
        ),
    ]
    (bulk,) = found_in(history.changes, [])
    assert not set(other) & set(bulk.members)
    assert bulk.pages == 4


def test_unrelated_edits_make_no_rule() -> None:
    history = History()
    for page, (before, after) in enumerate(
        [("Wohnen", "Bildung"), ("Umwelt", "Sport"), ("Verkehr", "Kultur"), ("Klima", "Handel")]
    ):
        history.link(page, before, after)
        history.link(
            page,
            f"https://{before.lower()}.example/2023/bericht",
            f"https://{before.lower()}.example/2024/bericht",
        )
    assert found_in(history.changes, []) == []


def test_a_rule_a_year_later_is_another_bulk_change() -> None:
    history = History()
    first = [history.migrate(page, 100 + page) for page in range(1, 4)]
    second = [history.migrate(page, 200 + page, days=365) for page in range(1, 5)]
    history.migrate(9, 9, days=800)
    assert [bulk.members for bulk in found_in(history.changes, [])] == [tuple(first), tuple(second)]


def test_a_straggler_is_named_by_the_last_bulk_change_of_its_rule_only() -> None:
    history = History()
    for page in range(1, 4):
        history.migrate(page, 100 + page)
    for page in range(4, 7):
        history.migrate(page, 100 + page, days=365)
    left = [current_link(7, OLD.format(55)), current_link(7, OLD.format(55)), current_link(8, OLD.format(56))]
    older, newer = found_in(history.changes, left)
    assert older.rule == newer.rule
    assert (older.stragglers, [case.title for case in newer.stragglers]) == ((), ["Seite 7", "Seite 7", "Seite 8"])


def test_what_came_back_after_a_later_bulk_change_is_no_straggler_of_an_earlier_one() -> None:
    history = History()
    for page in (1, 2, 3):
        history.link(page, f"Konzept Stadt {page}", f"Plan Stadt {page}")
    for page in (4, 5, 6):
        history.link(page, f"Konzept Stadt {page}", f"Plan Stadt {page}", days=365)
    history.link(5, "Plan Stadt 5", "Konzept Stadt 5", days=400)
    older, newer = found_in(history.changes, [current_link(5, "Konzept Stadt 5")])
    assert older.rule == newer.rule
    assert [case.title for case in newer.regressions] == ["Seite 5"]
    assert older.stragglers == newer.stragglers == ()


def test_paths_vary_when_a_site_moves() -> None:
    history = History()
    for page, path in enumerate(["wohnen.html", "bauen/plan.html", "umwelt/klima/ziele.pdf", "rat.html"]):
        history.link(page, f"http://alt.example/stadt/{path}", f"https://www.neu.example/{path}")
    (bulk,) = found_in(history.changes, [])
    assert bulk.pattern_before == "http://alt.example/stadt/{rest}"
    assert bulk.pattern_after == "https://www.neu.example/{rest}"


def test_every_value_of_a_query_is_a_variable_of_its_own() -> None:
    history = History()
    for page in range(1, 5):
        query = f"refresh=false&VOLFDNR={100 + page}&TOLFDNR={7 * page}"
        history.link(page, f"http://a.example/bi/vo020?{query}", f"http://b.example/vo020?{query}")
    (bulk,) = found_in(history.changes, [])
    assert bulk.pattern_after == "http://b.example/vo020?refresh=false&VOLFDNR={VOLFDNR}&TOLFDNR={TOLFDNR}"


def test_secure_addresses_of_any_host() -> None:
    history = History()
    for page, host in enumerate(["a.example", "b.example/x", "c.example/y/z.html", "d.example/"]):
        history.link(page, f"http://{host}", f"https://{host}")
    (bulk,) = found_in(history.changes, [])
    assert (bulk.pattern_before, bulk.pattern_after) == ("http://{rest}", "https://{rest}")


def test_a_site_whose_own_work_goes_on_for_longer_is_not_part_of_a_short_one() -> None:
    history = History()
    days = [0, 1, 2, 25, 50, 51, 52]  # of which one falls into the other site's two days
    slow, quick = set(), set()
    for page, day in enumerate(days):
        slow.add(history.link(page, f"http://a.example/{page}", f"https://a.example/{page}", days=day))
    for page in range(20, 28):
        quick.add(history.link(page, f"http://b.example/{page}", f"https://b.example/{page}", days=20 + page / 4))
    left = ["http://a.example/9", "http://b.example/40"]
    bulks = found_in(history.changes, [current_link(page, address) for page, address in enumerate(left, 50)])
    assert [(bulk.rule, set(bulk.members)) for bulk in bulks] == [
        ("http://a.example/{n} → https://a.example/{n}", slow),
        ("http://b.example/{n} → https://b.example/{n}", quick),
    ]
    assert [[case.before for case in bulk.stragglers] for bulk in bulks] == [left[:1], left[1:]]


def test_files_and_page_titles_have_rules_too() -> None:
    history = History()
    for page, name in enumerate(["Wohnen", "Umwelt und Klima", "Sport"]):
        history.add(page, Change("file", "changed", "Themenfeld", f"Datei:{name}.jpg", f"Datei:{name}.png"))
        history.link(page, f"Wohnen#{name}", f"Wohnen und Leben#{name}")
    assert [(bulk.kind, bulk.rule) for bulk in found_in(history.changes, [])] == [
        ("file", "Datei:{rest}.jpg → Datei:{rest}.png"),
        ("link", "Wohnen#{rest} → Wohnen und Leben#{rest}"),
    ]


def test_a_renamed_field_with_what_missed_it_and_what_came_back() -> None:
    history = History()
    for page in range(1, 5):
        history.add(page, Change("infobox", "renamed", "Konzeption/Zuständigkeit", "Fachbereich", "Zuständigkeit"))
    back = history.add(2, Change("infobox", "added", "Konzeption/Fachbereich", None, "3-2"), days=9)
    current = [
        CurrentItem("infobox", 8, "Seite 8", 80, "Konzeption/Fachbereich", "0-4"),
        CurrentItem("infobox", 1, "Seite 1", 81, "Konzeption/Zuständigkeit", "Fachbereich"),
    ]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == "Konzeption: Fachbereich → Zuständigkeit"
    assert (bulk.pattern_before, bulk.pattern_after, bulk.pages) == ("Fachbereich", "Zuständigkeit", 4)
    assert bulk.stragglers == (BulkCase("Seite 8", 80, "0-4", None),)
    assert bulk.regressions == (BulkCase("Seite 2", 1000 + back, "", "3-2"),)


def test_section_titles_and_templates() -> None:
    history = History()
    for page in range(1, 4):
        history.add(page, Change("section", "renamed", "Stand / Ziele", "Zielsetzung", "Ziele"))
        history.add(page, Change("template", "renamed", "", "Hinweis alt", "Hinweis"))
    current = [
        CurrentItem("section", 7, "Seite 7", 70, "Stand / Zielsetzung", "Text"),
        CurrentItem("template", 7, "Seite 7", 70, "", "{{Hinweis alt|x}}"),
        CurrentItem("template", 7, "Seite 7", 70, "", "{{Hinweis alt 2|x}}"),
    ]
    section, template = found_in(history.changes, current)
    assert (section.rule, section.stragglers) == (
        "Zielsetzung → Ziele",
        (BulkCase("Seite 7", 70, "Text", None),),
    )
    assert (template.rule, len(template.stragglers)) == ("Hinweis alt → Hinweis", 1)


def test_a_category_swap_counts_both_changes_and_asks_no_page_that_may_stay() -> None:
    history = History()
    for page in range(1, 4):
        history.add(page, Change("category", "removed", "", "Wohnen", None), rev=50 + page)
        history.add(page, Change("category", "added", "", None, "Wohnen und Leben"), rev=50 + page)
        history.add(page, Change("category", "added", "", None, f"Jahr {page}"), rev=50 + page)
    few = [CurrentItem("category", p, f"Seite {p}", p, "", "Wohnen") for p in range(10, 12)]
    many = [CurrentItem("category", p, f"Seite {p}", p, "", "Wohnen") for p in range(10, 20)]
    (bulk,) = found_in(history.changes, few)
    assert (bulk.rule, bulk.pages, bulk.occurrences, len(bulk.stragglers)) == (
        "Wohnen → Wohnen und Leben",
        3,
        6,
        2,
    )
    assert found_in(history.changes, many)[0].stragglers == ()


def test_one_new_value_within_days_is_one_piece_of_work() -> None:
    history = History()
    for page in range(1, 4):
        history.add(page, Change("infobox", "changed", "Konzeption/Art", "Bericht", "Konzept"), days=page)
        history.add(page, Change("infobox", "changed", "Konzeption/Zuständigkeit", "0-4", "3-2"), days=30 * page)
    (bulk,) = found_in(history.changes, [])
    assert (bulk.rule, bulk.kind) == ("Konzeption/Art: Bericht → Konzept", "infobox")
    assert bulk.occurrences == 3


def test_changes_of_appearance_and_page_events_take_no_part() -> None:
    history = History()
    for page in range(1, 4):
        history.add(page, Change("section", "renamed", "Ziele", "ziele", "Ziele", "cosmetic", "case"))
        history.add(page, Change("link", "changed", "", "Wohnen", "Wohnen", "cosmetic", "label"))
        history.changes.append(
            PageChange(
                900 + page,
                page,
                "X",
                None,
                None,
                "2024-07-23T08:00:00Z",
                None,
                None,
                Change("page", "deleted", "", None, None),
            )
        )
    assert found_in(history.changes, []) == []


def test_a_rule_that_only_inserts_or_only_drops_knows_what_is_done() -> None:
    history = History()
    for page, path in enumerate(["wohnen", "bauen/plan", "klima"]):
        history.link(page, f"https://a.example/{path}", f"https://a.example/neu/{path}")
        history.link(page, f"Ort {path} (Stadt)", f"Ort {path}")
    current = [
        current_link(7, "https://a.example/neu/sport"),
        current_link(8, "https://a.example/sport"),
        current_link(9, "Ort Mitte (Stadt)"),
        current_link(10, "Ort Mitte"),
    ]
    dropped, inserted = sorted(found_in(history.changes, current), key=lambda bulk: bulk.rule)
    assert [case.before for case in dropped.stragglers] == ["Ort Mitte (Stadt)"]
    assert [case.before for case in inserted.stragglers] == ["https://a.example/sport"]


def test_a_suffix_to_any_title_is_no_rule() -> None:
    history = History()
    for page, name in enumerate(["Merkur", "Venus", "Erde"]):
        history.link(page, f"es:{name}", f"es:{name} (planeta)")
        history.link(page, name, f"{name} (Planet)")
    assert found_in(history.changes, []) == []


def test_a_file_in_another_size_is_told_by_its_option_and_not_by_its_name() -> None:
    history = History()
    for page, name in enumerate(["A", "B", "C"]):
        before, after = (f"[[Datei:{name}.png|rand|119px]]", f"[[Datei:{name}.png|rand|120px]]")
        history.add(page, Change("file", "changed", "", before, after, "cosmetic", "markup"))
    (bulk,) = found_in(history.changes, [])
    assert (bulk.kind, bulk.rule) == ("file", "[[{text}|119px]] → [[{text}|120px]]")
