"""Bulk changes of field values, templates, texts and wikitext; what everyday editing must not make one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from parsers.change import Change, CurrentItem
from tests.parsers.bulk_history import NEW, OLD, History, current_link, found_in

PLACES = ("Markt", "Hafen", "Kirchhof", "Anger", "Ufer")


def text(kind: str, value: str, page: int = 9) -> CurrentItem:
    return CurrentItem(kind, page, f"Seite {page}", 900 + page, "", value)


def section(before: str, after: str, reason: str | None = None) -> Change:
    return Change("section", "changed", "Stand", before, after, "cosmetic" if reason else "substantive", reason)


def field(before: str, after: str, name: str = "Stelle") -> Change:
    return Change("infobox", "changed", f"Konzeption/{name}", before, after)


def test_keys_that_change_places_are_kept_and_one_that_is_mistyped_is_an_exception() -> None:
    history = History()
    for page in range(1, 5):
        n, m = 1200 + page, 3400 + 7 * page
        history.link(page, f"http://a12.example/v?x={n}&y={m}", f"http://a12.example/w?y={m}&x={n}")
    wrong = history.link(5, "http://a12.example/v?x=77&y=88", "http://a12.example/w?y=88&x=78")
    (bulk,) = found_in(history.changes, [])
    assert bulk.rule == "http://a12.example/v?x={x}&y={y} → http://a12.example/w?y={y}&x={x}"
    assert ([case.rev_id for case in bulk.exceptions], bulk.pages) == ([1000 + wrong], 5)


def test_links_to_a_renamed_page_and_to_its_sections_are_one_rule() -> None:
    history = History()
    for page, part in enumerate(("", "#Lage", "", "#Ziele", "")):
        history.link(page, f"Plan Nord{part}", f"Leitplan Mitte{part}")
    (bulk,) = found_in(history.changes, [current_link(8, "Plan Nord#Kosten"), current_link(9, "Plan Nordost")])
    assert (bulk.rule, bulk.pages) == ("Plan Nord → Leitplan Mitte", 5)
    assert [case.before for case in bulk.stragglers] == ["Plan Nord#Kosten"]


def test_a_site_is_known_with_and_without_a_path() -> None:
    history = History()
    for page, path in enumerate(("", "/", "/a", "/b/c", "/")):
        history.link(page, f"http://alt.example{path}", f"https://neu.example{path}")
    (bulk,) = found_in(history.changes, [current_link(9, "http://alt.example"), current_link(9, "http://alt.example2")])
    assert (bulk.pages, [case.before for case in bulk.stragglers]) == (5, ["http://alt.example"])


def test_a_part_of_a_field_value_is_rewritten_within_its_field() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.add(page, field(f"Abteilung {place}", f"Fachdienst {place}"))
    current = [
        CurrentItem("infobox", 8, "Seite 8", 80, "Konzeption#2/Stelle", "Abteilung Tal"),
        CurrentItem("infobox", 9, "Seite 9", 90, "Konzeption/Ort", "Abteilung Tal"),
    ]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == "Konzeption/Stelle: Abteilung {name} → Fachdienst {name}"
    assert (bulk.pages, [case.title for case in bulk.stragglers]) == (5, ["Seite 8"])


def test_an_address_in_a_field_has_a_rule_with_its_key() -> None:
    history = History()
    for page in range(1, 5):
        history.add(page, field(OLD.format(100 + page), NEW.format(100 + page)))
    history.add(5, field(OLD.format(321), NEW.format(312)))
    (bulk,) = found_in(history.changes, [])
    assert (bulk.pattern_after, bulk.pages, len(bulk.exceptions)) == (NEW.format("{VOLFDNR}"), 5, 1)


def test_a_value_put_right_weeks_later_belongs_to_the_same_work() -> None:
    history = History()
    ids = [history.add(page, field("0-4", "3-2x"), days=page / 10) for page in range(1, 5)]
    ids.append(history.add(7, field("0-4", "3-2x"), days=40))
    (bulk,) = found_in(history.changes, [])
    assert bulk.members == tuple(ids)


def test_values_that_come_and_go_every_day_make_no_rule() -> None:
    history = History()
    for number in range(60):
        pair = ("Konzept", "Bericht") if number % 2 else ("Bericht", "Konzept")
        history.add(number, field(*pair), days=4 * number)
    assert found_in(history.changes, []) == []


def test_numbers_counted_up_are_no_rule_until_they_are_many() -> None:
    few, many = History(), History()
    for page in range(9):
        if page < 5:
            few.add(page, field("17 Plätze", "18 Plätze"))
        many.add(page, field("17 Plätze", "18 Plätze"))
    assert found_in(few.changes, []) == []
    assert [bulk.pages for bulk in found_in(many.changes, [])] == [9]


def test_a_blank_field_is_renamed_with_the_others() -> None:
    history = History()
    for page in range(1, 4):
        history.add(page, Change("infobox", "renamed", "Konzeption/Stelle", "Amt", "Stelle"))
    history.add(4, Change("infobox", "removed", "Konzeption/Amt", "", None, "cosmetic", "markup"), rev=70)
    history.add(4, Change("infobox", "added", "Konzeption/Stelle", None, "", "cosmetic", "markup"), rev=70)
    history.add(4, Change("infobox", "added", "Konzeption/Ort", None, "", "cosmetic", "markup"), rev=70)
    (bulk,) = found_in(history.changes, [])
    assert (bulk.rule, bulk.pages, bulk.occurrences) == ("Konzeption: Amt → Stelle", 4, 5)


def test_a_template_without_parameters_is_swapped_where_one_went_and_another_came() -> None:
    history = History()
    for page in range(1, 5):
        history.add(page, Change("template", "removed", "Stand", "{{Alter Hinweis}}", None), rev=50 + page)
        history.add(page, Change("template", "added", "Stand", None, "{{Hinweis neu|1}}"), rev=50 + page)
    current = [text("template", "{{Alter Hinweis}}"), text("template", "{{Alter Hinweis 2}}")]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.rule, bulk.pages) == ("Alter Hinweis → Hinweis neu", 4)
    assert [case.before for case in bulk.stragglers] == ["Alter Hinweis"]


def test_a_template_parameter_is_renamed_whatever_the_others_hold() -> None:
    history = History()
    for page in range(12):
        rest = f"{PLACES[page % 5]} [[A|b=c]]|ort={'Mitte' if page % 2 else 'Rand'}"
        before, after = f"{{{{Tafel|inhalt={rest}}}}}", f"{{{{Tafel|text={rest}}}}}"
        history.add(page, Change("template", "changed", "", before, after))
    back = history.add(3, Change("template", "changed", "", "{{Tafel|text=x}}", "{{Tafel|inhalt=x}}"), days=20)
    old = "{{Tafel|inhalt=Haus}}"
    (bulk,) = found_in(history.changes, [text("template", old), text("template", "{{Tafel|text=Haus|inhalt=}}")])
    assert (bulk.rule, bulk.pages) == ("{{Tafel|inhalt={value}}} → {{Tafel|text={value}}}", 12)
    assert [case.before for case in bulk.stragglers] == [old]
    assert [case.rev_id for case in bulk.regressions] == [1000 + back]


def corrected(history: History, old: str, new: str) -> list[int]:
    return [
        history.add(
            page, section(f"Am {place} gilt: {old}, auch {place * 2}.", f"Am {place} gilt: {new}, auch {place * 2}.")
        )
        for page, place in enumerate(PLACES)
    ]


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("die Massname", "die Maßnahme", "Massname → Maßnahme"),
        ("das Amt für Bau", "der Fachbereich für Verkehr", "das Amt für Bau → der Fachbereich für Verkehr"),
        ("der Turnverein", "der Turnverein e. V.", "Turnverein → Turnverein e. V."),
        ("die sogenannte Achse", "die Achse", "sogenannte Achse → Achse"),
    ],
)
def test_a_correction_inside_texts_is_one_rule(old: str, new: str, shown: str) -> None:
    history = History()
    ids = corrected(history, old, new)
    back = history.add(2, section(f"Dort steht {new} wie oben.", f"Dort steht {old} wie oben."), days=30)
    current = [text("text", f"Ganz anders: {old}; so auch hier."), text("text", f"Ganz anders: {new}.", 8)]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.kind, bulk.rule, bulk.members) == ("section", shown, tuple(ids))
    assert [case.title for case in bulk.stragglers] == ["Seite 9"]
    assert [case.rev_id for case in bulk.regressions] == [1000 + back]


def test_words_replaced_on_two_pages_and_numbers_in_texts_are_no_rule() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.add(page, section(f"{place}: Stand 2023.", f"{place}: Stand 2024."))
        if page < 2:
            history.add(page, section(f"{place} hat Wiesen.", f"{place} hat Gärten."))
    assert found_in(history.changes, []) == []


def test_bold_dropped_from_links_is_found_in_wikitext() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        line = f"[https://{place.lower()}.example/x {place}]"
        history.add(page, section(f"* '''{line}''' am {place}", f"* {line} am {place}", "markup"))
    current = [
        text("wikitext", "Siehe '''[https://a.example Amt]''' dort."),
        text("wikitext", "Der '''[[Rat]]''' und [https://a.example Amt].", 8),
    ]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.rule, bulk.pages) == ("'''[{text}]''' → [{text}]", 5)
    assert [(case.title, case.before) for case in bulk.stragglers] == [("Seite 9", "'''[https://a.example Amt]'''")]


def test_italics_that_came_back_are_known() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.add(page, section(f"Am ''{place}'' gilt es.", f"Am {place} gilt es.", "markup"))
    back = history.add(2, section("Am Hof gilt es.", "Am ''Hof'' gilt es.", "markup"), days=9)
    (bulk,) = found_in(history.changes, [])
    assert (bulk.rule, [case.rev_id for case in bulk.regressions]) == ("''{text}'' → {text}", [1000 + back])


def test_marks_that_were_put_around_anything_are_no_rule() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.add(page, section(f"Am {place} gilt es.", f"Am ''{place}'' gilt es.", "markup"))
    assert found_in(history.changes, []) == []


def test_entities_written_as_characters_now_and_then_are_one_work() -> None:
    history = History()
    for page, place in enumerate(PLACES[:4]):
        line = f"Am {place} sind es {{}} im Mittel."
        before, after = line.format("5&nbsp;Meter"), line.format("5 Meter")
        history.add(page, section(before, after, "whitespace"), days=5 * page)
    current = [text("wikitext", "Es sind 9&nbsp;Meter."), text("wikitext", "Es sind 9 Meter.", 8)]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.pages, [case.title for case in bulk.stragglers]) == (4, ["Seite 9"])


def test_marks_that_go_with_rewritten_links_are_no_rule_of_their_own() -> None:
    history = History()
    for page in range(1, 6):
        old, new = OLD.format(100 + page), NEW.format(100 + page)
        history.link(page, old, new, rev=50 + page)
        history.add(page, section(f"'''[{old} Vorlage]'''", f"[{new} Vorlage]", "markup"), rev=50 + page)
    assert [bulk.kind for bulk in found_in(history.changes, [])] == ["link"]


def test_icons_get_a_link_each_of_its_own() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        icon = f"[[Datei:Zeichen {place}.png|rahmenlos|120x120px"
        history.add(page, Change("file", "changed", "", f"{icon}]]", f"{icon}|link={place}]]", "cosmetic", "icon-link"))
    current = [
        text("wikitext", "{|\n! [[Datei:Zeichen Tal.png|rahmenlos|120x120px]]\n|}"),
        text("wikitext", "[[Datei:Foto.png|rahmenlos|120x120px]] [[Datei:Zeichen Tal.png|mini]]", 8),
    ]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.kind, bulk.rule, bulk.pages) == ("file", "[[{text}]] → [[{text}|link={text}]]", 5)
    assert [case.before for case in bulk.stragglers] == ["[[Datei:Zeichen Tal.png|rahmenlos|120x120px]]"]


def test_what_only_leads_back_is_a_return_and_no_rule_of_its_own() -> None:
    history = History()
    for page in range(1, 9):
        history.migrate(page, 100 + page)
    for page in range(1, 4):
        history.link(page, NEW.format(100 + page), OLD.format(100 + page), days=30)
    (bulk,) = found_in(history.changes, [])
    assert (bulk.pattern_before, len(bulk.regressions)) == (OLD.format("{VOLFDNR}"), 3)


def test_a_new_page_with_the_old_form_and_a_page_restored_brought_nothing_back() -> None:
    history = History()
    history.link(7, None, OLD.format(70), days=-50, first=True)
    for page in range(1, 5):
        history.migrate(page, 100 + page)
    history.link(7, OLD.format(70), None, days=20)
    history.link(7, None, OLD.format(70), days=20)
    history.link(8, None, OLD.format(80), days=30, first=True)
    (bulk,) = found_in(history.changes, [current_link(7, OLD.format(70)), current_link(8, OLD.format(80))])
    assert bulk.regressions == ()
    assert [case.title for case in bulk.stragglers] == ["Seite 7", "Seite 8"]


def test_a_return_is_told_of_the_sweep_that_had_done_the_page() -> None:
    history = History()
    for page in range(1, 5):
        history.migrate(page, 100 + page)
        history.migrate(10 + page, 200 + page, days=365)
    history.link(12, NEW.format(202), OLD.format(202), days=400)
    older, newer = found_in(history.changes, [current_link(12, OLD.format(202))])
    assert (older.regressions, [case.title for case in newer.regressions]) == ((), ["Seite 12"])
    assert older.stragglers == newer.stragglers == ()


def test_secure_addresses_miss_only_the_sites_that_were_made_secure() -> None:
    history = History()
    for page, place in enumerate(PLACES[:4]):
        history.link(page, f"http://{place}.example/{page}", f"https://{place}.example/{page}")
    left = [current_link(20 + page, f"http://fern{page}.example/") for page in range(30)]
    (bulk,) = found_in(history.changes, [*left, current_link(9, "http://Markt.example/9")])
    assert [case.title for case in bulk.stragglers] == ["Seite 9"]


def test_quite_another_page_of_the_same_site_is_no_slip() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.link(page, f"http://alt.example/stadt/{place}/x", f"https://neu.example/{place}/x")
    history.link(8, "http://alt.example/stadt/wiesen/x", "https://neu.example/12345/x")
    slip = history.link(9, "http://alt.example/stadt/wiesen/x", "https://neu.example/wisen/x")
    (bulk,) = found_in(history.changes, [])
    assert [case.rev_id for case in bulk.exceptions] == [1000 + slip]


def test_two_sites_that_moved_alike_have_a_rule_each() -> None:
    history = History()
    for page, end in enumerate(("", "/", "/a", "/b/c")):
        history.link(page, f"http://eins.example{end}", f"https://neu.eins.example{end}")
        history.link(10 + page, f"http://zwei.example{end}", f"https://neu.zwei.example{end}")
    assert [bulk.pages for bulk in found_in(history.changes, [])] == [4, 4]


def test_two_phrases_with_words_in_common_are_told_apart() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        for at, name in ((page, "Bau"), (10 + page, "Kultur")):
            old, new = f"das Amt für {name} und Verkehr", f"der Bereich {name}wesen und Mobilität"
            history.add(at, section(f"Am {place}: {old}.", f"Am {place}: {new}."))
    rules = sorted(bulk.rule for bulk in found_in(history.changes, []))
    assert len(rules) == 2
    assert all(name in rule for name, rule in zip(("Bau", "Kultur"), rules, strict=True))


def link_rules(*pairs: tuple[str, str], days: Sequence[float] = ()) -> list[tuple[str, int, int]]:
    """The rules of links on a page each, with their members and exceptions."""
    history = History()
    for page, (old, new) in enumerate(pairs, 1):
        history.link(page, old, new, days=days[page - 1] if days else 0)
    return [(bulk.rule, bulk.occurrences, len(bulk.exceptions)) for bulk in found_in(history.changes, [])]


def test_a_number_that_is_dropped_from_addresses_is_a_variable_of_the_old_form() -> None:
    old, new = "http://rat.example/v?id={}&sid={}", "http://rat.example/v?id={}"
    pairs = [(old.format(n, f"a{n}7f"), new.format(n)) for n in (11, 22, 33)]
    mistyped = (old.format(44, "bad9"), new.format(45))
    assert link_rules(*pairs, mistyped) == [(f"{old.format('{id}', '{sid}')} → {new.format('{id}')}", 4, 1)]


def test_years_that_are_dropped_do_not_part_a_rule() -> None:
    pairs = [
        (f"https://amt.example/{year}/text-{n}.htm", f"https://amt.example/text-{n}.htm")
        for n, year in enumerate([2016] * 3 + [2017] * 3 + [2018], 100)
    ]
    assert link_rules(*pairs) == [("https://amt.example/{n}/text-{n2}.htm → https://amt.example/text-{n2}.htm", 7, 0)]


def test_a_site_that_became_a_path_is_one_rule() -> None:
    names = ("sport", "kultur", "umwelt", "verkehr")
    pairs = [(f"http://{name}.stadt.example/{n}", f"https://stadt.example/{name}/{n}") for n, name in enumerate(names)]
    assert link_rules(*pairs) == [("http://{name}.stadt.example/{n} → https://stadt.example/{name}/{n}", 4, 0)]


def test_dropped_numbers_without_a_key_that_was_kept_make_no_rule() -> None:
    assert link_rules(*((f"http://rat.example/liste/{n}", "http://rat.example/liste/") for n in (5, 61, 702))) == []
    assert link_rules(*((f"http://rat.example/a/{n}", f"http://rat.example/b/{n * 7}") for n in (5, 61, 702))) == []


def test_two_secure_sweeps_of_other_sites_a_month_apart_are_two_bulk_changes() -> None:
    def pair(host: str, page: int) -> tuple[str, str]:
        return f"http://{host}.example/{page}", f"https://{host}.example/{page}"

    one = [pair("amt" if n % 2 else "rat", n) for n in range(8)]
    other = [pair("bad" if n % 2 else "zoo", n) for n in range(6)]
    days = [n / 10 for n in range(8)] + [30 + n / 10 for n in range(6)]
    assert [count for _, count, _ in link_rules(*one, *other, days=days)] == [8, 6]


def test_sites_that_are_made_secure_in_turns_are_one_bulk_change() -> None:
    pairs = [(f"http://amt{n % 3}.example/{n}", f"https://amt{n % 3}.example/{n}") for n in range(12)]
    assert [count for _, count, _ in link_rules(*pairs, days=range(12))] == [12]


def test_of_secure_sweeps_at_one_time_each_keeps_to_its_site() -> None:
    long_work = [(f"http://amt.example/{n}", f"https://amt.example/{n}") for n in range(9)]
    short_work = [(f"http://zoo.example/{n}", f"https://zoo.example/{n}") for n in range(4)]
    days = [*(3 * n for n in range(9)), *(22 + n / 10 for n in range(4))]
    rules = link_rules(*long_work, *short_work, days=days)
    assert [(rule[:18], count) for rule, count, _ in rules] == [("http://amt.example", 9), ("http://zoo.example", 4)]


def test_a_secure_sweep_leaves_stragglers_of_other_works_to_these() -> None:
    history = History()
    for page in range(1, 5):
        history.link(page, f"http://zoo.example/{page}", f"https://zoo.example/{page}", days=200)
    for page in range(5, 9):
        history.link(page, f"http://amt{page}.example/", f"https://amt{page}.example/")
    # http://zoo.example/ fits both rules
    left = [current_link(9, "http://zoo.example/"), current_link(10, "http://amt7.example/")]
    found = {bulk.pattern_before: [case.title for case in bulk.stragglers] for bulk in found_in(history.changes, left)}
    assert found == {"http://{name}.example/": ["Seite 10"], "http://zoo.example/{n}": ["Seite 9"]}


def test_a_unit_beside_numbers_is_told_by_two_letters() -> None:
    history = History()
    for page, size in enumerate((12, 340, 7), 1):
        history.add(page, Change("infobox", "changed", "Park/Größe", f"{size} ha", f"{size} Hektar"))
    (bulk,) = found_in(history.changes, [])
    assert bulk.rule == "Park/Größe: {n} ha → {n} Hektar"


@pytest.mark.parametrize(
    ("old", "new", "noise"),
    [("12 EUR für alle", "12 € für alle", None), ("ein <b>Wort</b> so", "ein '''Wort''' so", "markup")],
)
def test_acronyms_and_tags_are_told_like_words_and_marks(old: str, new: str, noise: str | None) -> None:
    history = History()
    for page in range(1, 7):
        significance = "cosmetic" if noise else "substantive"
        before, after = (text.replace("12", str(12 * page)) for text in (old, new))
        history.add(page, Change("section", "changed", "Lage", before, after, significance, noise))
    (bulk,) = found_in(history.changes, [])
    assert bulk.pages == 6


@pytest.mark.parametrize(
    ("old", "new", "reason", "kind", "rule"),
    [
        ('Das "{}" gilt.', "Das „{}“ gilt.", "typography", "text", '"{text}" → „{text}“'),
        ("=={}==", "== {} ==", "whitespace", "wikitext", "=={text}== → == {text} =="),
        ("In {} sind es 5&nbsp;% davon.", "In {} sind es 5 % davon.", "whitespace", "wikitext", "&nbsp;% → %"),
        ("In {}, z.B. hier.", "In {}, z. B. hier.", "whitespace", "wikitext", "z.B → z. B"),
        ("Das {} - ein Ort.", "Das {} – ein Ort.", "typography", "text", "- → –"),
    ],
)
def test_marks_blanks_and_entities_are_found(old: str, new: str, reason: str, kind: str, rule: str) -> None:
    history = History()
    for page, place in enumerate(PLACES):
        history.add(page, section(old.format(place), new.format(place), reason))
    back = history.add(2, section(new.format("Hof"), old.format("Hof"), reason), days=9)
    current = [text(kind, old.format("Amt")), text(kind, new.format("Amt"), 8)]
    (bulk,) = found_in(history.changes, current)
    assert (bulk.rule, bulk.pages, [case.title for case in bulk.stragglers]) == (rule, 5, ["Seite 9"])
    assert [case.rev_id for case in bulk.regressions] == [1000 + back]


def test_words_put_into_a_name_are_told_with_both_of_its_ends() -> None:
    history = History()
    for page, place in enumerate(PLACES):
        old, new = "Der Fachbereich Umwelt plant", "Der Fachbereich Klima und Umwelt plant"
        history.add(page, section(f"{old} {place}.", f"{new} {place}."))
    current = [text("text", "Der Fachbereich Soziales plant."), text("text", "Ein Fachbereich Umwelt prüft.", 8)]
    (bulk,) = found_in(history.changes, current)
    assert bulk.rule == "Fachbereich Umwelt → Fachbereich Klima und Umwelt"
    assert [case.title for case in bulk.stragglers] == ["Seite 8"]


def test_subdomains_that_became_paths_on_two_sites_are_two_rules() -> None:
    history = History()
    for page, place in enumerate(place.lower() for place in PLACES):
        for site in ("anger", "brunnen"):
            history.link(
                page, f"http://{place}.{site}.example/{page + 7}", f"https://{site}.example/{place}/{page + 7}"
            )
    assert [bulk.rule for bulk in found_in(history.changes, [])] == [
        "http://{name}.anger.example/{n} → https://anger.example/{name}/{n}",
        "http://{name}.brunnen.example/{n} → https://brunnen.example/{name}/{n}",
    ]
