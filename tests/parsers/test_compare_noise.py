"""Cosmetic edits beside worded ones: each is told by itself, with its reason, and the words are told once."""

from __future__ import annotations

import pytest

from parsers.change import Change
from tests.parsers.compared import changes


def cosmetic(before: str, after: str) -> list[tuple[str, str | None, str | None, str | None]]:
    """Path, before, after and reason of the cosmetic changes."""
    told = changes(before, after)
    return [(c.path, c.before, c.after, c.noise_reason) for c in told if c.significance == "cosmetic"]


@pytest.mark.parametrize(
    ("before", "after", "reason", "lines"),
    [
        # in another line of the section
        ("'''Ziel'''.\nEs gilt.", "Ziel.\nEs gilt bald.", "markup", ("'''Ziel'''.", "Ziel.")),
        ('Das "Netz".\nEs gilt.', "Das „Netz“.\nEs gilt bald.", "typography", ('Das "Netz".', "Das „Netz“.")),
        ("die stadt.\nEs gilt.", "Die Stadt.\nEs gilt bald.", "case", ("die stadt.", "Die Stadt.")),
        ("Ein  Netz.\nEs gilt.", "Ein Netz.\nEs gilt bald.", "whitespace", ("Ein  Netz.", "Ein Netz.")),
        (
            '{| class="a"\n| Rad\n|}\nEs gilt.',
            '{| class="b"\n| Rad\n|}\nEs gilt bald.',
            "markup",
            ('{| class="a"', '{| class="b"'),
        ),
        # in the line that was reworded: the line with this edit alone
        (
            "Das '''Netz''' gilt für alle Räder.",
            "Das Netz gilt für alle Autos.",
            "markup",
            ("Das '''Netz''' gilt für alle Räder.", "Das Netz gilt für alle Räder."),
        ),
        (
            "Das '''neue Netz''' gilt für alle Räder.",
            "Das alte Netz gilt für alle Räder.",
            "markup",
            ("Das '''neue Netz''' gilt für alle Räder.", "Das neue Netz gilt für alle Räder."),
        ),
        (
            'Das "Netz" gilt für alle Räder.',
            "Das „Netz“ gilt für alle Autos.",
            "typography",
            ('Das "Netz" gilt für alle Räder.', "Das „Netz“ gilt für alle Räder."),
        ),
        (
            "Das Netz hat 5&nbsp;m Märzweg für alle Räder.",
            "Das Netz hat 5 m Märzweg für alle Autos.",
            "whitespace",
            ("Das Netz hat 5&nbsp;m Märzweg für alle Räder.", "Das Netz hat 5 m Märzweg für alle Räder."),
        ),
        # beside a link that is told by itself
        (
            "'''[http://a.example/x?VOLFDNR=1 Vorlage 1]''' sagt ja.",
            "[http://b.example/x?VOLFDNR=1 Vorlage 1] sagt nein.",
            "markup",
            ("'''Vorlage 1''' sagt ja.", "Vorlage 1 sagt ja."),
        ),
    ],
)
def test_noise_beside_words(before: str, after: str, reason: str, lines: tuple[str, str]) -> None:
    assert cosmetic(f"== Lage ==\n{before}", f"== Lage ==\n{after}") == [("Lage", *lines, reason)]
    told = [c for c in changes(before, after) if c.kind == "section" and c.significance == "substantive"]
    assert len(told) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Das Netz gilt für Räder.", "Das '''neue''' Netz gilt für Räder."),  # new words come with their marks
        ("Das Netz gilt.", "Das Netz gilt.\n\nMehr '''Wege''' für Räder."),
        ("Das alte Netz der Stadt gilt.", "Ganz '''anders''', und zwar so."),  # written anew
        ("Stadt teil A gilt.", "Stadtteil B gilt."),
        ("Das Netz gilt.", "Das Netz gilt; für Räder."),
    ],
)
def test_words_that_come_or_go_are_no_noise(before: str, after: str) -> None:
    assert cosmetic(before, after) == []


def test_each_reason_is_told_once() -> None:
    before = "'''Ziel''' eins.\n'''Ziel''' zwei.\nDas \"Netz\".\nEs gilt."
    after = "Ziel eins.\nZiel zwei.\nDas „Netz“.\nEs gilt bald."
    assert cosmetic(before, after) == [
        ("", "'''Ziel''' eins.\n'''Ziel''' zwei.", "Ziel eins.\nZiel zwei.", "markup"),
        ("", 'Das "Netz".', "Das „Netz“.", "typography"),
    ]


def test_a_soft_hyphen_above_a_picture_that_changed_is_told_once() -> None:
    before = "Diese Felder:\n{|\n! [[Datei:U.png|rahmenlos|120x120px|link=Amt]]\n|-\n|}\n"
    after = before.replace("Felder", "Fel\u00adder").replace("0px|", "0px|lin|")
    told = [(c.after, c.noise_reason) for c in changes(before, after) if c.kind == "section"]
    assert told == [("Diese Fel\u00adder:", "typography")]


def test_a_line_that_went_elsewhere_in_a_reworded_section_is_moved() -> None:
    first, second, third = "Erste Zeile der Liste.", "Zweite Zeile der Liste.", "Dritte Zeile der Liste."
    told = changes(f"{first}\n{second}\n{third}", f"{third}\n{first}\n{second} Ende.")
    assert told == [
        Change("section", "changed", "", f"{first}\n{second}\n{third}", f"{third}\n{first}\n{second} Ende."),
        Change("text", "moved", "", third, third, "cosmetic", "order", ""),
    ]


@pytest.mark.parametrize("blank", ["\u00a0", "&nbsp;"])
def test_a_line_that_lost_its_no_break_space_did_not_move(blank: str) -> None:
    before, after = f"Das Netz hat 5{blank}m.\n\nEs gilt.", "Das Netz hat 5 m.\n\nEs gilt bald."
    assert [(c.kind, c.noise_reason) for c in changes(before, after)] == [("section", None), ("section", "whitespace")]


@pytest.mark.parametrize("after", ["5\u00a0m", "5 m"])
def test_an_entity_written_as_its_character_is_no_change_of_content(after: str) -> None:
    (told,) = changes("Das Netz hat 5&nbsp;m.", f"Das Netz hat {after}.")
    assert (told.kind, told.significance) == ("section", "cosmetic")


def test_a_footnote_that_changed_beside_noise_is_told_by_itself() -> None:
    before, after = 'Netz<ref>Stand 2020</ref>\n* "Rad"', "Netz<ref>Stand 2021</ref>\n* „Rad“"
    assert changes(before, after) == [
        Change("section", "changed", "", 'Netz\n"Rad"', "Netz\n„Rad“", "cosmetic", "typography"),
        Change("section", "changed", "", before, after),
    ]


@pytest.mark.parametrize(
    ("before", "after"), [("<ref>Stand 2020</ref>", "<ref>Stand 2021</ref>"), ("", "<ref>Stand 2021</ref>")]
)
def test_a_footnote_that_changed_beside_words_is_told_by_itself(before: str, after: str) -> None:
    assert changes(f"Das Netz{before} gilt.", f"Das Netz{after} gilt bald.") == [
        Change("section", "changed", "", "Das Netz gilt.", "Das Netz gilt bald."),
        Change("section", "changed", "", before, after),
    ]


def test_what_a_template_or_a_link_tells_of_a_footnote_is_not_told_again() -> None:
    for before, after in (("{{Buch|1}}", "{{Buch|2}}"), ("[http://a.example/x Plan]", "[http://b.example/x Plan]")):
        told = changes(f"Netz<ref>{before}</ref> gilt.", f"Netz<ref>{after}</ref> gilt bald.")
        assert len(told) == 2


def test_brackets_that_no_longer_make_a_link_are_no_noise() -> None:
    assert cosmetic("Das '''Haus''' am [[Weg]] steht.", "Das '''Haus''' am [[Weg] steht.") == []


PARAGRAPH = "Heute werden elf von hundert Wegen mit dem Rad gefahren."


def test_a_footnote_that_changed_beside_a_paragraph_that_moved_is_told() -> None:
    told = changes(
        f"==A==\nNetz.<ref>Stand 2020</ref>\n\n{PARAGRAPH}\n==B==\n-",
        f"==A==\nNetz.<ref>Stand 2021</ref>\n==B==\n-\n\n{PARAGRAPH}",
    )
    assert told == [
        Change("section", "changed", "A", "Netz.<ref>Stand 2020</ref>", "Netz.<ref>Stand 2021</ref>"),
        Change("text", "moved", "B", PARAGRAPH, PARAGRAPH, label="A"),
    ]


def test_a_paragraph_that_moved_is_no_content_beside_noise() -> None:
    told = changes(f"==A==\nNetz.\n\n{PARAGRAPH}\n==B==\nMehr Wege.", f"==A==\nNetz.\n==B==\nmehr Wege.\n\n{PARAGRAPH}")
    assert [(c.kind, c.path, c.noise_reason) for c in told] == [("section", "B", "case"), ("text", "B", None)]


def test_noise_beside_a_paragraph_that_moved() -> None:
    paragraph = "Heute werden elf von hundert Wegen mit dem Rad gefahren."
    told = cosmetic(f"==A==\n'''Ziel'''.\n\n{paragraph}\n==B==\n-", f"==A==\nZiel.\n==B==\n-\n\n{paragraph}")
    assert told == [("A", "'''Ziel'''.", "Ziel.", "markup")]


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", "{{Konzeption\n| Art = Netz\n| Amt = 3-2\n}}", "whitespace"),
        ("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", "{{Konzeption\n|Amt=3-2\n|Art=Netz\n}}", "order"),
        ("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", "{{Konzeption|Art=Netz|Amt=3-2}}", "whitespace"),
        ("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", "{{Konzeption|\nArt=Netz|\nAmt=3-2\n}}", "whitespace"),
        ("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", "{{Konzeption\n|Art=Netz\n<!-- Büro -->|Amt=3-2\n}}", "markup"),
    ],
)
def test_the_layout_of_a_box_beside_a_changed_field(before: str, after: str, reason: str) -> None:
    assert [(path, why) for path, _, _, why in cosmetic(before, after)] == [("Konzeption", reason)]
    assert Change("infobox", "changed", "Konzeption/Art", "Plan", "Netz") in changes(before, after)


@pytest.mark.parametrize(
    "after",
    [
        "{{Konzeption\n|Art=Netz\n|Amt=3-2\n}}",
        "{{Konzeption\n|Art=Plan\n|Jahr=2020\n|Amt=3-2\n}}",
        "{{Konzeption\n|Amt=3-2\n}}",
        "{{Konzeption\n|Form=Plan\n|Amt=3-2\n}}",
    ],
)
def test_a_changed_field_alone_is_no_change_of_layout(after: str) -> None:
    assert cosmetic("{{Konzeption\n|Art=Plan\n|Amt=3-2\n}}", after) == []


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        ("[[Category:Rad]]", "[[Kategorie:Rad]]", "markup"),
        ("[[Kategorie:Rad]]\n[[Kategorie:Amt]]", "[[Kategorie:Amt]]\n[[Kategorie:Rad]]", "order"),
        ("[[en:Plan]]\n[[fr:Plan]]", "[[fr:Plan]]\n[[en:Plan]]", "order"),
        ("[[Kategorie:Rad]]", "[[Kategorie:Rad]]\n[[Kategorie:Rad]]", "markup"),
    ],
)
def test_links_of_the_page_in_another_form_are_told_beside_words(before: str, after: str, reason: str) -> None:
    told = changes(f"Es gilt.\n{before}", f"Es gilt bald.\n{after}")
    assert told[0] == Change("section", "changed", "", "Es gilt.", "Es gilt bald.")
    assert [(c.kind, c.path, c.noise_reason) for c in told[1:]] == [("text", "", reason)]
    if reason == "order":
        assert [(c.before, c.after) for c in told[1:]] == [(before, after)]


def test_a_category_that_came_is_not_told_as_another_form() -> None:
    before, after = "[[Kategorie:Rad]]", "[[Kategorie:Amt]]\n[[Kategorie:Rad]]\n== Lage ==\n[[Kategorie:Weg]]"
    assert [(c.kind, c.after) for c in changes(before, after)] == [
        ("section", ""),
        ("category", "Amt"),
        ("category", "Weg"),
    ]


def test_a_blank_at_the_end_of_a_section_is_told_of_the_section() -> None:
    assert cosmetic("== Lage ==\nEs gilt. \n\n== Ziel ==\nA", "== Lage ==\nEs gilt.\n\n== Ziel ==\nB") == [
        ("Lage", "Es gilt. ", "Es gilt.", "whitespace")
    ]


def test_a_section_written_anew_ends_soon() -> None:
    before = "\n".join(f"'''Punkt {n}''' steht hier, und zwar lang." for n in range(3000))
    after = "\n".join(f"Anderes {n * 7} Thema: „neu“ und kurz." for n in range(3000))
    assert [c.significance for c in changes(before, after)] == ["substantive"]
