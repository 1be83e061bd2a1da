"""What holds of every text: spans cut out their source, and memory and cuts never change what is read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from parsers import lines as lines_module
from parsers import reader as reader_module
from parsers.lines import LinesReader
from parsers.reader import Reader
from parsers.record import Record
from parsers.site import Site
from tests.records import read_json

SITE = Site.default()
TOKENS = [
    "{{", "}}", "{{{", "}}}", "[[", "]]", "|", "=", "\n", "\n== H ==\n", "\n=== U ===\n", "\n{|\n",
    "\n|}\n", "\n|-\n", "\n| ", " || ", "\n* ", "\n*# ", "\n; t : d", "<!--", "-->", "<nowiki>",
    "</nowiki>", "<ref>", "</ref>", "<br>", "''", "'''", "Infobox Rat", "Konzeption", "#if:", "Kategorie:",
    "Datei:", "mini", "#A", "/U", "../", "a", "b c", " ", "https://x.example/y", "[https://x.example z]",
    "&amp;", "__NOTOC__", "B/16/5505-01", "VOLFDNR=7", "\u200e", "ä", "<gallery>", "</gallery>",
    "#WEITERLEITUNG ", ":", "<includeonly>", "</includeonly>", "\ufdd0", "\ufdd1",
    "\ufdee", "[", "]", "<div>", "</div>", "<small>", "</small>", "\n==", "=\n", "\n|} |}", "||",
    "<table>", "</table>", "<tr>", "<td>", "</td>", "<th\nrowspan=2>", "<caption>", "<ul>", "</ul>", "<li>",
    "</li>", "<dl>", "<dd>", "</dl>", "</ol>",
]  # fmt: skip
texts = st.lists(st.sampled_from(TOKENS), max_size=40).map("".join)
titles = st.sampled_from(["Seite", "Plan/Teil", "Kategorie:Wohnen"])


# whole lines of the kinds that pages are made of, with some that leave things open
LINES = [
    "", "  ", "\u00a0", "Ein Satz mit [[Ziel|Namen]]e und '''mehr'''.", "== H ==", "=== U <!-- c --> ===",
    "== {{Wort|1}} ==", "* [[Steg]]", "** [https://see.example/a Karte]", "# eins", "; Wort : Sinn", ":; a : b",
    "* {{Quelle|1}}", "----", "---- [[x]]", "<!-- nur dies -->", "<!-- * [[weg]] --> ", "<!-- zwei",
    "Zeilen -->", "Text <!-- a --> Text", "{{Infobox See|Name=B|Tiefe=12 m}}", "{{Infobox See",
    "|Name=[[Blausee]]", "|Karte=https://x.example/?a=b", "}}", "{|", '{| class="infobox"', "|+ T", "|-",
    "| a || b", "| [[c]]", "* Liste", "|}", ":{|", "<ref>Vorlage VO/4679/2016</ref>", "<ref>", "</ref>",
    "<poem>", "* im Gedicht", "== G ==", "</poem>", "<gallery>", "A.jpg|[[b]]", "</gallery>",
    "<nowiki>[[n]]</nowiki>", "[[Kategorie:Wohnen|k]]", "[[Datei:a.png|mini|[[b]] c]]",
    "[[Datei:a.png|mini|So {{PAGENAME}}]]", "[[Datei:a.png|link=https://y.example|t]]", "[[offen", "zu]]",
    "{{ offen", "zu }}", "}}", "[[#oben]] [[/Teil]]", "__NOTOC__", "{{DEFAULTSORT:x}}", "{{#if:a|[[d]]}}",
    "DS/1246/V [https://r.example/vo020?VOLFDNR=7 x]", "{{!}} a", "\ufdd0* x", "&nbsp;", "#WEITERLEITUNG [[Z]]",
    "{{a|b\n\n== N ==\n}}", "{{{arg|\n* x}}}", "<br>", "a\r",
    "<div", "\f", "a \x07 b", "\ufffd [[x]]", 'class="kasten">', "</div>", "a < b und c > d", "<small>a</small", ">",
    "<table>", '<table class="infobox"><caption>B</caption>', "<tr><th>Art</th><td>[[Teich]]</td></tr>", "<tr>", "<td>",
    "* in der Zelle</td><td>b", "</tr>", "</table>", "</table> danach <ul><li>x</ul>", "<ul>", "<li>eins", "* <li>zwei",
    "</li></ul>", "* a <ul><li>b</li></ul> c", ": <table><tr><td>d</td></tr></table>", "<dl><dt>e<dd>f</dl>", "<td",
    "<ul><li>a <table><tr><td>g<ol><li>h</td></tr></table> i</ul>", "<td>lose</td>", "| <ul><li>k", "</ul>", "</dl>",
]  # fmt: skip
lines = st.lists(st.sampled_from(LINES), max_size=14)
CASES = [path.read_text(encoding="utf-8") for path in sorted(Path(__file__).parents[1].glob("cases/*/input.wikitext"))]


def read_whole(text: str, title: str) -> Record:
    """The record without any cut and without anything remembered."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_module, "_CUT", re.compile("(?!)"))
        patch.setattr(LinesReader, "read", lambda *_: None)
        return Reader(SITE).read(text, title)


@given(texts, titles)
def test_cuts_do_not_change_what_is_read(text: str, title: str) -> None:
    assert Reader(SITE).read(text, title) == read_whole(text, title)


@example([["<small>a</small", "== H ==", ">"]], "Seite")
@given(st.lists(lines, min_size=1, max_size=4), titles)
def test_lines_that_return_are_read_as_in_the_whole(history: list[list[str]], title: str) -> None:
    reader = Reader(SITE)
    mixed = [line for version in history for line in version]
    for version in [*history, mixed, mixed[1:], mixed[::-1], *history]:
        text = "\n".join(version)
        assert reader.read(text, title) == read_whole(text, title)


@given(lines, st.integers(0, 3), titles)
def test_what_is_read_at_once_after_so_many_parts_is_the_same(written: list[str], alone: int, title: str) -> None:
    text = "\n".join(written)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reader_module, "_MAX_ALONE", alone)
        patch.setattr(lines_module, "_MAX_ALONE", alone)
        assert Reader(SITE).read(text, title) == read_whole(text, title)


@pytest.mark.parametrize("text", CASES)
def test_cases_are_read_as_in_the_whole_whatever_line_goes(text: str) -> None:
    reader = Reader(SITE)
    written = text.split("\n")
    for index in range(0, len(written), 1 + len(written) // 12):
        rest = "\n".join(written[:index] + written[index + 1 :])
        assert reader.read(rest, "Seite") == read_whole(rest, "Seite")
    assert reader.read(text, "Seite") == read_whole(text, "Seite")


@given(st.lists(texts, min_size=2, max_size=4), titles, titles)
def test_memory_does_not_change_what_is_read(parts: list[str], first: str, second: str) -> None:
    reader = Reader(SITE)
    history = ["\n== X ==\n".join(parts), "\n== X ==\n".join(reversed(parts)), "\n== Y ==\n".join(parts)]
    for title in (first, second):
        for text in history:
            assert reader.read(text, title) == Reader(SITE).read(text, title)


@given(texts)
def test_spans_cut_out_their_source(text: str) -> None:
    record = Reader(SITE).read(text, "Seite")
    for use in record.templates:
        source = text[slice(*use.span)]
        assert source[:2] + source[-2:] == "{{}}"
        assert all(param.raw in source for param in use.params)
    for box in record.infoboxes:
        for field in box.fields:
            assert text[slice(*field.span)] == field.raw
            assert all(link in record.links for link in field.links)
    for link in record.links:
        source = text[slice(*link.span)]
        assert source
        assert (link.url or "") in source
    for word in record.magic:
        assert text[slice(*word.span)].startswith(("__", "{{"))
    assert "".join(text[slice(*section.span)] for section in record.sections) == text
    places = [link.section for link in record.links] + [paper.section for paper in record.papers]
    assert all(0 <= section < len(record.sections) for section in places)


@example("Infobox Rat=\n", "Seite", "\r\n")
@example("<gallery>\nUfer.png\n</gallery>", "Seite", "\r\n")
@given(texts, titles, st.sampled_from(["\r\n", "\r"]))
def test_line_breaks_of_other_systems_change_no_item(text: str, title: str, line_break: str) -> None:
    written = text.replace("\n", line_break)
    record, plain = Reader(SITE).read(written, title), Reader(SITE).read(text, title)
    assert _shown(record) == _shown(plain)
    assert "".join(written[slice(*section.span)] for section in record.sections) == written
    spans, others = ([item.span for item in r.links] + [item.span for item in r.templates] for r in (record, plain))
    for mine, other in zip(spans, others, strict=True):
        assert written[slice(*mine)] == text[slice(*other)].replace("\n", line_break)
    for box in record.infoboxes:
        assert all(written[slice(*field.span)] == field.raw for field in box.fields)


def _shown(record: Record) -> list[object]:
    return [
        record.redirect,
        [(s.level, s.title, s.anchor, s.path, s.text, s.lists, s.tables) for s in record.sections],
        [(box.name, [(f.name, f.text, f.values) for f in box.fields]) for box in record.infoboxes],
        [(k.kind, k.target, k.url, k.label, k.section, k.conditional) for k in record.links],
        record.categories,
        record.papers,
        [use.name for use in record.templates],
        [word.name for word in record.magic],
        [fault.code for fault in record.diagnostics],
    ]


@given(st.text(max_size=200))
def test_any_text_can_be_read(text: str) -> None:
    assert read_json(text)["title"] == "Seite"


HOSTILE = {
    "unclosed templates": "{{a|" * 50_000,
    "unclosed arguments": "{{{a|" * 50_000,
    "unclosed tables": "\n{|\n| a" * 20_000,
    "unclosed links": "[[a|" * 50_000,
    "unclosed external links": "[http://a " * 20_000,
    "one long address": "[http://" + "a" * 200_000,
    "unclosed tags": "<ref>" * 50_000,
    "unclosed comments": "<!--" * 50_000,
    "nested templates": "{{a|" * 1000 + "}}" * 1000,
    "nested pictures": ("[[Datei:a|" * 50 + "]]" * 50 + "\n") * 50,
    "stray braces": "}} " * 50_000,
    "underscores": "__a" * 50_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_in_linear_time(text: str) -> None:
    """Each of these takes minutes to days where time is quadratic; the suite's own limit would notice."""
    record = Reader(SITE).read(text, "Seite")
    assert len(record.diagnostics) <= 201
    assert record.sections[0].span[0] == 0
