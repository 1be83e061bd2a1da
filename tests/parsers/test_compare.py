"""Records to changes: each edit is told once, where it belongs, as noise or not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from parsers.change import Change
from parsers.compare import compare
from tests.parsers.compared import changes, read

OLD = "http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR={}"
NEW = "http://ratsinfo.oberhausen.de/vo020?VOLFDNR={}"
PAGE = """{{Konzeption
|Räumlicher Geltungsbereich=Gesamtstadt
|Art=Konzept
|Zuständigkeit=3-2
}}
Ein Radkonzept für die ganze Stadt.
==Themenfeld(er)==
{|
![[Datei:Mobil.png|rahmenlos|120x120px]]
|}
==Politische Beschlusslage==
'''[http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR=421 Vorlage - B/16/0815-01]''' (Allris): "''Ein Netz für Räder''"

==Weiterführende Links & Downloads==
-
[[Category:Mobilität]]
"""


def edited(*replacements: tuple[str, str]) -> str:
    text = PAGE
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


def test_equal_texts_have_no_changes() -> None:
    assert changes(PAGE, PAGE) == []


def test_the_link_update_of_one_page() -> None:
    old = "'''[http://allris.oberhausen.de/bi/vo020.asp?VOLFDNR=421 Vorlage - B/16/0815-01]'''"
    new = "[http://ratsinfo.oberhausen.de/vo020?VOLFDNR=421 Vorlage - B/16/0815-01]"
    city = "https://www.oberhausen.de/rad.php"
    rest = " (Allris): \"''Ein Netz für Räder''\""
    assert changes(PAGE, edited((old, new), ("-\n[[C", f"[{city} Radseite der Stadt]\n[[C"))) == [
        Change("section", "changed", "Politische Beschlusslage", old + rest, new + rest, "cosmetic", "markup"),
        Change("section", "changed", "Weiterführende Links & Downloads", "-", "Radseite der Stadt"),
        Change(
            "link",
            "changed",
            "Politische Beschlusslage",
            OLD.format(421),
            NEW.format(421),
            label="Vorlage - B/16/0815-01",
        ),
        Change("link", "added", "Weiterführende Links & Downloads", None, city, label="Radseite der Stadt"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("|Art=Konzept", "|Art=Bericht", [Change("infobox", "changed", "Konzeption/Art", "Konzept", "Bericht")]),
        ("|Art=Konzept", "|Art=", [Change("infobox", "changed", "Konzeption/Art", "Konzept", "")]),
        ("|Art=Konzept\n", "", [Change("infobox", "removed", "Konzeption/Art", "Konzept", None)]),
        (
            "|Art=Konzept",
            "|Art=Konzept\n|Jahr=",
            [Change("infobox", "added", "Konzeption/Jahr", None, "", "cosmetic", "markup")],
        ),
        ("|Zuständigkeit=", "|Amt=", [Change("infobox", "renamed", "Konzeption/Amt", "Zuständigkeit", "Amt")]),
        (
            "{{Konzeption",
            "{{Konzeption alt",
            [Change("infobox", "renamed", "Konzeption alt", "Konzeption", "Konzeption alt")],
        ),
        (
            "|Art=Konzept",
            "|Art='''Konzept'''",
            [Change("infobox", "changed", "Konzeption/Art", "Konzept", "'''Konzept'''", "cosmetic", "markup")],
        ),
        ("[[Category:Mobilität]]", "", [Change("category", "removed", "", "Mobilität", None)]),
        (
            "[[Category:Mobilität]]",
            "[[Category:Mobilität]]\n[[Category:Rad]]",
            [Change("category", "added", "", None, "Rad")],
        ),
        (
            "[[Category:Mobilität]]",
            "[[Category:Mobilität|Rad]]",
            [Change("category", "changed", "", None, "Rad", "cosmetic", "order", "Mobilität")],
        ),
        (
            "[[Category:Mobilität]]",
            "[[Kategorie:Mobilität]]",
            [Change("text", "changed", "", "[[Category:Mobilität]]", "[[Kategorie:Mobilität]]", "cosmetic", "markup")],
        ),
        (
            "120x120px]]",
            "120x120px|link=Verkehr]]",
            [
                Change(
                    "file",
                    "changed",
                    "Themenfeld(er)",
                    "[[Datei:Mobil.png|rahmenlos|120x120px]]",
                    "[[Datei:Mobil.png|rahmenlos|120x120px|link=Verkehr]]",
                    "cosmetic",
                    "icon-link",
                    "",
                )
            ],
        ),
        (
            "Mobil.png",
            "Rad.png",
            [Change("file", "changed", "Themenfeld(er)", "Datei:Mobil.png", "Datei:Rad.png", label="")],
        ),
        (
            "Ein Radkonzept für die ganze Stadt.",
            "Das Radkonzept für die ganze Stadt.",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "Ein Radkonzept für die ganze Stadt.",
                    "Das Radkonzept für die ganze Stadt.",
                )
            ],
        ),
        (
            "Ein Radkonzept für",
            "Ein {{Rot|kurzes}} Radkonzept für",
            [Change("template", "added", "", None, "{{Rot|kurzes}}")],
        ),
        (
            "Ein Radkonzept für",
            "Ein Radkonzept<ref>Stand 2020</ref> für",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "Ein Radkonzept für die ganze Stadt.",
                    "Ein Radkonzept<ref>Stand 2020</ref> für die ganze Stadt.",
                )
            ],
        ),
        (
            "==Themenfeld(er)==",
            "==Themenfelder==",
            [Change("section", "renamed", "Themenfelder", "Themenfeld(er)", "Themenfelder")],
        ),
        (
            "==Themenfeld(er)==",
            "== Themenfeld(er) ==",
            [
                Change(
                    "section",
                    "changed",
                    "Themenfeld(er)",
                    "==Themenfeld(er)==",
                    "== Themenfeld(er) ==",
                    "cosmetic",
                    "whitespace",
                )
            ],
        ),
        ("-\n[[C", "-\n\n\n[[C", [Change("text", "changed", "", "", "\n\n", "cosmetic", "whitespace")]),
    ],
)
def test_one_edit(before: str, after: str, expected: list[Change]) -> None:
    assert changes(PAGE, edited((before, after))) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # label alone: the words are told by the section, the link is named for who looks for links
        (
            "Siehe [http://a.example/x Plan].",
            "Siehe [http://a.example/x Karte].",
            [
                Change("section", "changed", "", "Siehe Plan.", "Siehe Karte."),
                Change("link", "changed", "", "http://a.example/x", "http://a.example/x", "cosmetic", "label", "Karte"),
            ],
        ),
        # an address that is shown: the link tells it all
        (
            "Siehe http://a.example/x hier.",
            "Siehe http://b.example/x hier.",
            [Change("link", "changed", "", "http://a.example/x", "http://b.example/x", label="http://b.example/x")],
        ),
        # another page behind the same words
        (
            "Ziel [[Wohnen#Ziele|hier]]",
            "Ziel [[Sport#Ziele|hier]]",
            [Change("link", "changed", "", "Wohnen#Ziele", "Sport#Ziele", label="hier")],
        ),
        ("Zum [[Wohnen]]", "Zum Wohnen", [Change("link", "removed", "", "Wohnen", None, label="Wohnen")]),
        (
            "[[Wohnen|Wohnen]] A",
            "[[Wohnen]] A",
            [Change("section", "changed", "", "[[Wohnen|Wohnen]] A", "[[Wohnen]] A", "cosmetic", "markup")],
        ),
        # the letters behind a link are part of what it shows
        (
            "Die [[Straße]]n hier",
            "Die [[Straße|Straßen]] hier",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "Die [[Straße]]n hier",
                    "Die [[Straße|Straßen]] hier",
                    "cosmetic",
                    "markup",
                )
            ],
        ),
        (
            "Die [[Straße]]n hier",
            "Die Straßen hier",
            [Change("link", "removed", "", "Straße", None, label="Straßen")],
        ),
        # an address that is shown, beside noise
        (
            "'''Siehe''' http://a.example/x hier.",
            "Siehe http://b.example/x hier.",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "'''Siehe''' http://a.example/x hier.",
                    "Siehe http://b.example/x hier.",
                    "cosmetic",
                    "markup",
                ),
                Change("link", "changed", "", "http://a.example/x", "http://b.example/x", label="http://b.example/x"),
            ],
        ),
        ("T [[de:Alt]]", "T [[de:Neu]]", [Change("link", "changed", "", "de:Alt", "de:Neu", label="")]),
        # several of one label: the address decides
        (
            "* [http://a.example/1 PDF]\n* [http://a.example/2 PDF]\n* [http://a.example/3 PDF]",
            "* [http://a.example/1 PDF]\n* [http://b.example/2 PDF]\n* [http://a.example/3 PDF]",
            [Change("link", "changed", "", "http://a.example/2", "http://b.example/2", label="PDF")],
        ),
    ],
)
def test_links(before: str, after: str, expected: list[Change]) -> None:
    assert changes(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # under their labels: nothing that a reader sees tells it
        (
            "* [http://a.example/1 Plan A]\n* [http://a.example/2 Plan B]",
            "* [http://a.example/2 Plan A]\n* [http://a.example/1 Plan B]",
            [
                Change("link", "changed", "", "http://a.example/1", "http://a.example/2", label="Plan A"),
                Change("link", "changed", "", "http://a.example/2", "http://a.example/1", label="Plan B"),
            ],
        ),
        # under one label: the lines tell it, as content
        (
            "Siehe [[Wohnen|hier]] und [[Sport|hier]].",
            "Siehe [[Sport|hier]] und [[Wohnen|hier]].",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "Siehe [[Wohnen|hier]] und [[Sport|hier]].",
                    "Siehe [[Sport|hier]] und [[Wohnen|hier]].",
                )
            ],
        ),
        # icons, and lines as a whole
        (
            "! [[Datei:A.png]] !! [[Datei:B.png]]",
            "! [[Datei:B.png]] !! [[Datei:A.png]]",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "! [[Datei:A.png]] !! [[Datei:B.png]]",
                    "! [[Datei:B.png]] !! [[Datei:A.png]]",
                    "cosmetic",
                    "order",
                )
            ],
        ),
        (
            "* [[Wohnen|hier]]\n* [[Sport|hier]]",
            "* [[Sport|hier]]\n* [[Wohnen|hier]]",
            [
                Change(
                    "section",
                    "changed",
                    "",
                    "* [[Wohnen|hier]]\n* [[Sport|hier]]",
                    "* [[Sport|hier]]\n* [[Wohnen|hier]]",
                    "cosmetic",
                    "order",
                )
            ],
        ),
    ],
)
def test_links_that_changed_places(before: str, after: str, expected: list[Change]) -> None:
    assert changes(f"A\n{before}\nB", f"A\n{after}\nB") == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("http://a.example/stra%C3%9Fe", "http://a.example/straße"),
        ("http://a.example/x?a=1&amp;b=2", "http://a.example/x?a=1&b=2"),
    ],
)
def test_an_address_in_another_spelling_is_the_same(before: str, after: str) -> None:
    told = Change("link", "changed", "", before, after, "cosmetic", "markup", "Plan")
    assert changes(f"[{before} Plan]", f"[{after} Plan]") == [told]
    assert [(c.kind, c.noise_reason) for c in changes(f"{before} gilt", f"{after} gilt")] == [("link", "markup")]


def test_a_swapped_box_in_another_layout() -> None:
    before = "{{Konzeption\n|Art=Plan\n|Amt=3\n}}"
    swapped = Change("infobox", "renamed", "Form", "Konzeption", "Form")
    assert changes(before, before.replace("Konzeption", "Form")) == [swapped]
    for after, reason in (("{{Form|Art=Plan|Amt=3}}", "whitespace"), ("{{Form\n|Amt=3\n|Art=Plan\n}}", "order")):
        told = Change("infobox", "changed", "Form", before, after, "cosmetic", reason)
        assert changes(before, after) == [swapped, told]


def test_a_mistyped_number_is_told_of_the_link_and_of_the_paper() -> None:
    label = "Vorlage - B/16/0815-01"
    told = changes(f"[{OLD.format(421)} {label}]", f"[{NEW.format(412)} {label}]")
    assert told == [
        Change("link", "changed", "", OLD.format(421), NEW.format(412), label=label),
        Change("paper", "changed", "", f"B/16/0815-01 {OLD.format(421)}", f"B/16/0815-01 {NEW.format(412)}"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (f"[{OLD.format(1)} B/16/0001]", f"[{NEW.format(1)} B/16/0001]", []),
        (
            "Text",
            f"Text [{NEW.format(1)} B/16/0001]",
            [("added", None, f"B/16/0001 {NEW.format(1)}")],
        ),
        (f"Text [{NEW.format(1)} B/16/0001]", "Text", [("removed", f"B/16/0001 {NEW.format(1)}", None)]),
        ("Vorlage B/16/0001", f"Vorlage [{NEW.format(1)} B/16/0001]", []),
        (
            f"[{NEW.format(1)} B/16/0001]",
            f"[{NEW.format(1)} B/16/0002]",
            [("changed", f"B/16/0001 {NEW.format(1)}", f"B/16/0002 {NEW.format(1)}")],
        ),
    ],
)
def test_papers(before: str, after: str, expected: list[tuple[str, str | None, str | None]]) -> None:
    told = [(c.action, c.before, c.after) for c in changes(before, after) if c.kind == "paper"]
    assert told == expected


def test_links_in_a_field_are_told_by_the_field_unless_it_looks_the_same() -> None:
    box = "{{{{Konzeption|Amt=[{} {}]}}}}"
    assert changes(box.format("http://a.example/x", "Amt"), box.format("http://b.example/x", "Amt")) == [
        Change("link", "changed", "", "http://a.example/x", "http://b.example/x", label="Amt")
    ]
    assert changes(box.format("http://a.example/x", "Amt"), box.format("http://a.example/x", "Büro")) == [
        Change("infobox", "changed", "Konzeption/Amt", "Amt", "Büro")
    ]
    assert changes("{{Konzeption|Amt=}}", box.format("http://a.example/x", "Amt")) == [
        Change("infobox", "changed", "Konzeption/Amt", "", "Amt")
    ]


def test_the_second_box_of_a_name_has_a_number() -> None:
    boxes = "{{{{Konzeption|Art=Konzept}}}}\n{{{{Konzeption|Art={}}}}}"
    assert changes(boxes.format("Plan"), boxes.format("Bericht")) == [
        Change("infobox", "changed", "Konzeption#2/Art", "Plan", "Bericht")
    ]
    assert changes(boxes.format("Plan"), "{{Konzeption|Art=Plan}}") == [
        Change("infobox", "removed", "Konzeption/Art", "Konzept", None)
    ]


def test_fields_that_say_the_same_in_another_layout() -> None:
    (told,) = changes("{{Konzeption|Art=Plan|Amt=3-2}}", "{{Konzeption\n|Amt=3-2\n|Art=Plan\n}}")
    assert (told.kind, told.action, told.path, told.significance) == ("infobox", "changed", "Konzeption", "cosmetic")


def test_templates() -> None:
    assert changes("A {{Hinweis|1=x}}", "A {{Hinweis|1=y}}") == [
        Change("template", "changed", "", "{{Hinweis|1=x}}", "{{Hinweis|1=y}}")
    ]
    assert changes("A {{Hinweis|x}}", "A {{Merke|x}}") == [Change("template", "renamed", "", "Hinweis", "Merke")]
    assert changes("A {{Merke|b=1|a=2}}", "A {{Merke|a=2|b=1}}")[0].noise_reason == "order"
    address = "A {{{{Quelle|text=[{} Plan]}}}}"
    assert changes(address.format("http://a.example/x"), address.format("http://b.example/x")) == [
        Change("link", "changed", "", "http://a.example/x", "http://b.example/x", label="Plan")
    ]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("{{Zitat|Gut}}", "{{Zitat|1=Gut}}", "markup"),
        ("{{Zitat|Gut|Amt=}}", "{{Zitat|Gut}}", "markup"),
        ("{{Vorlage:Zitat|Gut}}", "{{Zitat|Gut}}", "markup"),
        ("{{Zitat|Text=Gut|Amt=3}}", "{{Zitat\n|Text=Gut\n|Amt=3\n}}", "whitespace"),
        ("{{Zitat|Text='''Gut'''|Amt=3}}", "{{Zitat|Text=Gut|Amt=3}}", "markup"),
        ("{{Zitat|Text=Ein Weg}}", "{{Zitat|Text=Einweg}}", None),
        ("{{Zitat|Gut|Amt=3}}", "{{Zitat|Gut}}", None),
        ("{{Zitat|x|Amt|Rat|y}}", "{{Zitat|x|Rat|Amt|y}}", None),
    ],
)
def test_a_template_that_says_the_same(before: str, after: str, reason: str | None) -> None:
    for one, other in ((before, after), (after, before)):
        assert changes(f"A {one} B", f"A {other} B") == [
            Change("template", "changed", "", one, other, "cosmetic" if reason else "substantive", reason)
        ]


def test_redirects() -> None:
    (told,) = (c for c in changes("Text", "#WEITERLEITUNG [[Ziel#Teil]]") if c.kind == "redirect")
    assert told == Change("redirect", "added", "", None, "Ziel#Teil")
    (told,) = (c for c in changes("#REDIRECT [[A]]", "#REDIRECT [[B]]") if c.kind == "redirect")
    assert told == Change("redirect", "changed", "", "A", "B")


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("{{DEFAULTSORT:X}}", "{{DEFAULTSORT:Y}}", "markup"),
        ("{{DEFAULTSORT:X}}", "{{SORTIERUNG:X}}", "markup"),
        ("{{DEFAULTSORT:X}}", "{{DEFAULTSORT: X}}", "whitespace"),
        ("{{DISPLAYTITLE:X}}", "{{DISPLAYTITLE:Y}}", None),
        ("__NOTOC__", "__KEIN_INHALTSVERZEICHNIS__", "markup"),
    ],
)
def test_magic_words_are_text_of_the_page(before: str, after: str, reason: str | None) -> None:
    significance = "cosmetic" if reason else "substantive"
    told = Change("text", "changed", "", before, after, significance, reason)
    assert changes(f"A\n== Lage ==\nB {before}", f"A\n== Lage ==\nB {after}") == [told]
    assert told in changes(f"A {before}", f"A und B {after}")


def test_queries_and_conditions_are_text_of_their_section() -> None:
    query = "{{{{#ask:[[Kategorie:{}]]|format=ul}}}}"
    rest = query.format("Rad")
    assert changes(f"== Lage ==\n{rest}\n{query.format('Wohnen')}", f"== Lage ==\n{rest}\n{query.format('Sport')}") == [
        Change("text", "changed", "Lage", query.format("Wohnen"), query.format("Sport"))
    ]
    assert changes("A", "A {{PAGENAME}}") == [Change("text", "added", "", None, "{{PAGENAME}}")]
    assert changes("{{#if:{{PAGENAME}}|a}}", "{{#if:{{FULLPAGENAME}}|a}}") == [
        Change("text", "changed", "", "{{#if:{{PAGENAME}}|a}}", "{{#if:{{FULLPAGENAME}}|a}}")
    ]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("{{Rot|a}}", "{{Rot|b}}", "template"),
        ("[http://a.example/x Plan]", "[http://b.example/x Plan]", "link"),
        ("", "[[Kategorie:Netz]]", "category"),
    ],
)
def test_what_stands_in_a_condition_is_told_once(before: str, after: str, kind: str) -> None:
    (told,) = changes(f"{{{{#if:x|{before}}}}}", f"{{{{#if:x|{after}}}}}")
    assert told.kind == kind


def test_rows_of_a_table_are_shown_as_a_reader_sees_them() -> None:
    table = "{{|\n| [[Wohnen]] || {}\n|}}"
    assert changes(table.format("ja"), table.format("nein")) == [
        Change("section", "changed", "", "Wohnen\tja", "Wohnen\tnein")
    ]


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("! Art\n| Plan", "! Art\n| Bericht", [("changed", "Radplan/Art", "Plan", "Bericht")]),
        ("! Art\n| [[Plan]]", "! Art\n| [[Bericht]]", [("changed", "Radplan/Art", "Plan", "Bericht")]),
        ("! Art:\n| Plan", "! Art:\n| Plan<br>Netz", [("changed", "Radplan/Art", "Plan", "Plan\nNetz")]),
        ("! Art\n| Plan", "! Weg\n| Plan", [("renamed", "Radplan/Weg", "Art", "Weg")]),
        ("! Art\n| Plan", "! Art\n| Plan\n|-\n! Jahr\n| 2024", [("added", "Radplan/Jahr", None, "2024")]),
        ("! Art\n| Plan\n|-\n! Jahr\n| 2024", "! Art\n| Plan", [("removed", "Radplan/Jahr", "2024", None)]),
    ],
)
def test_a_field_of_a_box_that_is_a_table_is_told_once(
    before: str, after: str, told: list[tuple[str, str, str | None, str | None]]
) -> None:
    page = '{{|\n! colspan="2" | Radplan\n|-\n! Stand\n| alt\n|-\n{}\n|}}\nEs gilt der Plan.'
    found = changes(page.format(before), page.format(after))
    assert [(c.action, c.path, c.before, c.after) for c in found if c.kind != "link"] == told


def test_very_long_lines_are_shown_around_the_difference() -> None:
    long = "Wort " * 2_000
    (told,) = changes(f"{long}'''fett''' {long}", f"{long}fett {long}")
    assert told.noise_reason == "markup"
    assert told.before is not None
    assert told.after is not None
    assert "'''fett'''" in told.before
    assert "'''" not in told.after
    assert max(len(told.before), len(told.after)) < 2_100


def test_a_caption_counts_and_is_shown_as_written() -> None:
    assert changes("[[Datei:A.png|mini|Alt]] T", "[[Datei:A.png|mini|Neu]] T") == [
        Change("file", "changed", "", "[[Datei:A.png|mini|Alt]]", "[[Datei:A.png|mini|Neu]]", label="Neu")
    ]


def test_a_page_written_anew_tells_each_item_once() -> None:
    told = changes(PAGE, "Diese Seite wird neu geschrieben.")
    assert len(told) == len(set(told))
    assert {(c.kind, c.action) for c in told} == {
        ("infobox", "removed"),
        ("section", "removed"),
        ("section", "changed"),
        ("link", "removed"),
        ("file", "removed"),
        ("category", "removed"),
        ("paper", "removed"),
    }


def test_records_of_pages_that_are_not_wikitext_still_differ() -> None:
    record = read("{}", "Daten.json")
    old, new = (replace(record, source=text, sections=()) for text in ('{"a": 1}', '{"a": 2}'))
    assert compare(old, new) == [Change("text", "changed", "", '{"a": 1}', '{"a": 2}')]


def test_a_redirect_is_told_as_a_redirect_and_not_as_text() -> None:
    page = "Text mit [[Amt]].\n* [[Plan]]\n== Ziele ==\nMehr Räder.\n"
    line = "#WEITERLEITUNG: [[Plan]]\n"
    assert changes(line, "#WEITERLEITUNG: [[Netz#Ziele]]\n") == [
        Change("redirect", "changed", "", "Plan", "Netz#Ziele"),
    ]
    assert changes(page, line) == [
        Change("redirect", "added", "", None, "Plan"),
        Change("section", "removed", "Ziele", "Mehr Räder.", None),
        Change("section", "changed", "", "Text mit Amt.\nPlan", ""),
        Change("link", "removed", "", "Amt", None, label="Amt"),
        Change("link", "removed", "", "Plan", None, label="Plan"),
    ]
    assert changes(line, "#REDIRECT [[Plan]]\n") == [
        Change("section", "changed", "", line.strip(), "#REDIRECT [[Plan]]", "cosmetic", "markup"),
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("* [[Freiflächenkonzept]]", "* [[Grünes Netz]]"),
        ("* [[Amt]]\n* [[Freiflächenkonzept]]\n* [[Zeit]]", "* [[Amt]]\n* [[Grünes Netz]]\n* [[Zeit]]"),
        ("{|\n| Grün || siehe [[Freiflächenkonzept]] || 2\n|}", "{|\n| Grün || siehe [[Grünes Netz]] || 2\n|}"),
    ],
)
def test_a_link_with_another_target_and_all_else_equal_is_one_change(before: str, after: str) -> None:
    head = "== Bezüge ==\n"
    assert changes(head + before, head + after) == [
        Change("link", "changed", "Bezüge", "Freiflächenkonzept", "Grünes Netz", label="Grünes Netz"),
    ]


def test_a_link_with_another_target_and_label_in_its_line_is_changed_beside_its_text() -> None:
    before, after = "Es gilt [[Alt|der Plan]] hier.", "Neu.\nEs gilt [[Netz|ein Konzept]] hier."
    assert changes(before, after) == [
        Change("section", "changed", "", "Es gilt der Plan hier.", "Neu.\nEs gilt ein Konzept hier."),
        Change("link", "changed", "", "Alt", "Netz", label="ein Konzept"),
    ]


def test_a_word_beside_a_link_that_shows_its_new_title_is_told_as_text() -> None:
    assert changes("Alt gilt, siehe [[Alt]].", "Netz gilt, siehe [[Netz]].") == [
        Change("section", "changed", "", "Alt gilt, siehe Alt.", "Netz gilt, siehe Netz."),
        Change("link", "removed", "", "Alt", None, label="Alt"),
        Change("link", "added", "", None, "Netz", label="Netz"),
    ]


def test_lists_with_other_links_are_not_paired_by_chance() -> None:
    actions = [change.action for change in changes("* [[Amt]]\n* [[Plan]]", "* [[Netz]]\n* [[Zeit]]")]
    assert sorted(actions) == ["added", "added", "changed", "removed", "removed"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # a field that shows no text: its file is told
        (
            "{{Konzeption|Art=Plan}}",
            "{{Konzeption|Art=Plan|Bild=[[Datei:Rad.png|100px]]}}",
            [
                Change("infobox", "added", "Konzeption/Bild", None, "", "cosmetic", "markup"),
                Change("file", "added", "", None, "Datei:Rad.png", label=""),
            ],
        ),
        (
            "",
            "{{Konzeption|Art=Plan|Bild=[[Datei:Rad.png|100px]]}}",
            [
                Change("infobox", "added", "Konzeption/Art", None, "Plan"),
                Change("file", "added", "", None, "Datei:Rad.png", label=""),
            ],
        ),
        # a field that became a link and lost blanks: the link tells it
        (
            "{{Konzeption|Art=Plan|Amt=3-2    \n}}",
            "{{Konzeption|Art=Netz|Amt=[[3-2]]\n}}",
            [
                Change("infobox", "changed", "Konzeption/Art", "Plan", "Netz"),
                Change("link", "added", "", None, "3-2", label="3-2"),
            ],
        ),
        # of a link that left the text and one like it that came with a field
        (
            "{{Konzeption|Art=Plan}}\n* [[Alt|das alte Büro]]",
            "{{Konzeption|Art=Plan|Amt=[[Neu|das alte Büro 2]]}}\n* Rad",
            [
                Change("infobox", "added", "Konzeption/Amt", None, "das alte Büro 2"),
                Change("section", "changed", "", "das alte Büro", "Rad"),
                Change("link", "removed", "", "Alt", None, label="das alte Büro"),
            ],
        ),
    ],
)
def test_what_stands_in_fields_is_told_once(before: str, after: str, expected: list[Change]) -> None:
    assert changes(before, after) == expected


def test_a_number_that_got_another_key_is_told_wherever_else_it_stands() -> None:
    one, other = f"B/16/0815-01 {OLD.format(421)}", f"B/16/0815-01 {NEW.format(999)}"
    before = f"[{OLD.format(421)} B/16/0815-01] gilt."
    for after in (
        "[{} B/16/0815-01] gilt.",
        "B/16/0815-01 gilt: [{} B/16/0815-01].",
        "[{} B/16/0815-01], B/16/0815-01.",
    ):
        told = changes(before, after.format(NEW.format(999)))
        assert [(c.action, c.before, c.after) for c in told if c.kind == "paper"] == [("changed", one, other)]


def test_marks_that_show_as_they_are_written_are_no_noise() -> None:
    assert [(c.before, c.after, c.significance) for c in changes("Ein [[Weg", "Ein [[Weg</ref>")] == [
        ("Ein [[Weg", "Ein [[Weg</ref>", "substantive")
    ]


def test_fields_with_one_value_are_renamed_in_their_order_when_as_many_came_as_went() -> None:
    before = "{{Konzeption|Beginn=2020|Ende=2020|Art=Plan}}"
    assert changes(before, "{{Konzeption|Start=2020|Schluss=2020|Art=Plan}}") == [
        Change("infobox", "renamed", "Konzeption/Start", "Beginn", "Start"),
        Change("infobox", "renamed", "Konzeption/Schluss", "Ende", "Schluss"),
    ]
    assert [c.action for c in changes(before, "{{Konzeption|Start=2020|Art=Plan}}")] == ["removed", "removed", "added"]
