"""Sections between revisions: what moved or was renamed is not removed and added."""

from __future__ import annotations

import pytest

from parsers.change import Change
from tests.parsers.compared import changes

GOALS = "Mehr Wege für Räder und sichere Kreuzungen in allen Stadtteilen."
FACTS = "Heute werden elf von hundert Wegen mit dem Rad gefahren."
LINK = "[http://a.example/plan Plan der Radwege]"


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("A", "A\n==Ziele==\n" + GOALS, [Change("section", "added", "Ziele", None, GOALS)]),
        ("A\n==Ziele==\n" + GOALS, "A", [Change("section", "removed", "Ziele", GOALS, None)]),
        # the same text under another title, with a word changed
        (
            f"==Zielsetzung==\n{GOALS}",
            f"==Was wir wollen==\n{GOALS.replace('Mehr', 'Viele')}",
            [
                Change("section", "renamed", "Was wir wollen", "Zielsetzung", "Was wir wollen"),
                Change("section", "changed", "Was wir wollen", GOALS, GOALS.replace("Mehr", "Viele")),
            ],
        ),
        # an unwritten section is known by its place and its title
        (
            f"==Lage==\n{FACTS}\n==Zielsetzungen==\n-\n==Stand==\n{LINK}",
            f"==Lage==\n{FACTS}\n==Zielsetzung==\n-\n==Stand==\n{LINK}",
            [Change("section", "renamed", "Zielsetzung", "Zielsetzungen", "Zielsetzung")],
        ),
        # the subsections of a renamed section follow it
        (
            f"==Lage==\n===Zahlen===\n{FACTS}\n===Wege===\n{LINK}",
            f"==Ausgangslage==\n===Zahlen===\n{FACTS}\n===Wege===\n{LINK}",
            [Change("section", "renamed", "Ausgangslage", "Lage", "Ausgangslage")],
        ),
        # among its siblings
        (
            f"==Lage==\n{FACTS}\n==Ziele==\n{GOALS}\n==Stand==\n{LINK}\n",
            f"==Ziele==\n{GOALS}\n==Stand==\n{LINK}\n==Lage==\n{FACTS}\n",
            [Change("section", "moved", "Lage", "Lage", "Lage", "cosmetic", "order", "Lage")],
        ),
        # under another heading, with a change inside
        (
            f"==Lage==\n===Zahlen===\n{FACTS}\n==Stand==\n{LINK}\n",
            f"==Lage==\n==Stand==\n{LINK}\n===Zahlen===\n{FACTS.replace('elf', 'zwölf')}\n",
            [
                Change("section", "moved", "Stand / Zahlen", "Zahlen", "Zahlen", label="Lage / Zahlen"),
                Change("section", "changed", "Stand / Zahlen", FACTS, FACTS.replace("elf", "zwölf")),
            ],
        ),
        # a paragraph with its link
        (
            f"==Lage==\n{FACTS}\n\n{GOALS} {LINK}\n==Ziele==\n-\n",
            f"==Lage==\n{FACTS}\n==Ziele==\n-\n\n{GOALS} {LINK}\n",
            [Change("text", "moved", "Ziele", f"{GOALS} Plan der Radwege", f"{GOALS} Plan der Radwege", label="Lage")],
        ),
        # the order of lines
        ("* eins\n* zwei\n* drei", "* drei\n* eins\n* zwei", ["order"]),
        # of two sections with one title, the one whose text is gone
        (
            f"==Stand==\n{FACTS}\n==Stand==\n{GOALS}",
            f"==Stand==\n{GOALS}",
            [Change("section", "removed", "Stand", FACTS, None)],
        ),
        # a new heading over a part of a section
        (
            f"==Lage==\n{FACTS}\n\n{GOALS}",
            f"==Lage==\n{FACTS}\n==Ziele==\n{GOALS}",
            [
                Change("section", "added", "Ziele", None, GOALS),
                Change("text", "moved", "Ziele", GOALS, GOALS, label="Lage"),
            ],
        ),
    ],
)
def test_outline(before: str, after: str, expected: list[Change | str]) -> None:
    told = changes(before, after)
    assert told == expected or [change.noise_reason for change in told] == expected


def test_of_two_sections_that_changed_places_the_same_one_moved_and_moved_back() -> None:
    before, after = f"==Lage==\n{FACTS}\n==Ziele==\n{GOALS}\n", f"==Ziele==\n{GOALS}\n==Lage==\n{FACTS}\n"
    assert changes(before, after) == changes(after, before)
    assert len(changes(before, after)) == 1


def test_unlike_sections_are_not_taken_for_one() -> None:
    told = changes(f"==Lage==\n{FACTS}", f"==Kosten==\nDrei Millionen Euro aus dem Haushalt.\n==Netz==\n{LINK}")
    assert [(c.kind, c.action, c.path) for c in told] == [
        ("section", "removed", "Lage"),
        ("section", "added", "Kosten"),
        ("section", "added", "Netz"),
        ("link", "added", "Netz"),
    ]


def test_a_link_that_alone_went_to_another_section() -> None:
    told = changes(f"==Lage==\nSiehe {LINK}.\n==Ziele==\nText", f"==Lage==\nNichts.\n==Ziele==\nText dazu: {LINK}!")
    links = [c for c in told if c.kind == "link"]
    address = "http://a.example/plan"
    assert links == [Change("link", "moved", "Ziele", address, address, "cosmetic", "order", "Plan der Radwege")]


def test_hundreds_of_new_sections_end_soon() -> None:
    before = "\n".join(f"==Abschnitt {n}==\nText Nummer {n} steht hier und ist lang genug." for n in range(400))
    after = "\n".join(f"==Kapitel {n}==\nGanz anderes Thema {n}, das nirgends stand." for n in range(400))
    told = changes(before, after)
    assert {change.action for change in told} <= {"added", "removed", "renamed", "changed"}
    assert len(told) >= 400


def test_of_a_line_that_came_twice_none_is_taken_for_moved() -> None:
    told = changes(f"==Lage==\n{FACTS}", f"{FACTS}\n{FACTS}")
    assert [(c.kind, c.action, c.before, c.after) for c in told] == [
        ("section", "removed", FACTS, None),
        ("section", "changed", "", f"{FACTS}\n{FACTS}"),
    ]


def test_a_paragraph_that_was_reworded_on_its_way_is_moved_with_its_link() -> None:
    before, after = f"{FACTS} Siehe {LINK}.", f"{FACTS.replace('Wegen', 'Fahrten')} Siehe {LINK}."
    told = changes(f"==Lage==\n{before}\n\nText.\n==Ziele==\n-", f"==Lage==\nText.\n==Ziele==\n-\n\n{after}")
    shown = "Heute werden elf von hundert {} mit dem Rad gefahren. Siehe Plan der Radwege."
    moved = Change("text", "moved", "Ziele", shown.format("Wegen"), shown.format("Fahrten"), label="Lage")
    assert told == [moved]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # reworded in its place, while another one came that is like it
        (f"==Lage==\n{FACTS}\n==Ziele==\n-", f"==Lage==\n{FACTS} Gut.\n==Ziele==\n{FACTS} Gut so, sagt das Amt."),
        # another number is another thing
        (
            "==Lage==\nVorlage B/16/5505-01 zum Netz der Radwege in der Stadt\n==Ziele==\n-",
            "==Lage==\n-\n==Ziele==\nVorlage B/16/5506-01 zum Netz der Radwege in der Stadt",
        ),
    ],
)
def test_a_line_that_is_merely_alike_did_not_move(before: str, after: str) -> None:
    assert "text" not in {change.kind for change in changes(before, after)}


@pytest.mark.parametrize(
    ("marks", "tags"),
    [
        (
            "Vorab.\n{|\n! Ort !! Zahl\n|-\n| Steg || 3\n|}\nEnde.",
            "Vorab.\n<table><tr><th>Ort</th><th>Zahl</th></tr>\n<tr><td>Steg</td><td>3</td></tr></table>\nEnde.",
        ),
        ("Vorab.\n* Steg\n* Ufer 3", "Vorab.\n<ul><li>Steg</li><li>Ufer 3</li></ul>"),
    ],
)
def test_blocks_in_marks_and_in_tags_are_told_alike(marks: str, tags: str) -> None:
    assert [(one.significance, one.noise_reason) for one in changes(marks, tags)] == [("cosmetic", "markup")]
    assert changes(tags, tags) == []
    assert changes(tags, tags.replace("3", "4")) == changes(marks, marks.replace("3", "4"))
