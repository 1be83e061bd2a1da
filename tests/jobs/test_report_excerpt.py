"""Texts made fit to show: nothing lost without a count, cuts between words, nothing invisible."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.report.excerpt import Words, clean, compare_words, excerpt, shorten

TEXT = st.text(st.sampled_from("ab .,\n-"), max_size=60)


@given(TEXT, TEXT)
def test_compared_words_rebuild_both_texts(before: str, after: str) -> None:
    runs = compare_words(before, after)
    if not runs:
        assert before == after
    else:
        assert "".join(run.text for run in runs if run.op != "insert") == before
        assert "".join(run.text for run in runs if run.op != "delete") == after


@given(TEXT, TEXT, st.integers(0, 20), st.integers(1, 30))
def test_excerpt_shows_or_counts_every_character(before: str, after: str, context: int, limit: int) -> None:
    runs = compare_words(before, after)
    shown = excerpt(runs, context, limit)
    assert sum(len(run.text) + run.left_out for run in shown) == sum(len(run.text) for run in runs)


def test_common_text_is_cut_between_words_on_both_sides_of_the_difference() -> None:
    before = "eins zwei drei vier fünf sechs sieben acht neun zehn " * 2 + "alt " + "elf zwölf dreizehn " * 6
    shown = excerpt(compare_words(before, before.replace("alt", "neu")), 20, 100)
    assert [(run.op, run.text) for run in shown] == [
        ("gap", ""),
        ("equal", " acht neun zehn "),
        ("delete", "alt"),
        ("insert", "neu"),
        ("equal", " elf zwölf dreizehn "),
        ("gap", ""),
    ]


def test_replaced_words_with_blanks_between_are_one_replacement() -> None:
    assert compare_words("die alte kleine Stadt", "die neue große Stadt") == (
        Words("equal", "die "),
        Words("delete", "alte kleine"),
        Words("insert", "neue große"),
        Words("equal", " Stadt"),
    )


def test_many_runs_end_in_a_gap_with_their_number() -> None:
    before = " x, ".join(f"w{n}" for n in range(400))
    after = " x, ".join(f"v{n}" for n in range(400))
    runs = compare_words(before, after)
    shown = excerpt(runs, 10, 10)
    assert len(shown) <= 161
    assert sum(len(run.text) + run.left_out for run in shown) == sum(len(run.text) for run in runs)


def test_long_text_loses_its_middle() -> None:
    text = "Anfang " + "mitte " * 100 + "Ende"
    first, gap, last = shorten(text, 60)
    assert first.text.startswith("Anfang mitte")
    assert last.text.endswith("mitte Ende")
    assert len(first.text) + gap.left_out + len(last.text) == len(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202egnp.exe", "agnp.exe"),  # right-to-left override
        ("a\x00\x1b[31mb", "a[31mb"),
        ("a\r\nb\tc", "a\nb\tc"),
        ("a\ud800b", "a\ufffdb"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("Straße ß é 日本 👩‍🔬", "Straße ß é 日本 👩‍🔬"),
    ],
)
def test_clean_takes_out_what_cannot_be_seen(text: str, shown: str) -> None:
    assert clean(text) == shown
