"""Word differences: exact in any text, readable in ordinary ones, and never slow."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.words import word_diff

TEXT = st.text(alphabet=st.sampled_from("ab .,\n-ä|\r\x0b"), max_size=80)
LINES = st.lists(
    st.sampled_from(["* eins", "* zwei", "", "ein Satz. Und noch einer.", "https://a.example/b"]), max_size=12
)


def check_exact(before: str, after: str) -> None:
    segments = word_diff(before, after)
    assert "".join(text for op, text in segments if op != "insert") == before
    assert "".join(text for op, text in segments if op != "delete") == after
    assert all(text for _, text in segments)
    assert all(first[0] != second[0] for first, second in pairwise(segments))
    assert ("insert", "delete") not in [(a[0], b[0]) for a, b in pairwise(segments)]


@given(TEXT, TEXT)
def test_the_segments_are_both_texts(before: str, after: str) -> None:
    check_exact(before, after)


@given(LINES, LINES)
def test_the_segments_are_both_texts_by_lines(before: list[str], after: list[str]) -> None:
    check_exact("\n".join(before), "\n".join(after))


@given(TEXT)
def test_equal_texts_have_no_difference(text: str) -> None:
    assert word_diff(text, text) == ([("equal", text)] if text else [])


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "neu", [("insert", "neu")]),
        ("alt", "", [("delete", "alt")]),
        (
            "Der Rat beschließt heute.\nZweite Zeile",
            "Der Rat beschließt morgen.\nZweite Zeile",
            [
                ("equal", "Der Rat beschließt "),
                ("delete", "heute"),
                ("insert", "morgen"),
                ("equal", ".\nZweite Zeile"),
            ],
        ),
        (
            "Siehe http://alt.example/bi/vo020.asp?N=7 unten",
            "Siehe http://neu.example/vo020?N=7 unten",
            [
                ("equal", "Siehe http://"),
                ("delete", "alt"),
                ("insert", "neu"),
                ("equal", ".example/"),
                ("delete", "bi/"),
                ("equal", "vo020"),
                ("delete", ".asp"),
                ("equal", "?N=7 unten"),
            ],
        ),
        # A blank between two replaced words belongs to the edit.
        (
            "Bericht zur alten Lage im Stadtteil",
            "Bericht zur neuen Zeit im Stadtteil",
            [
                ("equal", "Bericht zur "),
                ("delete", "alten Lage"),
                ("insert", "neuen Zeit"),
                ("equal", " im Stadtteil"),
            ],
        ),
        # Lines with next to nothing in common are told as old and new, not as a patchwork.
        (
            "Die Stadt baut, plant und hofft",
            "Ein Konzept; es liegt vor",
            [("delete", "Die Stadt baut, plant und hofft"), ("insert", "Ein Konzept; es liegt vor")],
        ),
        ("a\nb\nc\n", "a\nc\n", [("equal", "a\n"), ("delete", "b\n"), ("equal", "c\n")]),
        ("a", "a\n", [("equal", "a"), ("insert", "\n")]),
    ],
)
def test_readable(before: str, after: str, expected: list[tuple[str, str]]) -> None:
    assert word_diff(before, after) == expected


def test_every_link_of_a_list_rewritten_and_a_paragraph_moved() -> None:
    lines = [f"* Punkt {n} mit [http://alt.example/bi/v.asp?N={n} Vorlage {n}] und Text" for n in range(160)]
    after = [line.replace("alt.example/bi/v.asp", "neu.example/v") for line in lines]
    after.insert(120, after.pop(20))
    segments = word_diff("\n".join(lines), "\n".join(after))
    check_exact("\n".join(lines), "\n".join(after))
    assert sum(text == "alt" for op, text in segments if op == "delete") >= 155


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-\n" * 40_000, "x\n" * 40_000),
        ("a b " * 100_000, "b a " * 100_000),
        ("a\n" * 40_000, "a\nb\n" * 20_000),
        ("Ein Satz. " * 30_000, "Noch ein Satz. " * 20_000),
    ],
)
def test_repetitive_texts_end_soon(before: str, after: str) -> None:
    check_exact(before, after)
