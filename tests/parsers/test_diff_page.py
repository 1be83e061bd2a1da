"""Diff pages of many versions as data, hostile ones, and blanks given back.

Each folder of ``tests/diff_cases`` holds a page (or a feed, of which the first entry counts), the two texts, and the
parts of what is read that matter. Only keys that ``expected.json`` gives are compared.
"""

from __future__ import annotations

import json
import random
import re
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsers.diff_apply import apply_diff, hunk_words
from parsers.diff_blanks import NO_BREAK, REFERENCE, restore_blanks
from parsers.diff_feed import parse_diff_feed
from parsers.diff_json import diff_to_json, feed_to_json
from parsers.diff_model import DiffLine, DiffPage, DiffPageError, DiffRow, row_words
from parsers.diff_page import parse_diff_page
from parsers.words import Segment, word_diff
from tests.parsers.test_cases import pick

CASES = Path(__file__).parent.parent / "diff_cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if folder.is_dir())


def read_case(folder: Path) -> tuple[DiffPage, dict[str, Any]]:
    if (feed := folder / "feed.xml").exists():
        entries = parse_diff_feed(feed.read_bytes())
        assert entries[0].diff is not None
        return entries[0].diff, feed_to_json(entries)[0]
    page = parse_diff_page((folder / "page.html").read_text(encoding="utf-8"))
    return page, diff_to_json(page)


@pytest.mark.parametrize("name", NAMES)
def test_case(name: str) -> None:
    page, read = read_case(CASES / name)
    expected = json.loads((CASES / name / "expected.json").read_text(encoding="utf-8"))
    assert expected
    assert pick(read, expected) == expected
    before, after = ((CASES / name / f"{side}.wikitext").read_text(encoding="utf-8") for side in ("before", "after"))
    if page.state == "shown":
        assert before != after
        assert apply_diff(page, before) == after
        assert edits(*(hunk_words(hunk) for hunk in page.hunks if hunk.slot == "main")) == edits(
            word_diff(before, after)
        )


def edits(*parts: list[Segment]) -> list[Segment]:
    """What was inserted and deleted, but for newlines at either end."""
    found = [(op, text.strip("\n")) for part in parts for op, text in part if op != "equal"]
    return [(op, text) for op, text in found if text]


def test_every_folder_is_complete() -> None:
    assert len(NAMES) >= 9
    for name in NAMES:
        found = {path.name for path in (CASES / name).iterdir()}
        assert found - {"page.html", "feed.xml"} == {"before.wikitext", "after.wikitext", "expected.json"}
        assert len(found) == 4


def escape_white_space(text: str, filler: str) -> str:
    """What PHP's engine does to the blanks of a line."""
    text = re.sub("^ ", f"{filler} ", text)
    text = re.sub(" $", f" {filler}", text)
    return text.replace("  ", f"{filler} ")


@given(st.text(alphabet=st.sampled_from("ab  \t"), max_size=12), st.sampled_from([NO_BREAK, REFERENCE]))
def test_blanks_come_back(text: str, filler: str) -> None:
    pieces: list[Segment] = [("equal", escape_white_space(text, filler))] if text else []
    restored, _ = restore_blanks(pieces, filler, is_context=True)
    assert "".join(piece for _, piece in restored) == text


@given(st.text(alphabet=st.sampled_from("a \u00a0"), max_size=10))
def test_no_break_spaces_of_the_text_stay_where_the_engine_writes_references(text: str) -> None:
    pieces: list[Segment] = [("equal", escape_white_space(text, REFERENCE))] if text else []
    restored, is_ambiguous = restore_blanks(pieces, REFERENCE, is_context=False)
    assert ("".join(piece for _, piece in restored), is_ambiguous) == (text, False)


LINE = st.text(alphabet=st.sampled_from("ab ,"), max_size=12)
MARKS = st.lists(st.integers(0, 12), max_size=6).map(lambda cuts: sorted(set(cuts)))


@given(LINE, MARKS, LINE, MARKS)
def test_words_are_both_lines_whatever_is_marked(old: str, old_cuts: list[int], new: str, new_cuts: list[int]) -> None:
    def line(text: str, cuts: list[int]) -> DiffLine:
        cuts = [cut for cut in cuts if cut <= len(text)]
        return DiffLine(1, text, tuple(zip(cuts[::2], cuts[1::2], strict=False)))

    words = row_words(DiffRow("changed", line(old, old_cuts), line(new, new_cuts)))
    assert "".join(text for op, text in words if op != "insert") == old
    assert "".join(text for op, text in words if op != "delete") == new
    assert all(text for _, text in words)


ROW = '<tr><td class="diff-marker" data-marker="{}"></td><td class="{}"><div>{}</div></td>{}</tr>'
EMPTY = '<td colspan="2" class="diff-empty"></td>'
LINE_NUMBERS = '<tr><td colspan="2" class="diff-lineno">{0}</td><td colspan="2" class="diff-lineno">{0}</td></tr>'


def test_what_the_old_text_must_hold() -> None:
    """PHP's engine leaves open which blanks are no-break spaces; wikidiff2 does not."""
    rows = ROW.format("−", "diff-deletedline", "a  b", EMPTY)
    php = LINE_NUMBERS.replace("<td", '<td id="mw-diff-left-l1"', 1).format("1")
    assert apply_diff(parse_diff_page(php + rows), "a\u00a0 b\nc") == "c"
    for before in ("a\u00a0 b\nc", "a b\nc", "c\na  b", ""):
        with pytest.raises(DiffPageError, match="does not fit the text: line 1 is another one"):
            apply_diff(parse_diff_page(LINE_NUMBERS.format("1") + rows), before)
    with pytest.raises(DiffPageError, match="it has no line 5"):
        apply_diff(parse_diff_page(LINE_NUMBERS.format("5") + rows), "a  b\nc")
    shifted = LINE_NUMBERS.replace("{0}</td></tr>", "2</td></tr>").format("1")
    with pytest.raises(DiffPageError, match="line 2 of the new text would be line 1"):
        apply_diff(parse_diff_page(shifted + rows), "a  b\nc")


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        ("Zeile 36:", 36),
        ("Zeile 1.234:", 1234),
        ("Line 1,234,567:", 1234567),
        ("Ligne 12\u202f345\u00a0:", 12345),
        ("سطر ٣٦:", 36),
        ("पंक्ति १,२३४:", 1234),
        ("<!--LINE 36-->", 36),
        ("", 1),
        ("Line 99999999999999999999:", 999999999),
    ],
)
def test_line_numbers_of_any_language(shown: str, number: int) -> None:
    page = parse_diff_page(LINE_NUMBERS.format(shown) + ROW.format("−", "diff-deletedline", "x", EMPTY))
    assert (page.hunks[0].old_start, page.hunks[0].new_start) == (number, number)
    assert page.rows[0].old == DiffLine(number, "x")


def test_line_numbers_that_are_none_are_told() -> None:
    page = parse_diff_page(LINE_NUMBERS.format("Zeile drei:") + ROW.format("−", "diff-deletedline", "x", EMPTY))
    assert [found.code for found in page.diagnostics] == ["no-line-number"]
    assert page.hunks[0].old_start == 1


def test_rows_with_missing_or_doubled_cells() -> None:
    rows = LINE_NUMBERS.format("1")
    rows += '<tr><td class="diff-marker"></td><td class="diff-context">nur links</td></tr>'
    rows += '<tr><td class="diff-marker">+</td><td>ohne Klasse</td></tr>'
    rows += '<tr><td class="diff-deletedline">ohne Zeichen</td></tr>'
    rows += (
        '<tr><td class="diff-marker">+</td></tr><tr><td class="diff-marker">−</td><td class="diff-marker">−</td></tr>'
    )
    rows += '<tr><td class="diff-marker">+</td><td>a</td><td class="diff-marker">+</td><td>b</td></tr><tr></tr>'
    page = parse_diff_page(rows)
    assert [(row.kind, (row.old or row.new or DiffLine(0, "")).text) for row in page.rows] == [
        ("context", "nur links"),
        ("added", "ohne Klasse"),
        ("deleted", "ohne Zeichen"),
    ]
    assert [(found.code, found.message[0]) for found in page.diagnostics] == [("unread-row", "3")]


def test_a_table_within_a_cell_is_not_read_as_rows() -> None:
    inner = '<table class="diff">' + ROW.format("−", "diff-deletedline", "innen", EMPTY) + "</table>"
    row = f'<tr><td class="diff-marker">+</td><td class="diff-addedline">{inner}</td></tr>'
    page = parse_diff_page(f'<table class="diff">{LINE_NUMBERS.format("1")}{row}</table>')
    assert len(page.rows) == 1
    assert page.rows[0].kind == "added"


@pytest.mark.parametrize(
    "html",
    [
        "",
        " ",
        "<",
        "kein HTML",
        "<html><body><p>eine Seite</p></body></html>",
        "<table class='diff'></table>",
        "<table class='diff'><tr><td class='diff-marker'>",
        "<tr>",
        "<table>" * 500,
        '<table class="diff"><tr><td class="diff-otitle">',
        '<table class="diff"><tr><td class="diff-otitle"><div id="mw-diff-otitle1"><a href="http://[x?oldid=1">a</a>',
        "\0\ud800",
        "<tr>" * 700_000,
    ],
)
def test_what_is_no_diff_is_refused_with_one_sentence(html: str) -> None:
    with pytest.raises(DiffPageError) as error:
        parse_diff_page(html)
    assert str(error.value).endswith(".")
    assert "\n" not in str(error.value)


def test_damaged_pages_and_feeds_raise_nothing_else() -> None:
    chance = random.Random(7)
    sources = [(path, path.read_text(encoding="utf-8")) for path in sorted(CASES.glob("*/*.[hx]*ml"))]
    assert len(sources) == len(NAMES)
    for path, text in sources:
        for _ in range(40):
            damaged = list(text)
            for _ in range(chance.randint(1, 30)):
                at = chance.randrange(len(damaged))
                damaged[at : at + chance.randint(0, 60)] = chance.choices("<>&\"'=/ \0tdrins#1", k=chance.randint(0, 5))
            with suppress(DiffPageError):  # any other error fails
                if path.name == "feed.xml":
                    parse_diff_feed("".join(damaged).encode())
                else:
                    apply_diff(parse_diff_page("".join(damaged)), "A\nB")


def test_deep_and_wide_pages_end() -> None:
    marks = '<tr><td class="diff-marker">+</td><td class="diff-addedline">' + "<ins>" * 20_000 + "x"
    assert parse_diff_page(f'<table class="diff">{marks}').rows[0].new is not None
    wide = "<td class='diff-marker'>+</td><td>x</td>" * 20_000
    with pytest.raises(DiffPageError, match="no lines"):
        parse_diff_page(f'<table class="diff"><tr>{wide}</tr></table>')


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<feed>",
        b"<?xml version='1.0'?><html/>",
        b"\xff\xfe",
        b"<!DOCTYPE f [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><notfeed>&a;</notfeed>",
    ],
)
def test_what_is_no_feed(xml: bytes) -> None:
    with pytest.raises(DiffPageError):
        parse_diff_feed(xml)


@pytest.mark.parametrize("entity", ['"innen"', "SYSTEM 'file:///etc/hostname'"])
def test_entities_of_a_feed_are_not_followed(entity: str) -> None:
    xml = f"<!DOCTYPE feed [<!ENTITY e {entity}>]><feed><entry><title>&e;</title><summary>&e;</summary></entry></feed>"
    entries = parse_diff_feed(xml.encode())
    assert [(entry.title, entry.diff) for entry in entries] == [("", None)]


def test_an_rss_feed() -> None:
    cells = ROW.format("+", "diff-addedline", "neu", "").replace("<tr>", f"<tr>{EMPTY}")
    table = f"<table>{LINE_NUMBERS.format('Zeile 1:')}{cells}</table>".replace("<", "&lt;")
    xml = (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><item><title>Seite</title>'
        "<link>https://wiki.example/index.php?title=Seite&amp;diff=7&amp;oldid=prev</link>"
        f"<description>{table}</description><pubDate>Tue, 23 Jul 2024 08:46:00 GMT</pubDate>"
        "<dc:creator>Änne Muster</dc:creator></item></channel></rss>"
    )
    (entry,) = parse_diff_feed(xml.encode())
    assert (entry.new_id, entry.old_id, entry.user) == (7, None, "Änne Muster")
    assert entry.diff is not None
    assert apply_diff(entry.diff, "") == "neu"
